// What a change does to a snapshot, as Azure would show it: the resource itself, the side effects that its type declares,
// its entries in lists. No gate, no network.

import type { Change, CreateChange } from '../model/change.ts';
import { applyEdits } from '../model/edit.ts';
import { madeIds } from '../model/made-ids.ts';
import { mayDo } from '../model/permissions.ts';
import { outdatedCode } from '../model/reading.ts';
import type { Resource } from '../model/resource.ts';
import { fold, parentId, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { resourceIn, resourcesOfType, withResources } from '../model/snapshot-index.ts';
import { diagnosisOf, partsOf, resourceTypeOf } from '../resource-types/index.ts';
import type { ResourceLookup } from '../resource-types/resource-type.ts';

export { resourceIn };

export const seenIn = (snapshot: Snapshot): ResourceLookup => ({
  resource: (id) => resourceIn(snapshot, id),
  ofType: (type) => resourcesOfType(snapshot, type),
  may: (action, scope) => mayDo(action, scope, snapshot),
  at: snapshot.takenAt,
});

/** By the snapshot that changes led to: folded ids of what they made. */
const made = new WeakMap<Snapshot, ReadonlySet<string>>();
/** Did one of the changes that led to this snapshot make it? */
export const isMadeIn = (id: string, snapshot: Snapshot): boolean => made.get(snapshot)?.has(fold(id)) === true;

/** The snapshot with resources as they were before, of which the same is made. */
export function withEarlier(snapshot: Snapshot, resources: readonly Resource[]): Snapshot {
  const earlier = withResources(snapshot, resources);
  made.set(earlier, made.get(snapshot) ?? new Set());
  return earlier;
}

/** The snapshot after a change. Throws EditConflict when the change does not fit the body in hand. */
export function applyChange(snapshot: Snapshot, change: Change): Snapshot {
  const after = withFollows(snapshot, change);
  made.set(after, new Set([...(made.get(snapshot) ?? []), ...madeIds(change).map(fold)]));
  return after;
}

function withFollows(snapshot: Snapshot, change: Change): Snapshot {
  const after = withChange(undiagnosed(snapshot), change);
  // What goes with a deletion follows from what is there, which Azure may have added to since it was sent.
  const gone = change.kind === 'delete' ? resourceIn(snapshot, change.resource) : undefined;
  const told = gone === undefined ? change : { ...change, body: gone.body };
  const follows = resourceTypeOf(typeOf(change.resource)).sideEffects?.(told as Change, seenIn(after));
  if (!follows) return after;
  return withParts(withoutAll(follows.put.reduce(withOne, after), follows.gone), follows.put);
}

/** The service's statement is from before the change: afterwards it is unknown. */
function undiagnosed(snapshot: Snapshot): Snapshot {
  const id = diagnosisOf(snapshot.workspace ?? '');
  if (snapshot.workspace === null || !resourceIn(snapshot, id)) return snapshot;
  const gap = { id, reason: 'The diagnosis was made before this change.', action: '', code: outdatedCode };
  return { ...withResources(snapshot, [], [id]), gaps: [...snapshot.gaps, gap] };
}

export const applyChanges = (snapshot: Snapshot, changes: readonly Change[]): Snapshot =>
  changes.reduce(applyChange, snapshot);

function withChange(snapshot: Snapshot, change: Change): Snapshot {
  if (change.kind === 'delete') return withoutAll(snapshot, [change.resource]);
  const current = resourceIn(snapshot, change.resource);
  if (change.kind === 'create') return withOne(snapshot, madeBy(change));
  if (!current) return snapshot;
  const after: Resource = { ...current, body: applyEdits(current.body, change.edits) };
  return withParts(withResources(snapshot, [after]), [after]);
}

/** Azure says of a resource that is gone that it is not there, and the lists leave it out. */
function withoutAll(snapshot: Snapshot, ids: readonly string[]): Snapshot {
  if (ids.length === 0) return snapshot;
  const isGone = (id: string) => ids.some((one) => sameId(one, id));
  const collections = snapshot.collections.map((one) =>
    one.members.some(isGone) ? { ...one, members: one.members.filter((id) => !isGone(id)) } : one,
  );
  const missing = ids.map((id) => ({ id, reason: 'It is deleted.', action: '', status: 404 }));
  const gaps = [...snapshot.gaps.filter(({ id }) => !isGone(id)), ...missing];
  return { ...withResources(snapshot, [], ids), collections, gaps };
}

function withOne(snapshot: Snapshot, resource: Resource): Snapshot {
  const known = resourceIn(snapshot, resource.id);
  if (known) return withResources(snapshot, [resource]);
  const gaps = snapshot.gaps.filter(({ id }) => !sameId(id, resource.id));
  return listed({ ...withResources(snapshot, [resource]), gaps }, resource);
}

/** Parts that stand in a body and are in hand as resources of their own look as the body says. */
function withParts(snapshot: Snapshot, wholes: readonly Resource[]): Snapshot {
  const parts = wholes.flatMap(partsOf);
  return withResources(
    snapshot,
    parts.filter((part) => resourceIn(snapshot, part.id)),
  );
}

/** The snapshot with these as they are now, their parts with them, and without those that are gone. */
export function withNow(snapshot: Snapshot, now: readonly Resource[], gone: readonly string[] = []): Snapshot {
  const parts = now.flatMap(partsOf);
  const there = new Set([...parts, ...now].map(({ id }) => fold(id)));
  const lost = now
    .flatMap(({ id }) => resourceIn(snapshot, id) ?? [])
    .flatMap(partsOf)
    .flatMap(({ id }) => (there.has(fold(id)) ? [] : [id]));
  return withoutAll(withResources(snapshot, [...parts, ...now]), [...gone, ...lost]);
}

/** What a creation makes, as it shows right afterwards. */
function madeBy({ resource, body }: CreateChange): Resource {
  const kind = resourceTypeOf(typeOf(resource));
  const name = resource.split('/').at(-1) ?? '';
  const shown = { ...body, id: resource, name, type: typeOf(resource) };
  return { id: resource, type: kind.type, apiVersion: kind.apiVersion, body: shown };
}

/** A new member shows up in the lists that were read whole, and has none of its own below it. */
function listed(snapshot: Snapshot, made: Resource): Snapshot {
  const parent = parentId(made.id);
  const last = made.type.split('/').at(-1) ?? '';
  const lists = [
    ...(parent === undefined ? [] : [`${parent}/${last}`]),
    `/subscriptions/${subscriptionOf(made.id) ?? ''}/providers/${made.type}`,
  ].map(fold);
  const collections = snapshot.collections.map((collection) =>
    lists.includes(fold(collection.id)) && !collection.members.some((id) => sameId(id, made.id))
      ? { ...collection, members: [...collection.members, made.id] }
      : collection,
  );
  const own = (resourceTypeOf(made.type).childLists ?? []).map((name) => `${made.id}/${name}`);
  const fresh = own.filter((id) => !collections.some((one) => sameId(one.id, id)));
  return { ...snapshot, collections: [...collections, ...fresh.map((id) => ({ id, members: [] }))] };
}
