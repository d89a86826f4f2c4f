// Which plans want the workspace's name typed: many changes at once, and what an undo does not bring back.
import { expect, test } from 'vitest';
import { whyTyped } from '../../src/app/state/consent.ts';
import type { Plan, Step } from '../../src/model/plan.ts';

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
    }),
  ),
  gates: [],
  skipped: [],
  preview: { resolves: [], introduces: [] },
  irreversible,
});
const times = (count: number) => Array.from({ length: count }, () => 'exact' as const);

test.each([
  ['a few exact changes', plan('fix', times(10)), null],
  ['many', plan('fix', times(11)), 'These are 11 changes at once.'],
  ['the way back of many', plan('undo', times(11)), null],
  ['the same effect in another form', plan('fix', ['equivalent'], ['An explicit one is left.']), null],
  ['a part that is lost', plan('fix', ['exact', 'partial'], ['It is lost.']), 'It is lost.'],
  ['what cannot be taken back, in an undo too', plan('undo', ['none']), 'A part of this cannot be taken back.'],
])('%s', (_name, given, why) => expect(whyTyped(given)).toBe(why));
