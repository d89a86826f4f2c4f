// The second confirmation of large or irreversible plans: the same for a key, for a command typed on the screen, and for the guide.
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bastide, bastideJson, freshHome, type HistoryJson, type Home, launcher } from '../support/bastide.ts';
import { keys, openScreen, type TestScreen } from '../support/screen.ts';
import { normalState } from '../support/state.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function sit(world: string): Promise<{ screen: TestScreen; home: Home; state: () => unknown }> {
  const home = freshHome();
  cleanups.push(() => home.remove());
  const screen = openScreen('sh', [launcher, `--demo=${world}`], { cols: 100, rows: 30, wholeEnv: home.env });
  cleanups.push(() => screen.kill('SIGKILL'));
  await screen.until((text) => /f fix/.test(text) && !/Scanning the workspace/.test(text), 20_000);
  return { screen, home, state: () => normalState(path.join(home.folder, 'bastide/demo', `${world}.json`)) };
}
const entries = async (home: Home, world: string) =>
  (await bastideJson<HistoryJson>(['history', `--demo=${world}`], home)).result.entries;

test('a command typed on the screen requires the name of the workspace, as the key does', async () => {
  const { screen, home, state } = await sit('mixed');
  const start = state();
  for (const [typed, says] of [
    ['mlw', 'The name does not match mlw-sim: nothing was sent.'],
    [keys.escape, 'Cancelled: nothing was sent'],
  ] as const) {
    await screen.press(':', 'a command, a screen');
    await screen.press('fix --all\r', /Fix: \d\d changes[\s\S]*> Cancel/);
    await screen.press(keys.tab, /> Apply/);
    await screen.press(keys.enter, /Type mlw-sim to apply \d\d changes/);
    await screen.press(typed === keys.escape ? typed : `${typed}\r`, says);
    await screen.press(keys.escape, /f fix/);
    expect(state()).toEqual(start);
  }
  expect(await entries(home, 'mixed')).toEqual([]);
  await screen.press(':', 'a command, a screen');
  await screen.press('fix --all\r', /Fix: \d\d changes[\s\S]*> Cancel/);
  await screen.press(keys.tab, /> Apply/);
  await screen.press(keys.enter, /Type mlw-sim to apply/);
  await screen.press('MLW-sim\r', /Applied and verified: \d+ resolved/);
  expect(await entries(home, 'mixed')).toMatchObject([{ verb: 'fix', state: 'done', line: 'fix --all' }]);
});

test('so does a yes in the guide to an irreversible change, and another answer returns to its question', async () => {
  const { screen, home, state } = await sit('open');
  await bastide(['fix', '--all', '--demo=open', '--yes'], home);
  await screen.press('r', (text) => /[1-9]\d* resolved, 0 new/.test(text) && !/Scanning the workspace/.test(text));
  const start = state();
  await screen.press('w', /Guide {2}1 of \d+/);
  await screen.press('y', /> y choose/);
  await screen.press(keys.enter, /sku = Premium/);
  await screen.press(keys.enter, /SKU: \w+ → Premium/);
  await screen.press('y', /> y apply/);
  await screen.press(keys.enter, /Type\s+mlw-sim to apply 2 changes/);
  await screen.press('acrmlsim\r', 'The name does not match mlw-sim: nothing was sent.');
  await screen.until(/SKU: \w+ → Premium[\s\S]*> s stop/);
  expect(state()).toEqual(start);
  await screen.press('y', /> y apply/);
  await screen.press(keys.enter, /Type\s+mlw-sim to apply 2 changes/);
  await screen.press('mlw-sim\r', /Applied and verified/);
  expect(state()).not.toEqual(start);
});
