// What Azure itself opens is checked again before access is restricted: where it is missing, access stays unrestricted.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { effectKinds } from '../../src/model/effect.ts';
import { drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-closing-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('a missing endpoint stops the closing, and nothing that was allowed is lost', async () => {
  const bench = await openBench({ world: 'open', scratch });
  try {
    await bench.session.setIntents({ architecture: 'private-endpoint', devClientIps: [] });
    // Private endpoints are billed.
    const given = { targets: 'all', answers: { subnet: 'vnet-ml/snet-pe' }, ips: [], profile: 'all' } as const;
    const request = { ...given, allowEffects: effectKinds };
    const plan = bench.session.plan(await drain(bench.session.scan()), request);
    const closing = plan.steps.filter(({ phase }) => phase === 5).map(({ change }) => change.resource);
    expect(closing.some((id) => id.endsWith('/stmlsim'))).toBe(true);
    // As if Azure had not brought this endpoint about, although everything said that it would.
    const steps = plan.steps.filter(({ change }) => !/\/pe-stmlsim-file(\/|$)/.test(change.resource));
    expect(steps.length).toBeLessThan(plan.steps.length);
    const closed: string[] = [];
    bench.simulator.onExchange(({ method, url }) => {
      if (method === 'PATCH' && /\/storageAccounts\//.test(url)) closed.push(url);
    });

    const outcome = await drain(bench.session.apply({ ...plan, steps }, { line: 'fix', acceptWarnings: true }));
    expect(outcome.state).toBe('partial');
    const failed = outcome.steps.filter(({ state }) => state === 'failed');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.message).toMatch(/Access to stmlsim was not restricted.*storage\.private-endpoints/);
    expect(closed.filter((url) => url.includes('/stmlsim'))).toEqual([]);

    const undo = await bench.session.planUndo();
    const back = await drain(bench.session.apply(undo, { line: 'undo', acceptWarnings: true }));
    expect(back.state).toBe('done');
  } finally {
    await bench.close();
  }
});
