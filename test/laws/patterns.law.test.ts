// Every regular expression of the source takes steps in proportion to the text, whatever is repeated in it: texts come from Azure, from
// files and from logs, and whoever writes them may want the program to hang. Steps are counted, not timed.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, test } from 'vitest';
import { partOf } from '../support/parts.ts';
import { counted, TooMany } from '../support/pattern-steps.ts';

interface Found {
  readonly at: string;
  readonly source: string;
  readonly flags: string;
}
const root = path.resolve(import.meta.dirname, '../..');
const files = ['src', 'commands']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  // The simulator reads what tests send to it.
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('src/simulator/'));

function patternsIn(file: string): Found[] {
  const code = readFileSync(path.join(root, file), 'utf8');
  const found: Found[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) walk(one);
    if (Array.isArray(node) || typeof node !== 'object' || node === null) return;
    const { regex, start } = node as { readonly regex?: { pattern: string; flags: string }; readonly start?: number };
    if (regex !== undefined) {
      const line = code.slice(0, start).split('\n').length;
      found.push({ at: `${file}:${line}`, source: regex.pattern, flags: regex.flags });
      return;
    }
    for (const inside of Object.values(node)) walk(inside);
  };
  walk(parseSync(file, code).program);
  return found;
}
/** They never meet a text that somebody else wrote, or one that is not checked before. */
const exceptions: readonly string[] = [
  // JSON.parse has accepted the text: each of its strings is closed.
  '"(?:[^"\\\\]|\\\\.)*"',
];
const unbounded = ({ source }: Found) => /[*+]|\{\d+,\}/.test(source) && !exceptions.includes(source);
const all = files.flatMap(patternsIn);

/** The pattern and what it takes for a text of twice the length, where that is not about twice as much. */
function growthOf(found: Found): string | undefined {
  const { characters, words, steps } = counted(found);
  const few = characters.filter((one) => /[^A-Za-z]/.test(one)).slice(0, 8);
  const joins = [...new Set([...few, ...characters.slice(0, 2)])];
  const pumps = new Set([
    ...characters,
    ...words,
    ...joins.flatMap((one) => joins.map((two) => one + two)),
    ...words.flatMap((word) => few.flatMap((one) => [word + one, one + word])),
  ]);
  const prefixes = ['', ...words.slice(0, 4), ...few.slice(0, 6)];
  const length = 150;
  for (const pump of pumps) {
    for (const prefix of pump.length === 1 ? prefixes : ['']) {
      const textOf = (size: number) => `${prefix}${pump.repeat(Math.ceil(size / pump.length))}\u0001`;
      try {
        const once = steps(textOf(length), 1_000_000);
        steps(textOf(2 * length), Math.max(2.8 * once, 10 * length));
      } catch (error) {
        if (!(error instanceof TooMany)) throw error;
        return `${found.at} /${found.source}/${found.flags} on ${JSON.stringify(prefix)} and ${JSON.stringify(pump)} repeated`;
      }
    }
  }
  return undefined;
}

test('the count tells growth: patterns that are known to be slow are found, and the same without the fault are not', () => {
  for (const [slow, fast] of [
    [/\s*,/g, /(?<!\s)\s*,/g],
    [/\/+$/, /(?<!\/)\/+$/],
    [/(a+)+$/, /a+$/y],
    [/\beyJ[\w-]{8,}\./g, /(?<![\w-])eyJ[\w-]{8,}\./g],
    [/"(?:[^"\\]|\\.)*"/, /"[^"]*"/g],
  ] as const) {
    expect(growthOf({ at: '', source: slow.source, flags: slow.flags }), String(slow)).toBeDefined();
    expect(growthOf({ at: '', source: fast.source, flags: fast.flags }), String(fast)).toBeUndefined();
  }
});

describe('every pattern', () => {
  test('is found', () => {
    expect(all.length).toBeGreaterThan(900);
  });
  test('that is put together when its file is loaded takes steps in proportion to the text, too', async () => {
    const made: Found[] = [];
    const real = globalThis.RegExp;
    globalThis.RegExp = new Proxy(real, {
      construct(of, given) {
        const pattern = Reflect.construct(of, given) as RegExp;
        const at = /\/(src\/[^:)]+:\d+)/.exec(new Error('here').stack ?? '')?.[1];
        if (at !== undefined) made.push({ at, source: pattern.source, flags: pattern.flags });
        return pattern;
      },
    });
    try {
      await import('../../src/model/secrets.ts');
      await import('../../src/model/plan-need.ts');
      await import('../../src/resource-types/looked-at.ts');
      await import('../../src/template/settle.ts');
      await import('../../src/app/draw/screen-words.ts');
      await import('../../src/app/terminal/graphemes.ts');
    } finally {
      globalThis.RegExp = real;
    }
    expect(made.length).toBeGreaterThanOrEqual(9);
    expect(made.filter(unbounded).flatMap((found) => growthOf(found) ?? [])).toEqual([]);
  });
  test('takes steps in proportion to the text', () => {
    const wrong = partOf(all.filter(unbounded), 10).flatMap((found) => growthOf(found) ?? []);
    expect(wrong).toEqual([]);
  }, 300_000);
});
