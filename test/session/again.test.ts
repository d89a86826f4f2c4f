// A plan that is there already, wholly or in part, is not taken for drift.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-again-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const everything = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;

test('applied twice, a plan file sends nothing the second time', async () => {
  const bench = await openBench({ world: 'open', scratch, intents: { usesServerless: false } });
  try {
    const plan = bench.session.plan(await drain(bench.session.scan()), everything);
    await drain(bench.session.apply(plan, { line: 'apply' }));
    const writes: string[] = [];
    bench.simulator.onExchange(({ method, url }) => {
      // Queries, and actions that list something, only read, though Azure has them as POST.
      if (method !== 'GET' && !/\/list[A-Z]\w*\?|ResourceGraph/.test(url)) writes.push(`${method} ${url}`);
    });
    const again = await drain(bench.session.apply(plan, { line: 'apply' }));
    expect(again).toMatchObject({ entry: null, state: 'done' });
    expect(again.steps.every((step) => step.state === 'skipped')).toBe(true);
    expect(writes).toEqual([]);
  } finally {
    await bench.close();
  }
});

test('a plan of which one resource is done already does the rest, and its undo undoes only that', async () => {
  const bench = await openBench({ world: 'open', scratch, intents: { usesServerless: false } });
  try {
    const plan = bench.session.plan(await drain(bench.session.scan()), everything);
    const vault = plan.steps.filter((step) => step.change.resource.includes('/vaults/'));
    const networks = plan.steps.filter((step) => step.change.resource.includes('/subnets/'));
    expect(vault.length).toBe(2);
    await drain(bench.session.apply({ ...plan, steps: [...networks, ...vault] }, { line: 'apply' }));
    const rest = await drain(bench.session.apply(plan, { line: 'apply' }));
    expect(rest.state).toBe('done');
    const states = Map.groupBy(rest.steps, (step) => step.state);
    expect(states.get('skipped')?.length).toBe(networks.length + vault.length);
    expect(states.get('done')?.length).toBe(plan.steps.length - networks.length - vault.length);
    const undo = await bench.session.planUndo();
    expect(undo.steps.some((step) => step.change.resource.includes('/vaults/'))).toBe(false);
  } finally {
    await bench.close();
  }
});
