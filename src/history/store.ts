// The history of one workspace at one source: a journal of what was begun and what became of it, with bodies before and after in
// side files beside it. Its path follows from source and workspace alone.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { holderOf, withLock } from '../disk/lock.ts';
import { requireSafe } from '../disk/own-folders.ts';
import type { Entry, HistoryNote, HistoryRepair, UnreadableLine } from '../model/entry.ts';
import { isObject, parseJson, stringifyJson } from '../model/json.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { Source } from '../model/snapshot.ts';
import { counted } from '../model/text.ts';
import { lostWords, unreadableLineText } from '../model/unreadable-words.ts';
import { explained, historyCorrupt } from './failures.ts';
import { diskFiles, type FileLayer, keepFolder, readFile, writeThrough } from './files.ts';
import type { History } from './history.ts';
import { openJournal } from './journal.ts';
import { readOldIndex } from './old-index.ts';
import { differenceOf } from './records.ts';
import type { BegunRecord, NoteRecord } from './schema.ts';
import { type DamagedLine, linesWithoutEntry, withUnreadable } from './unreadable.ts';

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
  /** Lines of the journal that are not used. */
  readonly damaged: readonly DamagedLine[];
  /** Entries that only their side files name. */
  readonly lost: readonly string[];
  /** The notes as the journal has them. */
  readonly records: readonly NoteRecord[];
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
  const read = (forgiving = false): Kept => {
    requireSafe(folder);
    // In the reverse order of writing: what is written between two of these readings is not taken for missing.
    const bodies = files.names(base);
    const old = readOld();
    const state = journal.read(forgiving);
    if (state === undefined || (state.records === 0 && state.damaged.length === 0)) {
      if (old === null && files.names(folder).includes(path.basename(convertedFile))) {
        throw corrupt(journal.file, ` is missing, though ${path.basename(convertedFile)} was converted to it`);
      }
      const entries = old?.entries ?? [];
      expectKnown(bodies, entries, old === null ? journal.file : oldFile);
      return { entries, damaged: [], lost: [], records: [], notes: [], old: old && { ...old, converted: false } };
    }
    const converted = state.past.notes.some((note) => note.converted !== undefined && note.converted === old?.digest);
    if (old !== null && !converted) throw corrupt(oldFile, ` was written after ${path.basename(journal.file)}`);
    const { past, damaged } = state;
    if (damaged.length === 0 && !forgiving) expectKnown(bodies, [...past.entries.values()], journal.file);
    const isKnown = new Set([...past.begun.keys()].map(safe));
    const lost =
      damaged.length === 0 && !forgiving
        ? []
        : ownersOf(bodies)
            .filter((id) => !isKnown.has(id))
            .map(asMade);
    const entries = withUnreadable(past, damaged, lost);
    const notes = [
      ...past.notes.map(({ at, text }) => ({ at, text })),
      ...linesWithoutEntry(damaged, entries).map(lineNote),
    ];
    return { entries, damaged, lost, records: past.notes, notes, old: old && { ...old, converted } };
  };
  /** A body is only ever written for an entry that is on disk: one without its entry is all that is left of it. */
  const expectKnown = (bodies: readonly string[], entries: readonly Entry[], file: string): void => {
    const known = new Set(entries.map(({ id }) => safe(id)));
    const lost = bodies.find((name) => ownersOf([name]).some((entry) => !known.has(entry)));
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
  /** Each readable entry in its last state, and each lost one as unreadable, so that it stays known what it may have changed. */
  const repair = (dryRun: boolean): HistoryRepair => {
    const kept = read(true);
    const { entries, damaged } = kept;
    const unreadable = entries.flatMap((one) =>
      one.unreadable === undefined ? [] : [{ id: one.id, ...one.unreadable }],
    );
    const lost = unreadable.filter(({ id, lines }) => lines.length > 0 || kept.lost.includes(id));
    const found = {
      ...{ file: journal.file, kept: entries.length - unreadable.length, lost },
      ...{ lines: linesWithoutEntry(damaged, entries), bodies: damagedBodies(entries) },
    };
    if (dryRun || damaged.length + lost.length === 0) return { ...found, isWritten: false, copy: null, end: null };
    const at = now().toISOString();
    const copies = { copy: copied(journal.file, at), end: copied(journal.headFile, at) };
    const records = entries.map((entry): BegunRecord => {
      const { unreadable: damage } = entry;
      return {
        kind: 'entry',
        entry: damage === undefined ? entry : { ...entry, unreadable: { ...damage, lines: [] } },
      };
    });
    journal.make([...kept.records, ...records, { kind: 'note', at, text: repairNote(damaged, lost, copies) }]);
    return { ...found, isWritten: true, ...copies };
  };
  /** Keeps a file under a name of its own; null where there is none. */
  const copied = (file: string, at: string): string | null => {
    const bytes = readFile(files, file);
    if (bytes === undefined) return null;
    const copy = `${file}.damaged-${at.replace(/[-:.]/g, '')}`;
    writeThrough(copy, bytes, files);
    return copy;
  };
  const damagedBodies = (entries: readonly Entry[]): HistoryRepair['bodies'] =>
    entries.flatMap(({ id, steps }) =>
      steps
        .flatMap(({ before, after }) => [before, after])
        .filter((file) => file !== null)
        .flatMap((file) => {
          const wrong = wrongIn(file, readFile(files, path.join(base, safe(file))));
          return wrong === undefined ? [] : [{ entry: id, file, reason: wrong }];
        }),
    );
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
    async repair(dryRun) {
      try {
        const repaired = () => withLock(journalLock, async () => repair(dryRun));
        return dryRun ? repair(true) : await withLock(writerLock, repaired);
      } catch (error) {
        throw explained(error, folder);
      }
    },
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
        const wrong = wrongIn(file, bytes);
        if (bytes === undefined || wrong !== undefined) throw corrupt(whole, ` ${bodyWords[wrong ?? 'missing']}`);
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

/** What is wrong with a side file, by the part of its checksum that is in its name. */
function wrongIn(file: string, bytes: Buffer | undefined): 'changed' | 'missing' | undefined {
  if (bytes === undefined) return 'missing';
  const digest = /\.([0-9a-f]{16})\.json$/.exec(file)?.[1];
  return digest === undefined || digestOf(bytes).startsWith(digest) ? undefined : 'changed';
}
const bodyWords = { missing: 'is missing', changed: 'was changed' } as const;

/** What the journal says of its own repair. */
function repairNote(
  damaged: readonly DamagedLine[],
  lost: HistoryRepair['lost'],
  { copy, end }: Pick<HistoryRepair, 'copy' | 'end'>,
): string {
  const lines = damaged.map(({ line }) => line);
  const named = lines.length === 0 ? '' : ` (${lines.slice(0, 20).join(', ')}${lines.length > 20 ? ' and more' : ''})`;
  const was =
    copy === null
      ? `There was no journal to keep${end === null ? '' : `; the copy of its end is kept as ${path.basename(end)}`}.`
      : `The journal as it was is kept as ${path.basename(copy)}.`;
  return `Repaired: ${counted(damaged.length, 'damaged line')}${named}, ${lostWords(lost)}. ${was}`;
}

/** It has no time: nobody knows when the line was damaged. */
const lineNote = (one: UnreadableLine): HistoryNote => ({
  at: '',
  text: `${unreadableLineText(one)} No entry is lost with it.`,
});

/** Names of files are in lower case, and ids have one capital. */
const asMade = (id: string): string => id.replace(/^(\d{8})t(\d{6}-)/, '$1T$2');

/** The entries that side files belong to, as their names have them. */
const ownersOf = (bodies: readonly string[]): readonly string[] => [
  ...new Set(bodies.flatMap((name) => /^(.+?)\.\d+-[a-z]+(?:\.[0-9a-f]{16})?\.json$/.exec(name)?.[1] ?? [])),
];

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
