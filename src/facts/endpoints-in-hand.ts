// The private endpoints of the snapshot with their addresses and names, from wherever Azure shows these: the endpoint, its
// network interface, its zone group.

import type { Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, sameId, typeOf } from '../model/resource-id.ts';
import type { SharedList } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { nicType } from '../resource-types/machine-view.ts';
import { type EndpointView, endpointView, vnetOf } from '../resource-types/network-view.ts';
import { laterAddress, zoneConfigsPointer } from '../resource-types/private-dns-records.ts';
import { endpointsIn, mayHaveGroup, privateEndpointType } from '../resource-types/private-link.ts';
import { lazyMembers, listAt, textAt, textsAt } from '../resource-types/read.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey } from './memoize.ts';
import { zoneGroupsInHand } from './zone-groups.ts';

/** Its members throw UnreadableError where a file leaves them open: what is not known of one endpoint is its own matter. */
export interface EndpointInHand {
  readonly endpoint: Resource;
  readonly subnet: string | undefined;
  readonly network: string | undefined;
  readonly serviceConnections: readonly ServiceConnection[];
  /** Each once; [] where none is shown. */
  readonly addresses: readonly string[];
  /** Public names, in lower case, that the endpoint or its interface shows, each with its addresses. */
  readonly hosts: readonly { readonly host: string; readonly addresses: readonly string[] }[];
  /** What its zone group registers, by zone. */
  readonly registrations: readonly Registration[];
}

export interface ServiceConnection {
  readonly target: string;
  /** In lower case. */
  readonly groups: readonly string[];
  readonly isApproved: boolean;
}

/** A zone that a zone group names. */
export interface Registration {
  /** Id of the zone. */
  readonly zone: string;
  /** The records that Azure wrote; undefined in a group that is declared or planned, and writes them once it exists. */
  readonly records: readonly { readonly label: string; readonly addresses: readonly string[] }[] | undefined;
}

const zoneConfigsOf = (endpoint: string, index: SnapshotIndex): Json[] =>
  zoneGroupsInHand(endpoint, index).flatMap(({ body }) => listAt(body, zoneConfigsPointer));

function registrationOf(config: Json): Registration[] {
  const zone = textAt(config, zonePointer);
  if (zone === undefined) return [];
  const records = listAt(config, recordSets).flatMap((record) => {
    const label = textAt(record, '/recordSetName');
    return label === undefined ? [] : [{ label: fold(label), addresses: textsAt(record, '/ipAddresses') }];
  });
  return [{ zone, records: valueAt(config, recordSets) === undefined ? undefined : records }];
}
const recordSets = '/properties/recordSets';
const zonePointer = '/properties/privateDnsZoneId';

/** The first place that shows addresses: the other two may be older, or empty by design. A zone group shows some whatever zone it names. */
function addressesOf(endpoint: Resource, nics: readonly Resource[], configs: readonly Json[]): string[] {
  const shown = listAt(endpoint.body, '/properties/customDnsConfigs').flatMap((item) => textsAt(item, '/ipAddresses'));
  const own = nics
    .flatMap(({ body }) => listAt(body, '/properties/ipConfigurations'))
    .flatMap((item) => textAt(item, '/properties/privateIPAddress') ?? []);
  const hasZone = (config: Json) =>
    attempt(
      () => textAt(config, zonePointer) !== undefined,
      () => true,
    );
  const written = configs
    .filter(hasZone)
    .flatMap((config) => listAt(config, recordSets).flatMap((record) => textsAt(record, '/ipAddresses')))
    .filter((address) => !sameId(address, laterAddress(endpoint.id)));
  return [...new Set([shown, own, written].find((some) => some.length > 0) ?? [])];
}

function hostsOf(endpoint: Resource, nics: readonly Resource[]): EndpointInHand['hosts'] {
  const shown = listAt(endpoint.body, '/properties/customDnsConfigs').flatMap((item) => {
    const host = textAt(item, '/fqdn');
    return host === undefined ? [] : [{ host: fold(host), addresses: textsAt(item, '/ipAddresses') }];
  });
  const own = nics
    .flatMap(({ body }) => listAt(body, '/properties/ipConfigurations'))
    .flatMap((item) => {
      const address = textAt(item, '/properties/privateIPAddress');
      const addresses = address === undefined ? [] : [address];
      return textsAt(item, '/properties/privateLinkConnectionProperties/fqdns').map((host) => ({
        host: fold(host),
        addresses,
      }));
    });
  return [...new Map([...own, ...shown].map((one) => [one.host, one])).values()];
}

const asSeen = (endpoint: Resource, index: SnapshotIndex): EndpointInHand => {
  const view = endpointView(endpoint);
  const own = lazyMembers({
    nics() {
      const ids = interfacesOf(endpoint);
      return index.ofType(nicType).filter(({ id }) => ids.some((one) => sameId(one, id)));
    },
  });
  return lazyMembers<EndpointInHand>({
    endpoint: () => endpoint,
    subnet: () => view.subnet,
    network: () => (view.subnet === undefined ? undefined : vnetOf(view.subnet)),
    serviceConnections: () => view.connections.flatMap(serviceConnection),
    addresses: () => addressesOf(endpoint, own.nics, zoneConfigsOf(endpoint.id, index)),
    hosts: () => hostsOf(endpoint, own.nics),
    registrations: () => zoneConfigsOf(endpoint.id, index).flatMap(registrationOf),
  });
};

