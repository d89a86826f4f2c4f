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

export interface JournalRead {
  /** The text of each record, without its number and checksum. */
  readonly texts: readonly string[];
  readonly end: JournalEnd;
  /** Bytes of a last line that was never written whole. */
  readonly torn: number;
  /** A line that is whole and wrong; lines after it are not read. */
  readonly damage: { readonly line: number; readonly why: string } | null;
}

const newline = 0x0a;
const closing = 0x7d;
const head = /^\{"seq":(\d{1,15}),"sum":"([0-9a-f]{64})","record":/;

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

/** Reads the lines that stand behind `from`. */
export function readLines(bytes: Buffer, from: JournalEnd): JournalRead {
  const texts: string[] = [];
  const sums = [...from.sums];
  let at = 0;
  let last = from.last;
  const result = (torn: number, damage: JournalRead['damage']): JournalRead => ({
    texts,
    end: { sums, last, bytes: from.bytes + at },
    torn,
    damage,
  });
  while (at < bytes.length) {
    const stop = bytes.indexOf(newline, at);
    const line = bytes.subarray(at, stop === -1 ? bytes.length : stop);
    const read = stop === -1 ? 'it was never completed' : readLine(line, sums.at(-1) ?? '', sums.length + 1);
    if (typeof read === 'string') {
      const rest = bytes.subarray(at);
      return isTorn(rest) ? result(rest.length, null) : result(0, { line: sums.length + 1, why: read });
    }
    texts.push(read.text);
    sums.push(read.sum);
    last = from.bytes + at;
    at = stop + 1;
  }
  return result(0, null);
}

/** A record's text, or what is wrong with its line. */
function readLine(line: Buffer, before: string, seq: number): { readonly text: string; readonly sum: string } | string {
  const found = head.exec(line.subarray(0, 128).toString('latin1'));
  if (!found || line.at(-1) !== closing) return 'it is not a record';
  if (Number(found[1]) !== seq) return `it has the number ${found[1]} instead of ${seq}`;
  const record = line.subarray(found[0].length, -1);
  const sum = sumOf(before, seq, record);
  return sum === found[2] ? { text: record.toString('utf8'), sum } : 'its checksum does not match';
}

/**
 * What a power cut leaves of the last line: a part of it, or blocks of zeros where its text was to be. A record never holds a
 * zero byte, and every line before was on disk before this one was begun.
 */
function isTorn(rest: Buffer): boolean {
  const first = rest.indexOf(newline);
  if (first === -1) return true;
  return first === rest.length - 1 && rest.includes(0);
}

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
