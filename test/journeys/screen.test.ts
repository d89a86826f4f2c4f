// The main job by keys, as a person does it: the shipped program in a real terminal, on the demo and against a simulator in
// another process that it signs in to with a client secret.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type AuditJson, bastideJson, freshHome, type HistoryJson, type Home, launcher } from '../support/bastide.ts';
import { firstLine, stopped } from '../support/child.ts';
import { keys, openScreen, type TestScreen } from '../support/screen.ts';
import { normalState } from '../support/state.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Simulated {
  readonly home: Home;
  readonly source: readonly string[];
  readonly state: string;
}

function demo(world: string): Simulated {
  const home = freshHome();
  cleanups.push(() => home.remove());
  return { home, source: [`--demo=${world}`], state: path.join(home.folder, 'bastide/demo', `${world}.json`) };
}

/** `bastide simulate` in a separate process; the home signs in to it with a client secret. */
async function simulated(world: string): Promise<Simulated> {
  const bare = freshHome();
  cleanups.push(() => bare.remove());
  const state = path.join(bare.folder, 'state.json');
  const child = spawn('sh', [launcher, 'simulate', '--world', world, '--state', state], {
    env: bare.env,
    cwd: bare.folder,
  });
  cleanups.push(() => stopped(child));
  const line = await firstLine(child);
  const ready = JSON.parse(line) as Record<string, string>;
  const env = {
    ...bare.env,
    AZURE_TENANT_ID: ready.tenant ?? '',
    AZURE_CLIENT_ID: ready.client ?? '',
    AZURE_CLIENT_SECRET: ready.secret ?? '',
  };
  return { home: { ...bare, env }, source: ['--endpoint', ready.endpoint ?? '', '--ca', ready.ca ?? ''], state };
}

function open({ home, source }: Simulated, cols: number, rows: number): TestScreen {
  const screen = openScreen('sh', [launcher, ...source], { cols, rows, wholeEnv: home.env, cwd: home.folder });
  cleanups.push(() => screen.kill('SIGKILL'));
  return screen;
}
/** The panes are there and nothing runs. */
const idle = (text: string): boolean =>
  /Findings/.test(text) && /f fix/.test(text) && !/Scanning the workspace/.test(text);

const places: readonly [string, () => Promise<Simulated>][] = [
  ['the demo', async () => demo('mixed')],
  ['a simulator in another process', () => simulated('mixed')],
];
const sizes: readonly [number, number][] = [
  [80, 24],
  [140, 40],
];

