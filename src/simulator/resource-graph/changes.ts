// The change records of Resource Graph (`Microsoft.Resources/changes`): what every accepted write changed, by whom and by which
// client. Source: learn.microsoft.com, "Get resource changes". Guessed: at which length a value is cut, and what a change that
// follows from another says beside `System`.
import { addressOf, fold, within } from '../gateway/address.ts';
import type { Caller } from '../gateway/token.ts';
import {
  type ArmJson,
  type ArmObject,
  at,
  isObject,
  JsonNumber,
  object,
  parseJson,
  stringifyJson,
  text,
} from '../json.ts';
import { idOf, type Store } from '../store/store.ts';
import { type ChangeTable, changeTables, rowOf, type TableName, tableOf } from './tables.ts';

/** Days that the service keeps a record. */
const keptDays = 14;
/** Characters of a value; longer ones are cut. */
const longestValue = 1024;
/** Records that are kept in memory, the newest; and what was there before them. */
const mostRecords = 20_000;
const mostFormers = 1000;

/** Why something changes: who sent what, and how its record is disturbed. */
export interface ChangeCause {
  /** Id of the resource that the request is about. */
  readonly target: string;
  readonly caller: Caller;
  readonly operation: string;
  readonly correlationId: string;
  /** No record is made, or one whose values are cut, or one that shows only so many seconds later. */
  readonly record?: 'missing' | 'truncated' | undefined;
  readonly lateSeconds?: number | undefined;
}

export interface KeptChange {
  /** Milliseconds since 1970 at which a query finds it; its own timestamp may be another. */
  readonly visibleAt: number;
  readonly row: ArmObject;
}

/** What an entry of the index was before a write, for a service that has not heard of the write. */
interface Former {
  readonly id: string;
  readonly at: number;
  readonly before: ArmObject | undefined;
}

export interface ChangeLogOptions {
  readonly tenant: string;
  readonly now: () => Date;
  readonly newId: () => string;
  /** The resource as ARM shows it in the newest version of its type. */
  readonly show: (body: ArmObject) => ArmObject;
  /** Keeps records beyond this process; absent: in memory alone. */
  readonly file?: { readonly append: (lines: string) => void; readonly read: () => string; readonly clear: () => void };
}

export class ChangeLog {
  readonly #store: Store;
  readonly #options: ChangeLogOptions;
  /**
   * The text of each resource as of the last request, by folded id, undefined for what is gone; taken before the first write. A lazy
   * document that has not changed is not in it.
   */
  #texts = new Map<string, string | undefined>();
  #generation = -1;
  #causes: ChangeCause[] = [];
  /** By folded id, what began the operation that runs on a resource. */
  readonly #running = new Map<string, ChangeCause>();
  #made: KeptChange[] = [];
  #formers: Former[] = [];
  #records: KeptChange[] = [];
  /** The time that records carry instead of now. */
  pretended: Date | undefined;

