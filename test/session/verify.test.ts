// What is said after an act: all that the preview promised is looked at, not only what was asked for.
import { expect, test } from 'vitest';
import type { Entry } from '../../src/model/entry.ts';
import type { Report } from '../../src/model/finding.ts';
import type { Plan } from '../../src/model/plan.ts';
import { resolvedByUndone, verified } from '../../src/session/verify.ts';

const plan = (verb: Plan['verb']): Plan =>
  ({
    verb,
    steps: [
      { findings: ['a@1', 'b@1'], change: { kind: 'edit' } },
      { findings: ['a@1'], change: { kind: 'edit' } },
    ],
    preview: { resolves: ['b@1', 'c@1', 'd@1', 'e@1'], introduces: ['f@1'] },
    skipped: [],
  }) as unknown as Plan;
const after = (outcomes: Readonly<Record<string, string>>): Report =>
  ({
    reading: { failed: [], missing: [] },
    findings: Object.entries(outcomes).map(([id, outcome]) => ({ id, outcome, resource: '/s/r' })),
  }) as unknown as Report;

test('a fix that did not hold is reported, though it was not requested', () => {
  const report = after({ 'a@1': 'pass', 'b@1': 'notApplicable', 'c@1': 'fail', 'd@1': 'unknown', 'f@1': 'fail' });
  expect(verified(plan('fix'), report, null)).toEqual({
    resolved: ['a@1', 'b@1', 'e@1'],
    persisting: ['c@1'],
    unknown: ['d@1'],
    // Nothing was read before: what the preview announced, and fails now.
    introduced: ['f@1'],
    notApplicable: [],
  });
});

test('what a part of a plan left out is not still failing, and counts where it is resolved', () => {
  const part = { ...plan('fix'), skipped: ['a@1', 'c@1'].map((finding) => ({ finding, reason: 'not selected' })) };
  const { resolved, persisting } = verified(part, after({ 'a@1': 'fail', 'c@1': 'pass', 'd@1': 'fail' }), null);
  expect([resolved, persisting]).toEqual([['b@1', 'c@1', 'e@1'], ['d@1']]);
});

test('what did not fail before and fails now was introduced, announced or not', () => {
  const [before, now] = [
    after({ 'a@1': 'fail', 'x@1': 'pass' }),
    after({ 'a@1': 'fail', 'x@1': 'fail', 'y@1': 'fail' }),
  ];
  expect(verified(plan('fix'), now, before).introduced).toEqual(['x@1', 'y@1']);
});

test('what the changes alone do not fail became so meanwhile, and is no reason for exit status 1', () => {
  const before = after({ 'a@1': 'fail', 'x@1': 'pass', 'y@1': 'pass', 'z@1': 'unknown' });
  const now = after({ 'a@1': 'pass', 'x@1': 'fail', 'y@1': 'fail', 'z@1': 'fail' });
  const expected = after({ 'a@1': 'pass', 'x@1': 'fail', 'y@1': 'pass', 'z@1': 'unknown' });
  const { introduced, meanwhile } = verified(plan('fix'), now, before, now, expected);
  expect(introduced).toEqual(['x@1']);
  expect(meanwhile).toEqual([
    { finding: 'y@1', reason: 'changed', by: [] },
    { finding: 'z@1', reason: 'not-known-before', by: [] },
  ]);
});

test('what the changes alone leave unknown may be by them; an undo brings back what failed before the changes it undoes', () => {
  const before = after({ 'a@1': 'fail', 'x@1': 'pass', 'y@1': 'pass' });
  const now = after({ 'a@1': 'pass', 'x@1': 'fail', 'y@1': 'fail' });
  const expected = after({ 'a@1': 'pass', 'x@1': 'unknown', 'y@1': 'unknown' });
  const may = (finding: string) => ({ finding, reason: 'may-be-own', by: [] });
  expect(verified(plan('fix'), now, before, now, expected).meanwhile).toEqual([may('x@1'), may('y@1')]);
  const undo = verified(plan('undo'), now, before, now, expected, () => false, ['x@1']);
  expect([undo.introduced, undo.broughtBack, undo.meanwhile]).toEqual([['x@1'], ['x@1'], [may('y@1')]]);
});

test('what fails with the changes alone and passes now was not resolved by the act', () => {
  const before = after({ 'a@1': 'fail', 'b@1': 'fail', 'c@1': 'fail' });
  const now = after({ 'a@1': 'pass', 'b@1': 'pass', 'c@1': 'pass' });
  const expected = after({ 'a@1': 'pass', 'b@1': 'fail', 'c@1': 'unknown' });
  const { resolved, resolvedByOthers } = verified(plan('fix'), now, before, now, expected);
  expect([resolved, resolvedByOthers]).toEqual([['a@1', 'c@1'], ['b@1']]);
});

