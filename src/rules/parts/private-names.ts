// Whether virtual networks resolve the names of a resource with private endpoints to private addresses.
import { vnetOf } from '../../kinds/network-view.ts';
import type { Evidence } from '../../model/finding.ts';
import { attempt } from '../../model/readable.ts';
import type { Gap } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import { customDns, type ZoneStanding, zoneStanding } from '../../posture/dns.ts';
import { type SubnetRole, subnetUses, unreadUses } from '../../posture/needs.ts';
import type { Verdict } from '../rule.ts';
import { onceEach } from './naming.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, unknown } from './verdict.ts';

const counts = (role: SubnetRole): boolean => role === 'training' || role === 'inference';

/** Virtual networks of training and inference compute, each once, and the failed read that may hide others. */
export function computeNetworks(world: World): { readonly vnets: readonly string[]; readonly gap: Gap | undefined } {
  return attempt(
    () => ({
      vnets: onceEach(subnetUses(world).flatMap(({ role, subnet }) => (counts(role) ? [vnetOf(subnet)] : []))),
      gap: unreadUses(world).find(({ role }) => counts(role))?.gap,
    }),
    (error) => ({ vnets: [], gap: error.gap }),
  );
}

/** The result for one virtual network. Throws GapRead when it was not read. */
export function resolvesPrivately(
  vnet: string,
  zones: readonly string[],
  subscriptions: readonly string[],
  world: World,
): Verdict {
  const network = world.get(vnet);
  if (!network) return notApplicable(`${shown(vnet)} does not exist.`);
  const standings = zones.map((zone) => ({ zone, standing: zoneStanding(zone, vnet, subscriptions, world) }));
  const evidence = standings.map(({ zone, standing }) => evidenceOf(zone, standing, vnet));
  const servers = customDns(network);
  if (servers.length > 0) {
    return unknown(
      `${shown(vnet)} uses custom DNS servers, whose forwarding is not visible to Bastide (CustomDnsInUse in the workspace diagnosis).`,
      [seen(network, '/properties/dhcpOptions/dnsServers', 'DNS servers'), ...evidence],
    );
  }
  const missing = standings.filter(({ standing }) => standing.state === 'absent' || standing.state === 'unlinked');
  if (missing.length > 0) {
    const absent = missing.filter(({ standing }) => standing.state === 'absent').map(({ zone }) => named(zone));
    const unlinked = missing.filter(({ standing }) => standing.state === 'unlinked').map(({ zone }) => named(zone));
    const says = [
      ...(absent.length > 0 ? [`zone ${listed(absent)} does not exist`] : []),
      ...(unlinked.length > 0 ? [`${listed(unlinked)} ${unlinked.length === 1 ? 'is' : 'are'} not linked`] : []),
    ];
    return fail(`${shown(vnet)} does not resolve the names to private addresses: ${says.join(', and ')}.`, evidence);
  }
  const unread = standings.flatMap(({ standing }) => (standing.state === 'unread' ? [standing.gap] : []));
  const [first] = unread;
  return first
    ? unknown(`The private DNS of ${shown(vnet)} could not be read: ${first.reason}`, evidence)
    : pass(`${shown(vnet)} resolves the names to private addresses.`, evidence);
}

/** The name comes from an endpoint and is untrusted. */
const named = (zone: string): string => clean(zone, 120);

function evidenceOf(zone: string, standing: ZoneStanding, vnet: string): Evidence {
  switch (standing.state) {
    case 'linked':
      return seen(standing.link, '/properties/virtualNetwork/id', `link of zone ${named(zone)}`);
    case 'unlinked':
      return noted(standing.zones[0]?.id ?? vnet, null, `no link of ${named(zone)} to ${shown(vnet)}`);
    case 'absent':
      return noted(vnet, null, `no zone ${named(zone)}`);
    case 'unread':
      return noted(standing.gap.id, null, `zone ${named(zone)} could not be read`);
  }
}
