// The normal form of a raw body: without what may differ between two reads of an unchanged resource. Each resource type has a
// table for it; this file knows none.
import { elementKey, type ListKey, type Same } from '../../model/edit.ts';
import { isArray, isObject, type Json, type JsonObject, memberName, sameJson } from '../../model/json.ts';
import { formatPointer, type Pointer, parsePointer } from '../../model/pointer.ts';
import { fold } from '../../model/resource-id.ts';
import { textAt } from '../read.ts';

/** Pointers with `*` for the items of a list. */
export interface ResourceShape {
  /** Members that the service writes. */
  readonly volatile?: readonly Pointer[];
  /** Lists without a meaningful order; an empty one counts as absent. */
  readonly sets?: Readonly<Record<Pointer, ListKey>>;
  /** Values written in several ways; receives undefined where the member is absent, and may return a default. */
  readonly rewrite?: Readonly<Record<Pointer, (value: Json | undefined, parent: JsonObject) => Json | undefined>>;
}

/** For `rewrite`: an enumeration in the published spelling, from any case; `absent` is the default. */
export const spelt =
  (known: readonly string[], absent?: string) =>
  (value: Json | undefined): Json | undefined =>
    typeof value === 'string' ? (known.find((one) => fold(one) === fold(value)) ?? value) : (value ?? absent);

/** For `rewrite`: an empty list counts as absent. */
export const emptyIsNone = (value: Json | undefined): Json | undefined =>
  isArray(value) && value.length === 0 ? undefined : value;

const always = ['/etag', '/systemData', '/properties/provisioningState'];

/** What Azure gives an identity: it refuses these in a request, and they are others where a resource is made anew. */
export const assignedToIdentity: readonly string[] = ['principalId', 'tenantId', 'clientId'];
const assigned = new RegExp(`^/identity(?:/userAssignedIdentities/[^/]+)?/(?:${assignedToIdentity.join('|')})$`);
/** Has the resource an identity that Azure makes and deletes with it? */
export const hasOwnIdentity = (body: JsonObject | null | undefined): boolean =>
  /systemassigned/i.test(textAt(body ?? undefined, '/identity/type') ?? '');
const isWrittenByAzure = (shape: ResourceShape, at: Pointer): boolean =>
  always.includes(at) || shape.volatile?.includes(at) === true || (at.startsWith('/identity/') && assigned.test(at));
const star = (pointer: Pointer): Pointer =>
  formatPointer(parsePointer(pointer).map((part) => (/^(?:\d+|-)$/.test(part) ? '*' : part)));
const idLike = /^\/(?:subscriptions|providers|services)\//i;

/** The value at a pointer in normal form: volatile members and nulls removed, sets in order, ids folded. */
function normalAt(shape: ResourceShape, pointer: Pointer, value: Json | undefined): Json | undefined {
  const at = star(pointer);
  if (isWrittenByAzure(shape, at)) return undefined;
  const inside = tidy(shape, at, value);
  const rewrite = shape.rewrite?.[at];
  return rewrite ? rewrite(inside, {}) : inside;
}

export const normalBody = (shape: ResourceShape, body: JsonObject): JsonObject => tidy(shape, '', body) as JsonObject;

export const sameBy =
  (shape: ResourceShape): Same =>
  (pointer, a, b) =>
    sameJson(normalAt(shape, pointer, a), normalAt(shape, pointer, b));

function tidy(shape: ResourceShape, at: Pointer, value: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return idLike.test(value) ? fold(value) : value;
  if (isArray(value)) return tidyList(shape, at, value);
  return isObject(value) ? tidyObject(shape, at, value) : value;
}

function tidyList(shape: ResourceShape, at: Pointer, list: readonly Json[]): Json | undefined {
  const items = list.map((item) => {
    const rewrite = shape.rewrite?.[`${at}/*`];
    const inside = tidy(shape, `${at}/*`, item);
    return (rewrite ? rewrite(inside, {}) : inside) ?? null;
  });
  const key = shape.sets?.[at];
  if (!key) return items;
  if (items.length === 0) return undefined;
  return items.toSorted((a, b) => {
    const [x, y] = [elementKey(a, key), elementKey(b, key)];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}

function tidyObject(shape: ResourceShape, at: Pointer, object: JsonObject): JsonObject {
  const tidied: [string, Json][] = [];
  for (const [key, value] of Object.entries(object)) {
    const here = `${at}${formatPointer([memberName(key)])}`;
    if (isWrittenByAzure(shape, here)) continue;
    const inside = tidy(shape, here, value);
    if (inside !== undefined) tidied.push([key, inside]);
  }
  let answer: JsonObject = Object.fromEntries(tidied);
  for (const [pointer, rewrite] of Object.entries(shape.rewrite ?? {})) {
    const path = parsePointer(pointer);
    const name = path.at(-1) ?? '';
    if (name === '*' || formatPointer(path.slice(0, -1)) !== at) continue;
    const value = rewrite(Object.hasOwn(answer, name) ? answer[name] : undefined, answer);
    const { [name]: _old, ...rest } = answer;
    answer = value === undefined ? rest : { ...rest, [name]: value };
  }
  return answer;
}

/** Is everything of `wanted` in `found`, both in normal form? Names, etags and what Azure adds are ignored. */
export function holds(found: Json | undefined, wanted: Json): boolean {
  if (typeof wanted !== 'object' || wanted === null || isArray(wanted) || typeof found !== 'object') {
    return sameJson(found, wanted);
  }
  if (found === null || isArray(found) || 'rawJSON' in wanted) return sameJson(found, wanted);
  const there = found as JsonObject;
  return Object.entries(wanted).every(
    ([name, value]) => ['id', 'name', 'type', 'etag'].includes(name) || holds(there[name], value as Json),
  );
}