test('what a failed read may have hidden is unknown, and a subject that is not there is gone', () => {
  const before = after({ 'a@/s/x': 'fail', 'b@/s/y': 'fail' });
  const now = { ...after({}), reading: { failed: ['/s/list'], missing: ['/s/y'] } } as Report;
  const about = { ...plan('fix'), steps: [], preview: { resolves: ['a@/s/x', 'b@/s/y'], introduces: [] } } as Plan;
  expect(verified(about, now, before)).toMatchObject({
    ...{ resolved: ['b@/s/y'], unknown: ['a@/s/x'], notJudged: ['a@/s/x'], unread: ['/s/list'] },
  });
  // It failed before, too: the scan went the same way.
  const same = { ...before, reading: { failed: ['/s/list'], missing: [] } };
  expect(verified(about, now, same)).toMatchObject({ resolved: ['a@/s/x', 'b@/s/y'], unknown: [] });
});

test('an undo is compared with its own preview only', () => {
  expect(verified(plan('undo'), after({ 'a@1': 'fail', 'b@1': 'pass', 'c@1': 'pass', 'd@1': 'pass' }), null)).toEqual({
    resolved: ['b@1', 'c@1', 'd@1', 'e@1'],
    persisting: [],
    unknown: [],
    introduced: [],
    notApplicable: [],
  });
});

test('without another scan, all of it is unknown', () => {
  expect(verified(plan('fix'), null, null)).toEqual({
    isUnread: true,
    resolved: [],
    persisting: [],
    unknown: ['a@1', 'b@1', 'c@1', 'd@1', 'e@1'],
    introduced: [],
    notApplicable: [],
  });
});

test('only what failed before is resolved; what does not apply is told with its reason', () => {
  const report = (outcomes: Readonly<Record<string, string>>): Report =>
    ({
      reading: { failed: [], missing: [] },
      findings: Object.entries(outcomes).map(([id, outcome]) => ({ id, outcome, because: `${id} is ${outcome}.` })),
    }) as unknown as Report;
  const before = report({ 'a@1': 'notApplicable', 'b@1': 'pass', 'c@1': 'fail', 'd@1': 'fail', 'e@1': 'fail' });
  const now = report({ 'a@1': 'notApplicable', 'b@1': 'pass', 'c@1': 'pass', 'd@1': 'notApplicable' });
  expect(verified(plan('fix'), now, before)).toEqual({
    resolved: ['c@1', 'd@1', 'e@1'],
    persisting: [],
    unknown: [],
    introduced: [],
    notApplicable: [{ finding: 'a@1', reason: 'a@1 is notApplicable.' }],
  });
});

test('what an undo brings back failed before the changes that it undoes; anything else counts', () => {
  const [before, now] = [
    after({ 'a@1': 'pass', 'x@1': 'pass', 'y@1': 'pass' }),
    after({ 'a@1': 'fail', 'x@1': 'fail', 'y@1': 'fail' }),
  ];
  const grave = now.findings.map((one) => ({
    ...one,
    severity: 'critical' as const,
    rule: one.id.split('@')[0] ?? '',
  }));
  const judged = { findings: grave } as unknown as Report;
  const entry = (more: object): Entry =>
    ({ id: 'e1', verb: 'fix', findings: [], resolves: [], ...more }) as unknown as Entry;
  const fixed = entry({ findings: ['a@1'], resolves: ['x@1'] });
  const undo = { ...plan('undo'), of: 'e1', preview: { resolves: [], introduces: ['a@1', 'x@1', 'y@1'] } };
  const of = (made: Plan, entries: readonly Entry[]) => {
    const said = verified(made, now, before, judged, null, () => false, resolvedByUndone(made, entries));
    return [said.broughtBack ?? [], (said.severe ?? []).map(({ finding }) => finding)];
  };
  expect(of(undo, [fixed])).toEqual([['a@1', 'x@1'], ['y@1']]);
  // A redo repeats what another entry did.
  const redone = entry({ id: 'e2', verb: 'redo', redoes: 'e1' });
  expect(of({ ...undo, of: 'e2' }, [fixed, redone])).toEqual([['a@1', 'x@1'], ['y@1']]);
  // Not in the history, or no undo: all of it is new.
  expect(of(undo, [])).toEqual([[], ['a@1', 'x@1', 'y@1']]);
  expect(of({ ...undo, verb: 'fix' }, [fixed])).toEqual([[], ['a@1', 'x@1', 'y@1']]);
});
