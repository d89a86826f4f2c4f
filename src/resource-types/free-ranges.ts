// Free address ranges of a virtual network for a new subnet or cluster. A range that a known Kubernetes cluster uses for its
// services, pods or bridge is not free: the cluster could not reach addresses in it.
import type { Resource } from '../model/resource.ts';
import { nameOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { blockAround, firstFree } from '../net/free-range.ts';
import { contains, formatBlock, type Ipv4Range, overlaps, parseBlock, parseRange, sizeOf } from '../net/ipv4.ts';
import { managedClusterType } from './managed-cluster-view.ts';
import { showsSubnets, subnetView, vnetType, vnetView } from './network-view.ts';
import { listAt, textAt, textsAt } from './read.ts';

/** Azure's smallest subnet. */
const longestPrefix = 29;
/** Prefix lengths tried where the operator gave no range, the largest range first. */
const lengths = [24, 25, 26, 27, 28];
const computeType = 'Microsoft.MachineLearningServices/workspaces/computes';

/** Azure reserves five addresses of every subnet. */
const reservedByAzure = 5;

/** Free addresses, counted from the subnet's own answer; undefined where its address prefixes cannot be parsed. */
export function freeAddresses(subnet: Resource): number | undefined {
  const ranges = subnetView(subnet).prefixes.map((prefix) => parseRange(prefix));
  const sizes = ranges.flatMap((range) => (range.ok ? [sizeOf(range.value) - reservedByAzure] : []));
  if (sizes.length === 0) return undefined;
  return sizes.reduce((sum, size) => sum + size, 0) - listAt(subnet.body, '/properties/ipConfigurations').length;
}

const shown = (id: string): string => clean(nameOf(id), 120);

interface Taken {
  readonly by: string;
  readonly range: Ipv4Range;
}

const rangesOf = (texts: readonly (string | undefined)[], by: string): Taken[] =>
  texts.flatMap((text) => {
    const range = text === undefined ? undefined : blockAround(text);
    return range ? [{ by, range }] : [];
  });

/** Service, pod and bridge ranges of the known clusters, which no subnet may overlap. */
function clusterRanges(index: SnapshotIndex): Taken[] {
  const profile = '/properties/networkProfile';
  const clusters = index
    .ofType(managedClusterType)
    .flatMap(({ id, body }) =>
      rangesOf(
        [
          ...['serviceCidr', 'podCidr', 'dockerBridgeCidr'].map((name) => textAt(body, `${profile}/${name}`)),
          ...textsAt(body, `${profile}/serviceCidrs`),
          ...textsAt(body, `${profile}/podCidrs`),
        ],
        `the Kubernetes cluster ${shown(id)}`,
      ),
    );
  const made = '/properties/properties/aksNetworkingConfiguration';
  const computes = index.ofType(computeType).flatMap(({ id, body }) =>
    rangesOf(
      ['serviceCidr', 'dockerBridgeCidr'].map((name) => textAt(body, `${made}/${name}`)),
      `the Kubernetes cluster ${shown(id)}`,
    ),
  );
  return [...clusters, ...computes];
}

/** Ranges that AKS reserves (Microsoft Learn, "AKS legacy CNI", read 2026-04). */
const keptByAzure = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'];
/** The article's ranges first, then those least likely to be in use elsewhere. */
const serviceRanges = ['10.0.0.0/16', ...numbers(250, 1).map((part) => `10.${part}.0.0/16`), '192.168.0.0/16'];
const bridgeRanges = [...numbers(17, 29), 16].map((part) => `172.${part}.0.1/16`);
function numbers(from: number, to: number): number[] {
  const step = Math.sign(to - from);
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, position) => from + step * position);
}

/** Every known range that a cluster's ranges must not overlap: networks, their peers, other clusters. */
function inReach(index: SnapshotIndex): Ipv4Range[] {
  const networks = index
    .ofType(vnetType)
    .flatMap((network) => [
      ...vnetView(network).prefixes,
      ...listAt(network.body, '/properties/virtualNetworkPeerings').flatMap((peering) => [
        ...textsAt(peering, '/properties/remoteAddressSpace/addressPrefixes'),
        ...textsAt(peering, '/properties/remoteVirtualNetworkAddressSpace/addressPrefixes'),
      ]),
    ]);
  return [...rangesOf(networks, 'a network'), ...clusterRanges(index)].map(({ range }) => range);
}

const firstMissing = (candidates: readonly string[], taken: readonly Ipv4Range[]): string | undefined =>
  candidates.find((text) => {
    const block = blockAround(text);
    return block !== undefined && !taken.some((one) => overlaps(one, block));
  });

/** An unused range for the services of a new cluster; undefined where none is left. `beside`: another of its ranges. */
export function freeServiceRange(index: SnapshotIndex, beside?: string): string | undefined {
  const own = [...keptByAzure, ...(beside === undefined ? [] : [beside])];
  return firstMissing(serviceRanges, [...inReach(index), ...own.flatMap((text) => blockAround(text) ?? [])]);
}

/** A range for the bridge on its nodes, in Docker's form: an address with a prefix length. */
export function freeBridgeRange(index: SnapshotIndex, service: string): string | undefined {
  return firstMissing(bridgeRanges, [
    ...inReach(index),
    ...[...keptByAzure, service].flatMap((text) => blockAround(text) ?? []),
  ]);
}

/** The ranges in use in a network; a sentence where they are unknown. */
function taken(network: Resource, index: SnapshotIndex): Taken[] | string {
  if (!showsSubnets(network)) return `The response for ${shown(network.id)} does not include its subnets.`;
  const subnets = vnetView(network).subnets;
  const own = subnets.flatMap((subnet) => rangesOf(subnetView(subnet).prefixes, `the subnet ${shown(subnet.id)}`));
  const unread = subnets.length < listAt(network.body, '/properties/subnets').length;
  const odd = subnets.some((subnet) => {
    const { prefixes } = subnetView(subnet);
    return (
      prefixes.length === 0 || prefixes.some((prefix) => !prefix.includes(':') && blockAround(prefix) === undefined)
    );
  });
  if (unread || odd) return `The address ranges of the subnets of ${shown(network.id)} cannot be read.`;
  return [...own, ...clusterRanges(index)];
}

const spacesOf = (network: Resource): Ipv4Range[] =>
  vnetView(network).prefixes.flatMap((prefix) => blockAround(prefix) ?? []);

/** The first free range, as large as possible up to a /24; undefined where there is none or it is unknown. */
export function freeRange(network: Resource, index: SnapshotIndex): string | undefined {
  const used = taken(network, index);
  if (typeof used === 'string') return undefined;
  for (const length of lengths) {
    const block = firstFree(
      spacesOf(network),
      used.map(({ range }) => range),
      length,
    );
    if (block) return formatBlock(block);
  }
  return undefined;
}

/** Why a subnet with this range cannot be created in the network, or undefined. */
export function refusesRange(network: Resource, text: string, index: SnapshotIndex): string | undefined {
  const block = parseBlock(text);
  if (!block.ok) return `"${clean(text, 60)}" is not an address range: ${block.reason}`;
  if (block.value.bare || block.value.prefix > longestPrefix) {
    return `"${clean(text, 60)}" is too small: a subnet has a prefix of /${longestPrefix} or shorter.`;
  }
  const name = shown(network.id);
  if (!spacesOf(network).some((space) => contains(space, block.value))) {
    return `${text} is not in the address space of ${name}.`;
  }
  const used = taken(network, index);
  if (typeof used === 'string') return used;
  const other = used.find(({ range }) => overlaps(range, block.value));
  return other && `${text} overlaps a range of ${other.by}.`;
}
