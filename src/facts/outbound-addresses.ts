// The public addresses that traffic of a subnet leaves by and that do not change, so that services elsewhere may allow them: of a NAT
// gateway, a NIC, or a load balancer. Default outbound access and the nodes of managed compute have none: Azure may change theirs.
import { fold, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { loadBalancerType } from '../resource-types/load-balancer.ts';
import { nicType, nicView } from '../resource-types/machine-view.ts';
import { findSubnet, subnetView } from '../resource-types/network-view.ts';
import { listAt, textAt } from '../resource-types/read.ts';
import { memoizePerSnapshot } from './memoize.ts';
import { publicAddressesOf, unreadNicsIn } from './occupant-nics.ts';
import { balancedClusters, balancerIps, idsAt } from './path/outbound-hop.ts';

export interface OutboundAddress {
  /** Id of the public IP address or prefix; of its holder where that does not show it. */
  readonly id: string;
  /** Id of the NAT gateway, public IP address, load balancer or cluster; of a NIC that was not read. */
  readonly holder: string;
}

/** By the id of the NIC or cluster, in lower case. */
export type OutboundAddresses = ReadonlyMap<string, readonly OutboundAddress[]>;

/** What any machine in a subnet leaves by: the key of its NAT gateway. */
export const anyMachine = '';

/** A NAT gateway takes precedence over the addresses of NICs and load balancers. */
export function outboundAddresses(subnet: string, index: SnapshotIndex): OutboundAddresses {
  const found = new Map<string, readonly OutboundAddress[]>();
  for (const nic of nicsBySubnet(index).get(fold(subnet)) ?? []) {
    const own = nicView(nic).addresses.flatMap(({ subnet: at, publicAddress: id }) =>
      id !== undefined && sameId(at, subnet) ? [{ id, holder: id }] : [],
    );
    const all = own.length > 0 ? own : balancersOf(nic.body).flatMap((id) => balancerAddresses(id, index));
    if (all.length > 0) found.set(fold(nic.id), all);
  }
  // One that was not read may have an address of its own.
  for (const nic of unreadNicsIn(subnet, index)) {
    const own = publicAddressesOf(nic, index);
    found.set(fold(nic), own.length === 0 ? [{ id: nic, holder: nic }] : own.map((id) => ({ id, holder: id })));
  }
  for (const cluster of balancedClusters({ subnet }, index))
    found.set(fold(cluster.id), shown(cluster.id, balancerIps(cluster)));
  const here = findSubnet(index, subnet);
  const gateway = here && subnetView(here).natGateway;
  if (gateway === undefined) return found;
  const seen = index.peek(gateway);
  const lists = ['/properties/publicIpAddresses', '/properties/publicIpPrefixes'];
  const own = shown(gateway, seen.state === 'read' ? lists.flatMap((list) => idsAt(seen.resource.body, list)) : []);
  return new Map([anyMachine, ...found.keys()].map((key) => [key, own]));
}

const shown = (holder: string, ids: readonly string[]): OutboundAddress[] =>
  ids.length === 0 ? [{ id: holder, holder }] : ids.map((id) => ({ id, holder }));

const nicsBySubnet = memoizePerSnapshot(
  (index) =>
    Map.groupBy(index.ofType(nicType), (nic) => fold(nicView(nic).addresses.find((one) => one.subnet)?.subnet ?? '')),
  [fold(nicType)],
);

/** Ids of the load balancers in whose backend pools a NIC is. */
const balancersOf = (body: Parameters<typeof listAt>[0]): string[] =>
  listAt(body, '/properties/ipConfigurations')
    .flatMap((item) => idsAt(item, '/properties/loadBalancerBackendAddressPools'))
    .map((id) => id.replace(/\/backendAddressPools\/[^/]*\/?$/i, ''))
    .filter((id) => sameId(typeOf(id), loadBalancerType));

/** One that is not read may have a public front end. */
function balancerAddresses(id: string, index: SnapshotIndex): OutboundAddress[] {
  const seen = index.peek(id);
  if (seen.state !== 'read') return seen.state === 'missing' ? [] : [{ id, holder: id }];
  return listAt(seen.resource.body, '/properties/frontendIPConfigurations').flatMap((item) => {
    const address = textAt(item, '/properties/publicIPAddress/id') ?? textAt(item, '/properties/publicIPPrefix/id');
    return address === undefined ? [] : [{ id: address, holder: id }];
  });
}
