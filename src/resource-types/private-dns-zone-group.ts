// DNS zone groups: they write the records of a private endpoint into private DNS zones. An endpoint has one; a zone is added
// with a PUT of the whole.
import type { Change } from '../model/change.ts';
import type { ListKey } from '../model/edit.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf, parentId, sameId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { actionOn, eachObject, groupOf, isUnder, without, withoutComputed } from './parts/bodies.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { aRecordType, recordsOf, zoneConfigsPointer } from './private-dns-records.ts';
import { lazyMembers, listAt, memoizePerResource, textAt } from './read.ts';
import type { ResourceLookup } from './resource-type.ts';

export const zoneGroupType = 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups';
export { aRecordType, zoneConfigsPointer };

export interface ZoneGroupView {
  /** Id of the endpoint. */
  readonly endpoint: string;
  readonly configs: readonly {
    readonly name: string;
    readonly zone: string;
    /** Names of its records in the zone. */
    readonly records: readonly string[];
  }[];
}
/** A zone group: the zones that hold an endpoint's records. */
export const zoneGroupView = memoizePerResource(
  ({ id, body }: Resource): ZoneGroupView =>
    lazyMembers<ZoneGroupView>({
      endpoint: () => parentId(id) ?? id,
      configs: () =>
        listAt(body, zoneConfigsPointer).flatMap((item) => {
          const zone = textAt(item, '/properties/privateDnsZoneId');
          if (zone === undefined) return [];
          const records = listAt(item, '/properties/recordSets').flatMap((one) => textAt(one, '/recordSetName') ?? []);
          return [{ name: textAt(item, '/name') ?? '', zone, records }];
        }),
    }),
);

const byName: ListKey = { member: 'name', fold: true };
const shape: ResourceShape = {
  volatile: [`${zoneConfigsPointer}/*/properties/recordSets`],
  sets: { [zoneConfigsPointer]: byName },
};

export const privateDnsZoneGroup = defineResourceType({
  type: zoneGroupType,
  label: 'DNS zone group',
  decidesPackets: true,
  plural: 'DNS zone groups',
  shape,
  columns: [
    { title: 'Endpoint', value: ({ id }) => nameOf(parentId(id) ?? '') },
    {
      title: 'Zones',
      value: (resource) =>
        zoneGroupView(resource)
          .configs.map(({ zone }) => nameOf(zone))
          .join(', '),
    },
  ],
  references: (body) =>
    listAt(body, zoneConfigsPointer).flatMap((item) => textAt(item, '/properties/privateDnsZoneId') ?? []),
  effects({ id, before, after }) {
    const [was, is] = [before, after].map((one) =>
      one === null ? [] : zoneGroupView(one).configs.map(({ zone }) => zone),
    );
    const endpoint = nameOf(parentId(id) ?? id);
    const only = (a: readonly string[] = [], b: readonly string[] = []) =>
      a.filter((one) => !b.some((other) => sameId(other, one)));
    return [
      ...only(is, was).map((zone) => ({
        kind: 'allows' as const,
        detail: `Names in the zone ${nameOf(zone)} resolve to the private endpoint ${endpoint}.`,
        subject: zone,
      })),
      ...only(was, is).map((zone) => ({
        kind: 'restricts' as const,
        detail: `Names in the zone ${nameOf(zone)} no longer resolve to the private endpoint ${endpoint}.`,
        subject: zone,
      })),
    ];
  },
  sideEffects(change, seen) {
    const group = seen.resource(change.resource);
    const put = group === undefined || change.kind === 'delete' ? [] : recordsOf(group, seen);
    const isMade = (id: string) => put.some((one) => sameId(one.id, id));
    return { put, gone: writtenBy(removedBy(change)).filter((id) => seen.resource(id) && !isMade(id)) };
  },
  undoClass: (change, seen) =>
    takesOver(change, seen) || listedByOthers(parentId(change.resource) ?? '', writtenBy(removedBy(change)), seen)
      ? 'partial'
      : null,
  partialUndo: ({ kind }) =>
    kind === 'delete' ? writesOver : 'undo deletes the DNS records that others wrote before.',
  write: { body: sent, create: true, delete: true, edits: (edit) => isUnder(edit, zoneConfigsPointer) },
  az(change) {
    const endpoint = nameOf(parentId(change.resource) ?? '');
    const at = ['-g', groupOf(change.resource), '--endpoint-name', endpoint, '-n', nameOf(change.resource)];
    const command = (verb: string, ...words: readonly (readonly string[])[]) =>
      line('az', 'network', 'private-endpoint', 'dns-zone-group', verb, at, words.flat());
    const zone = (item: Parameters<typeof textAt>[0]) => [
      ...['--private-dns-zone', textAt(item, '/properties/privateDnsZoneId') ?? ''],
      ...['--zone-name', textAt(item, '/name') ?? ''],
    ];
    if (change.kind === 'delete') return command('delete');
    if (change.kind === 'create') {
      return lines(
        listAt(change.body, zoneConfigsPointer).map((item, index) =>
          command(index === 0 ? 'create' : 'add', zone(item)),
        ),
      );
    }
    return lines(
      change.edits.flatMap((edit) => {
        if (edit.op === 'add') return [command('add', zone(edit.after))];
        return edit.op === 'remove' ? [command('remove', ['--zone-name', textAt(edit.before, '/name') ?? ''])] : [];
      }),
    );
  },
  alsoNeeds(change) {
    const items =
      change.kind === 'create'
        ? listAt(change.body, zoneConfigsPointer)
        : change.edits.flatMap((edit) => (edit.op === 'add' ? [edit.after] : []));
    const zones = items.flatMap((item) => textAt(item, '/properties/privateDnsZoneId') ?? []);
    return zones.map((id) => actionOn('Microsoft.Network/privateDnsZones/join/action', id));
  },
});

