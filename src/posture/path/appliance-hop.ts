// The hop at what stands in the way: an appliance, or a gateway to networks that nobody reads.
import { listAt, textAt } from '../../kinds/read.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import type { Parts } from '../../net/decision.ts';
import { cut } from '../../net/in-turn.ts';
import { all, divided, type Journey, quoted, type Stage } from './stage.ts';
import type { Way } from './ways.ts';

const firewallType = 'Microsoft.Network/azureFirewalls';

/** The Azure Firewall in hand that has this private address. */
export const firewallAt = (address: string | undefined, world: World): Resource | undefined =>
  world
    .ofType(firewallType)
    .find(({ body }) =>
      listAt(body, '/properties/ipConfigurations').some(
        (item) => address !== undefined && textAt(item, '/properties/privateIPAddress') === address,
      ),
    );

/** The hop at the appliance or gateway that some of the ways lead to; undefined where none does. */
export function applianceHop(ways: readonly Way[], journey: Journey): Stage | undefined {
  const met = ways.filter(({ kind }) => kind === 'appliance' || kind === 'gateway');
  const [first] = met;
  if (!first) return undefined;
  const { world, packets } = journey;
  const address = first.route?.nextHopIpAddress;
  const firewall = first.kind === 'appliance' ? firewallAt(address, world) : undefined;
  const at = firewall
    ? nameOf(firewall.id)
    : first.kind === 'gateway'
      ? 'the gateway'
      : `the appliance ${address ?? ''}`.trim();
  const place = { hop: 'firewall', at } as const;
  const evidence: Evidence[] = firewall
    ? [quoted(firewall, '/properties/ipConfigurations', 'its private address')]
    : [];
  const because = firewall
    ? `The rules of the firewall ${nameOf(firewall.id)} are not read.`
    : first.kind === 'gateway'
      ? 'It goes through a gateway, and what stands behind that cannot be read.'
      : `It goes through the appliance ${address ?? ''}, which is no Azure Firewall that was read, so its rules are not known.`;
  if (met.length === ways.length) return all(place, 'unknown', because, evidence, packets);
  return divided(place, dividedBy(met, packets.whole), () => because, evidence, packets);
}

/** Packets that go through it are unknown; those that take another way are not its business. */
function dividedBy(met: readonly Way[], whole: Parts): Parts {
  let left = whole;
  const through = met.flatMap(({ addresses }) => {
    if (!addresses) return [];
    const { inside, outside } = cut(left, 'destination', addresses, 'unknown');
    left = outside;
    return inside;
  });
  return [...through, ...left] as Parts;
}
