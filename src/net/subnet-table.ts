// The routes of a subnet: system routes, those of its route table, those learnt by BGP. Source: virtual-networks-udr-overview
// (Microsoft docs, 2025) and effective routes recorded 2016 to 2020.
import { type ReadRoutes, type Route, readRoutes } from './routes.ts';

export interface SubnetTableInput {
  /** Ranges of the virtual network. */
  readonly addressSpace: readonly string[];
  /** Ranges of connected peers. */
  readonly peered?: readonly string[] | undefined;
  /** Public prefixes of the services that the subnet has an endpoint for. */
  readonly serviceEndpointPrefixes?: readonly string[] | undefined;
  /** Addresses of private endpoints in the network and its peers, with the policies of their subnet. */
  readonly privateEndpoints?:
    | readonly { readonly address: string; readonly policies?: string | undefined }[]
    | undefined;
  /** Routes of the subnet's table, as ARM gives them. */
  readonly userRoutes?: unknown;
  /** Routes learnt by BGP; none where the table disables their propagation. */
  readonly gatewayRoutes?: unknown;
  readonly disableBgpRoutePropagation?: boolean | undefined;
  /** Prefixes of a service tag, for routes that name one. */
  readonly tags?: ((name: string) => readonly string[] | undefined) | undefined;
}

/** Address space that Azure drops unless a network or a user route covers it. Azure changes this list over time. */
const reserved = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

const systemRoutes = (prefixes: readonly string[], nextHopType: string) =>
  readRoutes(
    prefixes.map((addressPrefix) => ({ addressPrefix, nextHopType })),
    'Default',
  );

const spans = (outer: Route, inner: Route): boolean =>
  outer.family === inner.family && outer.low <= inner.low && inner.high <= outer.high;

/** Every route of the subnet, overridden ones included, for `chooseRoute` and `sweepRoutes`. */
export function subnetTable(input: SubnetTableInput): ReadRoutes {
  const own = systemRoutes(input.addressSpace, 'VnetLocal');
  const peers = systemRoutes(input.peered ?? [], 'VNetPeering');
  const services = systemRoutes(input.serviceEndpointPrefixes ?? [], 'VirtualNetworkServiceEndpoint');
  const endpoints = readRoutes(
    (input.privateEndpoints ?? []).map(({ address, policies }) => ({
      addressPrefix: address,
      nextHopType: 'InterfaceEndpoint',
      endpoint: { policies: policies ?? 'Disabled' },
    })),
    'Default',
  );
  const user = readRoutes(input.userRoutes, 'User', input.tags);
  const gateway = readRoutes(input.disableBgpRoutePropagation ? [] : input.gatewayRoutes, 'VirtualNetworkGateway');
  const connected = [...own.routes, ...peers.routes];
  const internet = systemRoutes(
    connected.some(({ family }) => family === 6) ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0'],
    'Internet',
  );
  // A user default route removes the reserved routes, except one with next hop None.
  const taken = user.routes.some(
    (route) => route.length === 0 && route.family === 4 && route.nextHopType.toLowerCase() !== 'none',
  );
  const dropped = systemRoutes(taken ? [] : reserved, 'None').routes.filter(
    (route) => !connected.some((range) => spans(range, route)),
  );
  const read = [own, peers, services, endpoints, user, gateway];
  return {
    routes: [...read.flatMap(({ routes }) => routes), ...internet.routes, ...dropped],
    refused: read.flatMap(({ refused }) => refused),
    unknownTags: read.flatMap(({ unknownTags }) => unknownTags),
  };
}
