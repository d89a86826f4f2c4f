// The text of a journal and what records make of entries: any cut leaves a beginning of what was written, any flipped bit is
// noticed, and entries come out as they went in.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  headText,
  type JournalEnd,
  type JournalLine,
  journalStart,
  lineFor,
  readHead,
  readLines,
} from '../../src/history/journal-format.ts';
import { addRecord, differenceOf, noPast, readRecord, recordText } from '../../src/history/records.ts';
import type { Entry, EntryStep, StepState } from '../../src/model/entry.ts';
import { type Json, parseJson, stringifyJson } from '../../src/model/json.ts';

const runs = { numRuns: 2000 };
/** Records with everything that text can hold: line ends, quotes, emoji, lone surrogates, control and private-use characters. */
const texts = fc.array(
  fc
    .record({ text: fc.string({ unit: 'binary', maxLength: 40 }), number: fc.double({ noNaN: true }) })
    .map((value) => stringifyJson(value as unknown as Json)),
  { minLength: 1, maxLength: 6 },
);
function journalOf(records: readonly string[]): { readonly bytes: Buffer; readonly ends: readonly JournalEnd[] } {
  let end = journalStart;
  const ends = [end];
  const lines: Buffer[] = [];
  for (const text of records) {
    const next = lineFor(end, text);
    end = next.end;
    lines.push(next.line);
    ends.push(end);
  }
  return { bytes: Buffer.concat(lines), ends };
}

const lineOf = (line: number, text: string): JournalLine => ({ line, text, damage: null });

