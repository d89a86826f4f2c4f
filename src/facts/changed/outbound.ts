// The public addresses of a subnet that services outside the snapshot may allow, and that they no longer see after a change.

import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { both, looksLiteral, noAddress, readPrefixes } from '../../net/addresses.ts';
import { publicIpv4 } from '../../net/facts.ts';
import { loadBalancerType } from '../../resource-types/load-balancer.ts';
import { nicType, nicView } from '../../resource-types/machine-view.ts';
import { managedClusterType, managedClusterView } from '../../resource-types/managed-cluster-view.ts';
import { natGatewayType } from '../../resource-types/nat-gateway.ts';
import { subnetType, subnetView } from '../../resource-types/network-view.ts';
import { textAt } from '../../resource-types/read.ts';
import { anyMachine, type OutboundAddress, outboundAddresses } from '../outbound-addresses.ts';
import { forwardingChoicesFrom } from '../path/forwarding.ts';
import { type ChangedHops, privateWords } from './next-hops.ts';
import { pairsOf, type ResourcePair } from './pairs.ts';

export interface SeenAddresses {
  /** Id of the subnet. */
  readonly subnet: string;
  /** Ids of what has the addresses, or the hop that packets passed. */
  readonly holders: readonly string[];
  /** Services, prefixes and tags; empty where it is all traffic to the Internet. */
  readonly to: readonly string[];
}

/** Addresses that traffic no longer leaves by. */
export function unseenAddresses(
  pairs: readonly ResourcePair[],
  { left, entered }: Pick<ChangedHops, 'left' | 'entered'>,
  before: SnapshotIndex,
  after: SnapshotIndex,
): readonly SeenAddresses[] {
  return [
    ...changedSubnets(pairs, before).flatMap((subnet) => moved(subnet, before, after)),
    ...pairsOf(pairs, subnetType).flatMap(({ before: was, after: is }) => replaced(was, is, before)),
    ...left.flatMap(({ subnet, to, hop }) => {
      const met = to.filter(isPublicText);
      return met.length === 0 ? [] : [{ subnet, holders: [hop], to: met }];
    }),
    ...entered.flatMap(({ subnet, to }) => {
      const met = to.filter(isPublicText);
      const holders = met.length === 0 ? [] : holdersAt(subnet, before);
      return holders.length === 0 ? [] : [{ subnet, holders, to: met }];
    }),
  ];
}

/** Whose own addresses a change may concern. */
function changedSubnets(pairs: readonly ResourcePair[], index: SnapshotIndex): readonly string[] {
  const met = pairsOf(pairs, subnetType, nicType, natGatewayType, managedClusterType, loadBalancerType);
  const found = met.flatMap(({ before: was, after: is }): readonly (string | undefined)[] => {
    if (was === undefined || is === undefined) return [];
    if (sameId(was.type, subnetType)) return subnetView(was).natGateway === subnetView(is).natGateway ? [] : [was.id];
    if (sameId(was.type, nicType)) return nicView(was).addresses.map(({ subnet }) => subnet);
    if (sameId(was.type, managedClusterType)) return managedClusterView(was).pools.map(({ subnet }) => subnet);
    if (sameId(was.type, natGatewayType))
      return index.ofType(subnetType).flatMap((one) => (sameId(subnetView(one).natGateway, was.id) ? [one.id] : []));
    return index.ofType(nicType).flatMap((nic) => nicView(nic).addresses.map(({ subnet }) => subnet));
  });
  return distinctIds(found.flatMap((id) => id ?? []));
}

/** Machines whose traffic leaves by another address than their own, or by none that lasts. */
function moved(subnet: string, before: SnapshotIndex, after: SnapshotIndex): SeenAddresses[] {
  const [was, is] = [outboundAddresses(subnet, before), outboundAddresses(subnet, after)];
  const gone = [...was].flatMap(([machine, own]) => {
    const isIn = (index: SnapshotIndex) => index.peek(machine).state === 'read';
    if (isIn(before) && !isIn(after)) return [];
    const now = is.get(machine) ?? is.get(anyMachine) ?? [];
    return now.length > 0 && beyond(now, own).length === 0 ? [] : own;
  });
  const holders = holdersOf(gone);
  return holders.length === 0 || !leavesDirectly(subnet, before) ? [] : [{ subnet, holders, to: [] }];
}

const beyond = (all: readonly OutboundAddress[], known: readonly OutboundAddress[]): OutboundAddress[] =>
  all.filter(({ id }) => !known.some((one) => sameId(one.id, id)));

/** Addresses that traffic of a subnet leaves by from then on. `counts`: the ids of those, or of their holders, that others may allow. */
export const gainedAddresses = (
  pairs: readonly ResourcePair[],
  before: SnapshotIndex,
  after: SnapshotIndex,
  counts: (id: string) => boolean,
): readonly SeenAddresses[] =>
  changedSubnets(pairs, before).flatMap((subnet) => {
    const [was, is] = [before, after].map((index) => [...outboundAddresses(subnet, index).values()].flat());
    const known = beyond(is ?? [], was ?? []).filter(({ id }) => mayBeKnown(id, before));
    const holders = holdersOf(known.filter(({ id, holder }) => counts(id) || counts(holder)));
    return holders.length === 0 || !leavesDirectly(subnet, after) ? [] : [{ subnet, holders, to: [] }];
  });

/** Nobody can allow an address that Azure has not assigned yet. */
function mayBeKnown(id: string, index: SnapshotIndex): boolean {
  const seen = index.peek(id);
  if (seen.state !== 'read') return seen.state === 'gap';
  return ['ipAddress', 'ipPrefix'].some((name) => textAt(seen.resource.body, `/properties/${name}`) !== undefined);
}

/** Services that see private addresses of the subnet in place of public ones. */
function replaced(was: Resource | undefined, is: Resource | undefined, before: SnapshotIndex): SeenAddresses[] {
  if (was === undefined || is === undefined) return [];
  const known = new Set(subnetView(was).serviceEndpoints.map(({ service }) => fold(service)));
  const to = subnetView(is).serviceEndpoints.flatMap(({ service }) => (known.has(fold(service)) ? [] : [service]));
  const holders = to.length === 0 ? [] : holdersAt(was.id, before);
  return holders.length === 0 ? [] : [{ subnet: was.id, holders, to }];
}

function holdersAt(subnet: string, index: SnapshotIndex): string[] {
  const holders = holdersOf([...outboundAddresses(subnet, index).values()].flat());
  return holders.length === 0 || !leavesDirectly(subnet, index) ? [] : holders;
}
const holdersOf = (all: readonly OutboundAddress[]): string[] => distinctIds(all.map(({ holder }) => holder));

/** Does some traffic of the subnet leave its network without another hop? */
const leavesDirectly = (subnet: string, index: SnapshotIndex): boolean =>
  forwardingChoicesFrom(subnet, publicIpv4, [], index).some(({ kind }) => kind === 'internet');

/** Who is named sees a public address: not by private prefixes, nor by words for them. */
export const isPublicText = (text: string): boolean =>
  looksLiteral(text) && !text.includes(' ')
    ? !noAddress(both(readPrefixes([text]).addresses, publicIpv4))
    : text !== privateWords;
