// What can be reached in a snapshot, as exact sets: addresses that service firewalls allow, flows that security groups let through in
// both directions, destinations that routes send straight to the Internet, and everything else that widens access as named items.
// Raw bodies are read here and decided by src/net alone: nothing of the rules, the facts or the effects is used.
import type { Effect as AnyEffect } from '../../src/model/effect.ts';
import { isObject, type Json, stringifyJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, isWithin, nameOf, parentId, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import {
  type Addresses,
  anywhere,
  both,
  either,
  fixed,
  noAddress,
  nowhere,
  prefixesOf,
  readPrefixes,
  without,
} from '../../src/net/addresses.ts';
import { type ContextInput, contextOf, type NetworkContext } from '../../src/net/context.ts';
import { decide } from '../../src/net/decide.ts';
import type { FlowPart, Parts } from '../../src/net/decision.ts';
import { publicSpace } from '../../src/net/facts.ts';
import { family4, family6 } from '../../src/net/family.ts';
import { portsOf, resolveFlow } from '../../src/net/flow.ts';
import type { Direction } from '../../src/net/nsg.ts';
import { type Protocol, portTexts } from '../../src/net/ports.ts';
import { readRoutes, sweepRoutes } from '../../src/net/routes.ts';
import { globalTagOf } from '../../src/net/service-tags.ts';
import { intervals, type Point } from '../../src/net/sets.ts';
import { virtualNetworkTag } from '../../src/net/virtual-network-tag.ts';
import { type Box, boxIntersect, boxMinus, boxOf } from '../../src/net/walk.ts';
import { listAt, textAt, textsAt } from '../../src/resource-types/read.ts';

// Every service tag has a block of its own here, a regional one inside the block of its service: sets stay exact without a file.
const tagBlocks = new Map<string, { readonly block: number; readonly regions: Map<string, number> }>();
export function tagPrefix(name: string): string {
  const whole = fold(globalTagOf(name));
  const known = tagBlocks.get(whole) ?? { block: tagBlocks.size, regions: new Map<string, number>() };
  tagBlocks.set(whole, known);
  if (fold(name) === whole) return `40.${known.block}.0.0/16`;
  const region = known.regions.get(fold(name)) ?? known.regions.size;
  known.regions.set(fold(name), region);
  return `40.${known.block}.${region}.0/24`;
}
const serviceTags: NonNullable<ContextInput['serviceTags']> = {
  ...{ changeNumber: '1', cloud: 'Public', size: 0, all: () => [] },
  get: (name) => ({ name, prefixes: [tagPrefix(name)], features: undefined }),
  addressesOf: (name) => readPrefixes([tagPrefix(name)]).addresses,
};
/** The blocks of all service tags. */
export const ofServices: Addresses = fixed('40.0.0.0/8');

/** What is told of an effect, whatever computed it. */
export type NamedEffect = Pick<AnyEffect, 'kind' | 'resource' | 'detail' | 'subject'>;

/** Where packets meet security groups: a subnet, or a NIC in one. */
interface Place {
  readonly id: string;
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly local: readonly string[];
  readonly layers: { readonly subnetNsg: Json | undefined; readonly nicNsg: Json | undefined };
  readonly context: NetworkContext;
  readonly groupIds: readonly string[];
  readonly key: string;
}

export interface Reach {
  /** Public addresses that the firewall of a service, or the allow-list of a workspace, lets connect. */
  readonly clients: ReadonlyMap<string, Addresses>;
  /** Sources and protections by name: `subnet:ID`, `endpoint:ID`, `any`, `ssh`. */
  readonly items: ReadonlyMap<string, ReadonlySet<string>>;
  readonly places: ReadonlyMap<string, Place>;
  /** Public addresses that the routes of a subnet send straight to the Internet. */
  readonly direct: ReadonlyMap<string, { readonly to: Addresses; readonly table: string }>;
}

const typed = (snapshot: Snapshot, type: string): Resource[] =>
  snapshot.resources.filter((one) => fold(one.type) === fold(type));
const objects = (body: Json | undefined, pointer: string): Json[] => listAt(body, pointer).filter(isObject);
const isText = (body: Json, pointer: string, wanted: string): boolean => fold(textAt(body, pointer) ?? '') === wanted;
const idsAt = (body: Json, pointer: string): string[] =>
  listAt(body, pointer).flatMap((item) => (typeof item === 'string' ? item : (textAt(item, '/id') ?? [])));

const services = [
  { type: 'Microsoft.Storage/storageAccounts', rules: '/properties/networkAcls', service: 'microsoft.storage' },
  { type: 'Microsoft.KeyVault/vaults', rules: '/properties/networkAcls', service: 'microsoft.keyvault' },
  {
    type: 'Microsoft.ContainerRegistry/registries',
    rules: '/properties/networkRuleSet',
    service: 'microsoft.containerregistry',
  },
];
const deadStates = ['networksourcedeleted', 'failed', 'deprovisioning'];
const publicOnly = (texts: readonly string[]): Addresses => both(readPrefixes(texts).addresses, publicSpace);
const ruleTexts = (body: Json, pointer: string): string[] =>
  listAt(body, pointer).flatMap((item) => (typeof item === 'string' ? item : (textAt(item, '/value') ?? [])));

function approved(body: Json): string[] {
  return objects(body, '/properties/privateEndpointConnections').flatMap((one) =>
    isText(one, '/properties/privateLinkServiceConnectionState/status', 'approved')
      ? `endpoint:${fold(textAt(one, '/properties/privateEndpoint/id') ?? textAt(one, '/id') ?? '')}`
      : [],
  );
}

/** Does the subnet send the service's traffic through its service endpoint? One that was not read is taken to. */
function hasEndpoint(snapshot: Snapshot, subnet: string, service: string): boolean {
  const found = snapshot.resources.find((one) => sameId(one.id, subnet));
  if (found === undefined) return true;
  return objects(found.body, '/properties/serviceEndpoints').some((one) =>
    fold(textAt(one, '/service') ?? '').startsWith(service),
  );
}

function serviceReach(snapshot: Snapshot, clients: Map<string, Addresses>, items: Map<string, Set<string>>): void {
  for (const { type, rules, service } of services) {
    for (const { id, body } of typed(snapshot, type)) {
      const own = new Set(approved(body));
      items.set(fold(id), own);
      const isOn =
        isText(body, '/properties/publicNetworkAccess', 'enabled') ||
        textAt(body, '/properties/publicNetworkAccess') === undefined;
      clients.set(fold(id), nowhere);
      if (!isOn) continue;
      if (!isText(body, `${rules}/defaultAction`, 'deny')) {
        clients.set(fold(id), both(anywhere, publicSpace));
        own.add('any');
        continue;
      }
      clients.set(
        fold(id),
        publicOnly([...ruleTexts(body, `${rules}/ipRules`), ...ruleTexts(body, `${rules}/ipv6Rules`)]),
      );
      for (const rule of listAt(body, `${rules}/virtualNetworkRules`)) {
        const subnet =
          typeof rule === 'string' ? rule : (textAt(rule, '/id') ?? textAt(rule, '/virtualNetworkSubnetResourceId'));
        const isDead = isObject(rule) && deadStates.includes(fold(textAt(rule, '/state') ?? ''));
        if (subnet !== undefined && !isDead && hasEndpoint(snapshot, subnet, service))
          own.add(`subnet:${fold(subnet)}`);
      }
      for (const rule of objects(body, `${rules}/resourceAccessRules`))
        own.add(`instance:${fold(textAt(rule, '/resourceId') ?? '')}`);
      const bypass =
        textAt(
          body,
          service === 'microsoft.containerregistry' ? '/properties/networkRuleBypassOptions' : `${rules}/bypass`,
        ) ?? 'AzureServices';
      for (const one of bypass.split(',')) if (fold(one.trim()) !== 'none') own.add(`bypass:${fold(one.trim())}`);
    }
  }
}

function workspaceReach(snapshot: Snapshot, clients: Map<string, Addresses>, items: Map<string, Set<string>>): void {
  const ml = 'Microsoft.MachineLearningServices/workspaces';
  for (const { id, body } of typed(snapshot, ml)) {
    const isOn = !isText(body, '/properties/publicNetworkAccess', 'disabled');
    const listed = [...textsAt(body, '/properties/ipAllowlist'), ...ruleTexts(body, '/properties/networkAcls/ipRules')];
    clients.set(fold(id), !isOn ? nowhere : listed.length === 0 ? both(anywhere, publicSpace) : publicOnly(listed));
    const own = new Set(approved(body));
    const mode = fold(textAt(body, '/properties/managedNetwork/isolationMode') ?? 'disabled');
    if (mode === 'disabled') own.add('no managed network');
    if (mode !== 'allowonlyapprovedoutbound') own.add('any outbound');
    const serverless = '/properties/serverlessComputeSettings';
    if (valueAt(body, `${serverless}/serverlessComputeNoPublicIP`) !== true) own.add('serverless public address');
    if (textAt(body, `${serverless}/serverlessComputeCustomSubnet`) === undefined)
      own.add('serverless outside the network');
    if (valueAt(body, '/properties/v1LegacyMode') !== true) own.add('v2 API');
    for (const link of objects(body, '/properties/sharedPrivateLinkResources'))
      own.add(
        `link:${fold(textAt(link, '/properties/privateLinkResourceId') ?? '').replace(/\/privatelinkresources\/.*/, '')}`,
      );
    items.set(fold(id), own);
  }
  for (const { id, body } of typed(snapshot, `${ml}/outboundRules`)) {
    const to = valueAt(body, '/properties/destination');
    items.set(fold(id), new Set([`reaches ${to === undefined ? '' : stringifyJson(to)}`]));
  }
  for (const { id, body } of typed(snapshot, `${ml}/computes`)) {
    const own = new Set<string>();
    const properties = '/properties/properties';
    const ssh = [`${properties}/remoteLoginPortPublicAccess`, `${properties}/sshSettings/sshPublicAccess`];
    if (ssh.some((pointer) => isText(body, pointer, 'enabled'))) own.add('ssh');
    if (valueAt(body, `${properties}/enableNodePublicIp`) !== false) own.add('node public address');
    if (
      isText(body, '/properties/computeType', 'aks') &&
      !isText(body, `${properties}/loadBalancerType`, 'internalloadbalancer')
    )
      own.add('public scoring');
    items.set(fold(id), own);
  }
  for (const { id, body } of typed(snapshot, `${ml}/onlineEndpoints`)) {
    if (!isText(body, '/properties/publicNetworkAccess', 'disabled')) items.set(fold(id), new Set(['public endpoint']));
  }
  for (const { id, body } of typed(snapshot, 'Microsoft.ContainerService/managedClusters')) {
    const ranges = textsAt(body, '/properties/apiServerAccessProfile/authorizedIPRanges');
    const isPrivate = valueAt(body, '/properties/apiServerAccessProfile/enablePrivateCluster') === true;
    clients.set(fold(id), isPrivate ? nowhere : ranges.length === 0 ? both(anywhere, publicSpace) : publicOnly(ranges));
  }
}

/** Attachments whose loss, and connections whose making, widens access. */
function networkItems(snapshot: Snapshot, items: Map<string, Set<string>>): void {
  const add = (id: string, texts: readonly string[]) =>
    items.set(fold(id), new Set([...(items.get(fold(id)) ?? []), ...texts]));
  for (const { id, body } of typed(snapshot, 'Microsoft.Network/virtualNetworks/subnets')) {
    const gateway = textAt(body, '/properties/natGateway/id');
    const policies = fold(textAt(body, '/properties/privateEndpointNetworkPolicies') ?? 'disabled');
    add(id, [
      ...(gateway === undefined ? [] : [`gateway:${fold(gateway)}`]),
      ...(valueAt(body, '/properties/defaultOutboundAccess') === false ? [] : ['default outbound']),
      ...(policies === 'disabled' ? ['endpoints without policies'] : []),
      ...(idsAt(body, '/properties/serviceEndpointPolicies').length === 0 ? ['any account'] : []),
    ]);
  }
  for (const { id, body } of typed(snapshot, 'Microsoft.Network/virtualNetworks')) {
    const peers = objects(body, '/properties/virtualNetworkPeerings').filter(
      (one) =>
        isText(one, '/properties/peeringState', 'connected') &&
        valueAt(one, '/properties/allowVirtualNetworkAccess') !== false,
    );
    add(
      id,
      peers.map((one) => `peer:${fold(textAt(one, '/properties/remoteVirtualNetwork/id') ?? '')}`),
    );
  }
  for (const { id, body } of typed(snapshot, 'Microsoft.Network/networkInterfaces'))
    add(
      id,
      objects(body, '/properties/ipConfigurations').flatMap(
        (one) => textAt(one, '/properties/publicIPAddress/id') ?? [],
      ),
    );
  for (const type of [
    'Microsoft.Network/loadBalancers',
    'Microsoft.Network/azureFirewalls',
    'Microsoft.Network/firewallPolicies/ruleCollectionGroups',
  ]) {
    for (const { id, body } of typed(snapshot, type)) {
      const lists = [
        'inboundNatRules',
        'loadBalancingRules',
        'natRuleCollections',
        'networkRuleCollections',
        'applicationRuleCollections',
        'ruleCollections',
      ];
      add(
        id,
        lists.flatMap((name) => listAt(body, `/properties/${name}`).map((one) => `${name} ${stringifyJson(one)}`)),
      );
    }
  }
}

const contexts = new Map<string, NetworkContext>();

/**
 * Every subnet and NIC with the groups that its packets meet. What routes to an appliance or gateway add to the tag VirtualNetwork
 * is left out: it arrives through them, under their rules.
 */
function placesOf(snapshot: Snapshot): Map<string, Place> {
  const byId = new Map(snapshot.resources.map((one) => [fold(one.id), one]));
  const bodyOf = (id: string | undefined) => (id === undefined ? undefined : byId.get(fold(id))?.body);
  const cards = typed(snapshot, 'Microsoft.Network/networkInterfaces');
  const members = new Map<string, string[]>();
  for (const { body } of cards) {
    for (const one of objects(body, '/properties/ipConfigurations')) {
      for (const group of idsAt(one, '/properties/applicationSecurityGroups')) {
        const list = members.get(group) ?? [];
        members.set(group, [...list, textAt(one, '/properties/privateIPAddress') ?? '']);
      }
    }
  }
  const places = new Map<string, Place>();
  const place = (id: string, subnet: string, local: readonly string[], nicGroup: string | undefined): void => {
    const subnetBody = bodyOf(subnet);
    const network = bodyOf(subnet.slice(0, subnet.toLowerCase().indexOf('/subnets/')));
    if (subnetBody === undefined || local.length === 0) return;
    const subnetGroup = textAt(subnetBody, '/properties/networkSecurityGroup/id');
    const tag = virtualNetworkTag({
      addressSpace: textsAt(network, '/properties/addressSpace/addressPrefixes'),
      peerings: listAt(network, '/properties/virtualNetworkPeerings'),
    });
    const named = JSON.stringify([tag, [...members]]);
    const context =
      contexts.get(named) ?? contextOf({ virtualNetwork: tag.in, groups: Object.fromEntries(members), serviceTags });
    contexts.set(named, context);
    const [subnetNsg, nicNsg] = [bodyOf(subnetGroup), bodyOf(nicGroup)];
    const groups = [subnetGroup, nicGroup].flatMap((one) => (one === undefined ? [] : fold(one)));
    const rules = [subnetNsg, nicNsg].map((one) => stringifyJson(listAt(one, '/properties/securityRules') as Json));
    const key = JSON.stringify([named, local, groups, rules]);
    const groupIds = [...members.keys()];
    places.set(fold(id), {
      id,
      subnet: fold(subnet),
      groups,
      local,
      layers: { subnetNsg, nicNsg },
      context,
      groupIds,
      key,
    });
  };
  for (const { id, body } of typed(snapshot, 'Microsoft.Network/virtualNetworks/subnets')) {
    const single = textAt(body, '/properties/addressPrefix');
    place(id, id, single === undefined ? textsAt(body, '/properties/addressPrefixes') : [single], undefined);
  }
  for (const { id, body } of cards) {
    for (const one of objects(body, '/properties/ipConfigurations')) {
      const [subnet, address] = [textAt(one, '/properties/subnet/id'), textAt(one, '/properties/privateIPAddress')];
      const group = textAt(body, '/properties/networkSecurityGroup/id');
      if (subnet !== undefined && address !== undefined) place(`${id}#${address}`, subnet, [address], group);
    }
  }
  return places;
}

function directOf(snapshot: Snapshot): Map<string, { readonly to: Addresses; readonly table: string }> {
  const direct = new Map<string, { readonly to: Addresses; readonly table: string }>();
  const system = readRoutes([{ addressPrefix: ['0.0.0.0/0', '::/0'], nextHopType: 'Internet' }], 'Default').routes;
  for (const { id, body } of typed(snapshot, 'Microsoft.Network/virtualNetworks/subnets')) {
    const at = textAt(body, '/properties/routeTable/id');
    const table = at === undefined ? undefined : snapshot.resources.find((one) => sameId(one.id, at));
    const own = readRoutes(listAt(table?.body, '/properties/routes'), 'User', (name) => [tagPrefix(name)]).routes;
    const open = sweepRoutes([...system, ...own]).filter(({ route }) => fold(route?.nextHopType ?? '') === 'internet');
    const v4 = intervals(
      open.flatMap(({ family, low, high }) => (family === 4 ? [[Number(low), Number(high)] as const] : [])),
    );
    const v6 = intervals(open.flatMap(({ family, low, high }) => (family === 6 ? [[low, high] as const] : [])));
    direct.set(fold(id), { to: both({ v4, v6 }, publicSpace), table: fold(at ?? '') });
  }
  return direct;
}

export function reachOf(snapshot: Snapshot): Reach {
  const clients = new Map<string, Addresses>();
  const items = new Map<string, Set<string>>();
  serviceReach(snapshot, clients, items);
  workspaceReach(snapshot, clients, items);
  networkItems(snapshot, items);
  return { clients, items, places: placesOf(snapshot), direct: directOf(snapshot) };
}

/** The packets of a place that are not certainly denied. */
function openParts(place: Place, direction: Direction): Parts {
  const known = decided.get(`${direction} ${place.key}`);
  if (known) return known;
  const [local, all] = [{ of: place.local }, { of: ['*'] }];
  const flow = {
    direction,
    protocol: '*',
    source: direction === 'Inbound' ? all : local,
    destination: direction === 'Inbound' ? local : all,
  } as const;
  const parts = decide(flow, place.layers, place.context).parts.filter(({ outcome }) => outcome !== 'denied');
  decided.set(`${direction} ${place.key}`, parts);
  return parts;
}
const decided = new Map<string, Parts>();

/** What came to be possible from one reach to the next, less what the effects name. */
export interface Gained {
  readonly kind: 'clients' | 'item' | 'inbound' | 'outbound' | 'route';
  /** The resource that is reached, or the subnet whose traffic changes. */
  readonly at: string;
  readonly what: string;
  /** The other side: sources of clients and inbound flows, destinations of the rest. */
  readonly remote: Addresses;
}

/** The flow that the words of an effect name. */
const flowPattern =
  /(?:allows|no longer denies|to \d+(?:, before .*)?:) (?:inbound|outbound) (?:ports? )?(any protocol|[A-Z]+|(?=\d))(?: ?([\d, -]+))?(?: \(any protocol\))? (?:from|to) /;

interface NamedFlow {
  readonly protocol: Protocol | '*';
  readonly ports: readonly string[];
  readonly remote: readonly string[];
}

function flowOf(effect: NamedEffect, direction: Direction, groupIds: readonly string[]): NamedFlow | undefined {
  const found = flowPattern.exec(effect.detail);
  if (!found || !effect.detail.includes(` ${direction.toLowerCase()} `)) return undefined;
  const [, protocol = '', ports] = found;
  const remote = effect.subject.split(', ').map((text) => groupIds.find((id) => sameId(nameOf(id), text)) ?? text);
  const name = `${protocol.slice(0, 1)}${protocol.slice(1).toLowerCase()}` as Protocol;
  return { protocol: /^[A-Z]+$/.test(protocol) ? name : '*', ports: ports?.split(', ') ?? ['*'], remote };
}

const widensAll = ['all networks', 'public network access'];
/** Items without a name of their own: what the effect that grants them is about. */
const subjects: Readonly<Record<string, string>> = {
  any: 'all networks',
  'no managed network': 'managed network',
  'any outbound': 'managed network',
  'serverless public address': 'Internet',
  'v2 API': 'v2 API',
  ssh: 'Internet',
  'node public address': 'public IP addresses',
  'public scoring': 'Internet',
  'default outbound': 'Internet',
  'endpoints without policies': 'private endpoints',
};

/** Does an effect that grants access name this item of a resource? */
function namesItem({ kind, subject, detail, resource }: NamedEffect, at: string, item: string): boolean {
  if (kind !== 'allows' && kind !== 'relaxes') return false;
  const isSame = fold(resource) === at;
  const colon = item.indexOf(':');
  const [word, rest] = colon < 0 ? [item, ''] : [item.slice(0, colon), item.slice(colon + 1)];
  if (isSame && widensAll.includes(subject) && ['any', 'subnet', 'instance', 'bypass'].includes(word)) return true;
  if (word === 'subnet')
    return (
      (isSame && sameId(subject, rest)) || (sameId(resource, rest) && detail.includes('through its service endpoint'))
    );
  // A connection that Azure creates later is named by its target.
  const isApproval = detail.startsWith('Approves ') && isWithin(resource, at);
  if (word === 'endpoint') return sameId(subject, rest) || sameId(resource, rest) || isApproval;
  if (['instance', 'bypass', 'gateway', 'link'].includes(word)) return isSame && sameId(subject, rest);
  if (item === 'serverless outside the network') return isSame && kind === 'relaxes' && detail.includes('outside');
  if (item === 'any account') return isSame && kind === 'relaxes' && detail.includes('service endpoint policy');
  const wanted = subjects[item];
  return wanted === undefined ? isSame || isWithin(resource, at) : isSame && subject === wanted;
}

function clientsNamed(effects: readonly NamedEffect[], at: string): Addresses {
  let sum = nowhere;
  for (const { kind, resource, subject } of effects) {
    if (fold(resource) !== at || (kind !== 'allows' && kind !== 'relaxes')) continue;
    sum = either(sum, widensAll.includes(subject) ? anywhere : readPrefixes(subject.split(', ')).addresses);
  }
  return sum;
}

/** The part of `parts` outside other boxes of the same protocol and family. */
function outside<N extends Point>(box: Box<N>, others: readonly Box<N>[]): Box<N>[] {
  let left = [box];
  for (const other of others) {
    left = left.flatMap((one) => {
      const hit = boxIntersect(one, other);
      return hit ? boxMinus(one, hit) : [one];
    });
    if (left.length === 0) break;
  }
  return left;
}

function gainedFlows(before: Place, after: Place, direction: Direction, effects: readonly NamedEffect[]): Gained[] {
  if (before.key === after.key) return [];
  const own = [after.id.split('#')[0] ?? '', after.subnet];
  const isDetached = effects.some(
    ({ kind, resource, detail }) =>
      kind === 'relaxes' &&
      own.some((id) => sameId(id, resource)) &&
      detail.includes('network security group') &&
      detail.includes('no longer applies'),
  );
  if (isDetached) return [];
  const groups = [...before.groups, ...after.groups];
  const flows = effects
    .filter(
      ({ kind, resource }) =>
        (kind === 'allows' || kind === 'relaxes') && groups.includes(fold(parentId(resource) ?? '')),
    )
    .flatMap((effect) => flowOf(effect, direction, after.groupIds) ?? []);
  const named = (part: FlowPart<number> | FlowPart<bigint>): Box<Point>[] =>
    flows.flatMap(({ protocol, ports, remote }) => {
      if (protocol !== '*' && protocol !== part.protocol) return [];
      const all = { of: ['*'] };
      const asked = resolveFlow(
        {
          direction,
          protocol: part.protocol,
          source: direction === 'Inbound' ? { of: remote } : all,
          destination: direction === 'Inbound' ? all : { of: remote },
          destinationPorts: ports,
        },
        after.context,
      );
      const pick = (addresses: Addresses) =>
        (part.family.name === 'v4' ? addresses.v4 : addresses.v6) as readonly Point[];
      const box = boxOf<Point>(
        pick(asked.source),
        pick(asked.destination),
        portsOf(asked.sourcePorts, part.protocol),
        portsOf(asked.destinationPorts, part.protocol),
      );
      return box ? [box] : [];
    });
  const old = openParts(before, direction);
  const gained: Gained[] = [];
  for (const part of openParts(after, direction)) {
    const others = old
      .filter((one) => one.protocol === part.protocol && one.family.name === part.family.name)
      .map(({ box }) => box as Box<Point>);
    for (const box of outside(part.box as Box<Point>, [...others, ...named(part)])) {
      const side = direction === 'Inbound' ? box.source : box.destination;
      const remote =
        part.family.name === 'v4' ? family4.wrap(side as readonly number[]) : family6.wrap(side as readonly bigint[]);
      const far = prefixesOf(remote, 3).join(' ');
      gained.push({
        ...{ kind: direction === 'Inbound' ? 'inbound' : 'outbound', at: after.id, remote },
        what: `${part.protocol} ${portTexts(box.destinationPorts).join(',')} ${direction === 'Inbound' ? 'from' : 'to'} ${far}`,
      });
    }
  }
  return gained;
}

/** Types whose resources are reached as soon as they are created. */
const reachedWhenMade = /\/(?:computes|outboundrules|onlineendpoints|loadbalancers)\//;

/** What `after` allows beyond `before` and beyond what these effects name. */
export function gained(before: Reach, after: Reach, effects: readonly NamedEffect[]): Gained[] {
  const all: Gained[] = [];
  for (const [at, addresses] of after.clients) {
    const remote = without(without(addresses, before.clients.get(at) ?? nowhere), clientsNamed(effects, at));
    if (before.clients.has(at) && !noAddress(remote))
      all.push({ kind: 'clients', at, what: prefixesOf(remote, 3).join(' '), remote });
  }
  for (const [at, items] of after.items) {
    const old = before.items.get(at);
    if (old === undefined && !reachedWhenMade.test(at)) continue;
    for (const item of items) {
      const isOld = old?.has(item) || (old?.has('any') && /^(?:subnet|instance|bypass):/.test(item));
      if (!isOld && !effects.some((one) => namesItem(one, at, item)))
        all.push({ kind: 'item', at, what: item, remote: nowhere });
    }
  }
  for (const [id, place] of after.places) {
    const old = before.places.get(id);
    if (old) all.push(...gainedFlows(old, place, 'Inbound', effects), ...gainedFlows(old, place, 'Outbound', effects));
  }
  for (const [at, { to, table }] of after.direct) {
    const old = before.direct.get(at);
    if (old === undefined) continue;
    const isDetached = effects.some(
      ({ kind, resource, detail }) =>
        kind === 'relaxes' &&
        fold(resource) === at &&
        detail.includes('route table') &&
        detail.includes('no longer applies'),
    );
    const named = effects
      .filter(
        ({ kind, resource }) => kind !== 'restricts' && [old.table, table].includes(fold(parentId(resource) ?? '')),
      )
      .flatMap(({ subject }) => (/^[0-9:]/.test(subject) ? [subject] : [tagPrefix(subject)]));
    const remote = isDetached ? nowhere : without(without(to, old.to), readPrefixes(named).addresses);
    if (!noAddress(remote)) all.push({ kind: 'route', at, what: prefixesOf(remote, 3).join(' '), remote });
  }
  return all;
}

/** What the tag VirtualNetwork means where these packets meet security groups. */
export function networkOf({ places }: Reach, { at }: Gained): Addresses {
  const tag = [...places.values()].find(({ id }) => id === at)?.context.worlds[0]?.virtualNetwork;
  return tag === undefined ? nowhere : tag.in;
}

export const gainedTexts = (some: readonly Gained[]): string[] =>
  some.map(({ kind, at, what }) => `${kind} ${at}: ${what}`);
