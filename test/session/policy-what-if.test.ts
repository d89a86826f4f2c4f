// After `export --as policy --effect Deny` is in place, the what-if of a plan that would open again what was fixed says which policy
// refuses it; one that keeps it goes on as before.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { policiesFor } from '../../commands/parts/policy.ts';
import { rules } from '../../src/rules/index.ts';
import { clientOf } from '../simulator/support.ts';
import { drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-policy-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('the undo of a fix that a policy keeps is refused in the what-if, by the name of the policy', async () => {
  const bench = await openBench({ world: 'mixed', scratch });
  const { session } = bench;
  const client = await clientOf(bench.simulator);
  const rule = 'storage.bypass-azure-services';
  const request = (targets: readonly string[]) => ({ targets, answers: {}, ips: [], profile: 'all' as const });
  const play = async (plan: Awaited<ReturnType<typeof session.planUndo>>) =>
    drain(session.whatIf(await drain(session.scan()), plan, { profile: 'all' }));
  try {
    const snapshot = await drain(session.scan());
    await drain(session.apply(session.plan(snapshot, request([rule])), { line: '', acceptWarnings: true }));
    const undo = await session.planUndo();
    expect((await play(undo)).outcome).toBe('done');

    const fixed = await drain(session.scan());
    const findings = (await session.history()).flatMap(({ findings: all }) => all);
    const source = { kind: 'entry', findings } as const;
    const context = { rules, flags: { profile: 'all' as const } };
    // What is to be held is known from the audit: no fix and no effect is worked out for it.
    const report = () => expect.unreachable();
    const { definitions, assignments } = policiesFor(context, { ...session, report }, fixed, {
      source,
      effect: 'Deny',
    });
    for (const { id, apiVersion, body } of [...definitions, ...assignments])
      expect((await client.put(`${id}?api-version=${apiVersion}`, body)).status).toBe(201);

    const refused = await play(undo);
    const [first] = refused.steps.filter(({ state }) => state === 'refused');
    expect([refused.outcome, first?.refusal?.code]).toEqual(['refused', 'RequestDisallowedByPolicy']);
    expect(JSON.stringify(first?.refusal?.details)).toContain(
      'Storage accounts should allow access from trusted Microsoft services',
    );
    expect(refused.limits).toEqual([]);
    // What does not open it again is not stopped.
    const other = session.plan(await drain(session.scan()), request(['storage.vnet-rule-compute-subnet']));
    expect(other.steps.length).toBeGreaterThan(0);
    expect((await play(other)).outcome).toBe('done');
  } finally {
    await client.stop();
    await bench.close();
  }
});
