// The model's answers beside Azure's about one interface, and whether they agree.
import type { Json } from '../model/json.ts';
import type { LiveFlow, LiveNic } from '../model/live.ts';
import { attempt } from '../model/readable.ts';
import { fold, nameOf, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean, counted } from '../model/text.ts';
import { type Addresses, countOf, either, nowhere, prefixesOf, without } from '../net/addresses.ts';
import { chooseRoute, type Route, readPrefixes, readRoutes, sweepRoutes } from '../net/index.ts';
import { findSubnet, subnetView } from '../resource-types/network-view.ts';
import { itemsAt, listAt, numberAt, textAt } from '../resource-types/read.ts';
import { virtualNetworkAt } from './flows.ts';
import { modelled, namesOf } from './live.ts';
import { decidedAtNic } from './live-packets.ts';
import { memoizePerSnapshotAndKey } from './memoize.ts';
import { routesAt } from './routes.ts';
import { serviceTagsOf } from './service-tags.ts';
import { securityGroupAt } from './training-subnets.ts';

// The routes that the model compares with Azure's effective routes: those of the subnet, and those of its service endpoints
// where the addresses of the services are known.

interface HeldRoutes {
  readonly routes: readonly Route[];
  /** Is every tag known that a route or a service endpoint needs? */
  readonly isWhole: boolean;
}

/** The tag with a service's addresses, by the service's name in lower case. */
const tags: Readonly<Record<string, string>> = {
  'microsoft.storage': 'Storage',
  'microsoft.storage.global': 'Storage',
  'microsoft.keyvault': 'AzureKeyVault',
  'microsoft.containerregistry': 'AzureContainerRegistry',
};

/** Throws UnreadableError when the network or the route table could not be read. */
const heldRoutes = memoizePerSnapshotAndKey((subnetId: string, index: SnapshotIndex): HeldRoutes => {
  const subnet = findSubnet(index, subnetId);
  const known = serviceTagsOf(index);
  const endpoints = subnet ? subnetView(subnet).serviceEndpoints : [];
  const lists = endpoints.flatMap(({ locations, service }) => {
    const tag = Object.hasOwn(tags, fold(service)) ? tags[fold(service)] : undefined;
    if (tag === undefined) return [undefined];
    const everywhere = locations.length === 0 || locations.includes('*');
    const names = everywhere ? [tag] : locations.map((location) => `${tag}.${location.replaceAll(' ', '')}`);
    return names.map((name) => known?.get(name)?.prefixes);
  });
  const prefixes = lists.flatMap((list) => list ?? []);
  const own = routesAt(subnetId, index);
  const served = prefixes.map((addressPrefix) => ({ addressPrefix, nextHopType: 'VirtualNetworkServiceEndpoint' }));
  return {
    routes: [...own.routes, ...readRoutes(served, 'Default').routes],
    isWhole: own.unknownTags.length === 0 && lists.every((list) => list !== undefined),
  };
});

export interface LiveComparison {
  readonly about: 'security groups' | 'VirtualNetwork' | 'routes' | 'IP flow' | 'next hop';
  /** What was asked: a packet, an address; '' for the whole set. */
  readonly asked: string;
  readonly model: string;
  readonly azure: string;
  /** null: unknown to the model, or one of the two is missing. */
  readonly agrees: boolean | null;
}

type Answer = Omit<LiveComparison, 'about' | 'asked'>;

/** Everything that was asked about an interface. Never throws: what the model cannot read is reported. */
export function agreementAt(nic: LiveNic, index: SnapshotIndex): LiveComparison[] {
  const model = modelled(index);
  const said = (about: LiveComparison['about'], asked: string, compare: () => Answer): LiveComparison => {
    return attempt(
      () => ({ about, asked, ...compare() }),
      (error) => ({ about, asked, model: `not known: ${error.gap.reason}`, azure: 'see the answer', agrees: null }),
    );
  };
  const { groups, routes } = nic;
  return [
    ...(groups === null ? [] : [said('security groups', '', () => groupsCompared(nic, groups, model))]),
    ...(namesOf(nic).virtualNetwork === undefined
      ? []
      : [said('VirtualNetwork', '', () => networkCompared(nic, model))]),
    ...(routes === null ? [] : [said('routes', '', () => routesCompared(nic, routes, model))]),
    ...nic.flows.flatMap((flow) => [
      ...(flow.verdict === null ? [] : [said('IP flow', packetShown(flow, nic), () => flowCompared(flow, nic, model))]),
      ...(flow.hop === null ? [] : [said('next hop', flow.packet.remote, () => hopCompared(flow, nic, model))]),
    ]),
  ];
}

