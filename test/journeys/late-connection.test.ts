// A shared private link and the approval of what Azure makes of it, reviewed as one plan: on the screen, read out, and from a file
// whose run is killed in the middle.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { bastide, bastideJson, freshHome, launcher, type OutcomeJson } from '../support/bastide.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { keys, openScreen } from '../support/screen.ts';
import { normalBodies } from '../support/state.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});
function home(extra: Record<string, string> = {}) {
  const made = freshHome(extra);
  cleanups.push(() => made.remove());
  return made;
}

/** The rule of the link carries that of its approval. */
const linked = ['acr.shared-private-link', '--answer', 'link=Acr'];
/** The approval cannot be undone. */
const allowed = ['--allow-effects', 'opens,one-way', '--yes'];
interface Kept {
  readonly entries: readonly {
    readonly state: string;
    readonly steps: readonly { readonly resource: string; readonly state: string }[];
  }[];
}
const named = /\/privateEndpointConnections\/acrmlsim\.[0-9a-f-]{36}$/;

const sizes = [
  [80, 24],
  [140, 40],
] as const;
describe.each(partOf(sizes, 2))('on the screen, at %i x %i', (cols, rows) => {
  test('the plan says which connection it approves; simulated, applied, undone', async () => {
    const at = home();
    const screen = openScreen('sh', [launcher, '--demo=mixed'], { cols, rows, cwd: at.folder, wholeEnv: at.env });
    cleanups.push(() => screen.kill('SIGKILL'));
    await screen.until((text) => /F fix all/.test(text) && !/Scanning the workspace/.test(text), 20_000);
    const state = () => normalBodies(readFileSync(path.join(at.folder, 'bastide/demo/mixed.json'), 'utf8'));
    const start = state();
    await screen.press(':', /Tab complete/);
    // The approval cannot be undone, so its step is selected by itself; what it depends on comes with it.
    await screen.press(`fix ${linked.join(' ')}${keys.enter}`, /of 2 selected/);
    await screen.press('jj', /step 2 of 2/);
    const step = await screen.press(' ', /Fix: 2 changes[\s\S]*Steps: 2 of 2 selected[\s\S]*step 2 of 2/);
    expect(step).toContain('the connection of link Acr');
    expect(step).toMatch(/Pending/);
    await screen.press('r', /what-if: 2 of 2 changes would succeed/);
    await screen.press(keys.tab, /> Apply/);
    // An approval cannot be undone exactly, so the workspace's name is required too.
    await screen.press(
      keys.enter,
      /cannot become Pending[\s\S]{0,80}again[\s\S]*Type[\s\S]{0,80}mlw-sim[\s\S]{0,80}to[\s\S]{0,80}apply 2[\s\S]{0,80}changes/,
    );
    const done = await screen.press(`mlw-sim${keys.enter}`, /Saved to history as[\s\S]*resolved: 1/);
    expect(done).toMatch(/resolved: 1[\s\S]*acr\.shared-private-link/);
    // At 80x24 the last step is further down.
    const end = await screen.press('G', /✓ 2\. change/);
    expect(end).toMatch(/✓ 2\. change the connection of link Acr of acrmlsim +done/);
    screen.type(keys.escape);
    const kept = await bastideJson<Kept>(['history', '--demo=mixed'], at);
    expect(kept.result.entries[0]?.steps[1]?.resource).toMatch(named);
    expect((await bastide(['undo', '--yes', '--demo=mixed'], at)).status).toBe(0);
    expect(state()).toEqual(start);
  });
});

inEveryRun(() => {
  test('read out, the same in sentences', async () => {
    const at = home();
    const answers = [`fix ${linked.join(' ')}`, '1', 'mlw-sim', 'history', '1', ''].join('\n');
    const ran = await bastide(['--demo=mixed', '--accessible'], at, answers);
    const said = ran.stdout.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(/[Cc]hange the connection of link Acr of acrmlsim/);
    expect(said).toMatch(/whose description is "Approve \(Bastide, [\w-]+\)"/);
    expect(said).toMatch(/Step 2 of 2, acrmlsim\/acrmlsim\.[0-9a-f-]{36}, in progress/);
  });

  test('killed when the approval has reached Azure: settled as done, and no run approves another', async () => {
    const simulator = await startSimulator({
      world: 'mixed',
      wire: 'plain',
      faults: 'PUT */workspaces/mlw-sim 1 late:2',
    });
    cleanups.push(() => simulator.stop());
    const at = home({
      AZURE_TENANT_ID: simulator.tenant,
      AZURE_CLIENT_ID: simulator.client,
      AZURE_CLIENT_SECRET: simulator.secret,
    });
    const ca = path.join(at.folder, 'ca.pem');
    writeFileSync(ca, simulator.ca);
    const source = ['--endpoint', simulator.endpoint, '--ca', ca];
    const file = path.join(at.folder, 'plan.json');
    expect((await bastide(['plan', ...linked, '--output', file, ...source], at)).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('"found"');

    const approvals: string[] = [];
    const child = spawn('sh', [launcher, 'apply', file, ...allowed, ...source], {
      env: at.env,
      cwd: at.folder,
      stdio: 'ignore',
    });
    simulator.onExchange(({ method, url, status }) => {
      if (method !== 'PUT' || !/\/privateEndpointConnections\//i.test(url) || status >= 300) return;
      approvals.push(url);
      // Before the answer is on its way.
      child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('exit', resolve));
    expect(approvals).toHaveLength(1);

    await bastideJson(['undo', '--dry-run', ...source], at);
    const settled = await bastideJson<Kept>(['history', ...source], at);
    expect(settled.result.entries.map(({ state, steps }) => [state, ...steps.map((one) => one.state)])).toEqual([
      ['done', 'done', 'done'],
    ]);
    const resource = settled.result.entries[0]?.steps[1]?.resource ?? '';
    expect(resource).toMatch(named);
    expect(approvals[0]).toContain(resource.split('/').at(-1));

    const again = await bastideJson<OutcomeJson>(['apply', file, ...allowed, ...source], at);
    expect([again.failure, again.result.entry]).toEqual([null, null]);
    const fixed = await bastideJson<OutcomeJson>(['fix', ...linked, ...allowed, ...source], at);
    expect(fixed.result.entry).toBeNull();
    expect(approvals).toHaveLength(1);
    expect((await bastide(['undo', '--yes', ...source], at)).status).toBe(0);
  });
});
