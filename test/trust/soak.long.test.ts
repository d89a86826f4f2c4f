// The screen in a terminal for minutes: it rescans, fixes and undoes, over and over. Once it is warm (the first quarter, in which
// the engine compiles what runs often and caches fill), neither its heap (after a collection, asked for through Node's inspector)
// nor the number of its open files grows.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { freshHome, launcher } from '../support/bastide.ts';
import { openInspector } from '../support/inspector.ts';
import { keys, openScreen, type TestScreen } from '../support/screen.ts';
import { tellTrust, trustMinutes } from '../support/trust-size.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0).toReversed()) clean();
});

const idle = (text: string): boolean =>
  /Findings/.test(text) && /f fix/.test(text) && /Scanned (?:just now|\d)/.test(text);

/** A rescan, a fix and its undo, by keys. */
async function turn(screen: TestScreen): Promise<void> {
  await screen.press('r', /Scanning the workspace/);
  await screen.until(idle);
  await screen.press(':', /Tab complete/);
  await screen.press(`fix storage.bypass-azure-services${keys.enter}`, /> Cancel/);
  await screen.press(keys.tab, /> (Apply|Fix)/);
  await confirm(screen);
  await screen.press('u', /> Cancel/);
  await screen.press(keys.tab, /> Undo/);
  await confirm(screen);
}
async function confirm(screen: TestScreen): Promise<void> {
  const shown = await screen.press(keys.enter, /Saved to history as|Type mlw-sim to/);
  if (/Type mlw-sim to/.test(shown)) await screen.press(`mlw-sim${keys.enter}`, /Saved to history as/);
  // The list of keys stands below the dialog of the result too.
  await screen.press(keys.escape, (text) => idle(text) && !/Saved to history as/.test(text));
}

test('heap and open files stay as they are', async ({ task }) => {
  const home = freshHome({ NODE_OPTIONS: '--inspect=127.0.0.1:0' });
  cleanups.push(() => home.remove());
  // What Node says of its inspector is not to be on the screen.
  const said = path.join(home.folder, 'said');
  const screen = openScreen('sh', ['-c', 'exec sh "$0" "$@" 2>said', launcher, '--demo=mixed'], {
    ...{ cols: 120, rows: 40, wholeEnv: home.env, cwd: home.folder },
  });
  cleanups.push(() => screen.kill('SIGKILL'));
  await screen.until(idle, 60_000);
  const [, address = ''] = /Debugger listening on (ws:\S+)/.exec(readFileSync(said, 'utf8')) ?? [];
  const inspector = await openInspector(address);
  cleanups.push(inspector.close);
  const heaps: number[] = [];
  const files: number[] = [];
  const start = Date.now();
  const passed = (part: number): boolean => Date.now() - start >= part * trustMinutes * 60_000;
  for (let turns = 0; turns < 3 || !passed(1 / 4); turns += 1) await turn(screen);
  while (!passed(1) || heaps.length < 6) {
    await turn(screen);
    await screen.quiet();
    heaps.push(await inspector.heapAfterCollection());
    files.push(readdirSync(`/proc/${screen.pid}/fd`).length);
  }
  const half = Math.ceil(heaps.length / 2);
  const [before, after] = [median(heaps.slice(0, half)), median(heaps.slice(half))];
  const growth = (after - before) / before;
  const opened = Math.max(...files.slice(half)) - Math.max(...files.slice(0, half));
  const wrong = (growth < 0.05 ? 0 : 1) + (opened <= 0 ? 0 : 1);
  tellTrust(task, { suite: 'soak', what: 'rescans, fixes and undos', tried: heaps.length, wrong });
  process.stdout.write(
    `soak: ${heaps.length} turns, heap ${megabytes(before)} then ${megabytes(after)} (${(growth * 100).toFixed(1)} %), ${Math.max(...files)} open files\n`,
  );
  expect(growth).toBeLessThan(0.05);
  expect(opened).toBeLessThanOrEqual(0);
  // Node waits for its inspector to be left before it ends.
  inspector.close();
  screen.type('q');
  await screen.exit;
}, 3_600_000);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
