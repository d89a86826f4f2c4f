// What the screen says of an act, beside the exit status and the failure of the shell: both take it from one place, whatever the outcome.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeExit, outcomeFailure } from '../../commands/parts/act.ts';
import { outcomeLines } from '../../src/app/overlays/progress/outcome.ts';
import { headerRows } from '../../src/app/parts/header-rows.ts';
import { createObserver } from '../../src/app/state/applying.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { ScreenAct, State } from '../../src/app/state/state.ts';
import { noProblems } from '../../src/model/problem.ts';
import { plainText } from '../../src/model/words.ts';
import type { ApplyResult, StepOutcome } from '../../src/session/session.ts';
import { fakeOptions } from '../support/fake-options.ts';

const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv';
const finding = (rule: string) => `${rule}@${id.toLowerCase()}`;
const someIds = fc.subarray(['a.one', 'b.two', 'c.three'].map(finding));
const step = fc.constantFrom<StepOutcome['state']>('done', 'failed', 'skipped', 'unknown').map(
  (state): StepOutcome => ({
    resource: id,
    state,
    requestId: null,
    message: state === 'skipped' ? 'Not sent.' : null,
  }),
);
const counts = fc.constantFrom(undefined, 0, 3);
const ended = { code: 'interrupted', message: 'Interrupted.', next: 'See `bastide history`.' };

const outcomes = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
    isEnded: fc.boolean(),
    lists: fc.record({
      resolved: someIds,
      persisting: someIds,
      unknown: someIds,
      notJudged: someIds,
      introduced: someIds,
    }),
    isUnread: fc.boolean(),
    unknownChecks: counts,
    isSevere: fc.boolean(),
    isPartlyUndone: fc.boolean(),
    isPartlyRestored: fc.boolean(),
    remaining: counts,
  })
  .map(
    ({
      isEnded,
      isPartlyRestored,
      isPartlyUndone,
      isSevere,
      isUnread,
      lists,
      remaining,
      steps,
      unknownChecks,
    }): ApplyResult => {
      const has = (...states: readonly StepOutcome['state'][]) => steps.some(({ state }) => states.includes(state));
      const { notJudged, ...rest } = lists;
      return {
        ...{ entry: 'entry-1', skipped: [], vanished: [], steps, ended: isEnded ? ended : null },
        state: has('unknown') ? 'open' : has('failed') ? (has('done') ? 'partial' : 'failed') : 'done',
        ...(isPartlyRestored ? { notRestored: [{ resource: id, why: 'It is not written.' }] } : {}),
        ...(isPartlyUndone ? { notUndone: [{ resource: id, reason: 'no-body' as const }] } : {}),
        ...(remaining === undefined ? {} : { remaining }),
        verified: {
          ...{ ...rest, notApplicable: [] },
          ...(notJudged.length === 0 ? {} : { notJudged, unknown: [...new Set([...rest.unknown, ...notJudged])] }),
          ...(isUnread ? { isUnread: true as const } : {}),
          ...(unknownChecks === undefined ? {} : { unknownChecks }),
          ...(isSevere ? { severe: [{ finding: finding('a.one'), severity: 'high' as const }] } : {}),
        },
      };
    },
  );

const shell = createShell(fakeOptions({}));
await shell.begin();
const base = shell.store.get();

const actOf = (verb: ScreenAct['verb'], stopping: boolean): ScreenAct => ({
  ...{ verb, title: '', line: 'fix', steps: [], note: '', stopping, startedAt: 0, endedAt: 1 },
  ...{ outcome: null, failure: null, problems: [] },
});

/** The message at the bottom with its role, and the panel. */
function saidOf(outcome: ApplyResult, act: ScreenAct) {
  const state: State = { ...base, act };
  let said = { text: '', role: '' };
  const store = { get: () => state, dispatch: () => {} } as unknown as Parameters<typeof createObserver>[0]['store'];
  const say = (text: string, role = 'text') => {
    said = { text, role };
  };
  createObserver({ store, say }).ended(outcome);
  return { ...said, panel: outcomeLines(outcome, act, 500, state).map(plainText) };
}

