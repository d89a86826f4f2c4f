// A resource as it was before each of its change records: the records are taken off its present body one after another, the newest
// first. What a record says and the body does not bear out is doubtful from there on. Pure.
import type { RecordedValue, WriteRecord } from './change-record.ts';
import { scalarText } from './change-record.ts';
import { isArray, isObject, type Json, memberKey } from './json.ts';
import { formatPointer, member, memberNames, type Pointer, parsePointer, valueAt } from './pointer.ts';
import { keyOf, moving } from './snapshot-changes.ts';

/** A body whose scalars are texts, as records show them; null where the resource did not exist, undefined where nothing is known of it. */
export type TextBody = Json | undefined;

export interface RewoundBody {
  /** As it was before each record, and at last as it is: one more than there are records. */
  readonly versions: readonly TextBody[];
  /** May what the records say of this setting be wrong, or not be all? Items of lists are named, as in a SettingChange. */
  isDoubtful(pointer: Pointer): boolean;
}

/** The records of one resource, the oldest first. `others`: further bodies of it, for the names of its members. */
export function rewind(now: Json, records: readonly WriteRecord[], others: readonly Json[] = []): RewoundBody {
  const names = new PathNames();
  let leaves = now === null ? null : names.leavesOf(now);
  for (const body of others) if (body !== null) names.leavesOf(body);
  const versions: TextBody[] = [leaves === null ? null : names.bodyOf(leaves)];
  const doubtful: (readonly string[])[] = [];
  let isUnknown = false;
  for (const record of records.toReversed()) {
    if (record.kind === 'created') {
      if (leaves === null && !isUnknown) doubtful.push([]);
      leaves = null;
      isUnknown = false;
    } else if (record.kind === 'deleted') {
      if (leaves !== null || isUnknown) doubtful.push([]);
      leaves = null;
      isUnknown = true;
    } else if (leaves === null) {
      if (!isUnknown) doubtful.push([]);
    } else {
      const before: Map<string, string> = new Map(leaves);
      for (const value of record.values) {
        const isTakenOff = takeOff(before, leaves, value) && !(record.isCut && wasEmpty(value));
        if (!isTakenOff && names.isShown(value.path)) doubtful.push(names.scopeOf(value.path));
      }
      leaves = before;
    }
    versions.unshift(isUnknown ? undefined : leaves === null ? null : names.bodyOf(leaves));
  }
  return {
    versions,
    isDoubtful(pointer) {
      const path = parsePointer(pointer);
      return doubtful.some((scope) => scope.every((name, at) => path[at] === undefined || path[at] === name));
    },
  };
}

/** Is the body what the record left, or what it found? Null where it is neither. */
export function bearsOut(body: Json, { kind, values, isCut }: WriteRecord): 'before' | 'after' | null {
  if (kind !== 'changed') return (body !== null) === (kind === 'created') ? 'after' : 'before';
  const names = new PathNames();
  const leaves = names.leavesOf(body);
  const shown = values.filter(({ path }) => !names.isMoving(path));
  const is = (side: 'before' | 'after') =>
    shown.every((value) => !value.isCut && sameText(leaves.get(value.path) ?? null, value[side]));
  if (isCut || shown.length === 0) return null;
  return is('after') ? 'after' : is('before') ? 'before' : null;
}

/** An empty object or list got members; those that a cut record does not list may be from a later write. */
const wasEmpty = ({ before, after }: RecordedValue): boolean => after === null && (before === '{}' || before === '[]');

/** False where the body is not what the record left. */
function takeOff(before: Map<string, string>, after: ReadonlyMap<string, string>, value: RecordedValue): boolean {
  const found = after.get(value.path) ?? null;
  if (value.isCut || !sameText(found, value.after)) return false;
  if (value.before === null) before.delete(value.path);
  else before.set(value.path, value.before);
  return true;
}

/** Resource Graph spells ids and truth values in its own way. */
export function sameText(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.length !== b.length) return false;
  return (a.startsWith('/') || /^(?:true|false)$/i.test(a)) && a.toLowerCase() === b.toLowerCase();
}

/** Do two values say the same? Types of scalars do not count, nor does an empty list or object beside none: Azure adds and drops them. */
export function sameAsText(a: Json | undefined, b: Json | undefined): boolean {
  if (isArray(a) || isArray(b)) {
    const [items, others] = [listOf(a), listOf(b)];
    return items?.length === others?.length && items?.every((item, at) => sameAsText(item, others?.[at])) === true;
  }
  if (isObject(a) || isObject(b)) {
    const [own, other] = [a ?? {}, b ?? {}];
    if (!isObject(own) || !isObject(other)) return false;
    const names = [...new Set([...memberNames(own), ...memberNames(other)])].filter((name) => !moving.test(name));
    return names.every((name) => sameAsText(member(own, name), member(other, name)));
  }
  return sameText(scalarText(a) ?? null, scalarText(b) ?? null);
}
/** Does a value say all that another one says? Azure adds members to what is sent. */
export function saysAsText(found: Json | undefined, wanted: Json | undefined): boolean {
  if (!isObject(found) || !isObject(wanted)) return sameAsText(found, wanted);
  return memberNames(wanted).every(
    (name) => moving.test(name) || saysAsText(member(found, name), member(wanted, name)),
  );
}

