// The shapes in which people have resources: one, arrays of them (inside one another as well), `{value: [...]}` of ARM,
// `{data: [...]}` and the older columns and rows of Resource Graph. Gives the items; what an item is, is not its business.
import { isArray, isObject, type Json, type JsonObject, memberKey } from '../../model/json.ts';
import { member, memberIgnoringCase } from '../../model/pointer.ts';
import { clean } from '../../model/text.ts';
import { type Document, expected, unusable } from './documents.ts';

export interface ShapedItem {
  readonly json: JsonObject;
  /** The object of the file that declares it, and where its body is in that. */
  readonly declared: JsonObject;
  readonly body?: readonly string[];
}
export interface ShapedItems {
  readonly items: readonly ShapedItem[];
  /** The member that says that the answer goes on elsewhere (`nextLink`, `skip_token`): a list of it is not the whole list. */
  readonly cut: string | undefined;
  /** What is not shown of a resource, one sentence each. */
  readonly notes?: readonly { readonly id: string; readonly reason: string }[];
}

/** The id of a resource, `ResourceId` as PowerShell calls it; undefined where there is none. */
export const idIn = (json: JsonObject): string | undefined =>
  ['id', 'resourceId']
    .map((name) => memberIgnoringCase(json, name))
    .find((id) => typeof id === 'string' && /^\/subscriptions\/[^/]+/i.test(id)) as string | undefined;
const isResource = (json: Json): json is JsonObject =>
  isObject(json) &&
  (idIn(json) !== undefined ||
    (typeof memberIgnoringCase(json, 'name') === 'string' && isType(memberIgnoringCase(json, 'type'))));
/** `Microsoft.Storage/storageAccounts`, which a package's `module` is not. */
function isType(type: Json | undefined): boolean {
  const namespace = typeof type === 'string' ? /^([^/\s]+)\/[^/\s]/.exec(type)?.[1] : undefined;
  const dot = namespace?.indexOf('.', 1) ?? -1;
  return namespace !== undefined && dot > 0 && dot < namespace.length - 1;
}

/** Throws Failure (exit 2) that names the place of what is no resource. */
export function itemsOf({ json, path }: Document): ShapedItems {
  if (isResource(json)) return { items: withNested([{ json, declared: json }]), cut: undefined };
  const refused = isObject(json) ? member(json, 'error') : undefined;
  if (isObject(refused)) {
    const code = clean(member(refused, 'code') ?? 'an error', 100);
    throw unusable(path, `it contains the Azure error ${code}, not resources.`, expected);
  }
  const list = listIn(json);
  if (list === undefined) throw notResource(path, 'it');
  const items = flat(list, '').map(({ item, at }) => {
    if (!isResource(item)) throw notResource(path, `item ${at}`);
    return { json: item, declared: item };
  });
  return { items: withNested(items), cut: isObject(json) ? cutBy(json) : undefined };
}

const notResource = (path: string, which: string) =>
  unusable(path, `${which} is not an ARM resource: it has no id that begins with /subscriptions/.`, expected);

function listIn(json: Json): readonly Json[] | undefined {
  if (isArray(json)) return json;
  if (!isObject(json)) return undefined;
  const held = member(json, 'value') ?? member(json, 'data') ?? json;
  return isArray(held) ? held : isObject(held) ? rowsOf(held) : undefined;
}

/** `{columns: [{name}], rows: [[...]]}`: each row as an object. */
function rowsOf(table: JsonObject): readonly Json[] | undefined {
  const [columns, rows] = [member(table, 'columns'), member(table, 'rows')];
  if (!isArray(columns) || !isArray(rows)) return undefined;
  const names = columns.map((column) => (isObject(column) ? member(column, 'name') : column));
  return rows.map((row) =>
    isArray(row)
      ? Object.fromEntries(
          names.flatMap((name, index): [string, Json][] =>
            typeof name === 'string' ? [[memberKey(name), row[index] ?? null]] : [],
          ),
        )
      : row,
  );
}

/** Arrays inside arrays laid out, each item with its place (`3`, `0.3`). Documents are of bounded depth, so it ends. */
function flat(list: readonly Json[], above: string): { item: Json; at: string }[] {
  return list.flatMap((item, index) => {
    const at = `${above}${index}`;
    return isArray(item) ? flat(item, `${at}.`) : [{ item, at }];
  });
}

const cutBy = (json: JsonObject): string | undefined =>
  ['nextLink', '@odata.nextLink', 'skip_token', '$skipToken', 'skipToken'].find((name) => {
    const value = member(json, name);
    return typeof value === 'string' && value !== '';
  }) ?? (['true', true].some((value) => member(json, 'resultTruncated') === value) ? 'resultTruncated' : undefined);

/** Exports show the children of a resource in it, as `resources`: with an id, or with a type and name below those of the parent. */
function withNested(items: readonly ShapedItem[]): ShapedItem[] {
  return items.flatMap((item) => {
    const parent = idIn(item.json);
    const held = memberIgnoringCase(item.json, 'resources');
    if (parent === undefined || !isArray(held)) return [item];
    const children = held.flatMap((child): ShapedItem[] => {
      if (!isObject(child)) return [];
      const id = idIn(child) ?? childId(parent, child);
      return id === undefined ? [] : [{ json: { ...child, id }, declared: child }];
    });
    return [item, ...withNested(children)];
  });
}

/** `subnets` and `pe`, or the whole of type and name. */
function childId(parent: string, child: JsonObject): string | undefined {
  const [type, name] = ['type', 'name'].map((part) => memberIgnoringCase(child, part));
  if (typeof type !== 'string' || typeof name !== 'string') return undefined;
  const [kind, own] = [type.split('/').at(-1), name.split('/').at(-1)];
  return kind && own ? `${parent}/${kind}/${own}` : undefined;
}
