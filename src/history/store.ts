// The history of one workspace at one source: a journal of what was begun and what became of it, with bodies before and after in
// side files beside it. Its path follows from source and workspace alone.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { holderOf, withLock } from '../disk/lock.ts';
import type { Entry, HistoryNote } from '../model/entry.ts';
import { isObject, parseJson, stringifyJson } from '../model/json.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { Source } from '../model/snapshot.ts';
import { explained, historyCorrupt } from './failures.ts';
import { diskFiles, type FileLayer, keepFolder, readFile, writeThrough } from './files.ts';
import type { History } from './history.ts';
import { openJournal } from './journal.ts';
import { readOldIndex } from './old-index.ts';
import { differenceOf } from './records.ts';
import type { BegunRecord, NoteRecord } from './schema.ts';

export interface HistoryOptions {
  /** Made when the first entry is written. */
  readonly folder: string;
  readonly source: Source;
  /** Full id of the workspace. */
  readonly workspace: string;
  readonly pid: number;
  /** Milliseconds to wait for another living session; 10 s unless said. */
  readonly patience?: number;
  readonly files?: FileLayer;
  now?(): Date;
}

interface Kept {
  readonly entries: readonly Entry[];
  readonly notes: readonly HistoryNote[];
  /** A file of an older version that is still in its place. */
  readonly old: { readonly entries: readonly Entry[]; readonly digest: string; readonly converted: boolean } | null;
}

