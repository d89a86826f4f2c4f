// Child resources that are also in a list of their parent's body: a network's subnets, a group's rules, a target's
// connections.
import { isArray, type JsonObject } from '../../model/json.ts';
import { formatPointer, updateAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import { listAt, textAt } from '../read.ts';
import type { ResourceType } from '../resource-type.ts';

/** Index of a child in the list, by its id or its name; -1 when absent. */
const indexOf = (whole: Resource, path: readonly string[], part: string): number =>
  listAt(whole.body, formatPointer(path)).findIndex(
    (item) => sameId(textAt(item, '/id'), part) || sameId(textAt(item, '/name'), nameOf(part)),
  );

/** The parent with one of its children replaced, or appended: the effect of a child's write. */
export function withInline(whole: Resource, path: readonly string[], part: Resource): Resource {
  const index = indexOf(whole, path, part.id);
  const body = updateAt(whole.body, path, (list) => {
    const present = isArray(list) ? list : [];
    return index < 0 ? [...present, part.body] : present.with(index, part.body);
  });
  return { ...whole, body: body as JsonObject };
}

/** The parent without one of its children. */
export function withoutInline(whole: Resource, path: readonly string[], part: string): Resource {
  const index = indexOf(whole, path, part);
  if (index < 0) return whole;
  const body = updateAt(whole.body, path, (list) => (isArray(list) ? list.toSpliced(index, 1) : list));
  return { ...whole, body: body as JsonObject };
}

/** Side effects of a child's change, for previews: it is also in the body of its parent. */
export function parentSideEffects(
  wholeOf: (id: string) => string,
  put: (whole: Resource, part: Resource) => Resource,
  take: (whole: Resource, id: string) => Resource,
): NonNullable<ResourceType['sideEffects']> {
  return ({ kind, resource }, seen) => {
    const [whole, own] = [seen.resource(wholeOf(resource)), seen.resource(resource)];
    if (!whole) return { put: [], gone: [] };
    if (kind === 'delete') return { put: [take(whole, resource)], gone: [] };
    return { put: own ? [put(whole, own)] : [], gone: [] };
  };
}
