// Rules of the operator's own: their example, every operator, every refusal with its line, and what unreadable values do to them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { evaluate, type RuleCondition } from '../../src/custom-rules/condition.ts';
import { type OperatorName, operators } from '../../src/custom-rules/operators.ts';
import { readRules } from '../../src/custom-rules/read.ts';
import { toRule } from '../../src/custom-rules/rule.ts';
import { testRule } from '../../src/custom-rules/samples.ts';
import { parseValuePath, type ValuePath } from '../../src/custom-rules/value-path.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { guarded, unresolved } from '../../src/model/unresolved.ts';
import { rules as builtIn } from '../../src/rules/index.ts';
import { YamlTextError } from '../../src/yaml/read-yaml.ts';

const root = path.resolve(import.meta.dirname, '../..');
const example = readFileSync(path.join(root, 'docs/examples/rules/storage.yaml'), 'utf8');
const [first = ''] = example.split('---\n');
const edited = (from: string, to: string): string => {
  expect(first).toContain(from);
  return first.replace(from, to);
};
const refusal = (text: string): readonly [number, string] => {
  try {
    readRules(text);
  } catch (error) {
    if (error instanceof YamlTextError) return [error.line, error.message];
    throw error;
  }
  throw new Error('it was accepted');
};
const pathOf = (text: string): ValuePath => {
  const made = parseValuePath(text);
  if (typeof made === 'string') throw new Error(made);
  return made;
};
const condition = (operator: OperatorName, operand: Json, text = 'v', more: object = {}): RuleCondition => {
  expect(operators[operator].wrong(operand)).toBeUndefined();
  return { kind: 'test', path: pathOf(text), operator, operand, match: 'every', ...more };
};
const held = (of: RuleCondition, body: JsonObject) => {
  const { holds } = evaluate(of, body);
  return typeof holds === 'boolean' ? holds : 'unknown';
};

test('the example passes its samples, in any line ends and with a byte-order mark', () => {
  for (const text of [example, `\uFEFF${example.replaceAll('\n', '\r\n')}`]) {
    const results = readRules(text).map((rule) => testRule(rule, 'storage.yaml'));
    expect(results.map(({ rule, line, missing }) => ({ rule, line, missing }))).toEqual([
      { rule: 'custom.storage-known-clients', line: 2, missing: [] },
      { rule: 'custom.owner-tag', line: 35, missing: [] },
    ]);
    expect(results.flatMap(({ samples }) => samples).filter(({ ok }) => !ok)).toEqual([]);
  }
});

test('a sample with another outcome, and an outcome that has no sample, are told', () => {
  const [rule] = readRules(edited('outcome: fail', 'outcome: unknown'));
  const { samples, missing } = testRule(rule as NonNullable<typeof rule>, 'a.yaml');
  expect(missing).toEqual(['fail']);
  expect(samples.filter(({ ok }) => !ok)).toMatchObject([
    { name: 'an address of another company', line: 24, expected: 'unknown', outcome: 'fail' },
  ]);
});

