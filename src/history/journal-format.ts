// The text of a journal: one record a line, each with its number and a checksum over the record and the checksum before, so that a
// line that was changed, lost or moved is noticed. Pure.
import { createHash } from 'node:crypto';

/** Where a journal ends: the checksum of each record, where the last line begins, and where it ends. */
export interface JournalEnd {
  readonly sums: readonly string[];
  readonly last: number;
  readonly bytes: number;
}
export const journalStart: JournalEnd = { sums: [], last: 0, bytes: 0 };

/** Why a line is not used. `changed`: its checksum does not match; `missing`: its number was never met. */
export type LineDamage = 'changed' | 'missing';
/** `text`: the record without number and checksum; of a damaged line what stands in its place, which proves nothing. */
export type JournalLine =
  | { readonly line: number; readonly text: string; readonly damage: null }
  | { readonly line: number; readonly text: string; readonly damage: LineDamage };

export interface JournalRead {
  /** In the order of their numbers. */
  readonly lines: readonly JournalLine[];
  readonly end: JournalEnd;
  /** Bytes of a last line that was never written whole. */
  readonly torn: number;
}

const newline = 0x0a;
const head = /^\{"seq":(\d{1,15}),"sum":"([0-9a-f]{64})","record":/;
const opening = Buffer.from('{"seq":');

function sumOf(before: string, seq: number, record: Uint8Array): string {
  return createHash('sha256').update(`${before}\n${seq}\n`).update(record).digest('hex');
}

/** The line that holds a record behind this end, and the end behind that line. */
export function lineFor(end: JournalEnd, record: string): { readonly line: Buffer; readonly end: JournalEnd } {
  const seq = end.sums.length + 1;
  const sum = sumOf(end.sums.at(-1) ?? '', seq, Buffer.from(record));
  const line = Buffer.from(`{"seq":${seq},"sum":"${sum}","record":${record}}\n`);
  return { line, end: { sums: [...end.sums, sum], last: end.bytes, bytes: end.bytes + line.length } };
}

/** A line as it stands in the file. `sums`: what its checksum may be, the one that stands in it last. */
interface Met {
  readonly line: number;
  readonly record: Buffer;
  readonly isProven: boolean;
  readonly sums: readonly string[];
}

/**
 * Reads the lines that stand behind `from`. A line proves its own record and the checksum of the line before, so that a change inside
 * one line costs the record of that line at most. `known`: the last record that is known to be on disk.
 */
export function readLines(bytes: Buffer, from: JournalEnd, known?: JournalHead): JournalRead {
  const reader = new LineReader(from);
  let at = 0;
  let torn = 0;
  while (at < bytes.length && torn === 0) {
    const stop = bytes.indexOf(newline, at);
    if (stop >= 0 && !(isZeroed(bytes, at, stop) && (known?.seq ?? 0) <= reader.reached)) {
      reader.take(bytes, at, stop);
      at = stop + 1;
      continue;
    }
    // Its last character may be what became of the line break.
    if (stop < 0 && reader.proves(bytes.subarray(at, -1))) {
      reader.take(bytes, at, bytes.length - 1);
      at = bytes.length;
    } else torn = bytes.length - at;
  }
  if (known !== undefined) reader.settle(known.seq, known.sum);
  return { ...reader.found(at), torn };
}

class LineReader {
  readonly #from: JournalEnd;
  readonly #met = new Map<number, Met>();
  #last: number;
  /** The highest number that was met. */
  reached: number;

  constructor(from: JournalEnd) {
    this.#from = from;
    this.#last = from.last;
    this.reached = from.sums.length;
  }

  proves(line: Buffer): boolean {
    const found = this.#provenIn(line);
    return found !== undefined && found.rest === 0;
  }

  take(bytes: Buffer, start: number, stop: number): void {
    let from = start;
    for (let turn = 0; turn < mostJoined; turn += 1) {
      const proven = this.#provenIn(bytes.subarray(from, stop));
      if (proven === undefined) break;
      this.settle(proven.met.line - 1, proven.before);
      this.#keep(proven.met, from);
      if (proven.rest === 0) return;
      from += proven.rest;
    }
    this.#keepDamaged(bytes.subarray(from, stop), from);
  }

  /** It is known which checksum a line has: where that is the one of its record, the line is proven too. */
  settle(line: number, sum: string): void {
    const one = this.#met.get(line);
    if (one === undefined || one.isProven || !one.sums.includes(sum)) return;
    this.#met.set(line, { ...one, isProven: one.sums.slice(0, -1).includes(sum), sums: [sum] });
  }

  found(bytes: number): Pick<JournalRead, 'lines' | 'end'> {
    const { sums, bytes: before } = this.#from;
    const lines = Array.from({ length: this.reached - sums.length }, (_, index): JournalLine => {
      const line = sums.length + index + 1;
      const one = this.#met.get(line);
      if (one === undefined) return { line, text: '', damage: 'missing' };
      return { line, text: one.record.toString('utf8'), damage: one.isProven ? null : 'changed' };
    });
    const all = [...sums, ...lines.map(({ line }) => this.#met.get(line)?.sums.at(-1) ?? '')];
    return { lines, end: { sums: all, last: this.#last, bytes: before + bytes } };
  }

  #keep(one: Met, start: number): void {
    this.#met.set(one.line, one);
    if (one.line < this.reached) return;
    this.reached = one.line;
    this.#last = this.#from.bytes + start;
  }

  /** Its checksum may be the one that stands there, or that of its record: the next line tells. */
  #keepDamaged(line: Buffer, start: number): void {
    const next = this.reached + 1;
    const found = headOf(line);
    // What follows a damaged line without being one is a piece of it.
    if (found === null && !isLike(line, next) && this.#met.get(this.reached)?.isProven === false) return;
    const number = found === null || found.seq > next + mostMissing ? next : found.seq;
    // A copy of an earlier line says nothing new.
    if (number <= this.reached) return;
    const { record, stored } = partsOf(line, number, found);
    const sums = this.#sumsBefore(number).map((before) => sumOf(before, number, record));
    this.#keep({ line: number, record, isProven: false, sums: [...sums.slice(-mostSums), stored] }, start);
  }

  #sumsBefore(line: number): readonly string[] {
    const { sums } = this.#from;
    return line === sums.length + 1 ? [sums.at(-1) ?? ''] : (this.#met.get(line - 1)?.sums ?? []);
  }

  /** The record of a line by its checksum. `rest`: where the next line begins in it, because the line break was changed; else 0. */
  #provenIn(line: Buffer): { readonly met: Met; readonly before: string; readonly rest: number } | undefined {
    const found = headOf(line);
    const next = this.reached + 1;
    const numbers = found === null || found.seq === next ? [next] : [found.seq, next];
    const prove = (part: Buffer, rest: number) => {
      for (const number of numbers) {
        const { record, stored } = partsOf(part, number, found);
        for (const before of this.#sumsBefore(number)) {
          if (sumOf(before, number, record) !== stored) continue;
          return { met: { line: number, record, isProven: true, sums: [stored] }, before, rest };
        }
      }
      return undefined;
    };
    const whole = prove(line, 0);
    if (whole !== undefined) return whole;
    let at = line.indexOf(opening, 1);
    for (let tries = 0; at > 0 && tries < mostSplits; tries += 1) {
      const part = prove(line.subarray(0, at - 1), at);
      if (part !== undefined) return part;
      at = line.indexOf(opening, at + 1);
    }
    return undefined;
  }
}

/** A number further ahead is no number; checksums that a damaged line may have. */
const mostMissing = 100_000;
const mostSums = 3;
/** Places where a line may hold another, and lines that may stand in one. */
const mostSplits = 16;
const mostJoined = 8;

interface LineHead {
  readonly seq: number;
  readonly sum: string;
  readonly length: number;
}
function headOf(line: Buffer): LineHead | null {
  const found = head.exec(line.subarray(0, 128).toString('latin1'));
  return found === null ? null : { seq: Number(found[1]), sum: found[2] ?? '', length: found[0].length };
}

/** The record and the checksum of a line, by its head or, where that is changed, by the places they have in a line of this number. */
function partsOf(
  line: Buffer,
  number: number,
  found: LineHead | null,
): { readonly record: Buffer; readonly stored: string } {
  const sum = beginning(number).length;
  const from = found?.length ?? sum + 64 + '","record":'.length;
  const stored = found?.sum ?? line.subarray(sum, sum + 64).toString('latin1');
  return { record: line.subarray(from, -1), stored };
}
const beginning = (number: number): string => `{"seq":${number},"sum":"`;

/** Does it begin as a line of this number, but for a few characters? */
function isLike(line: Buffer, number: number): boolean {
  const wanted = Buffer.from(beginning(number));
  return wanted.length < line.length && wanted.filter((byte, at) => byte !== line[at]).length <= 3;
}

/**
 * What a power cut leaves of the last line: a part of it, or blocks of zeros where its text was to be. A record never holds a zero
 * byte, and every line before was on disk before this one was begun.
 */
const isZeroed = (bytes: Buffer, at: number, stop: number): boolean =>
  stop === bytes.length - 1 && bytes.subarray(at, stop).includes(0);

/** Which record was the last that is known to be on disk, in a file beside the journal that is written over in place. */
export interface JournalHead {
  readonly seq: number;
  readonly sum: string;
}

const checkOf = (seq: number, sum: string): string =>
  createHash('sha256').update(`${seq} ${sum}`).digest('hex').slice(0, 16);

export const headText = ({ seq, sum }: JournalHead): string =>
  `${`{"seq":${seq},"sum":"${sum}","check":"${checkOf(seq, sum)}"}`.padEnd(127)}\n`;

/** Undefined where the text is not whole: it is written over without waiting for the disk, and says nothing then. */
export function readHead(bytes: Buffer | undefined): JournalHead | undefined {
  const [, seq, sum = '', check] =
    /^\{"seq":(\d{1,15}),"sum":"([0-9a-f]{64})","check":"([0-9a-f]{16})"\} *\n/.exec(bytes?.toString('latin1') ?? '') ??
    [];
  return seq !== undefined && checkOf(Number(seq), sum) === check ? { seq: Number(seq), sum } : undefined;
}
