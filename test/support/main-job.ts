// The main job by keys, as a person does it: the shipped program in a real terminal, on the demo and against a simulator in
// another process that it signs in to with a client secret.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type AuditJson, bastideJson, freshHome, type HistoryJson, type Home, launcher } from './bastide.ts';
import { firstLine, stopped } from './child.ts';
import { partOf } from './parts.ts';
import { keys, openScreen, type TestScreen } from './screen.ts';
import { normalState } from './state.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

export interface Simulated {
  readonly home: Home;
  readonly source: readonly string[];
  readonly state: string;
}

export function demo(world: string): Simulated {
  const home = freshHome();
  cleanups.push(() => home.remove());
  return { home, source: [`--demo=${world}`], state: path.join(home.folder, 'bastide/demo', `${world}.json`) };
}

/** `bastide simulate` in a separate process; the home signs in to it with a client secret. */
async function simulated(world: string): Promise<Simulated> {
  const bare = freshHome();
  cleanups.push(() => bare.remove());
  const state = path.join(bare.folder, 'state.json');
  const child = spawn('sh', [launcher, 'simulate', '--world', world, '--state', state, '--wire', 'plain'], {
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

export function open({ home, source }: Simulated, cols: number, rows: number): TestScreen {
  const screen = openScreen('sh', [launcher, ...source], { cols, rows, wholeEnv: home.env, cwd: home.folder });
  cleanups.push(() => screen.kill('SIGKILL'));
  return screen;
}
/** The panes are there and nothing runs. */
export const idle = (text: string): boolean =>
  /Findings/.test(text) && /f fix/.test(text) && /Scanned (?:just now|\d)/.test(text);

const cases = [
  ['the demo', 80, 24, async () => demo('mixed')],
  ['the demo', 140, 40, async () => demo('mixed')],
  ['a simulator in another process', 80, 24, () => simulated('mixed')],
  ['a simulator in another process', 140, 40, () => simulated('mixed')],
] as const;

/** The plan of all fixes with the last of the steps that it offers: an address range that is no longer allowed. */
async function withLastStep(screen: TestScreen): Promise<void> {
  await screen.press('F', /> Cancel/);
  await screen.press('G', /step (\d+) of \1/);
  // Its preview is computed again.
  await screen.press(' ', /Fix: 8 changes[\s\S]*Step \d+ is selected\./);
  await screen.press(keys.tab, /> (Apply|Fix)/);
}

/** Each place and each size in some cases, all their other pairs in the others. */
export function mainJob(): void {
  test.each(partOf(cases, 3))(
    '%s: scan, look, fix one, fix all, undo both, at %i x %i',
    async (_name, cols, rows, place) => {
      const at = await place();
      const audit = () => bastideJson<AuditJson>(['audit', ...at.source], at.home);
      const before = await audit();
      const start = normalState(at.state);
      const screen = open(at, cols, rows);
      const first = await screen.until(idle, 20_000);
      expect(first).toContain('mlw-sim');
      const failing = before.result.problems.filter(({ kind }) => kind !== 'unreadable');
      const critical = failing.filter(({ severity }) => severity === 'critical');
      // Where there is little room, the words stand closer.
      const close = first.replaceAll(/ {2,}/g, ' ');
      expect(close).toContain(` ${failing.length} problems: ${critical.length} critical`);
      expect(close).toMatch(new RegExp(` ${before.result.summary.fail} findings\\b`));
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
      await withLastStep(screen);
      // It cuts off addresses: the workspace's name is wanted too, and nothing else will do.
      await screen.press(keys.enter, /Type mlw-sim to apply \d+ changes/);
      await screen.press(
        `mlw${keys.enter}`,
        /does not match mlw-sim\.[\s\S]*Type mlw-sim to[\s\S]*apply \d+[\s\S]*changes/,
      );
      await screen.press(keys.escape, /nothing was sent/);
      await screen.press(keys.escape, idle);
      await withLastStep(screen);
      await screen.press(keys.enter, /Type mlw-sim to apply \d+ changes/);
      await screen.press(`mlw-sim${keys.enter}`, /Applied and verified: \d\d findings resolved/);
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
    },
    180_000,
  );
}
