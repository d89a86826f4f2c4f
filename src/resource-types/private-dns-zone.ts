// Private DNS zones, their virtual network links and A records. A zone is created empty, and an undo deletes it only if others do not
// use it. A network without a link does not resolve names by the zone.
import type { Json } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { actionOn, groupOf, isUnder, sendable, without } from './parts/bodies.ts';
import { line, lines } from './parts/shell.ts';
import { zoneNameOf } from './private-dns-names.ts';
import { aRecordType, zoneGroupType, zoneGroupView } from './private-dns-zone-group.ts';
import { lazyMembers, listAt, memoizePerResource, numberAt, textAt } from './read.ts';

export const zoneType = 'Microsoft.Network/privateDnsZones';
export const zoneLinkType = 'Microsoft.Network/privateDnsZones/virtualNetworkLinks';
export { zoneNamesOf } from './private-dns-names.ts';
export { aRecordType, zoneNameOf };

export interface ZoneLinkView {
  readonly zone: string;
  readonly vnet: string | undefined;
  /** `InProgress`, `Completed`; undefined when absent. */
  readonly state: string | undefined;
}
/** A link of a private zone to a network. */
export const zoneLinkView = memoizePerResource(
  ({ id, body }: Resource): ZoneLinkView =>
    lazyMembers<ZoneLinkView>({
      zone: () => parentId(id) ?? id,
      vnet: () => textAt(body, '/properties/virtualNetwork/id'),
      state: () => textAt(body, '/properties/virtualNetworkLinkState'),
    }),
);

/** Does a name without a record have its public address in the linked network? (`resolutionPolicy` of the link, from 2024-06-01 on) */
export const redirectsMissing = (link: Resource): boolean =>
  fold(textAt(link.body, redirectPointer) ?? '') === 'nxdomainredirect';
export const redirectPointer = '/properties/resolutionPolicy';

/** How many record sets a zone holds, its SOA included; undefined when absent. */
export const recordCountOf = ({ body }: Resource): number | undefined =>
  numberAt(body, '/properties/numberOfRecordSets');

/** The addresses of an A record set. */
export const addressesIn = ({ body }: Resource): string[] =>
  listAt(body, '/properties/aRecords').flatMap((item) => textAt(item, '/ipv4Address') ?? []);

const computedOfZone = [
  'internalId',
  'maxNumberOfRecordSets',
  'maxNumberOfVirtualNetworkLinks',
  'maxNumberOfVirtualNetworkLinksWithRegistration',
  'numberOfRecordSets',
  'numberOfVirtualNetworkLinks',
  'numberOfVirtualNetworkLinksWithRegistration',
];
/** An empty zone holds one record set, its start of authority (SOA). */
const ownRecords = 1;

/** How many record sets a zone holds besides its own and those of these zone groups; undefined where they were not counted. */
export function recordsBeside(zone: Resource, groups: readonly Resource[]): number | undefined {
  const count = recordCountOf(zone);
  const theirs = groups
    .flatMap((group) => zoneGroupView(group).configs.filter((config) => sameId(config.zone, zone.id)))
    .flatMap(({ records }) => records);
  return count === undefined ? undefined : count - ownRecords - new Set(theirs).size;
}

