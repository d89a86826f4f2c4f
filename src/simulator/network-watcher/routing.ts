// The routes that an interface has, which of them count, and which one a packet takes. Source: virtual-networks-udr-overview,
// disable-private-endpoint-network-policy (Microsoft docs, 2025), and effective routes recorded 2016 to 2020.
import { fold, sameId } from '../gateway/address.ts';
import { type ArmJson, type ArmObject, at, list, text } from '../json.ts';
import { idOf } from '../store/store.ts';
import { isLiteral } from './names.ts';
import { gatewayPrefixes, type NicPlace, peeredSpace, reachedNetworks, spaceOf, type Tags } from './place.ts';
import { holds, type Prefix, prefixesOf, prefixOf, samePrefix, textOf } from './prefix.ts';

export interface EffectiveRoute {
  readonly name: string | undefined;
  readonly source: 'User' | 'VirtualNetworkGateway' | 'Default';
  readonly prefix: Prefix;
  readonly hop: string;
  /** Of an appliance. */
  readonly address: string | undefined;
  /** The tag it was written with. */
  readonly tag: string | undefined;
  readonly overridesBgp: boolean;
  /** Of a private endpoint: how narrow a user route must be to go before it; undefined when none does. */
  readonly yieldsTo: number | undefined;
}

const dropped = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

const system = (prefixes: readonly string[], hop: string): EffectiveRoute[] =>
  prefixesOf(prefixes).map((prefix) => ({
    ...{ name: undefined, source: 'Default', prefix, hop, address: undefined, tag: undefined },
    ...{ overridesBgp: false, yieldsTo: undefined },
  }));

/** Every route there is, those that never count included. */
function candidateRoutes(place: NicPlace): EffectiveRoute[] {
  const { network, routeTable, store, tags } = place;
  const own = system(spaceOf(network), 'VnetLocal');
  const peers = system(peeredSpace(network), 'VNetPeering');
  const connected = [...own, ...peers];
  const user = userRoutes(routeTable, tags);
  const isLearning = at(routeTable, 'properties', 'disableBgpRoutePropagation') !== true;
  const learnt = system(isLearning ? gatewayPrefixes(store, network) : [], 'VirtualNetworkGateway').map(
    (route): EffectiveRoute => ({ ...route, source: 'VirtualNetworkGateway' }),
  );
  const isTaken = user.some(({ prefix, hop }) => prefix.family === 4 && prefix.bits === '' && fold(hop) !== 'none');
  const reserved = system(isTaken ? [] : dropped, 'None').filter(
    ({ prefix }) => !connected.some((range) => holds(range.prefix, prefix)),
  );
  const out = connected.some(({ prefix }) => prefix.family === 6) ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0'];
  return [
    ...connected,
    ...system(servicePrefixes(place.subnet, tags), 'VirtualNetworkServiceEndpoint'),
    ...endpointRoutes(place, connected),
    ...user,
    ...learnt,
    ...system(out, 'Internet'),
    ...reserved,
  ];
}

function userRoutes(table: ArmObject | undefined, tags: Tags): EffectiveRoute[] {
  return list(table, 'properties', 'routes').flatMap((route) => {
    const written = text(route, 'properties', 'addressPrefix') ?? '';
    const prefixes = isLiteral(written) ? [written] : (tags.prefixesOf(written) ?? []);
    return prefixesOf(prefixes).map(
      (prefix): EffectiveRoute => ({
        ...{ name: text(route, 'name'), source: 'User', prefix, yieldsTo: undefined },
        hop: text(route, 'properties', 'nextHopType') ?? 'None',
        address: text(route, 'properties', 'nextHopIpAddress') || undefined,
        tag: isLiteral(written) ? undefined : written,
        overridesBgp: at(route, 'properties', 'hasBgpOverride') === true,
      }),
    );
  });
}

const tagsOfServices: Readonly<Record<string, string>> = {
  'microsoft.storage': 'Storage',
  'microsoft.storage.global': 'Storage',
  'microsoft.keyvault': 'AzureKeyVault',
  'microsoft.containerregistry': 'AzureContainerRegistry',
};

/** The public prefixes of the services that a subnet has an endpoint for, in the regions that the endpoint names. */
function servicePrefixes(subnet: ArmObject, tags: Tags): string[] {
  return list(subnet, 'properties', 'serviceEndpoints').flatMap((endpoint) => {
    const tag = tagsOfServices[fold(text(endpoint, 'service') ?? '')];
    const regions = list(endpoint, 'locations').filter((one) => typeof one === 'string');
    if (tag === undefined) return [];
    const names = regions.length === 0 || regions.includes('*') ? [tag] : regions.map((region) => `${tag}.${region}`);
    return names.flatMap((name) => tags.prefixesOf(name) ?? []);
  });
}

