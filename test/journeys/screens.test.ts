// The screens in an operator's order: the shipped program in a real terminal, on the demo.
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bastideJson, declareNoServerless, freshHome, launcher } from '../support/bastide.ts';
import { fixMarked, throughSizes, undone } from '../support/marks-and-sizes.ts';
import { inEveryRun, inLongRun } from '../support/parts.ts';
import { keys, openScreen } from '../support/screen.ts';
import { normalState } from '../support/state.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function open(world: string, cols: number, rows: number) {
  const home = freshHome();
  cleanups.push(() => home.remove());
  if (world === 'open') await declareNoServerless(home, world);
  const screen = openScreen('sh', [launcher, `--demo=${world}`], { cols, rows, wholeEnv: home.env, cwd: home.folder });
  cleanups.push(() => screen.kill('SIGKILL'));
  return { screen, home, state: path.join(home.folder, 'bastide/demo', `${world}.json`) };
}
const idle = (text: string): boolean =>
  /f fix/.test(text) && !/Scanning the workspace|Planning|Applying|Fixing|Undoing|Running/.test(text);

inEveryRun(() => {
  test('fix many by marks, twice; undo down to the first; the log and the overview tell of it', async () => {
    const { screen, home, state } = await open('open', 140, 40);
    const first = await screen.until(idle, 20_000);
    expect(first).toMatch(/Problems .*\n> critical/);
    expect(first).toMatch(/\[1 Overview\] 2 Problems/);
    await screen.quiet();
    const start = normalState(state);

    for (const [filter, marks] of [
      ['rule:keyvault.', 'g '],
      ['sev:critical rule:storage.', '*'],
    ] as const) {
      await fixMarked(screen, idle, filter, marks);
    }
    expect(normalState(state)).not.toEqual(start);
    expect(await screen.press('1', /\[1 Overview\]/)).toMatch(/resolved, 0 new/);

    const acts = await screen.press('6', /\[6 History\]/);
    expect(acts.match(/fix +done/g)).toHaveLength(2);
    await screen.press('G', /^> .*keyvault/m);
    const preview = await screen.press('t', /Undo: \d+ changes/);
    expect(preview).toContain(`bastide undo --to `);
    // The newest first.
    expect(preview).toMatch(/ 1 . stml/);
    expect(await screen.press('G', /step (\d+) of \1/)).toMatch(/kv-/);
    await screen.press(keys.enter, /nothing was sent/);
    await screen.press(keys.escape, idle);
    await screen.press('t', /Undo: \d+ changes/);
    await screen.press(keys.tab, /> Undo/);
    await undone(screen);
    await screen.press(keys.escape, idle);
    expect(normalState(state)).toEqual(start);

    await screen.press('7', /\[7 Log\]/);
    const log = await screen.press(`/patch${keys.enter}`, (text) => idle(text) && /> \S+ PATCH/.test(text));
    expect(log).toMatch(/az (?!rest)\w+ /);
    screen.type('q');
    expect((await screen.exit).exitCode).toBe(0);
    const { result } = await bastideJson<{ script: readonly string[] }>(['history', '--script', '--demo=open'], home);
    expect(result.script).toEqual([]);
  });
});

inLongRun(() => {
  test('any size and back again shows the same, on every screen', async () => {
    const { screen } = await open('mixed', 140, 40);
    await screen.until(idle, 20_000);
    await screen.quiet();
    // A digit waits for a second one: only a screen that comes says that it has been taken.
    for (const digit of ['3', '6', '1']) {
      await screen.press(digit, new RegExp(`\\[${digit} \\w+\\]`));
      await screen.quiet();
      await throughSizes(screen, 60);
    }
    screen.type('q');
    await screen.exit;
  });
});
