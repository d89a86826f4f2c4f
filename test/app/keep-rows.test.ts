// The law of kept rows: a frame is, to the byte, the one that Ink's own class makes of the same texts.
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepRows, type OutputClass } from '../../src/app/terminal/keep-rows.ts';
import { remembered } from '../../src/app/terminal/remembered.ts';

// Ink exports no such thing; the build finds it in the same place.
const file = path.resolve(import.meta.dirname, '../../node_modules/ink/build/output.js');
const { default: Ink } = (await import(file)) as { default: OutputClass };

const text = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[ -~]{0,12}$/) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('日本語', '👍🏽 ok', '───', '\x1b[31mred\x1b[39m and not', '\x1b[1mbold\x1b[22m   '),
  },
  { weight: 1, arbitrary: fc.constantFrom('two\nlines', 'a\n\nb') },
);
const transformers = fc.constantFrom<((line: string) => string)[]>(
  [],
  [(line) => line],
  [(line) => `\x1b[7m${line}\x1b[27m`],
  [(line) => line.toUpperCase(), (line) => `\x1b[44m${line}\x1b[49m`],
);
const write = fc.record({ x: fc.integer({ min: 0, max: 18 }), y: fc.integer({ min: -1, max: 5 }), text, transformers });
const clip = fc.record({
  x1: fc.nat(6),
  x2: fc.integer({ min: 6, max: 20 }),
  y1: fc.nat(2),
  y2: fc.integer({ min: 2, max: 5 }),
});
const clipped = fc.option(clip, { freq: 4 });
const frame = fc.record({
  width: fc.integer({ min: 4, max: 20 }),
  parts: fc.array(fc.tuple(clipped, fc.array(write, { maxLength: 6 })), { maxLength: 3 }),
});

test('frames are what Ink makes them, whatever frames there were before', () => {
  const Kept = keepRows(Ink);
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), (frames) => {
      for (const { width, parts } of frames) {
        const [ours, theirs] = [Kept, Ink].map((Drawing) => {
          const output = new Drawing({ width, height: 5 });
          for (const [bounds, writes] of parts) {
            if (bounds !== null) output.clip(bounds);
            for (const one of writes) output.write(one.x, one.y, one.text, one);
            if (bounds !== null) output.unclip();
          }
          return output.get();
        });
        expect(ours).toEqual(theirs);
      }
    }),
    { numRuns: 300 },
  );
});

test('a row that was there is not made again, and the texts of one row are not those of another', () => {
  let made = 0;
  class Counting extends Ink {
    constructor(size: { width: number; height: number }) {
      super(size);
      made += 1;
    }
  }
  const Kept = keepRows(Counting);
  const drawn = (...texts: readonly (readonly [number, string])[]) => {
    const output = new Kept({ width: 20, height: 1 });
    for (const [x, part] of texts) output.write(x, 0, part, { transformers: [] });
    return output.get().output;
  };
  expect(drawn([0, 'a'], [5, 'b'])).toBe('a    b');
  expect(drawn([0, 'a'], [5, 'b'])).toBe('a    b');
  expect(made).toBe(1);
  expect(drawn([5, 'b'], [0, 'a'])).toBe('a    b');
  expect(drawn([0, 'a5'], [0, 'b'])).toBe('b5');
  expect(made).toBe(3);
});

test('what a pure function answered is kept, an empty answer too', () => {
  const asked: string[] = [];
  const length = remembered((word: string) => {
    asked.push(word);
    return word.length;
  });
  expect([length('one'), length('one'), length(''), length('')]).toEqual([3, 3, 0, 0]);
  expect(asked).toEqual(['one', '']);
});