const listOf = (value: Json | undefined): readonly Json[] | null =>
  isArray(value) ? value : value === undefined || value === null ? [] : null;

/** The value at a pointer in which items of lists are named; null where there is none. */
export function valueAtKeys(body: Json, pointer: Pointer): Json {
  let here: Json | undefined = body;
  for (const name of parsePointer(pointer)) {
    if (isArray(here)) here = here.find((item) => keyOf(item) === name);
    else here = isObject(here) ? member(here, name) : undefined;
  }
  return here ?? null;
}

/** The first list that a pointer goes through, and whether it ends at one of its items; null where there is none. */
export function firstListOn(
  pointer: Pointer,
  ...bodies: readonly Json[]
): { readonly pointer: Pointer; readonly isItem: boolean } | null {
  const path = parsePointer(pointer);
  for (let length = 1; length < path.length; length += 1) {
    const list = formatPointer(path.slice(0, length));
    if (bodies.some((body) => isArray(valueAt(body, list))))
      return { pointer: list, isItem: path.length === length + 1 };
  }
  return null;
}

/** The paths of records and the members that they name; a member's own name may hold a dot. */
class PathNames {
  readonly #paths = new Map<string, readonly (string | number)[]>();
  readonly #shapes = new Set<string>();

  leavesOf(body: Json): Map<string, string> {
    const found = new Map<string, string>();
    const walk = (value: Json, path: string, names: readonly (string | number)[]): void => {
      if (isArray(value) && value.length > 0) {
        for (const [at, item] of value.entries()) walk(item, `${path}[${at}]`, [...names, at]);
      } else if (isObject(value) && Object.keys(value).length > 0) {
        for (const name of memberNames(value)) {
          walk(member(value, name) ?? null, path === '' ? name : `${path}.${name}`, [...names, name]);
        }
      } else {
        this.#paths.set(path, names);
        this.#shapes.add(shapeOf(path));
        const text = scalarText(value);
        if (text !== undefined) found.set(path, text);
      }
    };
    walk(body, '', []);
    return found;
  }

  /** A member that no body of the resource has, with any position, is one that our api-version does not show. */
  isShown(path: string): boolean {
    return !this.isMoving(path) && this.#shapes.has(shapeOf(path));
  }

  isMoving(path: string): boolean {
    return this.#namesOf(path).some((name) => typeof name === 'string' && moving.test(name));
  }

  /** Up to the first list: where a position is wrong, all of them may be. */
  scopeOf(path: string): readonly string[] {
    const names = this.#namesOf(path);
    const list = names.findIndex((one) => typeof one === 'number');
    return (list < 0 ? names : names.slice(0, list)).map(String);
  }

  bodyOf(leaves: ReadonlyMap<string, string>): Json {
    const root: Node = { items: new Map(), isList: false };
    for (const [path, text] of leaves) {
      const names = this.#namesOf(path);
      let node = root;
      for (const [at, name] of names.entries()) {
        node.isList = typeof name === 'number';
        const isLast = at === names.length - 1;
        const next = node.items.get(name);
        if (isLast) node.items.set(name, text === '[]' ? [] : text === '{}' ? {} : text);
        else if (isNode(next)) node = next;
        else {
          const made: Node = { items: new Map(), isList: false };
          node.items.set(name, made);
          node = made;
        }
      }
    }
    return jsonOf(root);
  }

  #namesOf(path: string): readonly (string | number)[] {
    const known = this.#paths.get(path);
    if (known !== undefined) return known;
    const names = path.split('.').flatMap((part): (string | number)[] =>
      part.split(/\[(\d{1,6})\]/).flatMap((one, at): (string | number)[] => {
        if (at % 2 === 1) return [Number(one)];
        return one === '' ? [] : [one];
      }),
    );
    this.#paths.set(path, names);
    return names;
  }
}

const shapeOf = (path: string): string => path.replace(/\[\d+\]/g, '[]');

interface Node {
  readonly items: Map<string | number, Node | Json>;
  isList: boolean;
}
const isNode = (value: Node | Json | undefined): value is Node =>
  typeof value === 'object' && value !== null && 'items' in value && value.items instanceof Map;

function jsonOf({ items, isList }: Node): Json {
  const values = [...items].map(([name, value]): [string, Json] => [
    String(name),
    isNode(value) ? jsonOf(value) : value,
  ]);
  if (isList) {
    return values.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  }
  return Object.fromEntries(values.map(([name, value]) => [memberKey(name), value]));
}
