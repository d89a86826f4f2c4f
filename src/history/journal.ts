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
  /** How many records there are, the first included, which says what the journal is about. */
  readonly records: number;
  /** Bytes of a last record that was never written whole; the next append drops them. */
  readonly torn: number;
}

export interface Journal {
  readonly file: string;
  /** Undefined where there is no journal and no trace of one. Throws Failure for one that is damaged or missing. */
  read(): JournalState | undefined;
  /** On disk when this returns. The caller holds the lock. */
  append(record: JournalRecord): void;
  /** Makes the journal of these records: all of them are on disk when this returns, or there is none. The caller holds the lock. */
  make(records: readonly JournalRecord[]): void;
}

export function openJournal({ files, base, source, workspace, sameHeader, now }: JournalOptions): Journal {
  const file = `${base}.journal`;
  const headFile = `${base}.head`;
  const header: JournalHeader = { kind: 'journal', schema: journalSchema, source, workspace };
  const corrupt = (why: string) => historyCorrupt(file, why, base);
  let known: { readonly end: JournalEnd; readonly past: Past } | undefined;
  /** Is everything that can be read on disk too? A process that died, or a call that failed, may have left what only memory has. */
  let isSure = false;

  /** The lines that were added since `known`, or all. */
  const readMore = (from: JournalEnd): JournalRead | undefined => {
    try {
      return withFile(files, file, 'read', (descriptor) => {
        const size = files.size(descriptor);
        if (size > largest) throw corrupt(` is larger than ${largest / 1024 / 1024} MiB`);
        if (size < from.bytes) throw corrupt(` ends before record ${from.sums.length}, which was written`);
        return readLines(readBytes(files, descriptor, from.bytes, size), from);
      });
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  };
  const expectHead = (head: JournalHead | undefined, end: JournalEnd): void => {
    if (head === undefined) return;
    if (head.seq > end.sums.length) throw corrupt(` ends before record ${head.seq}, which was written`);
    if (end.sums[head.seq - 1] !== head.sum)
      throw corrupt(` is not the journal that ${path.basename(headFile)} belongs to`);
  };
  const add = (past: Past, text: string, line: number): void => {
    const record = readRecord(text);
    const isHeader = typeof record !== 'string' && record.kind === 'journal' && line === 1;
    const wrong =
      typeof record === 'string'
        ? record
        : isHeader
          ? sameHeader(record, header)
            ? undefined
            : `it is about ${record.workspace} of ${record.source.name}`
          : line === 1
            ? 'it does not begin a journal'
            : addRecord(past, record);
    if (wrong !== undefined) throw corrupt(`, line ${line}: ${wrong}`);
  };
  const readFrom = (start: NonNullable<typeof known>): (NonNullable<typeof known> & { torn: number }) | undefined => {
    // The copied end is read first: it is never ahead of the journal then.
    const head = readHead(readFile(files, headFile));
    const more = readMore(start.end);
    if (more === undefined || (more.end.sums.length === 0 && more.damage === null)) {
      if (head !== undefined || start.end.sums.length > 0)
        throw corrupt(more === undefined ? ' is missing' : ' is empty');
      return more === undefined ? undefined : { end: journalStart, past: noPast(), torn: more.torn };
    }
    if (more.damage !== null) throw corrupt(`, line ${more.damage.line}: ${more.damage.why}`);
    for (const [at, text] of more.texts.entries()) add(start.past, text, start.end.sums.length + at + 1);
    expectHead(head, more.end);
    return { end: more.end, past: start.past, torn: more.torn };
  };
  const load = (): ReturnType<typeof readFrom> => {
    let read: ReturnType<typeof readFrom>;
    try {
      read = readFrom(known ?? { end: journalStart, past: noPast() });
    } catch (error) {
      if (known === undefined) throw error;
      // A part of what was added may stand in the past already; and the file may be another one by now.
      known = undefined;
      read = readFrom({ end: journalStart, past: noPast() });
    }
    known = read && { end: read.end, past: read.past };
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
    add(past, text, end.sums.length);
    known = undefined;
    write(line, before, read?.torn ?? 0);
    known = { end, past };
    keepHead(end);
  };

  return {
    file,
    read() {
      const read = load();
      return read === undefined ? undefined : { past: read.past, records: read.end.sums.length, torn: read.torn };
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
        add(past, text, end.sums.length);
        lines.push(next.line);
      }
      writeThrough(file, Buffer.concat(lines), files);
      known = { end, past };
      keepHead(end);
    },
  };
}
