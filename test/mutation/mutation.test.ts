// The tool that plants bugs: what it plants, that a seed gives one list, and how it counts.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript
import { isEquivalent, left, mutantsOf, planted, sampled } from './mutants.mjs';
// @ts-expect-error the same
import { asked, killsOf } from './order.mjs';
// @ts-expect-error the same
import { reportOf, scoreOf } from './report.mjs';
// @ts-expect-error the same
import { switched } from './switches.mjs';

interface Mutant {
  readonly operator: string;
  readonly start: number;
  readonly was: string;
  readonly becomes: string;
}
const all = (text: string): Mutant[] => mutantsOf(text);
const by = (operator: string, text: string): string[] =>
  all(text)
    .filter((one) => one.operator === operator)
    .map((one) => planted(text, one));

describe('operators', () => {
  test.each([
    ['negate condition', 'if (a) b();', ['if (!(a)) b();']],
    ['swap comparison', 'const x = a < b;', ['const x = a <= b;']],
    ['swap comparison', 'const x = a === b;', ['const x = a !== b;']],
    ['swap && and ||', 'const x = a && b;', ['const x = (a) || (b);']],
    ['replace constant', 'const x = f(4, true);', ['const x = f(5, true);', 'const x = f(4, false);']],
    ['drop array element', "const x = ['a', 'b'];", ["const x = ['b'];", "const x = ['a'];"]],
    ['drop statement', 'f();', [';']],
    ['return early', 'function f() { a(); return b; }', ['function f() { return undefined as never; a(); return b; }']],
    ['change severity', "const x = { severity: 'high' };", ["const x = { severity: 'medium' };"]],
    ['change text', "const x = { id: 'a.b' };", ["const x = { id: 'a.b-changed' };"]],
    ['change text', "const x = a === 'Deny';", ["const x = a === 'Deny-changed';"]],
  ])('%s: %s', (operator, text, expected) => {
    expect(by(operator, text)).toEqual(expected);
  });

  test('types, imports, keys and what people read are left alone', () => {
    const text = `import { a } from 'b';
export * from './c.ts';
type T = { readonly a: 1; b: 'x' };
export interface I { c?: true }
const x = { 1: y, explain: { why: 'high', n: 3 } } as const satisfies Record<1, string>;`;
    expect(all(text)).toEqual([]);
  });

  test('each mutant of the source can be read again', () => {
    const root = path.resolve(import.meta.dirname, '../..');
    const files = readdirSync(path.join(root, 'src/net')).filter((file) => file.endsWith('.ts'));
    for (const file of files) {
      const text = readFileSync(path.join(root, 'src/net', file), 'utf8');
      for (const mutant of all(text).slice(0, 8))
        expect(() => all(planted(text, mutant)), mutant.becomes).not.toThrow();
    }
  });
});

describe('switches', () => {
  const text = `
    const log = [];
    function f(a, b) {
      if (a > 0 && b) log.push('x');
      else log.push('y');
      return [a, b > 2 ? 'critical' : 'low'];
    }
    return JSON.stringify([f(1, 3), f(0, 1), log]);`;
  const body = (changed: string) =>
    new Function('__mutant', changed.replaceAll(' as never', '')) as (on: unknown) => string;
  const wrapped = `function all() {${text}}`;
  const inner = (changed: string) => changed.slice('function all() {'.length, -1);
  const mutants = all(wrapped).map((one, id) => ({ ...one, id }));
  const planting = inner(switched(wrapped, mutants));

  test('with all switches off the file does what it did, and says what it reached', () => {
    const reached = new Set<number>();
    const off = (id: number) => {
      reached.add(id);
      return false;
    };
    expect(body(planting)(off)).toBe(body(text)(off));
    expect([...reached].toSorted((a, b) => a - b)).toEqual(mutants.map(({ id }) => id));
  });

  test('each switch is its mutant alone', () => {
    expect(mutants.length).toBeGreaterThan(12);
    const outcome = (job: () => string) => {
      try {
        return job();
      } catch (error) {
        return String(error);
      }
    };
    for (const mutant of mutants) {
      const alone = outcome(() => body(inner(planted(wrapped, mutant)))(() => false));
      expect(
        outcome(() => body(planting)((id: number) => id === mutant.id)),
        mutant.becomes,
      ).toBe(alone);
    }
  });
});

