// The ids of what a change makes: the resource, and the parts that stand in its body by their names. Azure gives security rules, routes
// and subnets such ids; rule collections of a firewall have none of their own, and the same form tells them apart. Whether such a name is
// free, before anything is written to it. Pure.
import type { Change } from './change.ts';
import { isArray, isObject, type Json } from './json.ts';
import { member, valueAt } from './pointer.ts';
import { fold, groupIdOf, isWithin, listsHolding, nameInParent, nameOf, parentId, sameId } from './resource-id.ts';
import type { SnapshotIndex } from './snapshot-index.ts';
import { clean } from './text.ts';

/** What the change makes. */
export const madeIds = (change: Change): readonly string[] => [
  ...(change.kind === 'create' ? [change.resource] : []),
  ...madeParts(change).map(({ id }) => id),
];

/** A part that stands in the body of a resource. */
export interface MadePart {
  readonly id: string;
  readonly body: Json;
}

export function madeParts(change: Change): readonly MadePart[] {
  const { kind, resource, edits } = change;
  if (kind === 'delete') return [];
  if (kind === 'edit')
    return edits.flatMap((edit) => (edit.op === 'add' ? partsIn(resource, edit.pointer, [edit.after]) : []));
  const properties = member(change.body, 'properties');
  const lists = isObject(properties) ? Object.entries(properties) : [];
  return lists.flatMap(([name, list]) => (isArray(list) ? partsIn(resource, `/properties/${name}`, list) : []));
}

/** What it takes away: `isGone` of an id that was made. */
export function unmade({ kind, resource, edits }: Change): (id: string) => boolean {
  const removed = new Set(
    edits.flatMap((edit) =>
      edit.op === 'remove' ? partsIn(resource, edit.pointer, [edit.before]).map(({ id }) => fold(id)) : [],
    ),
  );
  return (id) => removed.has(fold(id)) || (kind === 'delete' && isWithin(id, resource));
}

const partsIn = (resource: string, pointer: string, items: readonly Json[]): MadePart[] => {
  const [, list] = /^\/properties\/([^/]+)$/.exec(pointer) ?? [];
  if (list === undefined) return [];
  return items.flatMap((body) => {
    const name = isObject(body) ? member(body, 'name') : undefined;
    return typeof name === 'string' ? [{ id: `${resource}/${list}/${name}`, body }] : [];
  });
};

/**
 * What is known of a name before something is made under it. `unread`: it was not asked for yet, and can be. `unknown`: the read was refused,
 * or files do not say what else exists.
 */
export type NameStanding = 'free' | 'taken' | 'unread' | 'unknown';

/** A name that is computed from what it names (version 5) belongs to nothing else. */
const computed = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function nameStanding(id: string, index: SnapshotIndex): NameStanding {
  const seen = index.peek(id);
  if (seen.state === 'read') return 'taken';
  if (seen.state === 'missing' || computed.test(nameOf(id))) return 'free';
  const parent = parentId(id);
  if (parent !== undefined) {
    const [list] = listsHolding(id);
    if (index.hasList(list)) return index.list(list).some((one) => sameId(one.id, id)) ? 'taken' : 'free';
    const above = index.peek(parent);
    if (above.state !== 'read') {
      if (nameStanding(parent, index) === 'free') return 'free';
    } else {
      const items = valueAt(above.resource.body, `/properties/${id.slice(parent.length + 1, id.lastIndexOf('/'))}`);
      if (isArray(items)) return items.some((item) => isCalled(item, nameOf(id))) ? 'taken' : 'free';
    }
  }
  if (index.snapshot.source.kind === 'files') return 'unknown';
  return index.snapshot.gaps.some((gap) => sameId(gap.id, id)) ? 'unknown' : 'unread';
}

function isCalled(item: Json, wanted: string): boolean {
  const [name, id] = isObject(item) ? [member(item, 'name'), member(item, 'id')] : [];
  return (typeof name === 'string' && sameId(name, wanted)) || (typeof id === 'string' && sameId(nameOf(id), wanted));
}

/** Names that these changes choose and that only a read can tell to be free: what a change makes stands in none that exists. */
export function unreadNames(changes: readonly Change[], index: SnapshotIndex): string[] {
  const made = changes.flatMap(({ kind, resource }) => (kind === 'create' ? [resource] : []));
  const ids = made.filter(
    (id) => !made.some((other) => !sameId(other, id) && isWithin(id, other)) && nameStanding(id, index) === 'unread',
  );
  return [...new Map(ids.map((id) => [fold(id), id])).values()];
}

/** Why it is not known that a name is free: a clause that `Not known:` opens. */
export function unknownNameWords(id: string, index: SnapshotIndex): string {
  const seen = index.peek(id);
  const why = seen.state === 'gap' && seen.gap.reason !== '' ? ` ${seen.gap.reason}` : '';
  return `whether ${placed(id)} exists already.${why}`;
}

export const takenNameWords = (id: string): string =>
  `${placed(id)} exists already with other settings; creating it would overwrite it.`;

/** `nsg-train in rg-ml` */
function placed(id: string): string {
  const group = groupIdOf(id);
  return `${clean(nameInParent(id), 120)}${group === undefined ? '' : ` in ${clean(nameOf(group), 120)}`}`;
}
