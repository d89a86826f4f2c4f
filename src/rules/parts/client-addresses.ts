// Do the operator's own machines come through a firewall by its IP rules, and what lets them in (rules-catalogue 3.2)?
import type { Evidence } from '../../model/finding.ts';
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import { reservedFamilies } from '../../net/ip-rules.ts';
import { contains, coveredBy, overlaps, parseRange, type Range } from '../../net/ipv4.ts';
import { regionalTag } from '../../net/service-tags.ts';
import { serviceTagsOf } from '../../posture/service-tags.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';
import { known, rangesOf, type Sized } from './address-rules.ts';
import { addressesPointer, unclear, unreadableOf, type Wall } from './firewall.ts';
import { admitAddresses } from './proposals.ts';
import { fail, listed, notApplicable, noted, pass, seen, unknown } from './verdict.ts';

/** Are the operator's machines admitted? The verdict of `storage.dev-client-ip` and `keyvault.operator-access`. */
export function admitsClients(wall: Wall, judgement: Judgement, strategyIsSubnets: boolean): Verdict {
  const { name, resource } = wall;
  const odd = unclear(wall);
  if (odd) return odd;
  if (wall.door === 'open') return notApplicable(`The ${name} is open, so no address needs a rule.`);
  if (wall.view.publicNetworkAccess === 'Disabled') {
    return notApplicable(
      `Public access to the ${name} is off, so IP rules are dead: come through the virtual network or a VPN.`,
    );
  }
  const clients = judgement.world.snapshot.intents.devClientIps;
  if (clients === undefined) {
    const ask = `Whether you work from outside the virtual network is not known: set the intent devClientIps to your address, or to none.`;
    return strategyIsSubnets ? unknown(ask) : notApplicable(ask);
  }
  if (clients.length === 0)
    return notApplicable('You answered that no machine outside the virtual network needs access.');
  const unread = unreadableOf(wall, addressesPointer);
  const rules = rangesOf(wall);
  const region = wall.service === 'storage' ? cloudRanges(judgement.world, wall.view.location) : undefined;
  const answers = clients.map((client) => judgeClient(wall, client, rules, region));
  const evidence = answers.flatMap((answer) => answer.evidence);
  const refused = answers.flatMap((answer) => answer.refused ?? []);
  if (refused.length > 0 && unread !== undefined) {
    return unknown(`The IP rules of the ${name} hold something that cannot be understood.`, [
      seen(resource, unread, 'not an IP rule'),
    ]);
  }
  if (refused.length > 0) return fail(`${refused.join(' ')}`, evidence);
  return pass(`The ${name} admits ${listed(clients.map((client) => clean(client, 60)))}.`, evidence);
}

interface ClientAnswer {
  readonly refused?: string;
  readonly evidence: readonly Evidence[];
}
function judgeClient(
  wall: Wall,
  client: string,
  rules: readonly Sized[],
  region: readonly Range[] | undefined,
): ClientAnswer {
  const { name, resource } = wall;
  const shown = clean(client, 60);
  const none = [noted(resource.id, client, 'address of your machine'), seen(resource, addressesPointer, 'IP rules')];
  if (client.includes(':')) {
    const held = wall.acls.ipv6Rules.find((rule) => fold(rule.value) === fold(client));
    if (held) return { evidence: [seen(resource, held.pointer, `admits ${shown}`)] };
    return { refused: `${shown} is an IPv6 address, which no IP rule of the ${name} takes.`, evidence: none };
  }
  const parsed = parseRange(client.trim());
  if (!parsed.ok) return { refused: `${shown} is no address: ${parsed.reason}`, evidence: none };
  const range = parsed.value;
  const family = reservedFamilies.find((one) => one.blocks.some((block) => overlaps(block, range)));
  if (family) {
    return {
      refused: `${shown} is ${family.name}, which no service firewall ever sees: use a VPN or a private endpoint, or name your public address.`,
      evidence: none,
    };
  }
  if (region && coveredBy(range, region)) {
    return {
      refused: `${shown} lies in Azure's own range of the account's region, where storage IP rules do not apply: admit the subnet instead.`,
      evidence: none,
    };
  }
  if (!coveredBy(range, known(rules))) return { refused: `The ${name} does not admit ${shown}.`, evidence: none };
  const holding = rules.find((rule) => rule.range && contains(rule.range, range));
  return { evidence: [seen(resource, holding?.pointer ?? addressesPointer, `admits ${shown}`)] };
}

/** Azure's own addresses of a region, when service tags were read; undefined otherwise, and then there is no such test. */
function cloudRanges(world: World, location: string | undefined): Range[] | undefined {
  const tags = serviceTagsOf(world);
  const tag = location === undefined ? undefined : tags?.get(regionalTag(tags, 'AzureCloud', location));
  return tag?.prefixes.flatMap((prefix) => {
    const range = parseRange(prefix);
    return range.ok ? [range.value] : [];
  });
}

/** The fix of `storage.dev-client-ip` and `keyvault.operator-access`: the address given, else the intent's. */
export function admitClients(wall: Wall, judgement: Judgement, ip: string | undefined): Proposal[] | string {
  const clients = ip === undefined ? judgement.world.snapshot.intents.devClientIps : [ip];
  if (clients === undefined || clients.length === 0) {
    return 'Say which address to admit: --ip ADDRESS or CIDR, or the intent devClientIps.';
  }
  return admitAddresses(wall, clients);
}
