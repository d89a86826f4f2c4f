// Making something new by keys: the form of the shipped program in a real terminal, filled in from what was read, and the plan
// that comes up before anything is sent.
import { afterEach, expect, test } from 'vitest';
import { bastide, freshHome, launcher } from '../support/bastide.ts';
import { keys, openScreen } from '../support/screen.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

test('a cluster is made in a subnet that was chosen, after its plan was seen', async () => {
  const home = freshHome();
  cleanups.push(() => home.remove());
  const screen = openScreen('sh', [launcher, '--demo=closed'], {
    cols: 110,
    rows: 36,
    wholeEnv: home.env,
    cwd: home.folder,
  });
  cleanups.push(() => screen.kill('SIGKILL'));
  await screen.until((text) => /f fix/.test(text) && !/Scanning the workspace/.test(text));
  await screen.press('n', /what \*/);
  await screen.press(keys.right, /\$ bastide create cluster/);
  await screen.press(keys.tab, /│ +name of the new resource +│/);
  await screen.press('cpu-form', /\$ bastide create cluster cpu-form/);
  screen.type(keys.tab.repeat(4));
  let text = await screen.until(/│ +subnet to use; asked for if omitted/);
  for (let turn = 0; turn < 12 && !text.includes('--subnet=vnet-ml/snet-train'); turn += 1) {
    text = await screen.press(keys.right, (now) => now !== text);
  }
  expect(text).toMatch(/\$ bastide create cluster cpu-form --subnet=vnet-ml\/snet-train/);
  await screen.press(keys.enter, /> Cancel/);
  await screen.press(keys.tab, /> Apply/);
  await screen.press(keys.enter, /Effects: opens, costs\. Type mlw-sim to apply 1 change/);
  screen.type('mlw-sim');
  await screen.press(keys.enter, /create compute cpu-form of mlw-sim\s+done/);
  const shown = await bastide(['show', 'cpu-form', '--demo=closed'], home);
  expect(shown.stdout).toContain('snet-train');
});
