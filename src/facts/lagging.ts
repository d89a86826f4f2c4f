// What an older api-version does not show is not known: absent there is not unset. Where a cloud shows a resource at such a version, its
// members that the version hides throw when a rule reads them.
import { membersHiddenAt } from '../model/api-versions.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { formatPointer, type Pointer, parsePointer, updateAt, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { unresolved } from '../model/unresolved.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { memoizePerSnapshot } from './memoize.ts';

/**
 * The world with what its api-versions hide as unreadable; undefined where they hide nothing. What a file states is whole, and what was
 * asked for at another version besides is there or is a read failure.
 */
export const withoutHidden = memoizePerSnapshot(({ snapshot }: SnapshotIndex): SnapshotIndex | undefined => {
  if (snapshot.source.kind === 'files') return undefined;
  const resources = snapshot.resources.map(marked);
  return resources.every((one, at) => one === snapshot.resources[at])
    ? undefined
    : indexSnapshot({ ...snapshot, resources });
});

function marked(resource: Resource): Resource {
  const { type, apiVersion } = resource;
  const asked = (resourceTypeOf(type).extraMembers ?? []).flatMap(({ members }) => members);
  const hidden = membersHiddenAt(type, apiVersion).filter((pointer) => !asked.includes(pointer));
  if (hidden.length === 0) return resource;
  const marker = unresolved(`api-version ${clean(apiVersion, 40)}, the newest of this cloud, does not show it`, '');
  return { ...resource, body: markedIn(resource.body, hidden, marker) };
}

/** With markers at the pointers, here and in the parts of the resource that are listed in it. */
function markedIn(body: JsonObject, hidden: readonly Pointer[], marker: JsonObject): JsonObject {
  const { properties } = body;
  if (!isObject(properties)) return body;
  const inside = Object.entries(properties).flatMap(([name, list]) =>
    isArray(list) && list.some(isPart)
      ? [[name, list.map((one) => (isPart(one) ? markedIn(one, hidden, marker) : one))] as const]
      : [],
  );
  const whole: JsonObject =
    inside.length === 0 ? body : { ...body, properties: { ...properties, ...Object.fromEntries(inside) } };
  return hidden.reduce((made, pointer) => withMarker(made, pointer, marker), whole);
}

const isPart = (value: Json): value is JsonObject => isObject(value) && isObject(value.properties);

function withMarker(body: JsonObject, pointer: Pointer, marker: JsonObject): JsonObject {
  if (valueAt(body, pointer) !== undefined) return body;
  const path = parsePointer(pointer);
  const above = formatPointer(path.slice(0, -1));
  const parent = valueAt(body, above) ?? {};
  if (!isObject(parent)) return body;
  return updateAt(body, path.slice(0, -1), () => ({ ...parent, [path.at(-1) ?? '']: marker })) as JsonObject;
}
