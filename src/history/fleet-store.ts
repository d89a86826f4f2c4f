// What a fleet audit has read, on disk until it is complete: rows of Resource Graph and lists of Azure Resource Manager, a line of
// JSON each, read back when they are needed. A run that is killed is taken over by the next one of the same scope.
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { keepFailure } from '../disk/folder.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { readOwnText } from '../disk/read-text.ts';
import { isRunning, replaceFile } from '../disk/replace-file.ts';
import { type Json, parseJson, stringifyJson } from '../model/json.ts';

/** Where a line is in its file: bytes. */
export interface LinePlace {
  readonly at: number;
  readonly size: number;
}

/** A file of lines that only grows. */
export interface LineFile {
  /** The places of the lines, in their order. */
  append(lines: readonly string[]): LinePlace[];
  read(place: LinePlace): string;
  /** Removes every line. */
  clear(): void;
  /** Every whole line; what a killed process left of a line is cut off. */
  lines(): Generator<{ readonly place: LinePlace; readonly text: string }>;
}

export interface FleetStore {
  readonly rows: LineFile;
  readonly answers: LineFile;
  /** What the first stage came to; undefined until it is over. */
  readonly header: Json | undefined;
  putHeader(header: Json): void;
  /** Is it that of a run that did not end? */
  readonly isResumed: boolean;
  /** Leaves the files to the next run, or removes them. */
  close(keep: boolean): void;
}

export interface FleetStoreOptions {
  readonly folder: string;
  /** Tells apart source, caller and scope; part of a folder's name. */
  readonly key: string;
  readonly pid: number;
  readonly now: () => Date;
  /** Starts over, whatever an earlier run left. */
  readonly restart?: boolean;
}

/** Milliseconds after which what was read is too old to go on with. */
const usableFor = 4 * 3_600_000;
const largestHeader = 4 * 1024 * 1024;
/** Runs of this process that go on. */
const active = new Set<string>();

/** Throws Failure (exit 2) where nothing can be kept. */
export async function openFleetStore(options: FleetStoreOptions): Promise<FleetStore> {
  const { folder, key, pid } = options;
  const own = path.join(folder, `${key}-${pid}-${active.size}`);
  try {
    makeFolder(folder);
    const isTaken = takeOver(options, own);
    active.add(own);
    const headerFile = path.join(own, 'run.json');
    const text = isTaken ? await readOwnText(headerFile, largestHeader).catch(() => undefined) : undefined;
    let header = text === undefined ? undefined : parsed(text);
    if (header === undefined) {
      rmSync(own, { recursive: true, force: true });
      makeFolder(own);
    }
    const isResumed = header !== undefined;
    const [rows, answers] = ['rows.jsonl', 'answers.jsonl'].map((name) => openLines(path.join(own, name))) as [
      Lines,
      Lines,
    ];
    return {
      rows,
      answers,
      get header() {
        return header;
      },
      putHeader(next) {
        replaceFile(headerFile, stringifyJson(next));
        header = next;
      },
      isResumed,
      close(keep) {
        rows.close();
        answers.close();
        active.delete(own);
        if (!keep) rmSync(own, { recursive: true, force: true });
      },
    };
  } catch (error) {
    throw keepFailure(error, folder, 'The state of the fleet audit');
  }
}

/** Renames the newest usable folder of a run that has ended to this run's; removes those that are too old. */
function takeOver({ folder, key, now, restart = false }: FleetStoreOptions, own: string): boolean {
  const ended = readdirSync(folder).flatMap((name) => {
    const [, of, owner] = /^(.+)-(\d+)-\d+$/.exec(name) ?? [];
    const whole = path.join(folder, name);
    const isOthers =
      owner === undefined || active.has(whole) || (Number(owner) !== process.pid && isRunning(Number(owner)));
    if (isOthers) return [];
    const about = statSync(whole, { throwIfNoEntry: false });
    return about === undefined ? [] : [{ whole, age: now().getTime() - about.mtimeMs, isOwn: of === key }];
  });
  for (const one of ended.toSorted((a, b) => a.age - b.age)) {
    if (one.isOwn && !restart && one.age < usableFor && existsSync(path.join(one.whole, 'run.json'))) {
      try {
        if (one.whole !== own) renameSync(one.whole, own);
        return true;
      } catch {
        // Another process was faster.
        continue;
      }
    }
    if (one.isOwn || one.age >= usableFor) rmSync(one.whole, { recursive: true, force: true });
  }
  return false;
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

interface Lines extends LineFile {
  close(): void;
}

function openLines(file: string): Lines {
  const descriptor = openSync(file, 'a+', 0o600);
  let end = fstatSync(descriptor).size;
  let isOpen = true;
  /** A request that was in flight when the run ended must not write to another file of the same descriptor. */
  const requireOpen = (): void => {
    if (!isOpen) throw new Error(`${file} is closed`);
  };
  const bytesAt = (at: number, size: number): Buffer => {
    const bytes = Buffer.allocUnsafe(size);
    let got = 0;
    while (got < size) {
      const more = readSync(descriptor, bytes, got, size - got, at + got);
      if (more === 0) throw new Error(`${file} ends before ${at + size}`);
      got += more;
    }
    return bytes;
  };
  const write = (bytes: Uint8Array): void => {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    end += bytes.length;
  };
  // What a killed process left of a line stays a separate line.
  if (end > 0 && bytesAt(end - 1, 1)[0] !== 0x0a) write(Buffer.from('\n'));
  return {
    append(lines) {
      requireOpen();
      const places: LinePlace[] = [];
      let at = end;
      for (const line of lines) {
        const size = Buffer.byteLength(line);
        places.push({ at, size });
        at += size + 1;
      }
      if (lines.length > 0) write(Buffer.from(`${lines.join('\n')}\n`));
      return places;
    },
    read({ at, size }) {
      requireOpen();
      return bytesAt(at, size).toString('utf8');
    },
    clear() {
      requireOpen();
      ftruncateSync(descriptor, 0);
      end = 0;
    },
    *lines() {
      const chunk = 4 * 1024 * 1024;
      let start = 0;
      let rest = Buffer.alloc(0);
      for (let at = 0; at < end; ) {
        const size = Math.min(chunk, end - at);
        rest = Buffer.concat([rest, bytesAt(at, size)]);
        at += size;
        for (;;) {
          const line = rest.indexOf(0x0a);
          if (line < 0) break;
          yield { place: { at: start, size: line }, text: rest.subarray(0, line).toString('utf8') };
          rest = rest.subarray(line + 1);
          start += line + 1;
        }
      }
    },
    close() {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}
