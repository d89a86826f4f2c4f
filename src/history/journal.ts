// The journal of one workspace on disk: records are only ever added, and each is on disk and read again before the call returns.
// Reading changes nothing; what a power cut left of a last record is dropped, and noted, before the next one is added.
import path from 'node:path';
import { historyCorrupt, historyRaced } from './failures.ts';
import {
  expectBytes,
  type FileLayer,
  isAbsent,
  keepFolder,
  readBytes,
  readFile,
  withFile,
  writeBytes,
  writeThrough,
} from './files.ts';
import {
  headText,
  type JournalEnd,
  type JournalHead,
  type JournalRead,
  journalStart,
  lineFor,
  readHead,
  readLines,
} from './journal-format.ts';
import { addRecord, noPast, type Past, readRecord, recordText } from './records.ts';
import { type JournalHeader, type JournalRecord, journalSchema } from './schema.ts';
import type { DamagedLine } from './unreadable.ts';

/** Far more than a history of years takes. */
const largest = 256 * 1024 * 1024;

export interface JournalOptions {
  readonly files: FileLayer;
  /** `FOLDER/NAME`: the journal is `NAME.journal`, its copied end `NAME.head`. */
  readonly base: string;
  readonly source: JournalHeader['source'];
  readonly workspace: string;
  /** Are two sources and workspaces the same, however they are spelt? */
  sameHeader(a: JournalHeader, b: JournalHeader): boolean;
  now(): Date;
}

export interface JournalState {
  readonly past: Past;
  /** Lines that are not used, in their order. */
  readonly damaged: readonly DamagedLine[];
  /** How many records there are, the first included, which says what the journal is about. */
  readonly records: number;
  /** Bytes of a last record that was never written whole; the next append drops them. */
  readonly torn: number;
}

export interface Journal {
  readonly file: string;
  /** The copy of its end. */
  readonly headFile: string;
  /**
   * Undefined where there is no journal and no trace of one. Throws Failure for one that is missing, cut off, or of another workspace,
   * and where no line of it can be read; `forgiving`: only for another workspace.
   */
  read(forgiving?: boolean): JournalState | undefined;
  /** On disk when this returns. The caller holds the lock. */
  append(record: JournalRecord): void;
  /** Makes the journal of these records: all of them are on disk when this returns, or there is none. The caller holds the lock. */
  make(records: readonly JournalRecord[]): void;
}

interface Known {
  readonly end: JournalEnd;
  readonly past: Past;
}
interface Loaded extends Known {
  readonly torn: number;
  readonly damaged: readonly DamagedLine[];
}

/** Records that were on disk and are gone. */
const missingAfter = (reached: number, head: JournalHead | undefined): DamagedLine[] =>
  Array.from({ length: Math.min(mostNamed, Math.max(0, (head?.seq ?? 0) - reached)) }, (_, at) => ({
    ...{ line: reached + at + 1, text: '', reason: 'missing' as const },
  }));
const mostNamed = 1000;