const headerText = (state: State): string => headerRows(state).rest.map(plainText).join('\n');

test('the message and the panel say what the exit status says', () => {
  fc.assert(
    fc.property(outcomes, fc.constantFrom('fix', 'undo'), fc.boolean(), (outcome, verb, stopping) => {
      const { panel, role, text } = saidOf(outcome, actOf(verb, stopping));
      const all = [text, ...panel].join('\n');
      const [exit, code] = [outcomeExit(outcome), outcomeFailure(outcome)?.code];
      const { isUnread, notJudged = [], unknown, unknownChecks = 0 } = outcome.verified;
      const isSeen = isUnread !== true && notJudged.length + unknown.length + unknownChecks === 0;
      // Nothing shows that a change that was sent changed nothing.
      expect(all).not.toMatch(/nothing (?:was|is) (?:changed|sent)|no changes? (?:was|were) made/i);
      if (/and verified/.test(all)) expect([isSeen, [0, 1].includes(exit)]).toEqual([true, true]);
      if (role === 'ok') expect([exit, isSeen]).toEqual([0, true]);
      if (exit === 0 && isSeen) expect([role, /and verified/.test(text)]).toEqual(['ok', true]);
      if (exit === 3) expect([role, /not verified/.test(all)]).toEqual(['unknown', true]);
      if (code === 'outcome-unknown') expect([role, text]).toEqual(['unknown', expect.stringMatching(/not known/)]);
      if (code === 'introduced') expect([role, text]).toEqual(['bad', expect.stringMatching(/high/)]);
      if (code === 'partly-restored') expect([exit, text]).toEqual([5, expect.stringMatching(/^Restored in part/)]);
      if (code === 'partly-undone') expect(text).toMatch(/^Undone in part/);
      if (code === 'interrupted' || code === 'partly-done') expect(text).toMatch(/\d of \d changes? made/);
    }),
  );
});

test('a stop while the only write has no answer is no stop before a change', () => {
  const open: ApplyResult = {
    ...{ entry: 'entry-1', state: 'open', ended, skipped: [], vanished: [] },
    steps: [{ resource: id, state: 'unknown', requestId: null, message: null }],
    verified: { introduced: [], resolved: [], persisting: [], unknown: [], notApplicable: [], isUnread: true },
  };
  const { panel, text } = saidOf(open, actOf('fix', true));
  expect(text).toBe('Stopped: 0 of 1 change made, the outcome of 1 not known yet. Press r to rescan and settle it.');
  expect(panel).toContain('? Stopped: 0 of 1 change made, the outcome of 1 not known yet.');
});

test('that there is no problem is said only where no check is unknown', () => {
  const { report } = base;
  if (report === null) throw new Error('no report');
  const of = (unknown: number) => ({ ...report, problems: [], summary: { ...report.summary, fail: 0, unknown } });
  expect([0, 1, 179].map((count) => noProblems(of(count)))).toMatchObject([
    { isSure: true, text: 'No problems', role: 'ok' },
    { isSure: false, text: 'No known problems', role: 'unknown' },
    { isSure: false, text: 'No known problems', role: 'unknown' },
  ]);
  for (const unknown of [0, 179]) {
    const after = { ...base, report: of(unknown) };
    const done: ApplyResult = {
      ...{ entry: 'e', state: 'done', ended: null, steps: [], skipped: [], vanished: [] },
      verified: { introduced: [], resolved: [], persisting: [], unknown: [], notApplicable: [] },
    };
    const panel = outcomeLines(done, actOf('fix', false), 200, after).map(plainText).join('\n');
    const header = headerText(after);
    expect([/No problem remains/.test(panel), /\bNo problems\b/.test(header)]).toEqual([unknown === 0, unknown === 0]);
    expect([/No problem is known/.test(panel), /No known problems/.test(header)]).toEqual([unknown > 0, unknown > 0]);
  }
});