describe('operators', () => {
  const table: readonly [OperatorName, Json, Json | undefined, boolean | 'unknown'][] = [
    ['equals', 'Deny', 'deny', true],
    ['equals', 443, '443', false],
    ['equals', null, undefined, false],
    ['equals', true, true, true],
    ['not-equals', 'Deny', undefined, true],
    ['not-equals', 'Deny', 'DENY', false],
    ['in', ['a', 1], 1, true],
    ['in', ['a', 1], 'b', false],
    ['not-in', ['a'], undefined, true],
    ['exists', true, null, false],
    ['exists', true, false, true],
    ['exists', false, undefined, true],
    ['contains', '*', ['x', '*'], true],
    ['contains', 'x', ['xy'], false],
    ['contains', 'Y', 'xyz', true],
    ['not-contains', '*', undefined, true],
    ['matches', 'team-*', 'Team-ML', true],
    ['matches', '*a*a*a*b', 'a'.repeat(5000), false],
    ['not-matches', 'team-*', 7, true],
    ['less-than', 5, 4, true],
    ['less-than', 5, '4', false],
    ['at-most', 5, 5, true],
    ['at-least', 5, 4, false],
    ['greater-than', 5, 6, true],
    ['count-at-most', 1, [1, 2], false],
    ['count-at-most', 0, undefined, true],
    ['count-at-least', 1, null, false],
    ['count-at-least', 1, 'text', 'unknown'],
    ['within', ['10.0.0.0/8'], '10.1.0.0/16', true],
    ['within', ['10.0.0.0/9', '10.128.0.0/9'], '10.0.0.0/8', true],
    ['within', ['10.0.0.0/8'], '*', false],
    ['within', ['10.0.0.0/8'], undefined, false],
    ['within', ['10.0.0.0/8'], 'VirtualNetwork', 'unknown'],
    ['within', ['2001:db8::/32'], '2001:db8:1::/48', true],
    ['outside', ['10.0.0.0/8'], '192.0.2.1', true],
    ['outside', ['10.0.0.0/8'], '0.0.0.0/0', false],
    ['outside', ['10.0.0.0/8'], 'Internet', 'unknown'],
  ];
  test.each(table)('%s %j of %j: %s', (operator, operand, value, wanted) => {
    const body: JsonObject = value === undefined ? {} : { v: value };
    expect(held(condition(operator, operand), body)).toBe(wanted);
    const turned = wanted === 'unknown' ? wanted : !wanted;
    expect(held({ kind: 'not', part: condition(operator, operand) }, body)).toBe(turned);
  });
  test('each is in the table', () => {
    expect([...new Set(table.map(([name]) => name))].toSorted()).toEqual(Object.keys(operators).toSorted());
  });
});

describe('paths and lists', () => {
  const body: JsonObject = {
    Properties: { rules: [{ v: 1 }, { v: 2 }, {}], none: [], one: { v: 1 } },
    'a b': { "c'd": 1 },
  };
  test.each([
    ['properties.rules[*].v', 'every', 'at-least', 1, false],
    ['properties.rules[*].v', 'some', 'at-least', 2, true],
    ['properties.rules[*].v', 'none', 'at-least', 3, true],
    ['properties.rules[1].v', 'every', 'equals', 2, true],
    ['properties.rules[9].v', 'every', 'exists', false, true],
    ['properties.none[*].v', 'every', 'equals', 1, true],
    ['properties.none[*].v', 'some', 'equals', 1, false],
    ['properties.gone[*].v', 'none', 'equals', 1, true],
    ['properties.one[*].v', 'every', 'equals', 1, 'unknown'],
    // A forgotten `[*]` is not an absent member.
    ['properties.rules.v', 'every', 'not-equals', 1, 'unknown'],
    ["['a b']['c\\'d']", 'every', 'equals', 1, true],
    ['constructor.name', 'every', 'exists', false, true],
  ] as const)('%s %s %s %j: %s', (text, match, operator, operand, wanted) => {
    expect(held(condition(operator, operand, text, { match }), body)).toBe(wanted);
  });
  test.each(['', '.a', 'a.', 'a..b', '[0]', '[*].a', 'a[-1]', 'a[b]', "a['b", 'a b', `${'a.'.repeat(40)}a`])(
    'no path: %j',
    (text) => expect(typeof parseValuePath(text)).toBe('string'),
  );
  test('default counts where a member is absent or null, and nowhere else', () => {
    const of = condition('equals', 'Enabled', 'v', { standard: 'Enabled' });
    const bodies: JsonObject[] = [{}, { v: null }, { v: 'Disabled' }];
    expect(bodies.map((one) => held(of, one))).toEqual([true, true, false]);
  });
});

