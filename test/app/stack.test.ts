// Overlays above one another: what lies beneath stays visible, goes on, is no target of keys or mouse, and returns.
import { expect, test } from 'vitest';
import { plan as planCommand } from '../../commands/plan.ts';
import { plain } from '../../src/app/draw/text.ts';
import { headerRows } from '../../src/app/parts/header-rows.ts';
import { clickIn } from '../../src/app/state/pointing.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { depthOf, openOverlay } from '../../src/app/state/stack.ts';
import { planFiles } from '../../src/main/plan-files.ts';
import { bodyRows, rowAtOf } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

async function started() {
  let gate: Promise<void> | null = null;
  const fake = fakeSession();
  const session: typeof fake = {
    ...fake,
    async *whatIf(...given) {
      await gate;
      return yield* fake.whatIf(...given);
    },
  };
  const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const options = fakeOptions({ session, stdout, screen: 'findings', plans: planFiles });
  const verbs = [...options.context.verbs, planCommand as never];
  const shell = createShell({ ...options, context: { ...options.context, verbs } });
  await shell.begin();
  const state = () => shell.store.get();
  const turns = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    shell,
    state,
    turns,
    text: () => bodyRows(state()).map(plain).join('\n'),
    async press(...keys: string[]) {
      for (const key of keys) shell.press(key);
      await turns();
    },
    hold(until: Promise<void>) {
      gate = until;
    },
  };
}

test('help lies over a plan, a result and a dialog, and leaves them as they were', async () => {
  const { press, state, text } = await started();
  await press('f');
  const before = [state().overlay, text()];
  await press('?', 'j', '/', 'u', 'n', 'd', 'o', 'enter');
  expect(depthOf(state())).toBe(2);
  expect(text()).toContain('Undo the latest change');
  await press('esc', 'esc');
  expect([state().overlay, text()]).toEqual(before);
  await press('tab', 'enter');
  expect(state().overlay?.kind).toBe('progress');
  await press('?', 'esc');
  expect(state().overlay?.kind).toBe('progress');
  await press('esc');
  expect([state().overlay, state().beneath]).toEqual([null, []]);
});

test('e explains what the selected step of a plan resolves, over the plan, which is as it was then', async () => {
  const { press, state, text } = await started();
  await press('F');
  // The summary is no step.
  await press('e');
  expect(state().overlay?.kind).toBe('plan');
  await press('j');
  const before = [state().overlay, text()];
  await press('e');
  const { overlay } = state();
  expect(overlay).toMatchObject({ kind: 'explain', title: 'Findings of step 1' });
  expect(text()).toContain('Findings of step 1');
  expect(text()).toMatch(/Why it matters|Impact|storage\.|Fix/);
  await press('j', 'esc');
  expect([state().overlay, text()]).toEqual(before);
});

test('a plan that lies beneath takes the result of its what-if, and follows the size of the terminal', async () => {
  const { press, state, turns, hold, shell, text } = await started();
  const done = Promise.withResolvers<void>();
  hold(done.promise);
  await press('f');
  await press('r');
  await press('?');
  done.resolve();
  await turns();
  expect(state().overlay?.kind).toBe('help');
  expect(openOverlay(state(), 'plan')?.plan.rehearsal).toBeDefined();
  shell.resized(64, 20);
  await press('esc');
  expect(state().overlay?.kind).toBe('plan');
  for (const row of text().split('\n')) expect(row.length).toBeLessThanOrEqual(64);
  // Nothing waits any more after the plan is cancelled.
  await press('esc');
  expect(depthOf(state())).toBe(0);
});

test('the header names what is open, and costs no row for it', async () => {
  const { press, state } = await started();
  const first = () => plain(headerRows(state()).where).trimEnd();
  const rows = headerRows(state()).rest.length;
  expect(first()).toMatch(/› mlw-sim$/);
  await press('f');
  expect(first()).toMatch(/› mlw-sim › Findings › fix plan$/);
  await press('?');
  expect(first()).toMatch(/› Findings › fix plan › keys$/);
  expect(headerRows(state()).rest).toHaveLength(rows);
  await press('esc', 'esc');
  expect(first()).toMatch(/› mlw-sim$/);
});

test('a command that only plans shows the plan in the view of plans, which then only closes', async () => {
  const { press, state, text } = await started();
  await press(...':plan --all', 'enter');
  expect(state().overlay).toMatchObject({ kind: 'plan', isShown: true, line: 'plan --all' });
  expect(text()).toMatch(/> Close *$/m);
  await press('r', ' ', 'a');
  expect(state().message?.text).toBe('This plan is only shown; fix and apply can apply it.');
  await press('enter');
  expect([depthOf(state()), state().work, state().entries]).toEqual([0, null, []]);
});

test('a click on what lies beneath a dialog does nothing', async () => {
  const { press, state, text } = await started();
  await press('f');
  const row = text()
    .split('\n')
    .findIndex((line) => line.includes('Cancel') && line.includes('What-if'));
  const x = text().split('\n')[row]?.indexOf('What-if') ?? -1;
  const at = () => clickIn(rowAtOf(state()), { x, y: state().view.layout.header + row }, false);
  expect(at()).toMatchObject({ do: 'press' });
  // The question for the name of a file is above the plan.
  await press('w');
  expect(state().overlay?.kind).toBe('ask');
  expect(text().split('\n')[row]).toContain('What-if');
  expect(at()).toBeUndefined();
});
