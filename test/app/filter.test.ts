// The filter says what operators type: text, its opposite, and a few members by name.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyMemo, type Memo } from '../../src/app/draw/memoize.ts';
import {
  type Grammar,
  memoizeNarrowed,
  type Narrowed,
  narrowed,
  termsOf,
  unfiltered,
} from '../../src/app/rows/narrow.ts';
import { rowsOf } from '../../src/app/rows/rows.ts';
import { findingGrammar } from '../../src/app/screens/resources/filter.ts';
import { type Finding, findingId, severities } from '../../src/model/finding.ts';

const matches = (one: Finding, filter: string) =>
  narrowed(unfiltered(rowsOf([one])), filter, findingGrammar).rows.length === 1;

const finding: Finding = {
  id: 'storage.default-deny@/subscriptions/s/stmlsim',
  rule: 'storage.default-deny',
  title: 'Storage firewall denies by default',
  problem: 'The storage firewall admits every network',
  severity: 'high',
  profiles: ['current'],
  outcome: 'fail',
  resource: '/subscriptions/s/stmlsim',
  where: null,
  because: 'defaultAction is Allow.',
  evidence: [],
  fix: { kind: 'auto', undo: 'exact' },
  gaps: [],
};

test.each([
  '',
  'FIREWALL',
  'stmlsim',
  'sev:high',
  'rule:storage',
  'fix:auto',
  'fix:auto-fixable',
  'is:fail',
  '!vault',
  '!sev:low',
  'firewall sev:high',
  '!',
])('%j keeps it', (filter) => expect(matches(finding, filter)).toBe(true));
test.each(['vault', '!firewall', 'sev:low', 'fix:none', 'fix:needs-input', 'is:pass', 'firewall sev:low', '!sev:high'])(
  '%j leaves it out',
  (filter) => expect(matches(finding, filter)).toBe(false),
);

test('the words of the column and the kinds of the JSON both filter', () => {
  const guided: Finding = { ...finding, fix: { kind: 'guided', undo: 'exact' } };
  expect(['fix:guided', 'fix:needs', 'fix:needs-input', 'fix:auto'].map((filter) => matches(guided, filter))).toEqual([
    ...[true, true, true, false],
  ]);
});

describe('typed letter by letter', () => {
  const text = fc.constantFrom('stmlsim', 'kv', 'SEV', 'a@b#c', '', 'storage', 'fail', 'rule:', 'high');
  const findings = fc.array(
    fc
      .record({
        rule: fc.constantFrom('storage.deny', 'vault.deny', 'Sev.rule'),
        resource: text,
        where: fc.option(text),
        title: text,
        because: text,
        severity: fc.constantFrom(...severities),
        outcome: fc.constantFrom('pass', 'fail', 'unknown', 'notApplicable'),
        kind: fc.constantFrom('auto', 'guided', 'none'),
      })
      .map(
        ({ kind, ...one }): Finding => ({
          ...finding,
          ...one,
          id: findingId(one.rule, one.resource, one.where),
          fix: { kind, undo: 'exact' },
        }),
      ),
    { maxLength: 12 },
  );
  const word = fc.constantFrom(
    'st',
    'ml',
    'sev:',
    'sev:h',
    'severity:hi',
    '!',
    '!st',
    'rule:',
    'is:f',
    '@',
    's',
    'fix:a',
  );
  const filters = fc.array(
    fc.array(word, { maxLength: 3 }).chain((words) => fc.constantFrom(words.join(' '), words.join(''))),
    { maxLength: 6 },
  );

  /** The rows of a filter as its words say it, looked at one by one. */
  const plainly = (all: readonly Finding[], filter: string) =>
    all.filter((one) =>
      termsOf(filter, findingGrammar.members).every(({ member, value, negative }) => {
        const { id, rule, title, problem, severity, outcome, because, fix } = one;
        const said = [id, rule, title, problem, severity, outcome, because].join(' ').toLowerCase();
        const named = { severity, outcome: outcome.toLowerCase(), fix: fix.kind }[member ?? ''];
        const holds =
          member === 'rule'
            ? rule.toLowerCase().includes(value)
            : (named?.startsWith(value) ?? (member === null && said.includes(value)));
        return holds !== negative;
      }),
    );

  test('whatever filter was set before, a filter keeps what it keeps of all rows', () => {
    fc.assert(
      fc.property(findings, filters, (all, typed) => {
        const whole = rowsOf(all);
        let kept = emptyMemo(unfiltered(rowsOf<Finding>([])));
        for (const filter of typed.flatMap((whole) => [...whole].map((_, at) => whole.slice(0, at + 1)))) {
          kept = memoizeNarrowed(kept, whole, filter, findingGrammar);
          expect([...kept.value.rows], filter).toEqual(plainly(all, filter));
        }
      }),
    );
  });

  test('what is the same in many rows is tested once, and a deleted letter tests nothing', () => {
    let asked = 0;
    const name = (row: { readonly name: string }) => {
      asked += 1;
      return row.name;
    };
    const named: Grammar<{ readonly name: string }> = { members: {}, sought: () => ({ in: [name] }) };
    const all = rowsOf(Array.from({ length: 100 }, (_, at) => ({ name: at < 10 ? 'abc' : 'a' })));
    const type = (kept: Memo<Narrowed<{ readonly name: string }>>, filter: string) =>
      memoizeNarrowed(kept, all, filter, named);
    let kept = type(emptyMemo(unfiltered(rowsOf<{ readonly name: string }>([]))), 'a');
    expect(kept.value.rows).toBe(all);
    expect(asked).toBe(100);
    kept = type(type(kept, 'ab'), 'abc');
    expect(kept.value.rows.length).toBe(10);
    expect(type(kept, 'a').value.rows).toBe(all);
    expect(asked).toBe(100);
  });
});
