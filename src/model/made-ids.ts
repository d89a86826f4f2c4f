// The ids of what a change makes: the resource, and the parts that stand in its body by their names. Azure gives security rules, routes
// and subnets such ids; rule collections of a firewall have none of their own, and the same form tells them apart. Pure.
import type { Change } from './change.ts';
import { isArray, isObject, type Json } from './json.ts';
import { member } from './pointer.ts';
import { fold, isWithin } from './resource-id.ts';

/** What the change makes. */
export function madeIds(change: Change): readonly string[] {
  const { kind, resource, edits } = change;
  if (kind === 'delete') return [];
  if (kind === 'edit')
    return edits.flatMap((edit) => (edit.op === 'add' ? partIds(resource, edit.pointer, [edit.after]) : []));
  const properties = member(change.body, 'properties');
  const lists = isObject(properties) ? Object.entries(properties) : [];
  return [
    resource,
    ...lists.flatMap(([name, list]) => (isArray(list) ? partIds(resource, `/properties/${name}`, list) : [])),
  ];
}

/** What it takes away: `isGone` of an id that was made. */
export function unmade({ kind, resource, edits }: Change): (id: string) => boolean {
  const removed = new Set(
    edits.flatMap((edit) => (edit.op === 'remove' ? partIds(resource, edit.pointer, [edit.before]).map(fold) : [])),
  );
  return (id) => removed.has(fold(id)) || (kind === 'delete' && isWithin(id, resource));
}

const partIds = (resource: string, pointer: string, items: readonly Json[]): string[] => {
  const [, list] = /^\/properties\/([^/]+)$/.exec(pointer) ?? [];
  return list === undefined ? [] : items.flatMap((item) => namedPart(`${resource}/${list}`, item));
};

const namedPart = (list: string, item: Json): string[] => {
  const name = isObject(item) ? member(item, 'name') : undefined;
  return typeof name === 'string' ? [`${list}/${name}`] : [];
};