describe('lines', () => {
  test('come out as they went in, from the start and from any line on', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (records, at) => {
        const { bytes, ends } = journalOf(records);
        const from = ends[at % ends.length] as JournalEnd;
        const read = readLines(bytes.subarray(from.bytes), from);
        const lines = records.slice(from.sums.length).map((text, index) => lineOf(from.sums.length + index + 1, text));
        expect(read).toEqual({ lines, end: ends.at(-1), torn: 0 });
      }),
      runs,
    );
  });

  test('that are cut anywhere leave the whole lines before the cut', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (records, at) => {
        const { bytes, ends } = journalOf(records);
        const cut = at % (bytes.length + 1);
        const read = readLines(bytes.subarray(0, cut), journalStart);
        const whole = ends.findLastIndex((end) => end.bytes <= cut);
        expect(read.lines).toEqual(records.slice(0, whole).map((text, index) => lineOf(index + 1, text)));
        expect(read.torn).toBe(cut - (ends[whole]?.bytes ?? 0));
      }),
      runs,
    );
  });

  test('whose last one is in part zeros leave the lines before it', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (records, from, to) => {
        const { bytes, ends } = journalOf(records);
        const last = (ends.at(-2) as JournalEnd).bytes;
        const size = bytes.length - last;
        const start = last + (from % size);
        const stop = start + 1 + (to % (bytes.length - start));
        bytes.fill(0, start, stop);
        const read = readLines(bytes, journalStart);
        const whole = records.slice(0, -1).map((text, index) => lineOf(index + 1, text));
        // Zeros in place of the bracket and the line break leave the record as it was.
        const isBreak = stop === bytes.length && start >= bytes.length - 2;
        expect(read.lines).toEqual(isBreak ? [...whole, lineOf(records.length, records.at(-1) as string)] : whole);
      }),
      runs,
    );
  });

  test('with a flipped bit are all there but the record that the bit is in', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(7), fc.boolean(), (records, at, bit, hasHead) => {
        const { bytes, ends } = journalOf(records);
        const place = at % bytes.length;
        bytes[place] = (bytes[place] as number) ^ (1 << bit);
        const line = ends.findIndex((end) => end.bytes > place);
        const sum = ends.at(-1)?.sums.at(-1) as string;
        const read = readLines(bytes, journalStart, hasHead ? { seq: records.length, sum } : undefined);
        const start = ends[line - 1]?.bytes as number;
        const framed = `{"seq":${line},"sum":"${'0'.repeat(64)}","record":`.length;
        const isInRecord = place >= start + framed && place < (ends[line]?.bytes as number) - 2;
        for (const [index, text] of records.entries()) {
          const found = read.lines[index];
          if (found?.damage === null) expect(found).toEqual(lineOf(index + 1, text));
          else if (hasHead) expect([index + 1, isInRecord]).toEqual([line, true]);
          // Nothing behind the last line proves it, or tells that it was whole.
          else expect(index + 1 === line && (isInRecord || line === records.length)).toBe(true);
        }
        expect(read.lines.length).toBeLessThanOrEqual(records.length);
      }),
      runs,
    );
  });

  test('that are left out, doubled or in another order give no record at a place where it was not written', () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(), fc.nat(), fc.nat(2), (before, after, from, to, how) => {
        const records = [...before, ...after];
        const { bytes, ends } = journalOf(records);
        const lines = records.map((_, index) => bytes.subarray(ends[index]?.bytes, ends[index + 1]?.bytes));
        const a = from % records.length;
        const b = to % records.length;
        const without = how === 1 ? lines : lines.toSpliced(a, 1);
        const changed = how === 2 ? without : without.toSpliced(b, 0, lines[a] as Buffer);
        const read = readLines(Buffer.concat(changed), journalStart);
        for (const one of read.lines) if (one.damage === null) expect(one.text).toBe(records[one.line - 1]);
        // What is not given is named, but for what is left out at the end.
        const given = read.lines.filter(({ damage }) => damage === null).length;
        const named = read.lines.length - given;
        expect(given + named + (how === 2 && a === records.length - 1 ? 1 : 0)).toBeGreaterThanOrEqual(
          how === 2 ? records.length - 1 : records.length,
        );
      }),
      runs,
    );
  });

  test('of any bytes at all give no record that was not written', () => {
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 40 }), fc.nat(60)), { maxLength: 4 }),
        (records, harms) => {
          let { bytes } = journalOf(records);
          for (const [at, put, gone] of harms) {
            const place = at % (bytes.length + 1);
            bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + gone)]);
          }
          const read = readLines(bytes, journalStart);
          for (const one of read.lines) if (one.damage === null) expect(one.text).toBe(records[one.line - 1]);
          // What is written behind it is read.
          const next = lineFor(read.end, '"next"');
          const more = readLines(Buffer.concat([bytes.subarray(0, bytes.length - read.torn), next.line]), journalStart);
          expect(more.lines.at(-1)).toEqual(lineOf(read.end.sums.length + 1, '"next"'));
          expect(more.lines.filter(({ damage }) => damage === null).length).toBeGreaterThan(
            read.lines.filter(({ damage }) => damage === null).length,
          );
        },
      ),
      runs,
    );
  });
});

test('the copied end is read whole or not at all', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), fc.nat(), fc.nat(7), (seq, seed, at, bit) => {
      const { end } = lineFor(journalStart, stringifyJson(seed));
      const head = { seq, sum: end.sums[0] as string };
      const bytes = Buffer.from(headText(head));
      expect(readHead(bytes)).toEqual(head);
      const place = at % bytes.length;
      bytes[place] = (bytes[place] as number) ^ (1 << bit);
      const read = readHead(bytes);
      if (read !== undefined) expect(read).toEqual(head);
      expect(readHead(bytes.subarray(0, place))).toBeUndefined();
    }),
    runs,
  );
});

