// The public fronts that lead packets from the Internet into a network: the public IP addresses of NICs, load balancers that send to
// them, and the scoring address of an attached Kubernetes cluster.
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { both, looksLiteral, noAddress, readPrefixes } from '../../net/addresses.ts';
import { type Intervals, unite } from '../../net/sets.ts';
import { nicType, nicView } from '../../resource-types/machine-view.ts';
import { itemsAt, listAt, numberAt, textAt } from '../../resource-types/read.ts';
import { memoizePerSnapshot } from '../memoize.ts';
import { computes, subnetsOfCompute } from '../needs.ts';
import type { SubnetEnd } from './ends.ts';

/** Packets of one protocol, or of any, to these ports of the machine. */
interface LedPorts {
  readonly protocol: string;
  readonly ports: Intervals<number>;
}
/** A load balancer that names a NIC, or that a NIC names. */
export interface Balancer {
  readonly id: string;
  /** What it leads there from public front ends; undefined where that was not read. */
  readonly leads: readonly LedPorts[] | undefined;
}

const every: Intervals<number> = [0, 65536];
const balancerOf = (id: string): string =>
  id.replace(/\/(?:backendAddressPools|inboundNatRules|inboundNatPools)\/[^/]*\/?$/i, '');

/** The load balancers whose pools or inbound NAT rules a NIC is in. */
export function balancersOf(nic: Resource, index: SnapshotIndex): readonly Balancer[] {
  const settings = listAt(nic.body, '/properties/ipConfigurations');
  const namedIn = (list: string) =>
    settings.flatMap((item) => listAt(item, `/properties/${list}`).flatMap((one) => textAt(one, '/id') ?? []));
  const [pools, rules] = [namedIn('loadBalancerBackendAddressPools'), namedIn('loadBalancerInboundNatRules')];
  return distinctIds([...pools, ...rules].map(balancerOf)).map((id): Balancer => {
    const seen = index.peek(id);
    if (seen.state !== 'read') return { id, leads: seen.state === 'missing' ? [] : undefined };
    return { id, leads: ledBy(seen.resource, pools, rules) };
  });
}

function ledBy({ body }: Resource, pools: readonly string[], rules: readonly string[]): LedPorts[] {
  const fronts = listAt(body, '/properties/frontendIPConfigurations').flatMap((item) =>
    ['publicIPAddress', 'publicIPPrefix'].some((name) => textAt(item, `/properties/${name}/id`) !== undefined)
      ? [textAt(item, '/id') ?? '']
      : [],
  );
  const isPublic = (item: Parameters<typeof textAt>[0]) =>
    fronts.some((front) => sameId(front, textAt(item, '/properties/frontendIPConfiguration/id')));
  const balanced = listAt(body, '/properties/loadBalancingRules').filter((item) => {
    const more = listAt(item, '/properties/backendAddressPools').flatMap((one) => textAt(one, '/id') ?? []);
    const named = [textAt(item, '/properties/backendAddressPool/id') ?? '', ...more];
    return named.some((id) => pools.some((one) => sameId(one, id)));
  });
  const translated = listAt(body, '/properties/inboundNatRules').filter((item) =>
    rules.some((one) => sameId(one, textAt(item, '/id'))),
  );
  return [...balanced, ...translated].filter(isPublic).map((item) => {
    const port = numberAt(item, '/properties/backendPort') ?? 0;
    const protocol = fold(textAt(item, '/properties/protocol') ?? 'all');
    return { protocol, ports: port === 0 ? every : [port, port + 1] };
  });
}

/** The ports of a protocol that some of them lead to. */
export const portsLed = (leads: readonly LedPorts[], protocol: string): Intervals<number> =>
  leads
    .filter((one) => one.protocol === 'all' || one.protocol === fold(protocol))
    .map(({ ports }) => ports)
    .reduce<Intervals<number>>(unite, []);

/** Does anything lead from the Internet to a NIC, or may it? */
export const isLedTo = (nic: Resource, index: SnapshotIndex): boolean =>
  nicView(nic).addresses.some(({ publicAddress }) => publicAddress !== undefined) ||
  balancersOf(nic, index).some(({ leads }) => leads === undefined || leads.length > 0);

/** The NICs at some addresses of a subnet that were read and that something leads to from the Internet. */
export function ledNicsIn({ subnet, addresses }: SubnetEnd, index: SnapshotIndex): readonly Resource[] {
  const all = readPrefixes(addresses).addresses;
  const isMeant = (address: string | undefined) =>
    address === undefined || !noAddress(both(all, readPrefixes([address]).addresses));
  return index
    .ofType(nicType)
    .filter(
      (nic) =>
        nicView(nic).addresses.some((one) => sameId(one.subnet, subnet) && isMeant(one.address)) && isLedTo(nic, index),
    );
}

export const servicesPointer = '/properties/properties/systemServices';
/** The services of an attached Kubernetes cluster. */
export const scoringServices = (compute: Resource) => itemsAt(compute.body, servicesPointer);
/** The public IP address of scoring endpoints; undefined where none is shown. */
export const scoringAddress = (compute: Resource): string | undefined =>
  scoringServices(compute)
    .map(({ item }) => textAt(item, '/publicIpAddress'))
    .find((address) => address !== undefined);

/** The address at which the load balancer of a cluster takes requests for its models, and a subnet of its nodes. */
export interface ScoringFront {
  readonly address: string;
  readonly compute: Resource;
  readonly subnet: string;
}

/** An NSG sees packets with the public address, not that of a node. */
export const scoringFronts = memoizePerSnapshot((index): readonly ScoringFront[] =>
  attempt(
    () => computes(index),
    () => [],
  ).flatMap((compute) => {
    const address = scoringAddress(compute);
    if (address === undefined || readPrefixes([address]).refused.length > 0) return [];
    const [subnet] = attempt(
      () => subnetsOfCompute(compute, index),
      () => [],
    );
    return subnet === undefined ? [] : [{ address, compute, subnet }];
  }),
);

/** Public addresses that lead to an end and are none of its own. */
export const frontsOf = (end: SubnetEnd, index: SnapshotIndex): readonly ScoringFront[] =>
  end.nic !== undefined || end.front !== undefined || !isWhole(end)
    ? []
    : scoringFronts(index).filter(({ compute, subnet }) =>
        end.compute === undefined ? sameId(subnet, end.subnet) : sameId(compute.id, end.compute.id),
      );

/** Is the subnet or compute meant, and no addresses of it? */
const isWhole = ({ asked }: SubnetEnd): boolean => !looksLiteral(asked);

/** What is asked about apart from an end: the machines in it that something leads to, and its fronts. */
export const ledApart = (end: SubnetEnd, index: SnapshotIndex): readonly string[] =>
  end.nic !== undefined || end.front !== undefined
    ? []
    : [
        ...(end.compute === undefined ? ledNicsIn(end, index).map(({ id }) => id) : []),
        ...frontsOf(end, index).map(({ address }) => address),
      ];

export const frontWords = ({ address, compute }: ScoringFront): string =>
  `${address}, the scoring address of ${nameOf(compute.id)}`;
