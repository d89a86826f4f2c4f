// The hop into a network from outside: does the destination have a reachable public address?

import { nameOf } from '../../model/resource-id.ts';
import { hasPublicIp } from '../../resource-types/placements.ts';
import { textAt } from '../../resource-types/read.ts';
import { computesIn } from '../training-subnets.ts';
import type { OutsideEnd, SubnetEnd } from './ends.ts';
import { all, guarded, type Journey, type PathStage, quoted } from './stage.ts';

export function inboundHop(source: OutsideEnd, end: SubnetEnd, { index, packets }: Journey): PathStage {
  const name = nameOf(end.resource ?? end.subnet);
  const place = { hop: 'wayIn', at: `inbound access to ${name}` } as const;
  return guarded(place, packets, () => {
    if (source.scope === 'private') {
      const because = `Nothing that was read shows how ${source.asked} reaches ${nameOf(end.subnet)}. A gateway or a peering is possible.`;
      return all(place, 'unknown', because, [], packets);
    }
    const { card, compute } = end;
    if (card) {
      const own = index.get(card.id);
      const evidence = own ? [quoted(own, '/properties/ipConfigurations', 'IP configurations')] : [];
      if (card.publicAddress === undefined) {
        return all(place, 'denied', `${nameOf(card.id)} has no public IP address.`, evidence, packets);
      }
      const address = textAt(index.get(card.publicAddress)?.body, '/properties/ipAddress');
      const because = `${nameOf(card.id)} is reachable at its public IP address${address === undefined ? '' : ` ${address}`}.`;
      return all(place, 'allowed', because, evidence, packets);
    }
    const computes = compute ? [compute] : computesIn(end.subnet, index);
    const open = computes.filter(hasPublicIp);
    const shown = open.length > 0 ? open : computes;
    const evidence = shown.map((one) =>
      quoted(one, '/properties/properties/enableNodePublicIp', 'not set: true by default'),
    );
    if (open.length > 0) {
      const because = `The nodes of ${open.map(({ id }) => nameOf(id)).join(', ')} have public IP addresses.`;
      return all(place, 'allowed', because, evidence, packets);
    }
    return computes.length > 0
      ? all(place, 'denied', `No compute in ${nameOf(end.subnet)} has a public IP address.`, evidence, packets)
      : all(
          place,
          'unknown',
          `Bastide did not read which resources in ${nameOf(end.subnet)} have a public IP address.`,
          [],
          packets,
        );
  });
}
