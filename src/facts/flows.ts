// How the security group of a training subnet decides its traffic: each decision by `net`, the group parsed once per snapshot.

import type { Resource } from '../model/resource.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { looksLiteral, noAddress, readPrefixes, without } from '../net/addresses.ts';
import { decideAt } from '../net/decide.ts';
import type { Flow } from '../net/flow.ts';
import {
  allowedTags,
  contextOf,
  type Decision,
  type Direction,
  leak,
  type NetworkContext,
  type NsgRules,
  readGroup,
  virtualNetworkTag,
} from '../net/index.ts';
import type { Layer } from '../net/layers.ts';
import type { Protocol } from '../net/ports.ts';
import type { VirtualNetworkTag } from '../net/virtual-network-tag.ts';
import { findSubnet, subnetView, vnetView } from '../resource-types/network-view.ts';
import { listAt } from '../resource-types/read.ts';
import { adminRulesAt, beforeRules } from './admin-rules.ts';
import { namesAt } from './live.ts';
import { memoizePerSnapshotAndKey, network } from './memoize.ts';
import { peeredPrefixes } from './path/connection.ts';
import { serviceTagsOf } from './service-tags.ts';
import { networkOf, securityGroupAt, userRoutesOf } from './training-subnets.ts';
import { isTunnelled } from './tunnel.ts';

/** One side of the flow is the subnet, or the part of it in `local`; `remote` is the other: tags, prefixes. */
export interface FlowQuestion {
  readonly direction: Direction;
  readonly protocol: Protocol | '*';
  readonly remote: readonly string[];
  readonly except?: readonly string[];
  /** Addresses of one machine in the subnet. */
  readonly local?: readonly string[];
  readonly ports: readonly string[];
  /** All unless given. */
  readonly sourcePorts?: readonly string[];
}

/**
 * What the names in rules resolve to at a subnet: Azure's own expansion, else as computed. Throws UnreadableError when its
 * network or route table could not be read.
 */
export const contextAt = memoizePerSnapshotAndKey(
  (subnetId: string, index: SnapshotIndex): NetworkContext => contextWith([], subnetId, index),
  network,
);

/**
 * The same, where a gateway may have learnt a default route: the documents name the prefixes of a gateway as part of VirtualNetwork, and do
 * not say whether a default route is (service-tags-overview, read 2026).
 */
export const contextBehindGateway = memoizePerSnapshotAndKey(
  (subnetId: string, index: SnapshotIndex): NetworkContext => contextWith(['0.0.0.0/0'], subnetId, index),
  network,
);

/** The same, where prefixes beyond a connection that cannot be seen may belong to VirtualNetwork. */
export function contextWith(maybe: readonly string[], subnetId: string, index: SnapshotIndex): NetworkContext {
  const serviceTags = serviceTagsOf(index);
  const seen = namesAt(subnetId, index);
  const tag = seen?.virtualNetwork
    ? { in: seen.virtualNetwork, maybe: [] }
    : joinedBy(maybe, virtualNetworkAt(subnetId, index));
  return contextOf({
    virtualNetwork: tag.in,
    virtualNetworkMaybe: tag.maybe,
    internet: seen?.internet,
    tags: seen?.tags,
    serviceTags,
  });
}

function joinedBy(more: readonly string[], tag: VirtualNetworkTag): VirtualNetworkTag {
  const inside = readPrefixes(tag.in).addresses;
  const beyond = more.filter((prefix) => !noAddress(without(readPrefixes([prefix]).addresses, inside)));
  return { in: tag.in, maybe: [...tag.maybe, ...beyond] };
}

/**
 * What VirtualNetwork resolves to, as computed. Throws UnreadableError when the network or the route table could not be read.
 */
export function virtualNetworkAt(subnetId: string, index: SnapshotIndex): VirtualNetworkTag {
  const network = networkOf(subnetId, index);
  const serviceTags = serviceTagsOf(index);
  return virtualNetworkTag({
    addressSpace: [...(network ? vnetView(network).prefixes : []), ...peeredPrefixes(subnetId, index)],
    userRoutes: userRoutesOf(subnetId, index),
    tags: (name) => serviceTags?.get(name)?.prefixes,
  });
}

/** The ranges of the network and its connected peers. Throws UnreadableError when the network could not be read. */
export const networkSpace = (subnetId: string, index: SnapshotIndex): readonly string[] => {
  const network = networkOf(subnetId, index);
  if (!network) return [];
  return [...new Set([...vnetView(network).prefixes, ...peeredPrefixes(subnetId, index)])];
};

export const subnetPrefixes = (subnetId: string, index: SnapshotIndex): readonly string[] => {
  const subnet = findSubnet(index, subnetId);
  return subnet ? subnetView(subnet).prefixes : [];
};

