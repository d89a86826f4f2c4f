// The private endpoints of the snapshot with their addresses, from wherever Azure shows these: the zone group, the endpoint,
// its interface.

import type { Resource } from '../../model/resource.ts';
import { parentId, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { nicType } from '../../resource-types/machine-view.ts';
import { endpointView, vnetOf } from '../../resource-types/network-view.ts';
import { zoneConfigsPointer, zoneGroupType } from '../../resource-types/private-dns-zone-group.ts';
import { privateEndpointType } from '../../resource-types/private-link.ts';
import { listAt, textAt, textsAt } from '../../resource-types/read.ts';
import { memoizePerSnapshot } from '../memoize.ts';

export interface EndpointInHand {
  readonly endpoint: Resource;
  readonly subnet: string | undefined;
  readonly network: string | undefined;
  readonly wires: readonly { readonly target: string; readonly groups: readonly string[] }[];
  /** Each once; [] where none is shown. */
  readonly addresses: readonly string[];
  /** Ids of the zones its zone group writes into. */
  readonly zones: readonly string[];
}

const groupsOf = (endpoint: string, index: SnapshotIndex): Resource[] =>
  index.ofType(zoneGroupType).filter(({ id }) => sameId(parentId(id), endpoint));
const configsOf = (group: Resource) => listAt(group.body, zoneConfigsPointer);

function addressesOf(endpoint: Resource, index: SnapshotIndex): string[] {
  const groups = groupsOf(endpoint.id, index)
    .flatMap(configsOf)
    .flatMap((config) => listAt(config, '/properties/recordSets'))
    .flatMap((record) => textsAt(record, '/ipAddresses'));
  const shown = listAt(endpoint.body, '/properties/customDnsConfigs').flatMap((item) => textsAt(item, '/ipAddresses'));
  const cards = listAt(endpoint.body, '/properties/networkInterfaces').flatMap((item) => textAt(item, '/id') ?? []);
  const own = index
    .ofType(nicType)
    .filter(({ id }) => cards.some((card) => sameId(card, id)))
    .flatMap(({ body }) => listAt(body, '/properties/ipConfigurations'))
    .flatMap((item) => textAt(item, '/properties/privateIPAddress') ?? []);
  return [...new Set([...groups, ...shown, ...own])];
}

/** Every private endpoint of the snapshot. */
export const endpointsInHand = memoizePerSnapshot((index): readonly EndpointInHand[] =>
  index.ofType(privateEndpointType).map((endpoint) => {
    const { subnet, connections } = endpointView(endpoint);
    return {
      endpoint,
      subnet,
      network: subnet === undefined ? undefined : vnetOf(subnet),
      wires: connections.flatMap(({ target, groups }) => (target === undefined ? [] : [{ target, groups }])),
      addresses: addressesOf(endpoint, index),
      zones: groupsOf(endpoint.id, index)
        .flatMap(configsOf)
        .flatMap((config) => textAt(config, '/properties/privateDnsZoneId') ?? []),
    };
  }),
);

/** Ids of the interfaces of an endpoint, to read them where its addresses are not shown elsewhere. */
export const interfacesOf = ({ body }: Resource): string[] =>
  listAt(body, '/properties/networkInterfaces').flatMap((item) => textAt(item, '/id') ?? []);
