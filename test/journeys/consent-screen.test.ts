// The second confirmation of plans whose effects need it: the same for a key, for a command typed on the screen, and for the guide;
// and steps that are taken out of a plan, which are not sent.
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  type AuditJson,
  bastide,
  bastideJson,
  declareNoServerless,
  freshHome,
  type HistoryJson,
  type Home,
  launcher,
} from '../support/bastide.ts';
import { inEveryRun, inLongRun } from '../support/parts.ts';
import { keys, openScreen, type TestScreen } from '../support/screen.ts';
import { normalState } from '../support/state.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function sit(world: string): Promise<{ screen: TestScreen; home: Home; state: () => unknown }> {
  const home = freshHome();
  cleanups.push(() => home.remove());
  if (world === 'open') await declareNoServerless(home, world);
  const screen = openScreen('sh', [launcher, `--demo=${world}`], { cols: 100, rows: 30, wholeEnv: home.env });
  cleanups.push(() => screen.kill('SIGKILL'));
  await screen.until((text) => /f fix/.test(text) && !/Scanning the workspace/.test(text), 20_000);
  return { screen, home, state: () => normalState(path.join(home.folder, 'bastide/demo', `${world}.json`)) };
}
const entries = async (home: Home, world: string) =>
  (await bastideJson<HistoryJson>(['history', `--demo=${world}`], home)).result.entries;

inEveryRun(() => {
  test('a command typed on the screen requires the name of the workspace, as the key does', async () => {
    const { screen, home, state } = await sit('open');
    const start = state();
    for (const typed of ['mlw\r', '']) {
      await screen.press(':', 'a command, a screen');
      await screen.press('fix --all\r', /Fix: \d\d changes[\s\S]*> Cancel/);
      await screen.press(keys.tab, /> Apply/);
      await screen.press(keys.enter, /Type mlw-sim to apply \d\d changes/);
      if (typed !== '') await screen.press(typed, /The name does not match mlw-sim\.[\s\S]*Type\s+mlw-sim/);
      await screen.press(keys.escape, 'Cancelled: nothing was sent');
      await screen.press(keys.escape, /f fix/);
      expect(state()).toEqual(start);
    }
    expect(await entries(home, 'open')).toEqual([]);
    await screen.press(':', 'a command, a screen');
    await screen.press('fix --all\r', /Fix: \d\d changes[\s\S]*> Cancel/);
    await screen.press(keys.tab, /> Apply/);
    await screen.press(keys.enter, /Type mlw-sim to apply/);
    await screen.press('MLW-sim\r', /Applied and verified: \d+ findings? resolved/);
    expect(await entries(home, 'open')).toMatchObject([{ verb: 'fix', state: 'done', line: 'fix --all' }]);
  });
});

inLongRun(() => {
  test('only the selected steps are sent, and what they resolve is gone from the next audit', async () => {
    const { screen, home } = await sit('drifted');
    await screen.press('F', /\[x\] +1 [\s\S]*> Cancel/);
    // A deletion, a cost and what they need are offered; one fix of the plan is taken out.
    await screen.press('j', /step 1 of \d+/);
    const left = await screen.press(' ', /Step 1 is deselected[\s\S]*Space select/);
    expect(left).toMatch(/\[ \] +1 /);
    // One of those that are offered is selected.
    await screen.press('G', /step (\d+) of \1/);
    await screen.press(' ', /Step \d+ is selected\./);
    const resolves = Number(/resolves (\d+)/.exec(await screen.until(/resolves \d+ /))?.[1]);
    await screen.press(keys.tab, /> Apply/);
    await screen.press(keys.enter, /Effects: cuts off\.\s+Type mlw-sim to apply \d+ changes/);
    await screen.press('mlw-sim\r', new RegExp(`Applied and verified: ${resolves} findings? resolved`));
    const [entry] = await entries(home, 'drifted');
    expect(entry).toMatchObject({ state: 'done', line: expect.stringMatching(/^fix --all {2}# \d+ of \d+ steps$/) });
    const { result } = await bastideJson<AuditJson>(['audit', '--demo=drifted'], home);
    expect(result.findings.filter(({ fix, outcome }) => outcome === 'fail' && fix.kind === 'auto')).not.toEqual([]);
  });
});

inEveryRun(() => {
  test('so does a yes in the guide to an irreversible change, and another answer returns to its question', async () => {
    const { screen, home, state } = await sit('open');
    await bastide(['fix', '--all', '--demo=open', '--yes'], home);
    await screen.press('r', (text) => /[1-9]\d* resolved, 0 new/.test(text) && !/Scanning the workspace/.test(text));
    const start = state();
    await screen.press('w', /Guide {2}1 of \d+/);
    await screen.press('y', /> y answer/);
    await screen.press(keys.enter, /sku = Premium/);
    await screen.press(keys.enter, /SKU: \w+ → Premium/);
    await screen.press('y', /> y apply/);
    await screen.press(keys.enter, /Type\s+mlw-sim to apply \d+ changes?/);
    await screen.press('acrmlsim\r', /The name does not match mlw-sim\.[\s\S]*Type\s+mlw-sim/);
    await screen.press(keys.escape, /SKU: \w+ → Premium[\s\S]*> s stop[\s\S]*Cancelled: nothing was sent/);
    expect(state()).toEqual(start);
    await screen.press('y', /> y apply/);
    await screen.press(keys.enter, /Type\s+mlw-sim to apply \d+ changes?/);
    await screen.press('mlw-sim\r', /Applied and verified/);
    expect(state()).not.toEqual(start);
  });
});