describe.each(places)('%s', (_name, place) => {
  test.each(sizes)('scan, look, fix one, fix all, undo both, at %i x %i', async (cols, rows) => {
    const at = await place();
    const audit = () => bastideJson<AuditJson>(['audit', ...at.source], at.home);
    const before = await audit();
    const start = normalState(at.state);
    const screen = open(at, cols, rows);
    const first = await screen.until(idle, 20_000);
    expect(first).toContain('mlw-sim');
    expect(first).toContain(`${before.result.summary.bySeverity.critical} critical`);
    expect(first.split('\n').length).toBeLessThanOrEqual(rows);

    await screen.press('/', /sev:high/);
    await screen.press('bypass', 'bypass');
    await screen.press(keys.enter, idle);
    await screen.press(keys.tab, idle);
    await screen.quiet();
    const preview = await screen.press('f', /> Cancel/);
    expect(preview).toMatch(/bypass|trusted/i);
    // Cancel is preselected: Enter sends nothing.
    await screen.press(keys.enter, /nothing was sent/i);
    expect(normalState(at.state)).toEqual(start);

    await screen.press('f', /> Cancel/);
    await screen.press(keys.tab, /> (Apply|Fix)/);
    await screen.press(keys.enter, /Applied and verified/);
    await screen.press(keys.escape, idle);
    expect(normalState(at.state)).not.toEqual(start);

    await screen.press(keys.escape, idle);
    await screen.press('F', /> Cancel/);
    await screen.press(keys.tab, /> (Apply|Fix)/);
    // It restricts access: the workspace's name is wanted too, and nothing else will do.
    await screen.press(keys.enter, /Type mlw-sim to apply \d\d changes/);
    await screen.press(`mlw${keys.enter}`, /does not match mlw-sim\.[\s\S]*Type mlw-sim to apply \d\d\s+changes/);
    await screen.press(keys.escape, /nothing was sent/);
    await screen.press('F', /> Cancel/);
    await screen.press(keys.tab, /> (Apply|Fix)/);
    await screen.press(keys.enter, /Type mlw-sim to apply \d\d changes/);
    await screen.press(`mlw-sim${keys.enter}`, /Applied and verified: \d\d resolved/);
    await screen.press(keys.escape, idle);
    expect((await audit()).result.findings.filter((f) => f.outcome === 'fail' && f.fix.kind === 'auto')).toEqual([]);

    for (let turn = 0; turn < 2; turn += 1) {
      await screen.press('u', /> Cancel/);
      await screen.press(keys.tab, /> Undo/);
      // What was allowed is restricted again.
      await screen.press(keys.enter, /Type mlw-sim to undo \d+ changes?/);
      // Only the result says this; the line of messages may still hold the sentence of the undo before.
      await screen.press(`mlw-sim${keys.enter}`, /Saved to history as/);
      await screen.press(keys.escape, idle);
    }
    expect(normalState(at.state)).toEqual(start);
    const { result } = await bastideJson<HistoryJson>(['history', ...at.source], at.home);
    expect(result.entries.map((entry) => [entry.verb, entry.state])).toEqual([
      ['fix', 'done'],
      ['fix', 'done'],
      ['undo', 'done'],
      ['undo', 'done'],
    ]);

    screen.type('q');
    expect((await screen.exit).exitCode).toBe(0);
    expect(screen.modes().alternate).toBe(false);
  });
});

test('the palette runs the same commands, and help shows every key', async () => {
  const screen = open(demo('mixed'), 100, 30);
  await screen.until(idle, 20_000);
  await screen.press('?', /Undo the latest change/);
  await screen.press(keys.escape, idle);
  await screen.press(':', /Tab complete/);
  screen.type(`explain storage.bypass-azure-services${keys.enter}`);
  await screen.until(/trusted Azure services/i);
  await screen.press(keys.escape, idle);
  await screen.press(':', /Tab complete/);
  screen.type(`explain --error "Unable to profile this dataset"${keys.enter}`);
  await screen.until(/Likely causes here/);
  await screen.press(keys.escape, idle);
  screen.type('q');
  await screen.exit;
});

test('what is typed before the first frame is kept, and appears nowhere on the screen', async () => {
  const screen = open(demo('mixed'), 100, 30);
  // The terminal is taken before anything is drawn; help comes up by itself.
  screen.type('?');
  const shown = await screen.until(/On every screen/);
  expect(shown).not.toMatch(/^\?/m);
  await screen.press(keys.escape, idle);
  screen.type('q');
  expect((await screen.exit).exitCode).toBe(0);
});

test('a resize ends in the screen that a fresh start shows', async () => {
  const at = demo('open');
  // Both have a last run to tell of.
  await bastideJson<AuditJson>(['audit', ...at.source], at.home);
  // What the plan of all fixes resolves is told once it is computed.
  const told = /Preview all auto-fixes: \d+ changes resolve/;
  const resized = open(at, 140, 40);
  await resized.until(idle, 20_000);
  await resized.until(told);
  for (const [cols, rows] of [
    [60, 15],
    [200, 60],
    [80, 24],
  ] as const) {
    resized.resize(cols, rows);
    await resized.quiet(200);
  }
  const fresh = open(at, 80, 24);
  await fresh.until(idle, 20_000);
  await fresh.until(told);
  await fresh.quiet(200);
  const withoutAge = (text: string) =>
    text.replace(/Scanned (just now|\d+ \w+ ago)/, '').replace(/(?<=Since )\d{4}-\d\d-\d\d \d\d:\d\d/, '');
  expect(await fresh.text()).toContain('No changes');
  expect(withoutAge(await resized.text())).toBe(withoutAge(await fresh.text()));
});
