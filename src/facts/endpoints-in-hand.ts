// The private endpoints of the snapshot with their addresses and names, from wherever Azure shows these: the endpoint, its
// network interface, its zone group.

import type { Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { nicType } from '../resource-types/machine-view.ts';
import { type EndpointView, endpointView, vnetOf } from '../resource-types/network-view.ts';
import { zoneConfigsPointer, zoneGroupType } from '../resource-types/private-dns-zone-group.ts';
import { mayHaveGroup, privateEndpointType } from '../resource-types/private-link.ts';
import { lazyMembers, listAt, textAt, textsAt } from '../resource-types/read.ts';
import { memoizePerSnapshot } from './memoize.ts';

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
  index
    .ofType(zoneGroupType)
    .filter(({ id }) => sameId(parentId(id), endpoint))
    .flatMap(({ body }) => listAt(body, zoneConfigsPointer));

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
    .flatMap((config) => listAt(config, recordSets).flatMap((record) => textsAt(record, '/ipAddresses')));
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

/** Every private endpoint of the snapshot. */
export const endpointsInHand = memoizePerSnapshot((index): readonly EndpointInHand[] =>
  index.ofType(privateEndpointType).map((endpoint) => {
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
  }),
);

function serviceConnection(connection: EndpointView['connections'][number]): ServiceConnection[] {
  const isNone = attempt(
    () => connection.target === undefined,
    () => false,
  );
  if (isNone) return [];
  const isApproved = () => connection.status === undefined || sameId(connection.status, 'Approved');
  return [lazyMembers({ target: () => connection.target ?? '', groups: () => connection.groups, isApproved })];
}

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