function packetShown({ packet }: LiveFlow, { address }: LiveNic): string {
  const { direction, localPort, protocol, remote, remotePort } = packet;
  const [local, other] = [`${address}:${localPort}`, `${remote}:${remotePort}`];
  return direction === 'Inbound' ? `${protocol} ${other} -> ${local}` : `${protocol} ${local} -> ${other}`;
}

/** `priority access name`, which is what tells rules apart. */
const ruleKey = (rule: Json, name: string | undefined): string =>
  fold(
    `${textAt(rule, '/direction') ?? ''} ${numberAt(rule, '/priority') ?? ''} ${textAt(rule, '/access') ?? ''} ${(name ?? '').replace(/^(?:default)?securityrules\//i, '')}`,
  );

function groupsCompared(nic: LiveNic, answer: Json, index: SnapshotIndex): Answer {
  const subnetGroup = securityGroupAt(nic.subnet, index)?.body;
  const modelGroups = [subnetGroup, nic.group].filter((group) => group !== undefined && group !== null);
  const expected = modelGroups.map((group) => ({
    id: textAt(group, '/id') ?? '',
    rules: itemsAt(group, '/properties/securityRules').map(({ item }) => {
      const properties = (item as { readonly properties?: Json }).properties ?? null;
      return ruleKey(properties, textAt(item, '/name'));
    }),
  }));
  // A network manager's rules are listed with the groups, but are not a group.
  const groups = listAt(answer, '/value').filter(
    (group) => textAt(group, '/association/networkManager/id') === undefined,
  );
  const found = groups.map((group) => ({
    id: textAt(group, '/networkSecurityGroup/id') ?? '',
    rules: listAt(group, '/effectiveSecurityRules')
      .filter((rule) => !fold(textAt(rule, '/name') ?? '').startsWith('defaultsecurityrules/'))
      .map((rule) => ruleKey(rule, textAt(rule, '/name'))),
  }));
  const differing = found.filter(({ id, rules }) => {
    const own = expected.find((one) => sameId(one.id, id));
    return own === undefined || own.rules.toSorted().join('\n') !== rules.toSorted().join('\n');
  });
  const missing = expected.filter(({ id }) => !found.some((one) => sameId(one.id, id)));
  const listed = (all: typeof found): string =>
    all.length === 0
      ? 'no security group'
      : all.map(({ id, rules }) => `${clean(nameOf(id), 80)} with ${counted(rules.length, 'custom rule')}`).join(', ');
  return { model: listed(expected), azure: listed(found), agrees: differing.length + missing.length === 0 };
}

const shownPrefixes = (addresses: Addresses): string => {
  const texts = prefixesOf(addresses, 5);
  return texts.length === 0
    ? 'nothing'
    : texts.length < 5
      ? texts.join(', ')
      : `${texts.slice(0, 4).join(', ')} and more`;
};

function networkCompared(nic: LiveNic, index: SnapshotIndex): Answer {
  const tag = virtualNetworkAt(nic.subnet, index);
  const inside = readPrefixes(tag.in).addresses;
  const open = readPrefixes([...tag.in, ...tag.maybe]).addresses;
  const seen = readPrefixes(namesOf(nic).virtualNetwork ?? []).addresses;
  const missing = countOf(without(inside, seen));
  const beyond = countOf(without(seen, open));
  const perhaps = tag.maybe.length > 0 ? `, perhaps with ${clean(tag.maybe.slice(0, 4).join(', '), 200)}` : '';
  return {
    model: `${shownPrefixes(inside)}${perhaps}`,
    azure: shownPrefixes(seen),
    agrees: missing === 0n && beyond === 0n,
  };
}

/** Next hops under one name: local and global peerings count alike, and Network Watcher names some differently. */
const hopNames: Readonly<Record<string, string>> = {
  vnetglobalpeering: 'vnetpeering',
  virtualnetwork: 'vnetlocal',
  hypernetgateway: 'virtualnetworkgateway',
};
const hopOf = (type: string): string => hopNames[fold(type)] ?? fold(type);
/** May Azure's route be one that the model omits: of private endpoints, or of a service whose addresses are unknown? */
const isLeftOut = (type: string, isWhole: boolean): boolean =>
  hopOf(type) === 'interfaceendpoint' || (!isWhole && hopOf(type) === 'virtualnetworkserviceendpoint');

const routeShown = (route: Route | undefined): string =>
  route === undefined
    ? 'None'
    : `${clean(route.nextHopType, 40)}${route.nextHopIpAddress === undefined ? '' : ` ${clean(route.nextHopIpAddress, 40)}`}`;