/** The history of one workspace at one source. Nothing is made on disk before the first entry, and reading writes nothing. */
export function openHistory(options: HistoryOptions): History {
  const { folder, source, workspace, pid, patience = 10_000, files = diskFiles } = options;
  const now = options.now ?? (() => new Date());
  const base = path.join(folder, historyName(source, workspace));
  const oldFile = `${base}.json`;
  const convertedFile = `${base}.before-journal.json`;
  const journalLock = { file: `${base}.lock`, pid, patience };
  const writerLock = { file: `${base}.writer`, pid, patience };
  const journal = openJournal({
    files,
    base,
    source: { kind: source.kind, name: source.name },
    workspace,
    sameHeader: (a, b) => keyOf(a.source, a.workspace) === keyOf(b.source, b.workspace),
    now,
  });
  const corrupt = (file: string, why: string) => historyCorrupt(file, why, base);
  let cleared = false;

  const readOld = (): Omit<NonNullable<Kept['old']>, 'converted'> | null => {
    const bytes = readFile(files, oldFile);
    if (bytes === undefined) return null;
    const entries = readOldIndex(bytes.toString('utf8'));
    if (typeof entries === 'string') throw corrupt(oldFile, `: ${entries}`);
    return { entries, digest: digestOf(bytes) };
  };
  const read = (): Kept => {
    // In the reverse order of writing: what is written between two of these readings is not taken for missing.
    const bodies = files.names(base);
    const old = readOld();
    const state = journal.read();
    if (state === undefined || state.records === 0) {
      if (old === null && files.names(folder).includes(path.basename(convertedFile))) {
        throw corrupt(journal.file, ` is missing, though ${path.basename(convertedFile)} was converted to it`);
      }
      const entries = old?.entries ?? [];
      expectKnown(bodies, entries, old === null ? journal.file : oldFile);
      return { entries, notes: [], old: old && { ...old, converted: false } };
    }
    const converted = state.past.notes.some((note) => note.converted !== undefined && note.converted === old?.digest);
    if (old !== null && !converted) throw corrupt(oldFile, ` was written after ${path.basename(journal.file)}`);
    const entries = [...state.past.entries.values()];
    expectKnown(bodies, entries, journal.file);
    const notes = state.past.notes.map(({ at, text }) => ({ at, text }));
    return { entries, notes, old: old && { ...old, converted } };
  };
  /** A body is only ever written for an entry that is on disk: one without its entry is all that is left of it. */
  const expectKnown = (bodies: readonly string[], entries: readonly Entry[], file: string): void => {
    const known = new Set(entries.map(({ id }) => safe(id)));
    const lost = bodies.find((name) => {
      const entry = /^(.+?)\.\d+-[a-z]+(?:\.[0-9a-f]{16})?\.json$/.exec(name)?.[1];
      return entry !== undefined && !known.has(entry);
    });
    if (lost !== undefined) {
      throw corrupt(file, ` is missing entries: ${path.join(base, lost)} belongs to an entry that it does not hold`);
    }
  };
  /** Makes the journal of what an older version kept. A crash at any moment leaves one of the two, or both with the same entries. */
  const convert = ({ old }: Kept): void => {
    if (old === null) return;
    if (!old.converted) {
      const name = path.basename(oldFile);
      const text = `Converted ${name} of an older version, which is kept as ${path.basename(convertedFile)}.`;
      const note: NoteRecord = { kind: 'note', at: now().toISOString(), text, converted: old.digest };
      journal.make([note, ...old.entries.map((entry): BegunRecord => ({ kind: 'entry', entry }))]);
    }
    files.rename(oldFile, convertedFile);
    files.syncFolder(folder);
  };
  const locked = async <T>(act: () => T): Promise<T> => {
    try {
      return await withLock(journalLock, async () => act());
    } catch (error) {
      throw explained(error, folder);
    }
  };
  const reading = async <T>(act: () => T): Promise<T> => {
    try {
      return act();
    } catch (error) {
      throw explained(error, folder, 'read');
    }
  };

  return {
    entries: () => reading(() => read().entries),
    notes: () => reading(() => read().notes),
    append: (entry) =>
      locked(() => {
        const kept = read();
        if (kept.entries.some(({ id }) => id === entry.id))
          throw new Error(`the history has entry ${entry.id} already`);
        convert(kept);
        journal.append({ kind: 'entry', entry });
      }),
    update: (id, change) =>
      locked(() => {
        const kept = read();
        const old = kept.entries.find((entry) => entry.id === id);
        if (!old) throw new Error(`the history has no entry ${id}`);
        const changed = change(old);
        if (changed.id !== id) throw new Error(`entry ${id} cannot become ${changed.id}`);
        const record = differenceOf(old, changed);
        convert(kept);
        if (record !== null) journal.append(record);
        return changed;
      }),
    async keepBody(entry, bodyName, body) {
      const bytes = Buffer.from(stringifyJson(withoutSecrets(body), 2));
      const file = `${safe(entry)}.${safe(bodyName)}.${digestOf(bytes).slice(0, 16)}.json`;
      try {
        if (!cleared) {
          keepFolder(files, base);
          // Only one process writes bodies at a time: what another left unfinished is not needed.
          for (const name of files.names(base)) if (name.endsWith('.tmp')) files.remove(path.join(base, name));
          cleared = true;
        }
        writeThrough(path.join(base, file), bytes, files);
      } catch (error) {
        throw explained(error, folder);
      }
      return file;
    },
    body: (file) =>
      reading(() => {
        const whole = path.join(base, safe(file));
        const bytes = readFile(files, whole);
        if (bytes === undefined) throw corrupt(whole, ' is missing');
        const digest = /\.([0-9a-f]{16})\.json$/.exec(file)?.[1];
        if (digest !== undefined && !digestOf(bytes).startsWith(digest)) throw corrupt(whole, ' was changed');
        try {
          const body = parseJson(bytes.toString('utf8'));
          if (isObject(body)) return body;
        } catch (error) {
          throw corrupt(whole, `: ${error instanceof Error ? error.message : String(error)}`);
        }
        throw corrupt(whole, ' is not a JSON object');
      }),
    async unsettled() {
      const open = (await this.entries()).filter((entry) => entry.state === 'open');
      // The holder of the writer's lock is alive and continues its entry.
      return open.length > 0 && holderOf(writerLock.file) ? [] : open;
    },
    async exclusively(act) {
      let started = false;
      try {
        return await withLock(writerLock, () => {
          started = true;
          return act();
        });
      } catch (error) {
        throw started ? error : explained(error, folder);
      }
    },
  };
}

/** Removes a history with everything that belongs to it, other than the locks of processes that are alive. */
export function forgetHistory({
  folder,
  source,
  workspace,
}: Pick<HistoryOptions, 'folder' | 'source' | 'workspace'>): void {
  const name = historyName(source, workspace);
  for (const one of diskFiles.names(folder)) {
    const ending = one.startsWith(name) ? one.slice(name.length) : undefined;
    if (ending !== undefined && /^$|^\.(?:journal|head|json|before-journal\.json)(?:\.|$)/.test(ending)) {
      rmSync(path.join(folder, one), { recursive: true, force: true });
    }
  }
}

const keyOf = (source: { readonly kind: string; readonly name: string }, workspace: string): string =>
  JSON.stringify([source.kind, fold(source.name), fold(workspace)]);
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** `mlw-sim-demo-mixed-1a2b3c4d5e6f`: a readable part, and a hash that tells apart what reads alike. */
export function historyName(source: Source, workspace: string): string {
  const hash = digestOf(Buffer.from(keyOf(source, workspace))).slice(0, 12);
  const readable = `${nameOf(workspace)}-${source.name.replace(/^https?:\/\//, '')}`;
  return `${safe(readable).slice(0, 60)}-${hash}`;
}

const safe = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^\.+/, '')
    .toLowerCase();