describe('refused, with the line', () => {
  test.each([
    ['id: custom.storage-known-clients', 'id: storage.known', 2, 'id is "storage.known"'],
    ['id: custom.storage-known-clients', 'id: custom.Known', 2, 'id is "custom.Known"'],
    ['resource: Microsoft.Storage/storageAccounts', 'resource: storage', 3, 'an ARM type'],
    ['severity: high', 'severity: grave', 6, 'severity is "grave", and must be one of critical, high'],
    ['severity: high', 'severity: high\nseverity: low', 7, 'unique'],
    ['severity: high\n', '', 2, 'The rule has no severity.'],
    ['severity: high', 'level: high', 6, 'level is not a key of a rule.'],
    ['source: https:', 'source: http:', 10, 'must be an https address'],
    ['source: https://', 'source: https://user@', 10, 'must be an https address'],
    ['  equals: Deny', '  equals: [Deny]', 13, 'equals must be a text, a number'],
    ['  equals: Deny', '  equals: Deny\n  in: [a]', 12, 'one operator, and has equals and in'],
    ['  equals: Deny', '  is: Deny', 13, 'is is not a key of the condition of when.'],
    ['  match: every', '  match: most', 16, 'match is "most"'],
    ['ipRules[*].value\n', 'ipRules.value\n', 16, 'match needs a path with [*].'],
    ['ipRules[*].value\n', 'ipRules[*]..value\n', 15, 'is not a path at character 34'],
    ['within: [203.0.113.0/24', 'within: [203.0.113.7/24', 17, 'which is not an address or range'],
    ['    outcome: pass', '    outcome: green', 20, 'outcome of a sample must be one of'],
    ['name: an office', 'title: an office', 19, 'title is not a key of a sample.'],
    ['source: https', 'source: !!js/function https', 10, 'It is not valid YAML'],
    ['why: An', 'why: &a An', 0, ''],
    ['severity: high', 'severity: *a', 6, 'Aliases'],
  ])('%j as %j', (from, to, line, message) => {
    if (line === 0) return expect(readRules(edited(from, to))).toHaveLength(1);
    const [at, said] = refusal(edited(from, to));
    expect([at, said]).toEqual([line, expect.stringContaining(message)]);
  });
  test.each([
    { name: 'a list', text: '- a\n- b\n', line: 1 },
    { name: 'a text', text: 'rule\n', line: 1 },
    { name: 'brackets without end', text: `id: ${'['.repeat(100_000)}`, line: 1 },
    {
      name: 'conditions without end',
      text: `${first.split('when:')[0]}require:${' { not:'.repeat(50)} x ${' }'.repeat(50)}\nsamples: []\n`,
      line: 11,
    },
  ])('$name', ({ text, line }) => expect(refusal(text)[0]).toBe(line));
  test('text of a file reaches no terminal as a sequence', () => {
    const [, said] = refusal(edited('severity: high', 'severity: "\\e]0;x\\a\\u202Egrave"'));
    expect(said).not.toMatch(/[\x00-\x1f\u202e]/);
    const [rule] = readRules(edited('problem: IP', 'problem: "\\e[31mIP\\u202E"\n#'));
    expect(rule?.problem).toBe('IP');
  });
});

