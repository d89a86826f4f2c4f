// What must be done before a plan is sent: which plans need the workspace's name typed, and what the question says.
import { expect, test } from 'vitest';
import { confirmationOf, isTypedName, joinPlans } from '../../src/model/confirmation.ts';
import { effectKinds, effectLabels } from '../../src/model/effect.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { sampleEffect } from '../support/effect-samples.ts';

const plan = (verb: Plan['verb'], undo: readonly Step['undo'][], irreversible: readonly string[] = []): Plan => ({
  id: 'p',
  snapshot: 's',
  source: { kind: 'demo', name: 'demo:open' },
  workspace: '/subscriptions/s/workspaces/w',
  architecture: 'service-endpoint',
  verb,
  of: null,
  steps: undo.map(
    (one): Step => ({
      change: { kind: 'edit', resource: '/r', body: null, edits: [] },
      phase: 5,
      findings: [],
      needs: [],
      az: '',
      risk: '',
      undo: one,
      does: '',
      effects: [],
    }),
  ),
  gates: [],
  skipped: [],
  preview: { resolves: [], introduces: [] },
  irreversible,
  effects: [],
});
const times = (count: number) => Array.from({ length: count }, () => 'exact' as const);

test.each([
  ['a few changes whose undo is full', plan('fix', times(10)), null],
  ['many', plan('fix', times(11)), 'Type w to apply 11 changes'],
  ['the undo of many', plan('undo', times(11)), 'Type w to undo 11 changes'],
  ['the same effect in another form', plan('fix', ['equivalent'], ['An explicit one is left.']), null],
  ['a part that is lost', plan('fix', ['exact', 'partial'], ['It is lost.']), 'It is lost. Type w to apply 2 changes'],
  ['no undo, in an undo too', plan('undo', ['none']), 'Part of this cannot be undone. Type w to undo 1 change'],
])('%s', (_name, given, prompt) => expect(confirmationOf(given).typed?.prompt ?? null).toBe(prompt));

test.each(effectKinds)('%s: the name is typed unless it is automatic, in an undo as in a fix', (kind) => {
  const prompt = (verb: Plan['verb'], automatic: boolean) =>
    confirmationOf({ ...plan(verb, times(1)), effects: [sampleEffect(kind, 'D.', automatic)] }).typed?.prompt ?? null;
  const label = effectLabels[kind].toLowerCase();
  expect(prompt('undo', false)).toBe(`Effects: ${label}. Type w to undo 1 change`);
  expect(prompt('fix', false)).toBe(`Effects: ${label}. Type w to apply 1 change`);
  expect(prompt('fix', true)).toBe(null);
});

test('every kind that is not automatic is named, in their order', () => {
  const effects = [
    sampleEffect('costs', 'C.'),
    sampleEffect('deletes', 'key vault'),
    sampleEffect('opens', 'O.', true),
    { kind: 'relaxes' as const, resource: '/r', detail: 'R.', subject: 's' },
  ];
  expect(confirmationOf({ ...plan('fix', times(1)), effects }).typed?.prompt).toMatch(
    /^Effects: deletes, costs\. Type/,
  );
});

test('the question names the changes and the workspace', () => {
  expect(confirmationOf(plan('fix', times(2)))).toMatchObject({
    question: 'Apply these 2 changes to w?',
    button: 'Apply',
  });
  expect(confirmationOf(plan('undo', times(1))).question).toBe('Undo this change on w?');
});

test('warnings are those of the gates that warn', () => {
  const gates = (['pass', 'warn', 'unknown'] as const).map((outcome) => ({
    ...{ kind: 'lockout' as const, outcome, detail: outcome },
  }));
  expect(confirmationOf({ ...plan('fix', times(1)), gates }).warnings).toEqual(['warn']);
});

test('the name is compared as Azure compares names', () => {
  expect([isTypedName(' MLW-sim', 'mlw-sim'), isTypedName('mlw', 'mlw-sim')]).toEqual([true, false]);
});

test('several plans as one: every step, and what is resolved or introduced in the end', () => {
  const [first, second] = [plan('undo', times(2), ['a']), plan('undo', ['none'], ['a', 'b'])];
  const joined = joinPlans([
    { ...first, preview: { resolves: ['x'], introduces: ['y'] } },
    { ...second, preview: { resolves: ['y'], introduces: ['z'] } },
  ]);
  expect(joined).toMatchObject({
    of: null,
    irreversible: ['a', 'b'],
    preview: { resolves: ['x'], introduces: ['z'] },
  });
  expect(joined.steps).toHaveLength(3);
  expect(confirmationOf(joined).typed).not.toBeNull();
});
