// An act while it goes: each step with what Azure is doing, why it waits, and a stop that says what it means.
import { describe, expect, test } from 'vitest';
import { workShown } from '../../src/app/state/select.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { dialogText } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

/** A screen whose clock and whose session go on only when told. */
async function started() {
  let at = Date.parse('2026-03-01T12:00:00Z');
  let gate = Promise.withResolvers<void>();
  let held = false;
  const now = () => new Date(at);
  const session = fakeSession({ now, pace: () => (held ? gate.promise : Promise.resolve()) });
  const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session, stdout, now }));
  await shell.begin();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const rest = async () => {
    await turn();
    while (shell.store.get().work !== null) await turn();
  };
  shell.press('F');
  await rest();
  held = true;
  shell.press('tab');
  shell.press('enter');
  await turn();
  return {
    shell,
    session,
    rest,
    text: () => dialogText(shell.store.get()),
    /** Lets one pause of the session pass, `ms` later. */
    async go(ms: number) {
      at += ms;
      const { resolve } = gate;
      gate = Promise.withResolvers<void>();
      resolve();
      await turn();
      await turn();
    },
    release() {
      held = false;
      gate.resolve();
    },
  };
}

describe('while it goes', () => {
  test('each step says what Azure does and for how long; a wait is shown until it is over', async () => {
    const { go, text, shell, release, rest } = await started();
    expect(text()).toMatch(/0 of 3/);
    await go(1000);
    expect(text()).toMatch(/→ 1\. .*in progress +1 s[\s\S]*cannot be cancelled/);
    shell.store.dispatch({
      type: 'event',
      event: { kind: 'wait', seconds: 5, reason: 'Azure asked to wait 5 s: busy' },
    });
    expect(text()).toMatch(/! Azure asked to wait 5 s: busy/);
    await go(4000);
    expect(text()).toMatch(/in progress +5 s[\s\S]*checked once/);
    expect(text()).not.toMatch(/asked us to wait/);
    await go(1000);
    expect(text()).toMatch(/✓ 1\. .*6 s[\s\S]*1 of 3|1 of 3[\s\S]*✓ 1\. .*6 s/);
    // Once every step is over, what is left is to read the result.
    const state = shell.store.get();
    const act = state.act && {
      ...state.act,
      steps: state.act.steps.map((one) => ({ ...one, state: 'verified' as const })),
    };
    expect([state, { ...state, act }].map((one) => workShown(one))).toMatchObject([
      { title: 'Applying', done: 1, total: 3 },
      { title: 'Verifying' },
    ]);
    release();
    await rest();
    expect(text()).toMatch(
      /3 of 3[\s\S]*Applied and verified: 3 findings resolved[\s\S]*storage\.default-deny +stmlsim, stlakesim/,
    );
  });

  test.each([40, 50, 60, 70, 80])('the time of a step stays beside its state, at %i columns', async (columns) => {
    const { go, text, shell } = await started();
    shell.resized(columns, 30);
    await go(1000);
    const rows = text().split('\n');
    expect(rows.filter((row) => /in progress/.test(row))).toEqual([expect.stringMatching(/in progress {2}1 s/)]);
  });

  test('a stop waits for what is sent, sends nothing else, and the workspace is read again', async () => {
    const { go, text, shell, session, release, rest } = await started();
    await go(1000);
    const answer = async (...keys: string[]) => {
      for (const key of keys) shell.press(key);
      await new Promise((resolve) => setImmediate(resolve));
    };
    // It asks first, with Cancel selected; nothing has stopped before the answer.
    await answer('s');
    expect(shell.store.get().overlay).toMatchObject({ kind: 'ask', choice: 0 });
    expect(text()).toMatch(/Stop applying the plan\?[\s\S]*later steps are not sent/);
    await answer('enter');
    expect([shell.store.get().overlay?.kind, shell.store.get().act?.stopping]).toEqual(['progress', false]);
    // Quitting asks above that question, and Cancel returns to it.
    await answer('s', 'ctrl-c', 'enter');
    expect(text()).toMatch(/Stop applying the plan\?/);
    await answer('tab', 'enter');
    expect(text()).toMatch(
      /Step 1 is in progress in Azure and cannot be cancelled\.\s+2\s+remaining\s+steps\s+will\s+not\s+be\s+sent/,
    );
    const asked = shell.store.get().message?.text;
    expect(asked).toMatch(/^Stopping\./);
    shell.press('s');
    expect(shell.store.get().message?.text).toBe('Already stopping.');
    release();
    await rest();
    expect(text()).toMatch(/! Stopped: 1 of \d changes? made, \d not sent/);
    expect(shell.store.get().entries.map(({ state }) => state)).toEqual(['partial']);
    expect(shell.store.get().snapshot).toBe(session.latest());
    shell.press('s');
    expect(shell.store.get().message?.text).toMatch(/No plan is being applied/);
    // Enter previews what was left, and sends it as a part of the same entry.
    const left = shell.store.get().act?.outcome?.remaining;
    expect(left).toBe(2);
    expect(text()).toContain(`Press Enter to send the other ${left}`);
    await answer('enter');
    await rest();
    expect(shell.store.get().overlay).toMatchObject({ kind: 'plan', plan: { resumes: 'entry-1', steps: [{}, {}] } });
  });
});