/** What an endpoint shows follows from itself, its zone groups and its interfaces. */
const shownBy = [privateEndpointType, nicType].map(fold);

/** Those that are not in a list that snapshots share. */
export const ownEndpoints = memoizePerSnapshot(
  (index): readonly EndpointInHand[] => index.ownOfType(privateEndpointType).map((endpoint) => asSeen(endpoint, index)),
  shownBy,
);
const ownById = memoizePerSnapshot(
  (index) => new Map(ownEndpoints(index).map((one) => [fold(one.endpoint.id), one] as const)),
  shownBy,
);
const sharedEndpoint = memoizePerSnapshotAndKey((id, index): EndpointInHand | undefined => {
  const seen = index.peek(id);
  return seen.state === 'read' ? asSeen(seen.resource, index) : undefined;
});

/** Of the lists that snapshots share the endpoints that are found, unless the snapshot has them itself. */
const sharedOnes = (find: (list: SharedList) => readonly string[], index: SnapshotIndex): EndpointInHand[] =>
  index
    .sharedListsOf(privateEndpointType)
    .flatMap(find)
    .flatMap((id) => (ownById(index).has(id) ? [] : (sharedEndpoint(id, index) ?? [])));

/** Both, as a snapshot that has all of them lists them. */
export function inIdOrder(
  own: readonly EndpointInHand[],
  shared: readonly EndpointInHand[],
): readonly EndpointInHand[] {
  if (shared.length === 0) return own;
  const keyed = [...own, ...shared].map((one) => ({ one, id: fold(one.endpoint.id) }));
  return keyed.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ one }) => one);
}

/** Every private endpoint of the snapshot: of a fleet very many. */
export const endpointsInHand = memoizePerSnapshot((index): readonly EndpointInHand[] =>
  inIdOrder(
    ownEndpoints(index),
    sharedOnes(({ ids }) => ids, index),
  ),
);

export function endpointInHand(id: string | undefined, index: SnapshotIndex): EndpointInHand | undefined {
  if (id === undefined) return undefined;
  const own = ownById(index).get(fold(id));
  const isShared = index.sharedListsOf(privateEndpointType).length > 0 && sameId(typeOf(id), privateEndpointType);
  return own ?? (isShared ? sharedEndpoint(id, index) : undefined);
}

/** The endpoints of these connections that are in hand, each once. */
export function endpointsOf(
  connections: readonly { readonly connection: { readonly endpointId?: string | undefined } }[],
  index: SnapshotIndex,
): readonly EndpointInHand[] {
  const found = new Set(connections.flatMap(({ connection }) => endpointInHand(connection.endpointId, index) ?? []));
  const own = ownEndpoints(index).filter((one) => found.has(one));
  return inIdOrder(own, [...found.difference(new Set(own))]);
}

/** Those of shared lists that lead to a resource. */
export const sharedEndpointsTo = memoizePerSnapshotAndKey((target, index) =>
  sharedOnes((list) => endpointsIn(list).byTarget.get(fold(target)) ?? [], index),
);

/** Those that lead to a resource. Throws UnreadableError where one may, which a file leaves open. */
export const endpointsLeadingTo = memoizePerSnapshotAndKey(
  (target, index): readonly EndpointInHand[] =>
    inIdOrder(
      ownEndpoints(index).filter(({ serviceConnections }) => serviceConnections.some((one) => leadsTo(one, target))),
      sharedEndpointsTo(target, index),
    ),
  shownBy,
);

/** Those in these networks. */
export function endpointsWithin(networks: readonly string[], index: SnapshotIndex): readonly EndpointInHand[] {
  const near = new Set(networks.map(fold));
  const own = ownEndpoints(index).filter(({ network }) => network !== undefined && near.has(fold(network)));
  return inIdOrder(
    own,
    sharedOnes((list) => [...near].flatMap((id) => endpointsIn(list).byNetwork.get(id) ?? []), index),
  );
}

function serviceConnection(connection: EndpointView['connections'][number]): ServiceConnection[] {
  const isNone = attempt(
    () => connection.target === undefined,
    () => false,
  );
  if (isNone) return [];
  const isApproved = () => connection.status === undefined || sameId(connection.status, 'Approved');
  return [lazyMembers({ target: () => connection.target ?? '', groups: () => connection.groups, isApproved })];
}

/** Group ids of the connections that lead to the resource. Throws as `leadsTo` does. */
export const groupsLeadingTo = (
  connections: readonly Pick<EndpointView['connections'][number], 'target' | 'groups'>[],
  resource: string,
): readonly string[] => connections.flatMap((one) => (leadsTo(one, resource) ? one.groups : []));

/**
 * Does a connection lead to the resource? Where a file leaves the target open, its sub-resources can tell that it does not; else
 * UnreadableError is thrown.
 */
export const leadsTo = (
  connection: Pick<EndpointView['connections'][number], 'target' | 'groups'>,
  resource: string,
): boolean =>
  attempt(
    () => sameId(connection.target, resource),
    (error) => {
      const { groups } = connection;
      if (groups.length > 0 && !groups.some((group) => mayHaveGroup(typeOf(resource), group))) return false;
      throw error;
    },
  );

/** Ids of the interfaces of an endpoint, to read them where its addresses are not shown elsewhere. */
export const interfacesOf = ({ body }: Resource): string[] =>
  listAt(body, '/properties/networkInterfaces').flatMap((item) => textAt(item, '/id') ?? []);
