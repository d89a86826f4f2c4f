// What machines need of their own network: one another, private endpoints, the default account's file share.
import { endpointView, privateEndpointType, vnetOf } from '../../kinds/index.ts';
import { sameId } from '../../model/resource-id.ts';
import type { Protocol } from '../../net/ports.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { networkSpace, subnetPrefixes } from '../../posture/flows.ts';
import { defaultAccountId } from '../../posture/links.ts';
import { isTunnelled } from '../../posture/tunnel.ts';
import type { RuleSpec } from './nsg-change.ts';
import { type Asker, anything, type Need, type Needs, outbound, regional } from './nsg-need.ts';
import { regionOf } from './nsg-place.ts';

/** Is the default account's file share reached by a private endpoint from this network? */
export function filesPrivate({ subnet, judgement: { world } }: Asker): boolean {
  const account = defaultAccountId(world);
  return account !== undefined && reachedPrivately(account, vnetOf(subnet), world, ['file']);
}

export function network(place: Asker): Needs {
  const {
    subnet,
    judgement: { world },
    today,
  } = place;
  const space = networkSpace(subnet, world);
  const destinations = isTunnelled(subnet, world) ? space : ['VirtualNetwork'];
  const add: RuleSpec = {
    slug: 'outbound-vnet',
    direction: 'Outbound',
    access: 'Allow',
    sources: ['*'],
    destinations,
    ...anything,
  };
  const to = (remote: readonly string[], what: string, protocol: Protocol | '*', ports: readonly string[]): Need => ({
    asked: { direction: 'Outbound', protocol, remote, ports },
    what,
    add,
  });
  const whole = to(space, 'the virtual network on every port', '*', ['*']);
  if (!today) return [whole];
  const ends = world
    .ofType(privateEndpointType)
    .some((one) => sameId(vnetOf(endpointView(one).subnet ?? ''), vnetOf(subnet)));
  return [
    to(subnetPrefixes(subnet, world), 'its own subnet on every port', '*', ['*']),
    ...(ends ? [to(space, 'private endpoints on Tcp 443', 'Tcp', ['443'])] : []),
    ...(filesPrivate(place) ? [to(space, 'the file endpoint on Tcp 445', 'Tcp', ['445'])] : []),
    { ...whole, onlyNote: true },
  ];
}

export function storage445(place: Asker): Needs {
  if (filesPrivate(place)) return network(place);
  return [outbound('outbound-storage-445', regional(place, 'Storage', regionOf(place)), 'Tcp', ['445'])];
}
