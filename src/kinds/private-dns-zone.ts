// Private DNS zones: made empty, deleted only when nobody else has come to use them (rules-catalogue, P-PE step 2).
import { nameOf, parentId, sameId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { groupOf, sendable, without } from './parts/bodies.ts';
import { line } from './parts/shell.ts';
import { zoneGroupType, zoneLinkType, zoneType } from './private-dns-view.ts';
import { privateDnsVersion, recordCountOf, zoneGroupView } from './private-link-view.ts';

const computed = [
  'internalId',
  'maxNumberOfRecordSets',
  'maxNumberOfVirtualNetworkLinks',
  'maxNumberOfVirtualNetworkLinksWithRegistration',
  'numberOfRecordSets',
  'numberOfVirtualNetworkLinks',
  'numberOfVirtualNetworkLinksWithRegistration',
];
/** A zone holds a record of its own, its start of authority. */
const ownRecords = 1;

export const privateDnsZone = defineResourceType({
  type: zoneType,
  label: 'private DNS zone',
  plural: 'private DNS zones',
  apiVersion: privateDnsVersion,
  computed,
  childLists: ['virtualNetworkLinks'],
  columns: [
    { title: 'Records', value: (resource) => String(recordCountOf(resource) ?? '') },
    { title: 'Group', value: ({ id }) => groupOf(id) },
  ],
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
  write: {
    body: (body) => without(sendable(body), ['properties']),
    create: true,
    delete: 'always',
    refused: 'private DNS zone that exists',
  },
  az(change) {
    if (change.kind === 'edit') return '';
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    return change.kind === 'create'
      ? line('az', 'network', 'private-dns', 'zone', 'create', at)
      : line('az', 'network', 'private-dns', 'zone', 'delete', at, '--yes');
  },
});
