// Entries as records and back: what was begun, and what became of it. Pure.
import type { Entry, EntryStep } from '../model/entry.ts';
import { asJson, isArray, isObject, type Json, parseJson, sameJson, stringifyJson } from '../model/json.ts';
import { withoutSecrets } from '../model/secrets.ts';
import { type BegunRecord, type ChangeRecord, type JournalRecord, misfitOfRecord, type NoteRecord } from './schema.ts';

/** What a journal says so far. */
export interface Past {
  readonly entries: Map<string, Entry>;
  readonly notes: NoteRecord[];
  /** The line that each entry was begun in, and the entry that each line is about. */
  readonly begun: Map<string, number>;
  readonly owners: Map<number, string>;
}
export const noPast = (): Past => ({ entries: new Map(), notes: [], begun: new Map(), owners: new Map() });

/** Without what must never be on disk. */
export const recordText = (record: JournalRecord): string => stringifyJson(withoutSecrets(asJson(record)));

/** The record in a line, or what is wrong with it. */
export function readRecord(text: string): JournalRecord | string {
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const marked = withLostBodies(value);
  const misfit = misfitOfRecord(marked);
  return misfit === undefined ? (marked as unknown as JournalRecord) : `${misfit} is not valid`;
}

const settled = ['done', 'failed', 'skipped', 'waiting'];
/** A step that has lost its body costs that step, not the entry. Where it is still to be settled, nothing can be compared. */
function withLostBodies(value: Json): Json {
  const entry = isObject(value) && value.kind === 'entry' ? value.entry : undefined;
  if (!isObject(value) || !isObject(entry) || !isArray(entry.steps)) return value;
  const steps = entry.steps.map((step): Json => {
    const change = isObject(step) ? step.change : undefined;
    if (!isObject(step) || !isObject(change) || (change.kind !== 'create' && change.kind !== 'delete')) return step;
    if (isObject(change.body) || !settled.includes(String(step.state))) return step;
    return { ...step, change: { edits: [], ...change, body: {} }, bodyLost: true };
  });
  return { ...value, entry: { ...entry, steps } };
}

/** Adds a record to the past; or says why it cannot follow. */
export function addRecord(past: Past, record: JournalRecord, line = 0): string | undefined {
  if (record.kind === 'entry' || record.kind === 'change') {
    const id = record.kind === 'entry' ? record.entry.id : record.entry;
    past.owners.set(line, id);
    if (record.kind === 'entry' && !past.begun.has(id)) past.begun.set(id, line);
  }
  switch (record.kind) {
    case 'journal':
      return 'a journal begins only once';
    case 'note':
      past.notes.push(record);
      return undefined;
    case 'entry':
      addEntry(past, record.entry);
      return undefined;
    case 'change': {
      const old = past.entries.get(record.entry);
      if (old === undefined) return `entry ${record.entry} was never begun`;
      if (record.steps.some(({ step }) => old.steps[step] === undefined)) {
        return `entry ${record.entry} has only ${old.steps.length} steps`;
      }
      const changed = new Map(record.steps.map(({ step, set }) => [step, set]));
      const steps = old.steps.map((step, at) => ({ ...step, ...changed.get(at) }));
      addEntry(past, { ...old, ...record.set, steps });
      return undefined;
    }
  }
}

/** An undo that is done marks what it undid, also where a crash came before that was written. */
function addEntry({ entries }: Past, entry: Entry): void {
  entries.set(entry.id, entry);
  const undone = entry.undoes === null || entry.state !== 'done' ? undefined : entries.get(entry.undoes);
  if (undone !== undefined && undone.undoneBy === null) entries.set(undone.id, { ...undone, undoneBy: entry.id });
}

/** What differs between two states of an entry; null where nothing does. */
export function differenceOf(old: Entry, now: Entry): ChangeRecord | BegunRecord | null {
  const whole: BegunRecord = { kind: 'entry', entry: now };
  if (now.steps.length !== old.steps.length) return whole;
  const { id: _id, steps: _steps, ...rest } = now;
  const { id: _oldId, steps: _oldSteps, ...oldRest } = old;
  const set = changedMembers(oldRest, rest);
  const steps = now.steps.map((step, at) => changedMembers<EntryStep>(old.steps[at] as EntryStep, step));
  // A record can set a member, not remove one.
  if (set === null || steps.includes(null)) return whole;
  const changed = steps.flatMap((one, step) =>
    one === null || Object.keys(one).length === 0 ? [] : [{ step, set: one }],
  );
  if (Object.keys(set).length === 0 && changed.length === 0) return null;
  return { kind: 'change', entry: now.id, set, steps: changed };
}

/** Null where a member is gone. */
function changedMembers<T extends object>(old: T, now: T): Partial<T> | null {
  const names = Object.keys(now) as (keyof T)[];
  const has = (of: T, name: keyof T) => of[name] !== undefined;
  if ((Object.keys(old) as (keyof T)[]).some((name) => has(old, name) && !has(now, name))) return null;
  const changed = names.filter((name) => has(now, name) && !sameJson(now[name] as Json, old[name] as Json | undefined));
  return Object.fromEntries(changed.map((name) => [name, now[name]])) as Partial<T>;
}
