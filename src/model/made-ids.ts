// The ids of what a change makes: the resource, and the parts that stand in its body by their names. Azure gives security rules, routes
// and subnets such ids; rule collections of a firewall have none of their own, and the same form tells them apart. Pure.
import type { Change } from './change.ts';
import { isArray, isObject, type Json } from './json.ts';
import { member } from './pointer.ts';
import { fold, isWithin } from './resource-id.ts';

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
