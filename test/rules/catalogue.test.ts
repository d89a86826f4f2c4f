// The registered rules against the index in the fixture, and against themselves. `npm run docs` rewrites the fixture: its difference
// belongs into the commit that changes a rule, where a reviewer sees it.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ruleIndex } from '../../build/docs/rules.ts';
import { rules } from '../../src/rules/index.ts';
import { pageDate } from '../../src/rules/parts/links.ts';
import { fixture, outside } from '../support/outside.ts';

interface Row {
  readonly id: string;
}
const index = JSON.parse(readFileSync(fixture('rules.json'), 'utf8')) as readonly Row[];
const written = 'if it is meant, `npm run docs` writes test/fixtures/rules.json';
const { place: catalogue, isHere, note } = outside('rules-catalogue.md');

describe('the index', () => {
  test('holds every rule, in the order of the registry', () => {
    expect(
      index.map(({ id }) => id),
      written,
    ).toEqual(rules.map(({ id }) => id));
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  test.each(ruleIndex(rules).map((row) => [row.id, row] as const))(
    '%s is registered as the index has it',
    (id, row) => {
      expect(row, written).toEqual(index.find((one) => one.id === id));
      expect(row.undo === 'none' || row.fix !== 'none').toBe(true);
    },
  );

  test('every rule that another names is registered', () => {
    const known = new Set(rules.map(({ id }) => id));
    const named = rules.flatMap(({ gates, carries = [], instead }) => [
      ...gates,
      ...carries,
      ...(instead ? [instead] : []),
    ]);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe.skipIf(!isHere)(`the specification of the rules${note}`, () => {
  test('every id of it is registered', () => {
    const known = new Set(rules.map(({ id }) => id));
    const listed = [...readFileSync(catalogue, 'utf8').matchAll(/^#### `([^`]+)` —/gm)].map(([, id]) => id ?? '');
    expect(listed.length).toBeGreaterThan(150);
    expect(listed.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe('what every rule says of itself', () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
    const { why, fix, breaks, links } = rule.explain;
    for (const sentence of [why, fix, breaks]) expect(sentence).toMatch(/^[A-Z].*\.$/s);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(link).toMatch(/^https:\/\/learn\.microsoft\.com\//);
    for (const date of links.flatMap((link) => pageDate(link) ?? [])) expect(date).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
    expect(rule.fix === undefined).toBe(rule.fixKind === 'none');
    expect(/^None/.test(fix)).toBe(rule.fixKind === 'none');
  });
});