describe('records', () => {
  const state = fc.constantFrom<StepState>('waiting', 'intended', 'sent', 'done', 'failed', 'skipped', 'unknown');
  const textOrNull = fc.option(fc.string({ unit: 'binary' }));
  const json = fc
    .oneof(
      fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
      fc.constantFrom('{"2024":1.0,"b":12345678901234567890}', '[1.0,-0]', '{"__proto__":1}'),
    )
    .map(parseJson);
  const step: fc.Arbitrary<EntryStep> = fc.record({
    resource: fc.string(),
    change: json.map((after) => ({
      kind: 'edit' as const,
      resource: '/subscriptions/s/x',
      edits: [{ op: 'set' as const, pointer: '/properties/x', after }],
      body: null,
    })),
    findings: fc.array(fc.string()),
    state,
    verified: fc.boolean(),
    requestId: textOrNull,
    operation: textOrNull,
    message: textOrNull,
    before: textOrNull,
    after: textOrNull,
  });
  const entry: fc.Arbitrary<Entry> = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    at: fc.constant('2026-01-01T00:00:00.000Z'),
    by: fc.string(),
    verb: fc.constantFrom('fix' as const, 'undo' as const, 'redo' as const),
    findings: fc.array(fc.string()),
    resources: fc.array(fc.string()),
    steps: fc.array(step, { maxLength: 3 }),
    state: fc.constantFrom('open' as const, 'done' as const, 'partial' as const, 'failed' as const),
    undoes: fc.constant(null),
    undoneBy: textOrNull,
    redoes: textOrNull,
    line: fc.string(),
    workspace: textOrNull,
    rehearsal: fc.constant(null),
  });

  test('of any entries, one after another, give the last state of each', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const past = noPast();
        const wanted = new Map<string, Entry>();
        for (const now of entries) {
          const old = wanted.get(now.id);
          const record = old === undefined ? { kind: 'entry' as const, entry: now } : differenceOf(old, now);
          wanted.set(now.id, now);
          if (record === null) continue;
          const read = readRecord(recordText(record));
          if (typeof read === 'string') throw new Error(read);
          expect(addRecord(past, read)).toBeUndefined();
        }
        const textOf = (all: Iterable<Entry>) => stringifyJson([...all] as unknown as Json);
        expect(textOf(past.entries.values())).toBe(textOf(wanted.values()));
      }),
      runs,
    );
  });

  test('a change of a step is a record of that change alone', () => {
    const steps = [1, 2].map((number) => ({ ...stepOf(), resource: `/r${number}` }));
    const old: Entry = { ...entryOf(), steps };
    const now: Entry = { ...old, steps: [stepOf({ resource: '/r1' }), stepOf({ resource: '/r2', state: 'done' })] };
    expect(differenceOf(old, now)).toEqual({
      kind: 'change',
      entry: 'a',
      set: {},
      steps: [{ step: 1, set: { state: 'done' } }],
    });
    expect(differenceOf(old, { ...old })).toBeNull();
    // A record can set a member, not remove one, and cannot add a step.
    const found = { besides: [], pointer: '/x', says: 'y' };
    const withFound = { ...old, steps: [stepOf({ found })] };
    for (const next of [old, { ...withFound, steps: [stepOf()] }])
      expect(differenceOf(withFound, next)?.kind).toBe('entry');
  });

  test('an undo that is done marks what it undid, also where that was never recorded', () => {
    const past = noPast();
    addRecord(past, { kind: 'entry', entry: entryOf() });
    addRecord(past, { kind: 'entry', entry: { ...entryOf(), id: 'b', verb: 'undo', undoes: 'a', state: 'open' } });
    expect(past.entries.get('a')?.undoneBy).toBeNull();
    addRecord(past, { kind: 'change', entry: 'b', set: { state: 'done' }, steps: [] });
    expect(past.entries.get('a')?.undoneBy).toBe('b');
  });

  const stepOf = (extra: Partial<EntryStep> = {}): EntryStep => ({
    resource: '/r',
    change: { kind: 'edit', resource: '/r', edits: [], body: null },
    findings: [],
    state: 'waiting',
    verified: false,
    requestId: null,
    operation: null,
    message: null,
    before: null,
    after: null,
    ...extra,
  });
  const entryOf = (): Entry => ({
    id: 'a',
    at: '',
    by: '',
    verb: 'fix',
    findings: [],
    resources: [],
    steps: [],
    state: 'done',
    undoes: null,
    undoneBy: null,
    redoes: null,
    line: '',
    workspace: null,
    rehearsal: null,
  });
});
