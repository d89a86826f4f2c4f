// The private endpoints of the snapshot with their addresses and names, from wherever Azure shows these: the endpoint, its
// network interface, its zone group.

import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, parentId, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { nicType } from '../resource-types/machine-view.ts';
import { endpointView, vnetOf } from '../resource-types/network-view.ts';
import { zoneConfigsPointer, zoneGroupType } from '../resource-types/private-dns-zone-group.ts';
import { privateEndpointType } from '../resource-types/private-link.ts';
import { listAt, textAt, textsAt } from '../resource-types/read.ts';
import { memoizePerSnapshot } from './memoize.ts';

export interface EndpointInHand {
  readonly endpoint: Resource;
  readonly subnet: string | undefined;
  readonly network: string | undefined;
  readonly serviceConnections: readonly {
    readonly target: string;
    /** In lower case. */
    readonly groups: readonly string[];
    readonly isApproved: boolean;
  }[];
  /** Each once; [] where none is shown. */
  readonly addresses: readonly string[];
  /** Public names, in lower case, that the endpoint or its interface shows, each with its addresses. */
  readonly hosts: readonly { readonly host: string; readonly addresses: readonly string[] }[];
  /** What its zone group registers, by zone. */
  readonly registrations: readonly Registration[];
}

/** A zone that a zone group names. */
export interface Registration {
  /** Id of the zone. */
  readonly zone: string;
  /** The records that Azure wrote; undefined in a group that is declared or planned, and writes them once it exists. */
  readonly records: readonly { readonly label: string; readonly addresses: readonly string[] }[] | undefined;
}

const registrationsOf = (endpoint: string, index: SnapshotIndex): Registration[] =>
  index
    .ofType(zoneGroupType)
    .filter(({ id }) => sameId(parentId(id), endpoint))
    .flatMap(({ body }) => listAt(body, zoneConfigsPointer))
    .flatMap((config) => {
      const zone = textAt(config, '/properties/privateDnsZoneId');
      if (zone === undefined) return [];
      const records = listAt(config, recordSets).flatMap((record) => {
        const label = textAt(record, '/recordSetName');
        return label === undefined ? [] : [{ label: fold(label), addresses: textsAt(record, '/ipAddresses') }];
      });
      return [{ zone, records: valueAt(config, recordSets) === undefined ? undefined : records }];
    });
const recordSets = '/properties/recordSets';

/** The first place that shows addresses: the other two may be older, or empty by design. */
function addressesOf(endpoint: Resource, nics: readonly Resource[], registrations: readonly Registration[]): string[] {
  const shown = listAt(endpoint.body, '/properties/customDnsConfigs').flatMap((item) => textsAt(item, '/ipAddresses'));
  const own = nics
    .flatMap(({ body }) => listAt(body, '/properties/ipConfigurations'))
    .flatMap((item) => textAt(item, '/properties/privateIPAddress') ?? []);
  const written = registrations.flatMap(({ records = [] }) => records.flatMap(({ addresses }) => addresses));
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
    const { subnet, connections } = endpointView(endpoint);
    const ids = interfacesOf(endpoint);
    const nics = index.ofType(nicType).filter(({ id }) => ids.some((one) => sameId(one, id)));
    const registrations = registrationsOf(endpoint.id, index);
    return {
      endpoint,
      subnet,
      network: subnet === undefined ? undefined : vnetOf(subnet),
      serviceConnections: connections.flatMap(({ target, groups, status }) =>
        target === undefined
          ? []
          : [{ target, groups, isApproved: status === undefined || sameId(status, 'Approved') }],
      ),
      addresses: addressesOf(endpoint, nics, registrations),
      hosts: hostsOf(endpoint, nics),
      registrations,
    };
  }),
);

/** Ids of the interfaces of an endpoint, to read them where its addresses are not shown elsewhere. */
export const interfacesOf = ({ body }: Resource): string[] =>
  listAt(body, '/properties/networkInterfaces').flatMap((item) => textAt(item, '/id') ?? []);