export function openJournal({ files, base, source, workspace, sameHeader, now }: JournalOptions): Journal {
  const file = `${base}.journal`;
  const headFile = `${base}.head`;
  const header: JournalHeader = { kind: 'journal', schema: journalSchema, source, workspace };
  const corrupt = (why: string) => historyCorrupt(file, why, base);
  /** What was read without damage: a damaged journal is read anew each time. */
  let known: Known | undefined;
  /** Is everything that can be read on disk too? A process that died, or a call that failed, may have left what only memory has. */
  let isSure = false;

  /** The lines that were added since `known`, or all. */
  const readMore = (from: JournalEnd, head: JournalHead | undefined): JournalRead | undefined => {
    try {
      return withFile(files, file, 'read', (descriptor) => {
        const size = files.size(descriptor);
        if (size > largest) throw corrupt(` is larger than ${largest / 1024 / 1024} MiB`);
        if (size < from.bytes) throw corrupt(` ends before record ${from.sums.length}, which was written`);
        return readLines(readBytes(files, descriptor, from.bytes, size), from, head);
      });
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  };
  const expectHead = (head: JournalHead | undefined, end: JournalEnd, damaged: readonly DamagedLine[]): void => {
    if (head === undefined) return;
    if (head.seq > end.sums.length) throw corrupt(` ends before record ${head.seq}, which was written`);
    if (end.sums[head.seq - 1] !== head.sum && !damaged.some(({ line }) => line === head.seq))
      throw corrupt(` is not the journal that ${path.basename(headFile)} belongs to`);
  };
  /** What is wrong with a record that stands there; undefined where it was added. */
  const add = (
    past: Past,
    text: string,
    line: number,
  ): (Pick<DamagedLine, 'entry'> & { readonly why: string; readonly isUnbegun?: true }) | undefined => {
    const record = readRecord(text);
    if (typeof record === 'string') return { why: record };
    if (record.kind === 'journal' && line === 1) {
      if (sameHeader(record, header)) return undefined;
      throw corrupt(`, line ${line}: it is about ${record.workspace} of ${record.source.name}`);
    }
    const why = line === 1 ? 'it does not begin a journal' : addRecord(past, record, line);
    if (why === undefined) return undefined;
    return {
      why,
      ...(record.kind === 'change'
        ? { entry: record.entry, ...(past.entries.has(record.entry) ? {} : { isUnbegun: true as const }) }
        : record.kind === 'entry'
          ? { entry: record.entry.id }
          : {}),
    };
  };
  /** Throws where a record that is to be written could not be read again. */
  const mustAdd = (past: Past, text: string, line: number): void => {
    const wrong = add(past, text, line);
    if (wrong !== undefined) throw corrupt(`, line ${line}: ${wrong.why}`);
  };
  const readFrom = (start: Known, forgiving: boolean): Loaded | undefined => {
    // The copied end is read first: it is never ahead of the journal then.
    const head = readHead(readFile(files, headFile));
    const more = readMore(start.end, head);
    const isEmpty = more === undefined || more.end.sums.length === 0;
    if (isEmpty && !forgiving && (head !== undefined || start.end.sums.length > 0))
      throw corrupt(more === undefined ? ' is missing' : ' is empty');
    if (more === undefined && head === undefined) return undefined;
    const damaged: DamagedLine[] = [];
    for (const { line, text, damage } of more?.lines ?? []) {
      const wrong = damage === null ? add(start.past, text, line) : null;
      if (wrong === null) damaged.push({ line, text, reason: damage ?? 'changed' });
      else if (wrong !== undefined) {
        // The line that began its entry is one of those before it that cannot be read.
        const reason = wrong.isUnbegun && damaged.some((one) => one.reason !== 'misfit') ? 'follows' : 'misfit';
        damaged.push({ line, text, reason, ...(wrong.entry === undefined ? {} : { entry: wrong.entry }) });
      }
    }
    const end = more?.end ?? journalStart;
    if (forgiving) damaged.push(...missingAfter(end.sums.length, head));
    else {
      if (damaged.length > 0 && damaged.length === end.sums.length)
        throw corrupt(`, line 1: no record of it can be read`);
      expectHead(head, end, damaged);
    }
    return { end, past: start.past, torn: more?.torn ?? 0, damaged };
  };
  const load = (forgiving = false): Loaded | undefined => {
    const anew = () => readFrom({ end: journalStart, past: noPast() }, forgiving);
    let read: Loaded | undefined;
    try {
      read = known === undefined ? anew() : readFrom(known, forgiving);
      // Which entries damaged lines are about is told by all lines together.
      if (known !== undefined && read !== undefined && read.damaged.length > 0) read = anew();
    } catch (error) {
      if (known === undefined) throw error;
      // A part of what was added may stand in the past already; and the file may be another one by now.
      known = undefined;
      read = anew();
    }
    known = read === undefined || read.damaged.length > 0 ? undefined : { end: read.end, past: read.past };
    return read;
  };

  const keepHead = (end: JournalEnd): void => {
    const bytes = Buffer.from(headText({ seq: end.sums.length, sum: end.sums.at(-1) ?? '' }));
    const put = (how: 'change' | 'new') =>
      withFile(files, headFile, how, (descriptor) => writeBytes(files, descriptor, bytes, 0));
    try {
      try {
        put('change');
      } catch (error) {
        if (!isAbsent(error)) throw error;
        put('new');
      }
    } catch {
      // The journal itself is whole. An older copy of its end says less, and nothing wrong.
    }
  };
  /** Adds one line behind `end`, or leaves the file as it was. */
  const write = (line: Buffer, end: JournalEnd, torn: number): void =>
    withFile(files, file, 'append', (descriptor) => {
      if (torn > 0) {
        files.truncate(descriptor, end.bytes);
        files.sync(descriptor);
      }
      if (files.size(descriptor) !== end.bytes) throw historyRaced(file);
      try {
        writeBytes(files, descriptor, line, null);
        files.sync(descriptor);
        if (files.size(descriptor) !== end.bytes + line.length) throw historyRaced(file);
        expectBytes(files, descriptor, line, end.bytes);
      } catch (error) {
        isSure = false;
        takeOff(descriptor, line, end);
        throw error;
      }
    });
  /** Cuts off what was written of a line, and nothing that another program wrote. Where the disk refuses, the next append does. */
  const takeOff = (descriptor: number, line: Buffer, end: JournalEnd): void => {
    try {
      const rest = readBytes(files, descriptor, end.bytes, files.size(descriptor));
      if (rest.length > line.length || !line.subarray(0, rest.length).equals(rest)) return;
      files.truncate(descriptor, end.bytes);
      files.sync(descriptor);
    } catch {
      // The error of the write itself is the one to tell.
    }
  };
  /** A system forgets what it failed to write, though programs still read it: the last line is written once more, in its place. */
  const makeSure = (end: JournalEnd | undefined): void => {
    const folder = path.dirname(file);
    keepFolder(files, folder);
    if (end === undefined) withFile(files, file, 'append', () => {});
    else {
      withFile(files, file, 'change', (descriptor) => {
        const line = readBytes(files, descriptor, end.last, end.bytes);
        writeBytes(files, descriptor, line, end.last);
        files.sync(descriptor);
      });
    }
    files.syncFolder(folder);
    isSure = true;
  };
  /** Each line is on disk before the next is written, so that only the last can ever be torn. */
  const addOne = (record: JournalRecord, read: ReturnType<typeof load>): void => {
    const text = recordText(record);
    const before = read?.end ?? journalStart;
    const { line, end } = lineFor(before, text);
    const past = read?.past ?? noPast();
    // What could not be read again is not written.
    mustAdd(past, text, end.sums.length);
    known = undefined;
    write(line, before, read?.torn ?? 0);
    if (read === undefined || read.damaged.length === 0) known = { end, past };
    keepHead(end);
  };

  return {
    ...{ file, headFile },
    read(forgiving) {
      const read = load(forgiving);
      if (read === undefined) return undefined;
      return { past: read.past, records: read.end.sums.length, torn: read.torn, damaged: read.damaged };
    },
    append(record) {
      const read = load();
      if (!isSure) makeSure(read?.end);
      if (read === undefined || read.end.sums.length === 0) addOne(header, read);
      else if (read.torn > 0) {
        const text = `Dropped ${read.torn} bytes of a record that was not completed, after record ${read.end.sums.length}.`;
        addOne({ kind: 'note', at: now().toISOString(), text }, read);
      }
      addOne(record, load());
    },
    make(records) {
      const folder = path.dirname(file);
      const name = path.basename(file);
      for (const left of files.names(folder)) {
        if (left.startsWith(`${name}.`) && left.endsWith('.tmp')) files.remove(path.join(folder, left));
      }
      let end = journalStart;
      const past = noPast();
      const lines: Buffer[] = [];
      for (const text of [header, ...records].map(recordText)) {
        const next = lineFor(end, text);
        end = next.end;
        mustAdd(past, text, end.sums.length);
        lines.push(next.line);
      }
      writeThrough(file, Buffer.concat(lines), files);
      known = { end, past };
      keepHead(end);
    },
  };
}
