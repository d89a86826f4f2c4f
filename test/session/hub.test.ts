// A project of a hub: a fix writes to the hub and says how many projects it touches; an undo restores the hub.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-hub-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('the settings of the hub are read, fixed and restored for a project', async () => {
  const { session, close } = await openBench({ world: 'hub-project', scratch });
  try {
    const snapshot = await drain(session.scan());
    const request = {
      targets: ['workspace.v1-legacy-mode', 'workspace.public-network-access'],
      answers: {},
      ips: [],
      profile: 'all',
    } as const;
    const plan = session.plan(snapshot, request);
    expect(plan.steps.map(({ change }) => change.resource.split('/').at(-1))).toEqual(['hub-sim', 'hub-sim']);
    for (const { risk } of plan.steps) expect(risk).toMatch(/Applies to hub hub-sim and its 3 projects\.$/);
    expect(plan.gates.filter(({ kind }) => kind === 'permission').map(({ outcome }) => outcome)).toEqual(['pass']);
    const done = await drain(session.apply(plan, { line: 'fix', acceptWarnings: true }));
    expect(done.steps.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(done.verified?.resolved.length).toBe(2);
    const after = await drain(session.scan());
    const failing = session.report(after, 'all').findings.filter(({ outcome }) => outcome === 'fail');
    expect(failing).toEqual([]);
  } finally {
    await close();
  }
});