/** A rule after every custom one and before Azure's defaults: what a restricting fix adds. */
const closing = 4097;
export const closingName = 'the planned deny rule';
function closed(group: Resource, everything: boolean): NsgRules {
  const deny = {
    name: closingName,
    properties: {
      ...{ protocol: '*', direction: 'Outbound', access: 'Deny', priority: closing },
      ...{ sourceAddressPrefix: '*', sourcePortRange: '*', destinationPortRange: '*' },
      destinationAddressPrefix: everything ? '*' : 'Internet',
    },
  };
  const properties = { securityRules: [...listAt(group.body, '/properties/securityRules'), deny] };
  return readGroup({ properties });
}

/** Where a group is associated: with the subnet, or with a machine's NIC. */
export type GroupPlace = 'subnet' | 'nic';

const layers = new WeakMap<Resource, Map<string, Layer>>();
/** The group as a layer. `restricted`: as it will be once outbound Internet access is denied. */
function layerOf(group: Resource, place: GroupPlace, restricted: boolean, everything: boolean): Layer {
  const key = `${place} ${restricted ? (everything ? 'all' : 'restricted') : 'as it is'}`;
  const known = layers.get(group) ?? new Map<string, Layer>();
  layers.set(group, known);
  const layer: Layer = known.get(key) ?? {
    place,
    group: restricted ? closed(group, everything) : readGroup(group.body),
  };
  known.set(key, layer);
  return layer;
}

/**
 * A group as a layer of a subnet's traffic. `restricted`: as it will be once outbound Internet access is denied. Throws
 * UnreadableError when the route table could not be read.
 */
export const layerFor = (
  group: Resource,
  subnetId: string,
  index: SnapshotIndex,
  restricted = false,
  place: GroupPlace = 'subnet',
): Layer => layerOf(group, place, restricted, restricted && isTunnelled(subnetId, index));

/** The flow in the form `net` takes, from or to any address of a subnet. */
export const flowOf = (asked: FlowQuestion, subnetId: string, index: SnapshotIndex): Flow =>
  flowAt(asked, asked.local ?? subnetPrefixes(subnetId, index));

/** The same from or to these addresses. */
export function flowAt(asked: FlowQuestion, local: readonly string[]): Flow {
  const own = { of: local };
  const other = { of: asked.remote, ...(asked.except ? { except: asked.except } : {}) };
  const inbound = asked.direction === 'Inbound';
  return {
    direction: asked.direction,
    protocol: asked.protocol,
    source: inbound ? other : own,
    destination: inbound ? own : other,
    destinationPorts: asked.ports,
    ...(asked.sourcePorts ? { sourcePorts: asked.sourcePorts } : {}),
  };
}

/** Cached decisions: several rules and both profiles ask for the same. A context belongs to one subnet of one snapshot. */
const taken = new WeakMap<NetworkContext, WeakMap<Layer, Map<string, Decision>>>();

/**
 * Decides a flow at the group of a subnet, and at the security admin rules before it. Throws UnreadableError when something
 * it depends on could not be read.
 */
export function decidedAt(asked: FlowQuestion, subnetId: string, layer: Layer, index: SnapshotIndex): Decision {
  const context = contextAt(subnetId, index);
  const byLayer = taken.get(context) ?? new WeakMap<Layer, Map<string, Decision>>();
  taken.set(context, byLayer);
  const known = byLayer.get(layer) ?? new Map<string, Decision>();
  byLayer.set(layer, known);
  const key = JSON.stringify(asked);
  const layers = [...beforeRules(subnetId, index), layer];
  const decision = known.get(key) ?? decideAt(flowOf(asked, subnetId, index), layers, context);
  known.set(key, decision);
  return decision;
}

export const toInternet: FlowQuestion = { direction: 'Outbound', protocol: '*', remote: ['Internet'], ports: ['*'] };

/** What of the Internet can be reached beyond the tags that the group allows by name. */
export const leakAt = memoizePerSnapshotAndKey((subnetId: string, index: SnapshotIndex) => {
  const group = securityGroupAt(subnetId, index);
  const source = subnetPrefixes(subnetId, index);
  const context = contextAt(subnetId, index);
  const allowed = group ? allowedTags(group.body).filter((name) => !looksLiteral(name)) : [];
  const layers = { subnetNsg: group?.body, adminRules: adminRulesAt(subnetId, index) };
  return leak({ source, allowed }, layers, context, 8);
});

export type OutboundMode = 'open' | 'limited' | 'undecided';

/**
 * Open or limited: the operator's answer, else what the group does (docs/reference/required-flows.md). Throws UnreadableError
 * when that could not be read.
 */
export const outboundModeOf = memoizePerSnapshotAndKey((subnetId: string, index: SnapshotIndex): OutboundMode => {
  const { outboundMode } = index.snapshot.intents;
  if (outboundMode === 'open' || outboundMode === 'limited') return outboundMode;
  const group = securityGroupAt(subnetId, index);
  const layer = group && layerFor(group, subnetId, index);
  if (!layer || decidedAt(toInternet, subnetId, layer, index).verdict === 'allowed') return 'open';
  return leakAt(subnetId, index).verdict === 'denied' ? 'limited' : 'undecided';
});
