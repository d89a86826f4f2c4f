// The registered rules against the index of the rule catalogue (section 14), and against the rest of it by name.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import type { Rule } from '../../src/rules/rule.ts';

const shared = process.env.BASTIDE_SHARED ?? path.resolve(import.meta.dirname, '../../../shared');
const file = path.join(shared, 'rules-catalogue.md');
const there = existsSync(file);
const text = there ? readFileSync(file, 'utf8') : '';
if (!there) process.stderr.write('The rule catalogue is not beside the checkout: its tests are skipped.\n');

const letters = { 'service-endpoint': 'S', 'private-endpoint': 'P', 'managed-network': 'M' } as const;
/** A rule as the index writes it. */
const rowOf = (rule: Rule): string => {
  const profiles = rule.profiles.length === 2 ? 'both' : rule.profiles[0];
  const undo = rule.fixKind === 'none' ? '—' : rule.undo;
  return `| \`${rule.id}\` | ${rule.severity} | ${profiles} | ${rule.fixKind} | ${undo} | ${rule.for.map((one) => letters[one]).join(' ')} |`;
};
const rows = text
  .split('\n')
  .filter((line) => /^\| `[a-z]+\.[a-z0-9-]+` \| (critical|high|medium|low|info) \|/.test(line));
const headings = new Map(
  [...text.matchAll(/^#### `([^`]+)` — (.+)$/gm)].map(([, id, title]) => [id ?? '', title ?? '']),
);
const listed = new Set(headings.keys());

describe.skipIf(!there)('the catalogue', () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))('%s stands in the index as it is registered', (id, rule) => {
    expect(rows.filter((row) => row.startsWith(`| \`${id}\` |`))).toEqual([rowOf(rule)]);
    expect(rule.undo === 'none' || rule.fixKind !== 'none').toBe(true);
  });

  test('the rules are listed in catalogue order', () => {
    const order = rows.map((row) => /`([^`]+)`/.exec(row)?.[1] ?? '');
    const places = rules.map((rule) => order.indexOf(rule.id));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  });

  test('gates and substitutes are rules of the catalogue', () => {
    const named = rules.flatMap((rule) => [...rule.gates, ...(rule.instead === undefined ? [] : [rule.instead])]);
    expect(named.filter((id) => !listed.has(id))).toEqual([]);
  });
});

describe('what every rule says of itself', () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
    const { why, fix, breaks, links } = rule.explain;
    for (const sentence of [why, fix, breaks]) expect(sentence).toMatch(/^[A-Z].*\.$/s);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(link).toMatch(/^https:\/\/learn\.microsoft\.com\//);
    expect(rule.fix === undefined).toBe(rule.fixKind === 'none');
    expect(/^None/.test(fix)).toBe(rule.fixKind === 'none');
  });
});