test('one seed gives one list, spread over the folders; another gives another', () => {
  const numbers = (from: number) => Array.from({ length: 100 }, (_, at) => from + at);
  const folders = new Map([
    ['b', numbers(100)],
    ['a', numbers(0)],
    ['c', [200, 201]],
  ]);
  const first = sampled(folders, 30, 7) as number[];
  expect(sampled(folders, 30, 7)).toEqual(first);
  expect(sampled(folders, 30, 8)).not.toEqual(first);
  expect(first.filter((one) => one < 100)).toHaveLength(10);
  expect(first.filter((one) => one >= 100 && one < 200)).toHaveLength(10);
  expect(first.filter((one) => one >= 200).toSorted()).toEqual([200, 201]);
  // A run that ends early has looked at each folder.
  expect(first.slice(0, 6).map((one) => Math.floor(one / 100))).toEqual([0, 1, 2, 0, 1, 2]);
});

test('an earlier run is asked again about what it left open, wherever the line is now', () => {
  const inFile = (text: string, outcome?: string) =>
    all(text).map((one) => ({ ...one, file: 'a.ts', folder: 'a', ...(outcome === undefined ? {} : { outcome }) }));
  const [killed] = inFile('const x = a < b;', 'killed');
  const [survived] = inFile('const y = c && d;', 'survived');
  const [lost] = inFile('const z = e > f;', 'not run');
  const [unasked] = inFile('const u = g || h;', 'not run');
  const now = inFile('const more = 1;\n\nconst y = c && d;\nconst u = g || h;');
  const { settled, open } = left([killed, survived, survived, lost, unasked], new Map([['a', now]]));
  expect(settled).toEqual([killed, { ...lost, outcome: 'gone' }]);
  expect((open as Mutant[]).map(({ was }) => was)).toEqual(['g || h', 'c && d']);
});

test('test files that caught much in little time are asked first, and each is asked once', () => {
  const files = ['slow', 'quick', 'other', 'idle'].map((name) => ({ name, took: name === 'slow' ? 20_000 : 900 }));
  const names = (parts: { name: string }[][]) => parts.map((part) => part.map(({ name }) => name));
  const kills = killsOf();
  expect(names(asked(files, kills))).toEqual([['idle', 'other'], ['quick'], ['slow']]);
  for (let run = 0; run < 9; run += 1) kills.note(['idle', 'other'], []);
  kills.note(['quick', 'slow'], ['quick']);
  expect(names(asked(files, kills))).toEqual([['quick', 'idle'], ['other'], ['slow']]);
  for (let run = 0; run < 200; run += 1) kills.note(['quick', 'idle', 'other'], []);
  for (let run = 0; run < 200; run += 1) kills.note(['slow'], ['slow']);
  expect(names(asked(files, kills))[0]).toEqual(['slow']);
  // Within a time: what does not fit is left out, what does is asked; the first always.
  expect(names(asked(files, kills, 1000)).flat()).toEqual(['slow']);
  expect(names(asked(files, kills, 22_000)).flat()).toHaveLength(3);
});

test('the score counts what could be caught, and survivors are named', () => {
  const one = (outcome: string) => ({
    outcome,
    folder: 'src/net',
    file: 'src/net/a.ts',
    line: 3,
    operator: 'o',
    was: 'a',
    becomes: 'b',
  });
  const results = ['killed', 'timeout', 'survived', 'equivalent', 'not run'].map(one);
  expect(scoreOf(results)).toBeCloseTo(66.67, 1);
  expect(scoreOf([])).toBe(0);
  const { text } = reportOf(results) as { text: string };
  expect(text).toContain('src/net/a.ts:3 o: a -> b');
  expect(text).toMatch(/all .*1 killed, 1 timed out, 1 survived, 1 equivalent, 0 gone, 1 not run/);
});

test('each mutant that is said to be equivalent can be planted, and has its reason', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const list = JSON.parse(readFileSync(path.join(root, 'test/mutation/equivalent.json'), 'utf8')) as {
    readonly file: string;
    readonly in: string;
    readonly becomes: string | readonly string[];
    readonly why: string;
  }[];
  for (const [file, some] of Map.groupBy(list, (one) => one.file)) {
    const planted = all(readFileSync(path.join(root, file), 'utf8')).map((one) => ({ ...one, file }));
    for (const one of some) {
      for (const becomes of [one.becomes].flat()) {
        const entry = { ...one, becomes };
        expect([file, entry, planted.some((mutant) => isEquivalent(mutant, [entry]))]).toEqual([file, entry, true]);
      }
      expect(one.why).toMatch(/\.$/);
    }
  }
  const [mutant] = all('const x = a < b;').map((one) => ({ ...one, file: 'f' }));
  const entry = { file: 'f', in: 'const x = a < b;', was: 'a < b', becomes: ['a <= b'] };
  expect(isEquivalent(mutant, [entry])).toBe(true);
  for (const other of [{ file: 'g' }, { in: 'x' }, { was: 'a' }, { becomes: 'b' }])
    expect(isEquivalent(mutant, [{ ...entry, ...other }])).toBe(false);
});