const sameWay = (a: Route | undefined, b: Route | undefined): boolean =>
  hopOf(a?.nextHopType ?? 'None') === hopOf(b?.nextHopType ?? 'None') && a?.nextHopIpAddress === b?.nextHopIpAddress;

function routesCompared(nic: LiveNic, answer: Json, index: SnapshotIndex): Answer {
  const seen = readRoutes(listAt(answer, '/value'), 'Default').routes;
  const { isWhole, routes: own } = heldRoutes(nic.subnet, index);
  const stretches = sweepRoutes(own);
  const differing = new Map<string, { readonly model: string; readonly azure: string; readonly where: Addresses }>();
  for (const theirs of sweepRoutes(seen)) {
    // Azure's further system routes that drop packets change over time: only effective routes show which exist.
    const isFringe = theirs.route?.source === 'Default' && hopOf(theirs.route.nextHopType) === 'none';
    const isLeft = theirs.route !== undefined && isLeftOut(theirs.route.nextHopType, isWhole);
    if (theirs.family === 6 || isFringe || isLeft) continue;
    for (const ours of stretches) {
      const low = Math.max(Number(ours.low), Number(theirs.low));
      const high = Math.min(Number(ours.high), Number(theirs.high));
      if (ours.family === 6 || low >= high || sameWay(ours.route, theirs.route)) continue;
      const pair = { model: routeShown(ours.route), azure: routeShown(theirs.route) };
      const key = `${pair.model} ${pair.azure}`;
      differing.set(key, { ...pair, where: either(differing.get(key)?.where ?? nowhere, { v4: [low, high], v6: [] }) });
    }
  }
  const some = [...differing.values()].slice(0, 4);
  const shown = (which: 'model' | 'azure'): string =>
    some.map((one) => `${shownPrefixes(one.where)} via ${one[which]}`).join('; ');
  return differing.size === 0
    ? {
        model: counted(own.length, 'route'),
        azure: `${counted(seen.length, 'effective route')} with the same next hops`,
        agrees: true,
      }
    : { model: shown('model'), azure: shown('azure'), agrees: false };
}

function flowCompared({ packet, verdict }: LiveFlow, nic: LiveNic, index: SnapshotIndex): Answer {
  const { direction, localPort, protocol, remote, remotePort } = packet;
  const [from, to] = direction === 'Inbound' ? [remotePort, localPort] : [localPort, remotePort];
  const asked = { direction, protocol, remote: [remote], sourcePorts: [`${from}`], ports: [`${to}`] };
  const decision = decidedAtNic(asked, nic, index);
  const access = fold(textAt(verdict ?? undefined, '/access') ?? '');
  const rule = textAt(verdict ?? undefined, '/ruleName');
  const by = { allowed: decision.allowedBy, denied: decision.deniedBy, partly: [], unknown: decision.unsure }[
    decision.verdict
  ];
  const model = by.length === 0 ? decision.verdict : `${decision.verdict} by ${clean(by.join(', '), 200)}`;
  const azure = `${access === '' ? 'no access' : access}${rule === undefined ? '' : ` by ${clean(rule, 120)}`}`;
  const agrees =
    decision.verdict === 'unknown' || (access !== 'allow' && access !== 'deny')
      ? null
      : (decision.verdict === 'allowed') === (access === 'allow');
  return { model, azure, agrees };
}

function hopCompared({ packet, hop }: LiveFlow, nic: LiveNic, index: SnapshotIndex): Answer {
  const { isWhole, routes } = heldRoutes(nic.subnet, index);
  const chosen = chooseRoute(routes, packet.remote);
  const ours = chosen.ok ? chosen.value : undefined;
  const type = textAt(hop ?? undefined, '/nextHopType') ?? 'not told';
  const address = textAt(hop ?? undefined, '/nextHopIpAddress');
  const table = textAt(hop ?? undefined, '/routeTableId');
  const azure = `${clean(type, 40)}${address === undefined ? '' : ` ${clean(address, 40)}`}${
    table === undefined || fold(table) === 'system route' ? '' : ` by ${clean(nameOf(table), 80)}`
  }`;
  // An unreachable appliance is shown as None with its address.
  const isLost = hopOf(type) === 'none' && address !== undefined && address === ours?.nextHopIpAddress;
  const isOpen = isLeftOut(type, isWhole) || type === 'not told' || !isWhole;
  const isSame =
    isLost ||
    (hopOf(type) === hopOf(ours?.nextHopType ?? 'None') &&
      (address === undefined || address === ours?.nextHopIpAddress));
  return { model: routeShown(ours), azure, agrees: isOpen && !isSame ? null : isSame };
}
