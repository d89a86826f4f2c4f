// The resources that Resource Graph gave, for all workspaces together: on disk, found by id, type and place, parsed when they are
// asked for. What is used by many workspaces stays in memory as long as there is room.
import type { FleetStore, LinePlace } from '../../history/fleet-store.ts';
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../../model/json.ts';
import { member } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, parseId } from '../../model/resource-id.ts';
import { knownWithoutSecrets, withoutSecrets } from '../../model/secrets.ts';
import type { SharedList } from '../../model/snapshot.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';

/** Bytes of JSON whose resources are kept parsed. */
const roomFor = 8 * 1024 * 1024;
/** Columns of a row that a resource does not have. */
const columnsOnly = new Set(['tenantId', 'resourceGroup', 'subscriptionId', 'apiVersion']);

export class Pool {
  readonly #rows: FleetStore['rows'];
  readonly #places = new Map<string, LinePlace>();
  readonly #byType = new Map<string, string[]>();
  /** The least recently used first. */
  readonly #parsed = new Map<string, { readonly resource: Resource; readonly size: number }>();
  /** By their folded path; of a pool that is filled. */
  readonly #lists = new Map<string, SharedList>();
  #used = 0;
  #isSorted = true;

  /** With what an interrupted run had read. */
  constructor(rows: FleetStore['rows']) {
    this.#rows = rows;
    for (const { place, text } of rows.lines()) {
      const id = idOfLine(text);
      if (id !== undefined) this.#know(id, place);
    }
  }

  get size(): number {
    return this.#places.size;
  }

  /** Forgets every row. */
  clear(): void {
    this.#rows.clear();
    this.#places.clear();
    this.#byType.clear();
    this.#parsed.clear();
    this.#lists.clear();
    this.#used = 0;
  }

  /** Rows as Resource Graph gives them; one without the id of a resource is skipped. Returns them as the JSON that is kept. */
  add(rows: readonly JsonObject[]): string[] {
    const found = rows.flatMap((row) => {
      const id = member(row, 'id');
      return typeof id === 'string' && isId(id) ? [{ id, line: stringifyJson(withoutSecrets(bodyOf(row, id))) }] : [];
    });
    const lines = found.map(({ line }) => line);
    const places = this.#rows.append(lines);
    for (const [index, { id }] of found.entries()) {
      const place = places[index];
      if (place !== undefined) this.#know(fold(id), place);
    }
    return lines;
  }

  get(id: string): Resource | undefined {
    const key = fold(id);
    const known = this.#parsed.get(key);
    if (known !== undefined) {
      this.#parsed.delete(key);
      this.#parsed.set(key, known);
      return known.resource;
    }
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const resource = resourceOf(parseJson(this.#rows.read(place)));
    if (resource === undefined) return undefined;
    this.#parsed.set(key, { resource, size: place.size });
    this.#used += place.size;
    for (const [oldest, { size }] of this.#parsed) {
      if (this.#used <= roomFor || oldest === key) break;
      this.#parsed.delete(oldest);
      this.#used -= size;
    }
    return resource;
  }

  /** Every resource of a type at or below a path, by id. */
  below(type: string, path: string): Resource[] {
    return this.idsBelow(type, path).flatMap((id) => this.get(id) ?? []);
  }

  /** The resources of a type directly in a collection, as a list that every scan shares: made once, members parsed when asked for. */
  listOf(type: string, collection: string): SharedList {
    const key = fold(collection);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const made: SharedList = { type, ids: this.idsBelow(type, collection), get: (id) => this.get(id) };
    this.#lists.set(key, made);
    return made;
  }

  /** Folded ids. */
  idsBelow(type: string, path: string): string[] {
    this.#sort();
    const ids = this.#byType.get(fold(type)) ?? [];
    const start = `${fold(path).replace(/\/$/, '')}/`;
    const first = firstAt(ids, start);
    const found: string[] = [];
    for (let at = first; at < ids.length && ids[at]?.startsWith(start); at += 1) found.push(ids[at] ?? '');
    return found;
  }

  #know(id: string, place: LinePlace): void {
    this.#lists.clear();
    if (!this.#places.has(id)) {
      const type = fold(parseId(id).type ?? '');
      const ids = this.#byType.get(type);
      if (ids === undefined) this.#byType.set(type, [id]);
      else ids.push(id);
      this.#isSorted = false;
    }
    this.#places.set(id, place);
    this.#parsed.delete(id);
  }

  #sort(): void {
    if (this.#isSorted) return;
    for (const ids of this.#byType.values()) ids.sort();
    this.#isSorted = true;
  }
}

const isId = (id: string): boolean => /^\/(?:subscriptions|providers)\/[^\0-\x1f]+$/i.test(id) && id.length < 2000;

/** The first position in sorted texts that is not before `start`. */
function firstAt(texts: readonly string[], start: string): number {
  let [low, high] = [0, texts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((texts[middle] ?? '') < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A line begins with the id, in its own letter case. */
function idOfLine(line: string): string | undefined {
  const [, id] = /^\{"id":("(?:[^"\\]|\\.)*")/.exec(line) ?? [];
  if (id === undefined || !line.endsWith('}')) return undefined;
  const text: unknown = JSON.parse(id);
  return typeof text === 'string' ? fold(text) : undefined;
}

/** A row as the body that ARM gives: no columns of the table, no empty ones, id and type in Azure's spelling. */
function bodyOf(row: JsonObject, id: string): JsonObject {
  const name = member(row, 'name');
  const spelt = spelling(id, typeof name === 'string' ? name : undefined);
  const kept = Object.entries(row).filter(
    ([column, value]) => !columnsOnly.has(column) && column !== 'id' && column !== 'type' && !isEmpty(value),
  );
  return { id: spelt, type: resourceTypeOf(parseId(spelt).type ?? '').type, ...Object.fromEntries(kept) };
}

/** A table has every column in every row. */
const isEmpty = (value: Json): boolean => value === null || value === '';

/** Resource Graph gives ids in lower case: segments and types as ARM spells them, the last name as its column has it. */
function spelling(id: string, name: string | undefined): string {
  const { type, names } = parseId(id);
  if (type === undefined) return id;
  const spelt = resourceTypeOf(type).type.split('/');
  const own = names.map((one, index) =>
    index === names.length - 1 && name !== undefined && fold(name) === fold(one) ? name : one,
  );
  const end = [...spelt.slice(0, 1), ...spelt.slice(1).flatMap((part, index) => [part, own[index] ?? ''])].join('/');
  const scope = id.slice(0, fold(id).lastIndexOf('/providers/'));
  return `${scope.replace(/\/resourcegroups\//i, '/resourceGroups/')}/providers/${end}`;
}

/** A row of Resource Graph as the resource; undefined where it has no id of one. */
export function resourceOfRow(row: JsonObject): Resource | undefined {
  const id = member(row, 'id');
  return typeof id === 'string' && isId(id) ? resourceOf(withoutSecrets(bodyOf(row, id))) : undefined;
}

function resourceOf(body: Json): Resource | undefined {
  if (!isObject(body)) return undefined;
  const [id, etag] = [member(body, 'id'), member(body, 'etag')];
  if (typeof id !== 'string') return undefined;
  knownWithoutSecrets(body);
  const { type } = resourceTypeOf(parseId(id).type ?? '');
  // Resource Graph does not say which api-version it shows.
  return { id, type, apiVersion: '', body, ...(typeof etag === 'string' ? { etag } : {}) };
}
