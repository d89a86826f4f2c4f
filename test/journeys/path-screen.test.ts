// A path as a person follows it: the shipped program in a real terminal, on the demo.
import { afterEach, expect, test } from 'vitest';
import { freshHome, launcher } from '../support/bastide.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { keys, openScreen, type TestScreen } from '../support/screen.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

function open(world: string, cols: number, rows: number): TestScreen {
  const home = freshHome();
  cleanups.push(() => home.remove());
  const screen = openScreen('sh', [launcher, `--demo=${world}`], { cols, rows, wholeEnv: home.env, cwd: home.folder });
  cleanups.push(() => screen.kill('SIGKILL'));
  return screen;
}
/** The panes are there and nothing runs. */
const idle = (text: string): boolean =>
  /f fix/.test(text) && !/Scanning the workspace|Working/.test(text) && /f(?: =|:) |First start: /.test(text);
const sizes: readonly [number, number][] = [
  [60, 15],
  [80, 24],
  [140, 40],
];

test.each(partOf(sizes, 3))('asked in the command line, walked, opened in the tree, at %i x %i', async (cols, rows) => {
  const screen = open('mixed', cols, rows);
  await screen.until(idle, 20_000);
  await screen.press(':', /Tab comple/);
  screen.type('path --source gpu-cluster --destination stmlsim\r');
  const first = await screen.until(/> Hops/, 20_000);
  expect(first).toMatch(/denied {2}stmlsim does not allow snet-gpu/);
  expect(first).toMatch(/^> ✗ Service firewall +denied !/m);
  const lines = await screen.lines();
  expect(lines).toHaveLength(rows);
  expect(lines[rows - 1]).toContain('Esc back');

  await screen.press(keys.tab, /> Detail/);
  await screen.press('G', /defaultAction|"Deny"/);
  await screen.press(keys.escape, /> Hops/);
  await screen.press('k', /nodes of gpu-cluster/);
  await screen.press('G', /^> ✗ Service firewall/m);
  await screen.press('o', /^> +snet-gpu/m);
  await screen.press('p', /path --source vnet-ml\/snet-gpu --destination/);
  screen.type('stmldata\r');
  await screen.until(/allowed {2}Traffic arrives/, 20_000);
  await screen.press(keys.escape, idle);
  screen.type('q');
  expect((await screen.exit).exitCode).toBe(0);
});

inEveryRun(() => {
  test('a blocked path lists its blockers and fixes; F shows the plan', async () => {
    const screen = open('kubernetes', 140, 40);
    await screen.until(idle, 20_000);
    await screen.press(':', /Tab comple/);
    screen.type('path --source snet-aks --destination stmlsim\r');
    const first = await screen.until(/> Hops/, 20_000);
    expect(first).toMatch(/Blocked at 2 places/);
    expect(first).toMatch(/Subnet NSG +denied !/);
    expect(first).toMatch(/Service firewall +denied !/);
    expect(first).toMatch(/1 exact: add an allow rule at priority \d+ to nsg-aks/);
    let plan = await screen.press('F', /Apply|Wait: /);
    while (!plan.includes('Apply')) {
      await screen.until((text) => !text.includes('Wait: '), 20_000);
      plan = await screen.press('F', /Apply|Wait: /);
    }
    expect(plan).toMatch(/bastide-path-out-443 .*\n.*\n.*stmlsim +Opens · \+ virtual network rule/);
    await screen.press(keys.escape, /F fix .*r rescan/);
  });
});