/** The configurations that a change takes out of a group. */
function removedBy(change: Change): readonly (Json | undefined)[] {
  if (change.kind === 'create') return [];
  return change.kind === 'delete'
    ? listAt(change.body, zoneConfigsPointer)
    : change.edits.flatMap((edit) => (edit.op === 'remove' ? [edit.before] : []));
}

export const writesOver = 'undo writes over a DNS record that another zone group lists.';

/** Does a group write over a record that is there under a name of its endpoint? An undo deletes that one with it. */
function takesOver(change: Change, seen: ResourceLookup): boolean {
  if (change.kind === 'delete') return false;
  const configs =
    change.kind === 'create'
      ? listAt(change.body, zoneConfigsPointer)
      : change.edits.flatMap((edit) => (edit.op === 'add' ? [edit.after] : []));
  const body = { properties: { privateDnsZoneConfigs: configs } };
  const group = { id: change.resource, type: zoneGroupType, apiVersion: '', body };
  return recordsOf(group, seen).some(({ id, type }) => sameId(type, aRecordType) && seen.resource(id) !== undefined);
}

/** Does the zone group of another endpoint list one of these records? They are one record, and an undo writes over it. */
export const listedByOthers = (endpoint: string, records: readonly string[], seen: ResourceLookup): boolean =>
  seen
    .ofType(zoneGroupType)
    .filter(({ id }) => !sameId(parentId(id), endpoint))
    .flatMap(({ body }) => writtenBy(listAt(body, zoneConfigsPointer)))
    .some((id) => records.some((record) => sameId(record, id)));

/** Ids of the records that configurations of a group list: Azure deletes them with it, also where another group lists them. */
export const writtenBy = (configs: readonly (Json | undefined)[]): string[] =>
  configs.flatMap((config) => {
    const zone = textAt(config, '/properties/privateDnsZoneId');
    const labels = listAt(config, '/properties/recordSets').flatMap((one) => textAt(one, '/recordSetName') ?? []);
    return zone === undefined ? [] : labels.map((label) => `${zone}/A/${label}`);
  });

/** Only Azure writes the records. */
function sent(body: JsonObject): JsonObject {
  const tidy = withoutComputed(body, []);
  const configs = eachObject(valueAt(tidy, zoneConfigsPointer), (item) =>
    isObject(item.properties) ? { ...item, properties: without(item.properties, ['recordSets']) } : item,
  );
  const after = updateAt(tidy, ['properties', 'privateDnsZoneConfigs'], () => configs);
  return isObject(after) ? after : tidy;
}
