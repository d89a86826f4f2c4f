// Raw JSON that folds and is searched: nothing is lost, and what is searched is found wherever it is folded away.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { foldable, jsonRows, nextMatch, unfoldedTo } from '../../src/app/overlays/document/rows.ts';
import type { DocumentOverlay } from '../../src/app/overlays/document.tsx';
import { createShell } from '../../src/app/state/shell.ts';
import { type Json, parseJson, stringifyJson } from '../../src/model/json.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

const value = fc
  .json({ maxDepth: 4, stringUnit: fc.constantFrom('a', 'b', '/', '~', '"', ' ') })
  .map((text) => parseJson(text));

test('unfolded, the rows are the value, with every number as it was written', () => {
  fc.assert(
    fc.property(value, (json) => {
      const text = jsonRows(json, new Set())
        .map((row) => row.name + row.text)
        .join('');
      expect(stringifyJson(parseJson(text))).toBe(stringifyJson(json));
    }),
  );
  const numbers = parseJson('{"a":1.0,"b":12345678901234567890}');
  expect(jsonRows(numbers, new Set()).map(({ text }) => text)).toEqual(['{', '1.0,', '12345678901234567890', '}']);
});

test('whatever is folded, unfolding to a path shows it, and folding hides only what lies below', () => {
  fc.assert(
    fc.property(value, fc.nat(), (json, pick) => {
      const all = jsonRows(json, new Set());
      const row = all[pick % all.length];
      const folded = unfoldedTo(new Set(foldable(json)), row?.path ?? '');
      const shown = jsonRows(json, folded).map(({ path }) => path);
      expect(shown).toContain(row?.path);
      expect(shown.every((path) => all.some((one) => one.path === path))).toBe(true);
    }),
  );
});

test('a search goes round, both ways, and finds nothing where there is nothing', () => {
  const rows = jsonRows({ a: 'x', b: 'y', c: 'x' } as unknown as Json, new Set());
  expect([nextMatch(rows, 'x', 1, 1), nextMatch(rows, 'x', 3, 1), nextMatch(rows, 'X', 1, -1)]).toEqual([3, 1, 3]);
  expect(nextMatch(rows, 'z', 0, 1)).toBe(-1);
});

test('y opens it, / and n find in what is folded, Enter folds, c copies the value, Esc closes', async () => {
  const written: string[] = [];
  const stdout = { columns: 100, rows: 40, write: (text: string) => written.push(text) };
  const shell = createShell(
    fakeOptions({ session: fakeSession(), stdout: stdout as unknown as NodeJS.WriteStream, screen: 'findings' }),
  );
  await shell.begin();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  const overlay = () => shell.store.get().overlay as DocumentOverlay;
  press('y');
  expect(overlay().kind).toBe('document');
  const open = overlay().rows.value.length;
  press('-');
  expect(overlay().rows.value.length).toBeLessThan(open);
  press('/', ...'defaultaction', 'enter');
  expect(bodyRows(shell.store.get()).map(plain).join('\n')).toMatch(/> .*"defaultAction": "Allow"/);
  press('c');
  expect(Buffer.from(/;c;([^\x07]*)/.exec(written.at(-1) ?? '')?.[1] ?? '', 'base64').toString()).toBe('Allow');
  press('/', ...'nowhere', 'enter');
  expect(shell.store.get().message?.text).toBe('No match for nowhere.');
  press('/', 'x', 'esc');
  expect(overlay().typing).toBeNull();
  press('esc');
  expect(shell.store.get().overlay).toBeNull();
});
