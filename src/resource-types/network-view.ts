// The typed views over virtual networks, subnets and private endpoints, and how a subnet is stored in its network. Reads
// only; never throws, except `findSubnet`, which reads a snapshot.
import { isArray, isObject, type Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { withInline, withoutInline } from './parts/inline-list.ts';
import { enumAt, itemsAt, lazyMembers, listAt, memoizePerResource, textAt, textsAt } from './read.ts';

export const vnetType = 'Microsoft.Network/virtualNetworks';
export const subnetType = 'Microsoft.Network/virtualNetworks/subnets';

export interface ServiceEndpoint {
  readonly service: string;
  readonly locations: readonly string[];
  readonly provisioningState: string | undefined;
  readonly pointer: string;
}
export interface SubnetView {
  /** `addressPrefix` or `addressPrefixes[]`, whichever is present, else the ranges that IPAM pools gave. */
  readonly prefixes: readonly string[];
  readonly serviceEndpoints: readonly ServiceEndpoint[];
  /** Service names of its delegations. */
  readonly delegations: readonly string[];
  readonly nsg: string | undefined;
  readonly routeTable: string | undefined;
  readonly natGateway: string | undefined;
  /** Ids of its service endpoint policies. */
  readonly endpointPolicies: readonly string[];
  readonly provisioningState: string | undefined;
}
export interface VnetPeering {
  /** Id of the remote network. */
  readonly id: string;
  readonly name: string;
  readonly raw: Json;
  readonly pointer: string;
}
export interface VnetView {
  readonly location: string | undefined;
  readonly prefixes: readonly string[];
  readonly dnsServers: readonly string[];
  readonly peerings: readonly VnetPeering[];
  readonly subnets: readonly Resource[];
  readonly provisioningState: string | undefined;
}
export interface EndpointView {
  readonly subnet: string | undefined;
  readonly connections: readonly {
    readonly target: string | undefined;
    readonly groups: readonly string[];
    readonly status: string | undefined;
  }[];
}

const peeringsPointer = '/properties/virtualNetworkPeerings';
const provisioningStates = ['Succeeded', 'Failed', 'Canceled', 'Creating', 'Updating', 'Deleting'];

/** The network behind a hub of virtual WAN, which Azure manages in a subscription of its own. */
export const isVirtualHub = (vnetId: string): boolean => fold(nameOf(vnetId)).startsWith('hv_');

/** Do network policies of the subnet apply NSGs to its private endpoints? Disabled unless it says otherwise. */
export const appliesGroups = ({ body }: Resource): boolean =>
  ['enabled', 'networksecuritygroupenabled'].includes(
    fold(textAt(body, '/properties/privateEndpointNetworkPolicies') ?? 'disabled'),
  );

/** The virtual network of a subnet id: the id up to `/subnets/`. */
export const vnetOf = (subnetId: string): string => subnetId.replace(/\/subnets\/[^/]*\/?$/i, '');

/** Ranges that IPAM pools gave (`ipamPoolPrefixAllocations`, from api-version 2024-05-01 on). */
const allocatedAt = (body: Json, at: string): string[] =>
  listAt(body, `${at}/ipamPoolPrefixAllocations`).flatMap((one) => textsAt(one, '/allocatedAddressPrefixes'));

export const subnetView = memoizePerResource(({ body }: Resource): SubnetView => {
  return lazyMembers<SubnetView>({
    prefixes: () => {
      const single = textAt(body, '/properties/addressPrefix');
      const own = single === undefined ? textsAt(body, '/properties/addressPrefixes') : [single];
      return own.length > 0 ? own : allocatedAt(body, '/properties');
    },
    serviceEndpoints: () =>
      itemsAt(body, '/properties/serviceEndpoints').flatMap(({ item, pointer }) => {
        const service = textAt(item, '/service');
        if (service === undefined) return [];
        const locations = textsAt(item, '/locations');
        return [
          { service, locations, provisioningState: enumAt(item, '/provisioningState', provisioningStates), pointer },
        ];
      }),
    delegations: () =>
      listAt(body, '/properties/delegations').flatMap((item) => textAt(item, '/properties/serviceName') ?? []),
    nsg: () => textAt(body, '/properties/networkSecurityGroup/id'),
    routeTable: () => textAt(body, '/properties/routeTable/id'),
    natGateway: () => textAt(body, '/properties/natGateway/id'),
    endpointPolicies: () =>
      listAt(body, '/properties/serviceEndpointPolicies').flatMap((item) => textAt(item, '/id') ?? []),
    provisioningState: () => enumAt(body, '/properties/provisioningState', provisioningStates),
  });
});

export const vnetView = memoizePerResource((vnet: Resource): VnetView => {
  const { body } = vnet;
  return lazyMembers<VnetView>({
    location: () => textAt(body, '/location'),
    prefixes: () => {
      const own = textsAt(body, '/properties/addressSpace/addressPrefixes');
      return own.length > 0 ? own : allocatedAt(body, '/properties/addressSpace');
    },
    dnsServers: () => textsAt(body, '/properties/dhcpOptions/dnsServers'),
    peerings: () =>
      itemsAt(body, peeringsPointer).flatMap(({ item, pointer }) => {
        const id = textAt(item, '/properties/remoteVirtualNetwork/id');
        const name = textAt(item, '/name') ?? `to ${id === undefined ? '' : nameOf(id)}`;
        return id === undefined ? [] : [{ id, name, raw: item, pointer }];
      }),
    subnets: () => subnetsOf(vnet),
    provisioningState: () => enumAt(body, '/properties/provisioningState', provisioningStates),
  });
});

/** A private endpoint: its subnet and its targets, automatic and manual connections alike. */
export const endpointView = memoizePerResource(({ body }: Resource): EndpointView => {
  const connectionLists = ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'];
  return lazyMembers<EndpointView>({
    subnet: () => textAt(body, '/properties/subnet/id'),
    connections: () =>
      connectionLists.flatMap((name) =>
        listAt(body, `/properties/${name}`).map((item) =>
          lazyMembers<EndpointView['connections'][number]>({
            target: () => textAt(item, '/properties/privateLinkServiceId'),
            groups: () => textsAt(item, '/properties/groupIds').map(fold),
            status: () => textAt(item, '/properties/privateLinkServiceConnectionState/status'),
          }),
        ),
      ),
  });
});

/**
 * One resource per subnet of a network's body. The scan and the file loader store the result in the snapshot with the
 * network, so that `world.get(subnetId)` answers.
 */
export const subnetsOf = memoizePerResource((vnet): readonly Resource[] => {
  // Security groups, route tables and gateways list subnets too, by id only.
  if (fold(vnet.type) !== fold(vnetType)) return [];
  return listAt(vnet.body, '/properties/subnets').flatMap((item) => {
    if (!isObject(item)) return [];
    const name = textAt(item, '/name');
    const id = textAt(item, '/id') ?? (name === undefined ? undefined : `${vnet.id}/subnets/${name}`);
    if (id === undefined) return [];
    const etag = textAt(item, '/etag');
    return [{ id, type: subnetType, apiVersion: vnet.apiVersion, body: item, ...(etag === undefined ? {} : { etag }) }];
  });
});

const peeringPath = ['properties', 'virtualNetworkPeerings'];
export const peeringType = 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings';
export const vnetOfPeering = (id: string): string => id.replace(/\/virtualNetworkPeerings\/[^/]*\/?$/i, '');

/** One resource per peering of a network's body, as subnets. */
export const peeringsOf = memoizePerResource((vnet): readonly Resource[] => {
  if (fold(vnet.type) !== fold(vnetType)) return [];
  return listAt(vnet.body, peeringsPointer).flatMap((item) => {
    if (!isObject(item)) return [];
    const name = textAt(item, '/name');
    const id = textAt(item, '/id') ?? (name === undefined ? undefined : `${vnet.id}/virtualNetworkPeerings/${name}`);
    if (id === undefined) return [];
    const etag = textAt(item, '/etag');
    return [
      { id, type: peeringType, apiVersion: vnet.apiVersion, body: item, ...(etag === undefined ? {} : { etag }) },
    ];
  });
});

/** The network with one of its peerings replaced or added, and without one. */
export const withPeering = (vnet: Resource, peering: Resource): Resource => withInline(vnet, peeringPath, peering);
export const withoutPeering = (vnet: Resource, id: string): Resource => withoutInline(vnet, peeringPath, id);

const subnetPath = ['properties', 'subnets'];

/** The network with one of its subnets replaced or added: the effect of a subnet's write on its parent. */
export const withSubnet = (vnet: Resource, subnet: Resource): Resource => withInline(vnet, subnetPath, subnet);

/** The network without one of its subnets. */
export const withoutSubnet = (vnet: Resource, subnetId: string): Resource => withoutInline(vnet, subnetPath, subnetId);

/**
 * A subnet as its own resource or out of its network's body; undefined when it, or its network, does not exist. Throws
 * UnreadableError when neither could be read, or the network's body contains no subnets.
 */
export function findSubnet(index: SnapshotIndex, subnetId: string): Resource | undefined {
  const own = index.peek(subnetId);
  if (own.state === 'read') return own.resource;
  if (own.state === 'missing') return undefined;
  const vnet = index.get(vnetOf(subnetId));
  if (vnet && !showsSubnets(vnet)) {
    const reason = 'The response for its network does not include the subnets.';
    throw new UnreadableError({ id: subnetId, reason, action: 'Microsoft.Network/virtualNetworks/subnets/read' });
  }
  return vnet && subnetsOf(vnet).find((subnet) => sameId(subnet.id, subnetId));
}

/** Is there a `subnets` list? Without it, subnets are unknown. */
export const showsSubnets = (vnet: Resource): boolean => isArray(valueAt(vnet.body, '/properties/subnets'));