describe('in an audit', () => {
  const account = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st';
  const base = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w';
  const snapshot = (more: Partial<Snapshot>): Snapshot => ({
    ...{
      schema: 'bastide/snapshot/v1',
      id: 'x',
      takenAt: '2026-01-01T00:00:00Z',
      source: { kind: 'azure', name: 'public' },
    },
    ...{ workspace: base, identity: null, requests: 0, collections: [], permissions: [], gaps: [], intents: {} },
    resources: [{ id: base, type: 'Microsoft.MachineLearningServices/workspaces', apiVersion: '', body: {} }],
    ...more,
  });
  const [own] = readRules(first);
  const rule = toRule(own as NonNullable<typeof own>, 'rules/storage.yaml');
  const found = (more: Partial<Snapshot>) =>
    audit(snapshot(more), [rule]).findings.map(({ outcome, resource, gaps }) => ({ outcome, resource, gaps }));

  test('no resource of its type: not applicable, and said so', () => {
    expect(found({})).toEqual([{ outcome: 'notApplicable', resource: base, gaps: [] }]);
  });
  test('a resource, or the list of them, that could not be read: unknown, with what was missing', () => {
    const gap = { id: account, reason: 'Forbidden.', action: 'Microsoft.Storage/storageAccounts/read', status: 403 };
    expect(found({ gaps: [gap] })).toEqual([{ outcome: 'unknown', resource: account, gaps: [account] }]);
    const list = { ...gap, id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts' };
    expect(found({ gaps: [list] })).toEqual([{ outcome: 'unknown', resource: base, gaps: [list.id] }]);
    expect(found({ gaps: [{ ...gap, status: 404 }] })).toMatchObject([{ outcome: 'notApplicable' }]);
  });
  test('evidence is the value that decided, in the body as it was read', () => {
    const body = { properties: { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '192.0.2.1' }] } } };
    const [finding] = audit(
      snapshot({ resources: [{ id: account, type: 'microsoft.storage/storageaccounts', apiVersion: '', body }] }),
      [rule],
    ).findings;
    expect(finding).toMatchObject({
      outcome: 'fail',
      severity: 'high',
      problem: "IP rule outside the company's addresses",
      evidence: [{ resource: account, pointer: '/properties/networkAcls/ipRules/0/value', value: '192.0.2.1' }],
    });
    expect(finding?.because).toBe(
      'st: properties.networkAcls.ipRules[0].value is "192.0.2.1"; expected addresses within "203.0.113.0/24", "198.51.100.16/28".',
    );
  });
  test('Bastide has no rule that one of these could be taken for', () => {
    expect(builtIn.filter(({ id }) => id.startsWith('custom.'))).toEqual([]);
  });
});

test('a decision made without a value is the same whatever the value is', () => {
  const values = fc.constantFrom<Json>('a', 'b', 1, null, '10.0.0.1', [], ['a']);
  const bodies = fc.record({ x: values, y: values, l: fc.array(fc.record({ v: values }), { maxLength: 3 }) });
  const leaves = fc.record({
    text: fc.constantFrom('x', 'y', 'z', 'l[*].v', 'l[0].v'),
    of: fc.constantFrom<readonly [OperatorName, Json]>(
      ['equals', 'a'],
      ['in', ['a', 1]],
      ['exists', true],
      ['contains', 'a'],
      ['within', ['10.0.0.0/8']],
      ['count-at-least', 1],
      ['not-equals', 1],
    ),
    match: fc.constantFrom('every', 'some', 'none'),
  });
  const conditions = fc.letrec<{ one: RuleCondition }>((tie) => ({
    one: fc.oneof(
      { depthSize: 'small' },
      leaves.map(({ text, of: [operator, operand], match }) => condition(operator, operand, text, { match })),
      fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        parts: fc.array(tie('one'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), part: tie('one') }),
    ),
  })).one;
  let decided = 0;
  let open = 0;
  fc.assert(
    fc.property(conditions, bodies, fc.constantFrom('x', 'y', 'l', 'v'), (of, body, hidden) => {
      const marker = unresolved('[x]', 'it has no value');
      const masked = hidden === 'v' ? { ...body, l: body.l.map(() => ({ v: marker })) } : { ...body, [hidden]: marker };
      const read = guarded({ id: '/x', type: 't', apiVersion: '', body: masked }).body;
      const without = held(of, read);
      if (without === 'unknown') open += 1;
      else {
        decided += 1;
        const whole = held(of, body);
        // What is of another kind than the operator takes is unknown by itself.
        if (whole !== 'unknown') expect(without).toBe(whole);
      }
    }),
    { numRuns: 600, seed: 7 },
  );
  expect(Math.min(decided, open)).toBeGreaterThan(60);
});
