// What the traffic of a training subnet meets at its security group: each decision taken by `net`, the group read once a world.
import { findSubnet, subnetView, vnetView } from '../kinds/network-view.ts';
import { listAt } from '../kinds/read.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import type { World } from '../model/world.ts';
import { looksLiteral } from '../net/addresses.ts';
import { decideAt } from '../net/decide.ts';
import {
  allowedTags,
  type Context,
  contextOf,
  type Decision,
  type Direction,
  type Group,
  leak,
  peeredSpace,
  readGroup,
  virtualNetworkTag,
} from '../net/index.ts';
import type { Layer } from '../net/layers.ts';
import type { Protocol } from '../net/ports.ts';
import type { VirtualNetworkTag } from '../net/virtual-network-tag.ts';
import { adminRulesAt, before } from './admin-rules.ts';
import { namesAt } from './live.ts';
import { oncePerWorldAndKey } from './memo.ts';
import { serviceTagsOf } from './service-tags.ts';
import { networkOf, securityGroupAt, userRoutesOf } from './training-subnets.ts';
import { isTunnelled } from './tunnel.ts';

/** One side of the question is the subnet, or what of it `local` says; `remote` is the other: tags, prefixes. */
export interface Asked {
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
 * What the names in rules stand for at a subnet: as Azure said it there, else as it can be worked out. Throws GapRead when its
 * network or route table could not be read.
 */
export const contextAt = oncePerWorldAndKey((subnetId: string, world: World): Context => {
  const serviceTags = serviceTagsOf(world);
  const seen = namesAt(subnetId, world);
  const tag = seen?.virtualNetwork ? { in: seen.virtualNetwork, maybe: [] } : virtualNetworkAt(subnetId, world);
  return contextOf({
    virtualNetwork: tag.in,
    virtualNetworkMaybe: tag.maybe,
    internet: seen?.internet,
    tags: seen?.tags,
    serviceTags,
  });
});

/** What VirtualNetwork can be worked out to stand for. Throws GapRead when the network or the route table could not be read. */
export function virtualNetworkAt(subnetId: string, world: World): VirtualNetworkTag {
  const network = networkOf(subnetId, world);
  const serviceTags = serviceTagsOf(world);
  return virtualNetworkTag({
    addressSpace: network ? vnetView(network).prefixes : [],
    peerings: network && valueAt(network.body, '/properties/virtualNetworkPeerings'),
    userRoutes: userRoutesOf(subnetId, world),
    tags: (name) => serviceTags?.get(name)?.prefixes,
  });
}

/** The ranges of the network and its connected peers. Throws GapRead when the network could not be read. */
export const networkSpace = (subnetId: string, world: World): readonly string[] => {
  const network = networkOf(subnetId, world);
  if (!network) return [];
  const peered = peeredSpace(valueAt(network.body, '/properties/virtualNetworkPeerings'));
  return [...new Set([...vnetView(network).prefixes, ...peered])];
};

export const subnetPrefixes = (subnetId: string, world: World): readonly string[] => {
  const subnet = findSubnet(world, subnetId);
  return subnet ? subnetView(subnet).prefixes : [];
};

/** A rule behind every custom one and before Azure's own: what a closing fix will add. */
const closing = 4097;
export const closingName = 'the planned deny rule';
function closed(group: Resource, everything: boolean): Group {
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

/** Where a group stands: at the subnet, or at a machine's own interface. */
export type GroupPlace = 'subnet' | 'nic';

const layers = new WeakMap<Resource, Map<string, Layer>>();
/** The group as a layer. `shut`: as it will be once the Internet is denied. */
function layerOf(group: Resource, place: GroupPlace, shut: boolean, everything: boolean): Layer {
  const key = `${place} ${shut ? (everything ? 'all' : 'shut') : 'as it is'}`;
  const known = layers.get(group) ?? new Map<string, Layer>();
  layers.set(group, known);
  const layer: Layer = known.get(key) ?? { place, group: shut ? closed(group, everything) : readGroup(group.body) };
  known.set(key, layer);
  return layer;
}

/**
 * A group as the layer that a subnet's traffic meets. `shut`: as it will be once the Internet is denied. Throws GapRead when
 * the route table could not be read.
 */
export const layerFor = (
  group: Resource,
  subnetId: string,
  world: World,
  shut = false,
  place: GroupPlace = 'subnet',
): Layer => layerOf(group, place, shut, shut && isTunnelled(subnetId, world));

/** The question as `net` takes it. */
export function flowOf(asked: Asked, subnetId: string, world: World) {
  const own = { of: asked.local ?? subnetPrefixes(subnetId, world) };
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

/** Decisions taken; several rules, and both profiles, ask the same. A context belongs to one subnet of one world. */
const taken = new WeakMap<Context, WeakMap<Layer, Map<string, Decision>>>();

/** Decides a flow at the group of a subnet, and at the security admin rules before it. Throws GapRead when something it hangs on could not be read. */
export function decidedAt(asked: Asked, subnetId: string, layer: Layer, world: World): Decision {
  const context = contextAt(subnetId, world);
  const byLayer = taken.get(context) ?? new WeakMap<Layer, Map<string, Decision>>();
  taken.set(context, byLayer);
  const known = byLayer.get(layer) ?? new Map<string, Decision>();
  byLayer.set(layer, known);
  const key = JSON.stringify(asked);
  const layers = [...before(subnetId, world), layer];
  const decision = known.get(key) ?? decideAt(flowOf(asked, subnetId, world), layers, context);
  known.set(key, decision);
  return decision;
}

export const toInternet: Asked = { direction: 'Outbound', protocol: '*', remote: ['Internet'], ports: ['*'] };

/** What of the Internet can be reached beyond the tags that the group allows by name (3.4). */
export const leakAt = oncePerWorldAndKey((subnetId: string, world: World) => {
  const group = securityGroupAt(subnetId, world);
  const source = subnetPrefixes(subnetId, world);
  const context = contextAt(subnetId, world);
  const allowed = group ? allowedTags(group.body).filter((name) => !looksLiteral(name)) : [];
  const layers = { subnetNsg: group?.body, adminRules: adminRulesAt(subnetId, world) };
  return leak({ source, allowed }, layers, context, 8);
});

export type OutboundMode = 'open' | 'limited' | 'undecided';

/** Open or limited: the operator's answer, else what the group does (3.4). Throws GapRead when that could not be read. */
export const outboundModeOf = oncePerWorldAndKey((subnetId: string, world: World): OutboundMode => {
  const { outboundMode } = world.snapshot.intents;
  if (outboundMode === 'open' || outboundMode === 'limited') return outboundMode;
  const group = securityGroupAt(subnetId, world);
  const layer = group && layerFor(group, subnetId, world);
  if (!layer || decidedAt(toInternet, subnetId, layer, world).verdict === 'allowed') return 'open';
  return leakAt(subnetId, world).verdict === 'denied' ? 'limited' : 'undecided';
});