export const privateDnsZone = defineResourceType({
  type: zoneType,
  label: 'private DNS zone',
  decidesPackets: true,
  plural: 'private DNS zones',
  computed: computedOfZone,
  childLists: ['virtualNetworkLinks', 'A'],
  columns: [
    { title: 'Records', value: (resource) => String(recordCountOf(resource) ?? '') },
    { title: 'Group', value: ({ id }) => groupOf(id) },
  ],
  sideEffects(change, seen) {
    if (change.kind !== 'delete') return { put: [], gone: [] };
    const links = seen.ofType(zoneLinkType).filter(({ id }) => sameId(parentId(id), change.resource));
    return { put: [], gone: links.map(({ id }) => id) };
  },
  undoBlocker({ resource }, seen, going) {
    const isGoing = (id: string) => going.some((one) => sameId(one, id));
    const others = seen.ofType(zoneLinkType).filter(({ id }) => sameId(parentId(id), resource) && !isGoing(id));
    if (others.length > 0) {
      return `the zone is kept: ${others.map(({ id }) => nameOf(id)).join(', ')} was linked to it by others.`;
    }
    const zone = seen.resource(resource);
    const leaving = seen
      .ofType(zoneGroupType)
      .filter((group) => isGoing(group.id) || isGoing(zoneGroupView(group).endpoint));
    return zone !== undefined && (recordsBeside(zone, leaving) ?? 0) > 0
      ? 'the zone is kept: it has records that this plan did not create.'
      : null;
  },
  deleteBlocker(current) {
    const others = recordsBeside(current, []) ?? 0;
    return others > 0 ? `it holds ${others} record set${others === 1 ? '' : 's'} that would be deleted with it` : null;
  },
  write: {
    body: (body) => without(sendable(body), ['properties']),
    create: true,
    delete: true,
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

const computedOfLink = ['provisioningState', 'virtualNetworkLinkState'];

export const virtualNetworkLink = defineResourceType({
  type: zoneLinkType,
  label: 'virtual network link',
  decidesPackets: true,
  plural: 'virtual network links',
  computed: computedOfLink,
  columns: [
    { title: 'Zone', value: ({ id }) => nameOf(parentId(id) ?? '') },
    { title: 'Network', value: (resource) => nameOf(zoneLinkView(resource).vnet ?? '') },
    { title: 'State', value: (resource) => zoneLinkView(resource).state ?? '' },
  ],
  references(body) {
    const vnet = textAt(body, '/properties/virtualNetwork/id');
    return vnet === undefined ? [] : [vnet];
  },
  effects({ id, before, after }) {
    if (before !== null && after !== null) return [];
    const one = after ?? before;
    const vnet = (one && zoneLinkView(one).vnet) ?? 'the network';
    const zone = nameOf(parentId(id) ?? '');
    return after === null
      ? [{ kind: 'restricts', detail: `${nameOf(vnet)} no longer resolves names by the zone ${zone}.`, subject: vnet }]
      : [{ kind: 'allows', detail: `${nameOf(vnet)} resolves names by the zone ${zone}.`, subject: vnet }];
  },
  write: { create: true, delete: true, refused: 'virtual network link that exists' },
  az(change) {
    if (change.kind === 'edit') return '';
    const zone = nameOf(parentId(change.resource) ?? '');
    const at = ['-g', groupOf(change.resource), '-z', zone, '-n', nameOf(change.resource)];
    if (change.kind === 'delete') return line('az', 'network', 'private-dns', 'link', 'vnet', 'delete', at, '--yes');
    const vnet = textAt(change.body, '/properties/virtualNetwork/id') ?? '';
    return line('az', 'network', 'private-dns', 'link', 'vnet', 'create', at, '-v', vnet, '-e', 'false');
  },
  alsoNeeds(change) {
    const vnet = change.kind === 'create' ? textAt(change.body, '/properties/virtualNetwork/id') : undefined;
    return vnet === undefined ? [] : [actionOn('Microsoft.Network/virtualNetworks/join/action', vnet)];
  },
});

/** Zone groups and people write records; a record set is replaced as a whole under the etag that was read. */
export const aRecord = defineResourceType({
  type: aRecordType,
  label: 'A record',
  decidesPackets: true,
  plural: 'A records',
  computed: ['fqdn', 'isAutoRegistered', 'provisioningState'],
  columns: [
    { title: 'Zone', value: ({ id }) => nameOf(parentId(id) ?? '') },
    { title: 'Addresses', value: (resource) => addressesIn(resource).join(', ') },
  ],
  effects({ id, before, after }) {
    const label = nameOf(id);
    const zone = nameOf(parentId(id) ?? '');
    const lists = [before, after].map((one) => (one === null ? [] : addressesIn(one)));
    const [was = '', is = ''] = lists.map((one) => one.join(', '));
    if (was === is) return [];
    const subject = parentId(id) ?? id;
    if (is === '')
      return [{ kind: 'restricts', detail: `The name ${label} no longer resolves in the zone ${zone}.`, subject }];
    const instead = was === '' ? '' : ` instead of ${was}`;
    return [{ kind: 'allows', detail: `The zone ${zone} resolves ${label} to ${is}${instead}.`, subject }];
  },
  write: {
    create: true,
    delete: true,
    edits: (edit) => isUnder(edit, '/properties/aRecords') && edit.op === 'set',
  },
  az(change) {
    const zone = parentId(change.resource) ?? '';
    const at = ['-g', groupOf(zone), '-z', nameOf(zone), '-n', nameOf(change.resource)];
    const command = (verb: readonly string[], ...words: readonly string[]) =>
      line('az', 'network', 'private-dns', 'record-set', 'a', verb, at, words);
    const write = (verb: string, list: readonly string[]) => list.map((one) => command([verb], '-a', one));
    if (change.kind === 'delete') return command(['delete'], '--yes');
    if (change.kind === 'create') {
      const body = { id: change.resource, type: aRecordType, apiVersion: '', body: change.body };
      return lines(write('add-record', addressesIn(body)));
    }
    const listed = (value: Json | undefined): string[] =>
      listAt(value, '').flatMap((item) => textAt(item, '/ipv4Address') ?? []);
    return lines(
      change.edits.flatMap((edit) =>
        edit.op === 'set'
          ? [...write('add-record', listed(edit.after)), ...write('remove-record', listed(edit.before))]
          : [],
      ),
    );
  },
});
