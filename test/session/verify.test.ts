// What is said after an act: all that the preview promised is looked at, not only what was asked for.
import { expect, test } from 'vitest';
import type { Report } from '../../src/model/finding.ts';
import type { Plan } from '../../src/model/plan.ts';
import { verified } from '../../src/session/verify.ts';

const plan = (verb: Plan['verb']): Plan =>
  ({
    verb,
    steps: [{ findings: ['a@1', 'b@1'] }, { findings: ['a@1'] }],
    preview: { resolves: ['b@1', 'c@1', 'd@1', 'e@1'], introduces: ['f@1'] },
  }) as unknown as Plan;
const after = (outcomes: Readonly<Record<string, string>>): Report =>
  ({ findings: Object.entries(outcomes).map(([id, outcome]) => ({ id, outcome })) }) as unknown as Report;

test('a promise that was not kept is told, though nobody had asked for it', () => {
  const report = after({ 'a@1': 'pass', 'b@1': 'notApplicable', 'c@1': 'fail', 'd@1': 'unknown', 'f@1': 'fail' });
  expect(verified(plan('fix'), report)).toEqual({
    resolved: ['a@1', 'b@1', 'e@1'],
    persisting: ['c@1'],
    unknown: ['d@1'],
  });
});

test('an undo answers for what its preview said alone', () => {
  expect(verified(plan('undo'), after({ 'a@1': 'fail', 'b@1': 'pass', 'c@1': 'pass', 'd@1': 'pass' }))).toEqual({
    resolved: ['b@1', 'c@1', 'd@1', 'e@1'],
    persisting: [],
    unknown: [],
  });
});

test('where nobody looked again, all of it is unknown', () => {
  expect(verified(plan('fix'), null)).toEqual({
    resolved: [],
    persisting: [],
    unknown: ['a@1', 'b@1', 'c@1', 'd@1', 'e@1'],
  });
});