/** One route for each address of each private endpoint in the network and its peers. */
function endpointRoutes(place: NicPlace, connected: readonly EffectiveRoute[]): EffectiveRoute[] {
  const { store } = place;
  const networks = reachedNetworks(store, place.network).map(idOf);
  return store.ofType('Microsoft.Network/networkInterfaces').flatMap((nic) => {
    if (text(nic, 'properties', 'privateEndpoint', 'id') === undefined) return [];
    return list(nic, 'properties', 'ipConfigurations').flatMap((item) => {
      const subnet = store.get(text(item, 'properties', 'subnet', 'id') ?? '');
      const address = prefixOf(text(item, 'properties', 'privateIPAddress') ?? '');
      if (!subnet || !address || !networks.some((id) => sameId(networkOf(subnet), id))) return [];
      const policies = fold(text(subnet, 'properties', 'privateEndpointNetworkPolicies') ?? '');
      const ranges = connected.filter(({ prefix }) => holds(prefix, address)).map(({ prefix }) => prefix.bits.length);
      const yields = (policies === 'enabled' || policies === 'routetableenabled') && ranges.length > 0;
      return system([textOf(address)], 'InterfaceEndpoint').map((route) => ({
        ...route,
        yieldsTo: yields ? Math.max(...ranges) : undefined,
      }));
    });
  });
}
const networkOf = (subnet: ArmObject): string => idOf(subnet).split('/').slice(0, -2).join('/');

const inside = ['vnetlocal', 'vnetpeering', 'virtualnetworkserviceendpoint', 'interfaceendpoint'];
const rank = { User: 0, VirtualNetworkGateway: 1, Default: 2 } as const;

/** Literal prefix, regional tag, global tag, AzureCloud of a region, AzureCloud. */
function tagRank({ tag }: EffectiveRoute): number {
  if (tag === undefined) return 0;
  const isRegional = tag.includes('.') && !/^azurefrontdoor\.\w+$/i.test(tag);
  return (fold(tag).split('.')[0] === 'azurecloud' ? 3 : 1) + (isRegional ? 0 : 1);
}

/** Does `other` keep `route` from ever counting? */
function beats(other: EffectiveRoute, route: EffectiveRoute): boolean {
  if (other === route || !holds(other.prefix, route.prefix)) return false;
  if (route.hop === 'InterfaceEndpoint') {
    return other.source === 'User' && route.yieldsTo !== undefined && other.prefix.bits.length >= route.yieldsTo;
  }
  if (route.source === 'VirtualNetworkGateway') {
    if (other.source === 'Default' && inside.includes(fold(other.hop))) return true;
    if (other.source === 'User' && other.overridesBgp) return true;
  }
  if (!samePrefix(other.prefix, route.prefix)) return false;
  if (other.hop === 'InterfaceEndpoint') return true;
  if (other.source !== route.source) return rank[other.source] < rank[route.source];
  return tagRank(other) < tagRank(route);
}

/** A private endpoint whose route is replaced does not replace another route. */
function withStates(routes: readonly EffectiveRoute[]) {
  const gone = routes.filter(
    (route) => route.hop === 'InterfaceEndpoint' && routes.some((other) => beats(other, route)),
  );
  const left = routes.filter((route) => !gone.includes(route));
  return routes.map((route) => ({
    route,
    isActive: left.includes(route) && !left.some((other) => beats(other, route)),
  }));
}

/** The route of one address: of those that count and hold it, the narrowest. */
export function routeTo(place: NicPlace, address: Prefix): EffectiveRoute | undefined {
  return withStates(candidateRoutes(place))
    .filter(({ route, isActive }) => isActive && holds(route.prefix, address))
    .map(({ route }) => route)
    .reduce<EffectiveRoute | undefined>(
      (best, route) => (best && best.prefix.bits.length >= route.prefix.bits.length ? best : route),
      undefined,
    );
}

/** Is an appliance's address one that the network reaches? Packets for any other are dropped. */
export const isReachable = (place: NicPlace, address: string): boolean => {
  const at = prefixOf(address);
  const ranges = prefixesOf([...spaceOf(place.network), ...peeredSpace(place.network)]);
  return at !== undefined && ranges.some((range) => holds(range, at));
};

/** The routes as the service shows them: prefixes of one route and state together. */
export function shownRoutes(place: NicPlace): { readonly [name: string]: ArmJson }[] {
  const stopped = at(place.routeTable, 'properties', 'disableBgpRoutePropagation') === true;
  const groups = Map.groupBy(withStates(candidateRoutes(place)), ({ route, isActive }) =>
    [
      route.source,
      route.name ?? '',
      route.hop,
      route.address ?? '',
      route.hop === 'InterfaceEndpoint' ? textOf(route.prefix) : '',
      isActive,
    ].join('\n'),
  );
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const { route, isActive } = first;
    return {
      ...(route.name === undefined ? {} : { name: route.name }),
      disableBgpRoutePropagation: stopped,
      source: route.source,
      state: isActive ? 'Active' : 'Invalid',
      addressPrefix: same.map((one) => textOf(one.route.prefix)),
      nextHopType: route.hop,
      nextHopIpAddress: route.address === undefined ? [] : [route.address],
    };
  });
}