  constructor(store: Store, options: ChangeLogOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Called before a request that may write. */
  open(): void {
    this.#causes = [];
    this.#made = [];
    if (this.#generation !== this.#store.generation) {
      this.#texts = new Map();
      for (const [key, body] of this.#store.eager()) if (tableOf(idOf(body))) this.#texts.set(key, stringifyJson(body));
      this.#generation = this.#store.generation;
      this.#formers = [];
    }
    this.#store.accessed.clear();
  }

  /** A write that is about to be carried out. */
  begins(cause: ChangeCause): void {
    this.#causes.push(cause);
  }

  /** An operation goes on after the answer, or has ended: what it changes has the cause of the write that began it. */
  runs(id: string): void {
    const cause = this.#causes.at(-1);
    if (cause) this.#running.set(fold(id), cause);
  }
  ended(id: string): void {
    const cause = this.#running.get(fold(id));
    if (cause && !this.#causes.includes(cause)) this.#causes.push(cause);
  }

  /** Called after a request that wrote: makes its records. They count once {@link commit} is called. */
  close(): void {
    const { now, show } = this.#options;
    for (const id of this.#store.accessed) {
      const before = this.#texts.has(id) ? this.#texts.get(id) : this.#store.originalText(id);
      const body = this.#store.document(id);
      const after = body && stringifyJson(body);
      if (before === after) continue;
      this.#store.settle(id);
      if (!tableOf(id)) continue;
      this.#texts.set(id, after);
      const old = before === undefined ? undefined : (parseJson(before) as ArmObject);
      const [was, is] = [old, body].map((one) => one && rowOf(show(one), this.#options.tenant));
      this.#formers.push({ id, at: now().getTime(), before: old });
      if (this.#formers.length > mostFormers) this.#formers.shift();
      this.#record(idOf(body ?? old ?? new Map()), was, is);
    }
  }

  /** The state was kept: so are the records made since {@link open}. */
  commit(): void {
    if (this.#made.length === 0) return;
    const { file } = this.#options;
    if (file) file.append(this.#made.map(lineOf).join(''));
    else this.#records = [...this.#records, ...this.#made].slice(-mostRecords);
    this.#made = [];
  }

  clear(): void {
    this.#records = [];
    this.#formers = [];
    this.#options.file?.clear();
  }

  /** The rows of a change table that are found at a moment. */
  rows(table: ChangeTable, when: number): ArmObject[] {
    const { file } = this.#options;
    const all = file ? recordsIn(file.read()) : this.#records;
    const oldest = this.#options.now().getTime() - keptDays * 24 * 3600 * 1000;
    const wanted = changeTables[table];
    return all
      .filter(({ row, visibleAt }) => {
        const time = Date.parse(text(row, 'properties', 'changeAttributes', 'timestamp') ?? '');
        const target = text(row, 'properties', 'targetResourceId') ?? '';
        return visibleAt <= when && time >= oldest && tableOf(target) === wanted;
      })
      .map(({ row }) => row);
  }

  /** What was stored at a moment under the ids that have changed since; undefined for what did not exist then. */
  formerAt(when: number): ReadonlyMap<string, ArmObject | undefined> {
    const found = new Map<string, ArmObject | undefined>();
    for (const { id, at: time, before } of this.#formers) if (time > when && !found.has(id)) found.set(id, before);
    return found;
  }

  #record(id: string, was: ArmObject | undefined, is: ArmObject | undefined): void {
    const { newId, now, tenant } = this.#options;
    const table = tableOf(id);
    if (!Object.values<TableName | undefined>(changeTables).includes(table)) return;
    const changes = was && is ? differences(was, is) : [];
    if (was && is && changes.length === 0) return;
    const cause = this.#causeOf(id);
    if (cause?.record === 'missing') return;
    const isCut = cause?.record === 'truncated';
    const time = this.pretended ?? now();
    const name = newId();
    const shown = isCut ? changes.slice(0, 1) : changes;
    const row = rowOf(
      object({
        id: `${id}/providers/Microsoft.Resources/changes/${name}`,
        name,
        properties: {
          targetResourceId: id,
          targetResourceType: fold(addressOf(id).type ?? 'microsoft.resources/subscriptions/resourcegroups'),
          changeType: was ? (is ? 'Update' : 'Delete') : 'Create',
          changeAttributes: {
            ...(was ? { previousResourceSnapshotId: snapshotId(newId, time) } : {}),
            ...(is ? { newResourceSnapshotId: snapshotId(newId, time) } : {}),
            correlationId: cause?.correlationId ?? newId(),
            changedByType: cause?.caller.kind ?? 'System',
            changesCount: changes.length,
            clientType: cause?.caller.client ?? 'Unspecified',
            changedBy: cause?.caller.name ?? 'System',
            operation: cause?.operation ?? 'Unspecified',
            timestamp: time.toISOString().replace('Z', '+00:00'),
            ...(isCut ? { isTruncated: 'true' } : {}),
          },
          changes: Object.fromEntries(shown.map((one) => [one.path, entryOf(one, isCut)])),
        },
      }),
      tenant,
    );
    row.set('type', 'microsoft.resources/changes');
    this.#made.push({ visibleAt: time.getTime() + (cause?.lateSeconds ?? 0) * 1000, row });
  }

  /** The last write of the request that is about this resource, something inside it or something around it. */
  #causeOf(id: string): ChangeCause | undefined {
    return this.#causes.findLast(({ target }) => within(target, id) || within(id, target));
  }
}

interface Difference {
  readonly path: string;
  readonly before: ArmJson | undefined;
  readonly after: ArmJson | undefined;
}

/** The values that differ between two rows, by path: `properties.a[0].b`. */
export function differences(was: ArmJson, is: ArmJson): Difference[] {
  const [old, now] = [leaves(was), leaves(is)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const [before, after] = [old.get(path), now.get(path)];
    const same = before !== undefined && after !== undefined && valueText(before) === valueText(after);
    return same ? [] : [{ path, before, after }];
  });
}

function leaves(value: ArmJson, path = '', found = new Map<string, ArmJson>()): Map<string, ArmJson> {
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) leaves(item, `${path}[${index}]`, found);
  } else if (isObject(value) && value.size > 0) {
    for (const [name, item] of value) leaves(item, path === '' ? name : `${path}.${name}`, found);
  } else if (value !== null) found.set(path, value);
  return found;
}

/** Members that the service sets, not the caller. */
const systemMembers = /(?:^|\.)(?:provisioningState|etag|resourceGuid|lastModifiedAt|modifiedOn|provisioningErrors)$/;

function entryOf({ path, before, after }: Difference, isCut: boolean): { readonly [name: string]: string } {
  const longest = isCut ? 8 : longestValue;
  const [previousValue, newValue] = [before, after].map((value) => (value === undefined ? 'null' : valueText(value)));
  const truncated = [previousValue, newValue].some((one = '') => one.length > longest);
  return {
    previousValue: (previousValue ?? '').slice(0, longest),
    newValue: (newValue ?? '').slice(0, longest),
    changeCategory: systemMembers.test(path) ? 'System' : 'User',
    propertyChangeType: before === undefined ? 'Insert' : after === undefined ? 'Remove' : 'Update',
    ...(truncated ? { isTruncated: 'true' } : {}),
  };
}

/** Records hold every value as a text. */
function valueText(value: ArmJson): string {
  if (typeof value === 'string') return value;
  return value instanceof JsonNumber ? value.text : stringifyJson(value);
}

function snapshotId(newId: () => string, time: Date): string {
  const seconds = Math.floor(time.getTime() / 1000);
  return `0858${String(4_000_000_000_000_000 - seconds).padStart(16, '0')}_${newId()}_${seconds % 4_294_967}_${seconds}`;
}

const lineOf = ({ row, visibleAt }: KeptChange): string => `${stringifyJson(object({ visibleAt, row }))}\n`;

/** Lines that are no record, such as one that a killed process left half written, are passed over. */
export function recordsIn(lines: string): KeptChange[] {
  return lines.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const item = parseJson(line);
      const row = at(item, 'row');
      const visibleAt = at(item, 'visibleAt');
      return isObject(row) && visibleAt instanceof JsonNumber ? [{ row, visibleAt: Number(visibleAt.text) }] : [];
    } catch {
      return [];
    }
  });
}

/** The operation of a request, as role definitions name actions. */
export function operationName(method: string, path: string): string {
  const address = addressOf(path);
  if (address.type === undefined) {
    const container =
      address.group === undefined
        ? 'microsoft.resources/subscriptions'
        : 'microsoft.resources/subscriptions/resourcegroups';
    return `${container}/${method === 'DELETE' ? 'delete' : 'write'}`;
  }
  if (method === 'POST') return fold(`${address.type}/action`);
  return fold(`${address.type}/${method === 'DELETE' ? 'delete' : 'write'}`);
}

/** What a request is about: of an action its resource. */
export function targetOf(method: string, path: string): string {
  const address = addressOf(path);
  return method === 'POST' && address.types.length > address.names.length ? path.slice(0, path.lastIndexOf('/')) : path;
}
