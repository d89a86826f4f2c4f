// Private DNS zones: made empty, deleted only when nobody else has come to use them (rules-catalogue, P-PE step 2).
import { nameOf, parentId, sameId } from '../model/resource-id.ts';
import type { Kind } from './kind.ts';
import { actionOn, groupOf, readOnly, sendable, without } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { zoneGroupType, zoneLinkType, zoneType } from './private-dns-view.ts';
import { privateDnsVersion, recordCountOf, zoneGroupView } from './private-link-view.ts';

const shape: Shape = {
  volatile: [
    'internalId',
    'maxNumberOfRecordSets',
    'maxNumberOfVirtualNetworkLinks',
    'maxNumberOfVirtualNetworkLinksWithRegistration',
    'numberOfRecordSets',
    'numberOfVirtualNetworkLinks',
    'numberOfVirtualNetworkLinksWithRegistration',
  ].map((name) => `/properties/${name}`),
  sets: {},
};
/** A zone holds a record of its own, its start of authority. */
const ownRecords = 1;

export const privateDnsZone: Kind = {
  type: zoneType,
  label: 'private DNS zone',
  plural: 'private DNS zones',
  apiVersion: privateDnsVersion,
  childLists: ['virtualNetworkLinks'],
  columns: [
    { title: 'Records', value: (resource) => String(recordCountOf(resource) ?? '') },
    { title: 'Group', value: ({ id }) => groupOf(id) },
  ],
  references: () => [],
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  follows(change, seen) {
    if (change.kind !== 'delete') return { put: [], gone: [] };
    const links = seen.ofType(zoneLinkType).filter(({ id }) => sameId(parentId(id), change.resource));
    return { put: [], gone: links.map(({ id }) => id) };
  },
  keeps({ resource }, seen, going) {
    const isGoing = (id: string) => going.some((one) => sameId(one, id));
    const others = seen.ofType(zoneLinkType).filter(({ id }) => sameId(parentId(id), resource) && !isGoing(id));
    if (others.length > 0) {
      return `the zone stays, since somebody has linked ${others.map(({ id }) => nameOf(id)).join(', ')} to it.`;
    }
    const zone = seen.resource(resource);
    const count = zone && recordCountOf(zone);
    if (count === undefined) return null;
    const leaving = seen
      .ofType(zoneGroupType)
      .filter((group) => isGoing(group.id) || isGoing(zoneGroupView(group).endpoint))
      .flatMap((group) => zoneGroupView(group).configs.filter((config) => sameId(config.zone, resource)))
      .flatMap(({ records }) => records);
    return count > ownRecords + new Set(leaving).size
      ? 'the zone stays, since it holds records that were not of this plan.'
      : null;
  },
  writer: (id) => id,
  write(change) {
    const at = { id: change.resource, apiVersion: privateDnsVersion };
    if (change.kind === 'edit') return readOnly('private DNS zone that exists', change);
    if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null };
    return { method: 'PUT', ...at, body: without(sendable(change.body), ['properties']), ifNoneMatch: '*' };
  },
  az(change) {
    if (change.kind === 'edit') return '';
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    return change.kind === 'create'
      ? line('az', 'network', 'private-dns', 'zone', 'create', at)
      : line('az', 'network', 'private-dns', 'zone', 'delete', at, '--yes');
  },
  needs: (change) => [
    actionOn(`Microsoft.Network/privateDnsZones/${change.kind === 'delete' ? 'delete' : 'write'}`, change.resource),
  ],
};
