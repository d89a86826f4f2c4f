// What a change does to a snapshot, as Azure would show it: parents and children in both places, lists kept. No gate, no network.
import { kindOf, subnetsOf, subnetType, vnetOf, vnetType, withoutSubnet, withSubnet } from '../kinds/index.ts';
import type { Change } from '../model/change.ts';
import { applyEdits } from '../model/edit.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { fold, parentId, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { withResources } from '../model/world.ts';

export const resourceIn = (snapshot: Snapshot, id: string): Resource | undefined =>
  snapshot.resources.find((resource) => sameId(resource.id, id));

/** The snapshot after a change. Throws EditConflict when the change does not fit the body in hand. */
export function applyChange(snapshot: Snapshot, change: Change): Snapshot {
  const current = resourceIn(snapshot, change.resource);
  if (change.kind === 'delete')
    return withParents(withResources(snapshot, [], [change.resource]), change.resource, null);
  if (change.kind === 'create') {
    const kind = kindOf(typeOf(change.resource));
    const made: Resource = { id: change.resource, type: kind.type, apiVersion: kind.apiVersion, body: named(change) };
    return withParents(listed(withResources(snapshot, [made]), made), made.id, made);
  }
  if (!current) return snapshot;
  const after: Resource = { ...current, body: applyEdits(current.body, change.edits) as JsonObject };
  return withParents(withResources(snapshot, [after]), after.id, after);
}

export const applyChanges = (snapshot: Snapshot, changes: readonly Change[]): Snapshot =>
  changes.reduce(applyChange, snapshot);

/** A subnet stands in its network's body as well, and the other way round. */
function withParents(snapshot: Snapshot, id: string, after: Resource | null): Snapshot {
  const type = fold(typeOf(id));
  if (type === fold(vnetType) && after) {
    const stored = subnetsOf(after).filter((subnet) => resourceIn(snapshot, subnet.id));
    return withResources(snapshot, stored);
  }
  if (type !== fold(subnetType)) return snapshot;
  const vnet = resourceIn(snapshot, vnetOf(id));
  if (!vnet) return snapshot;
  return withResources(snapshot, [after ? withSubnet(vnet, after) : withoutSubnet(vnet, id)]);
}

const named = ({ resource, body }: { resource: string; body: JsonObject }): JsonObject => ({
  ...body,
  id: resource,
  name: resource.split('/').at(-1) ?? '',
  type: typeOf(resource),
});

/** A new member shows up in the lists that were read whole. */
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
  return { ...snapshot, collections };
}
