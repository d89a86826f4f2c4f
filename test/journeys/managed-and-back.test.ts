// A half-configured workspace, turned to a managed network in one plan and undone by one undo. A managed network stays on,
// and so does what it is made of; a subnet rule that never allowed access does not come back. Both are said beforehand.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { effectKinds } from '../../src/model/effect.ts';
import { drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-managed-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const answers = {
  ...{ mode: 'AllowOnlyApprovedOutbound', subnet: 'vnet-ml/snet-pe', sku: 'Premium', delete: 'yes' },
};

test.each([
  [
    'mixed',
    ['stmlarch: the rule for', 'snet-gpu is not restored: the subnet has no Microsoft.Storage service endpoint'],
  ],
  ['tunnelled', []],
])('%s, and back', async (world, told) => {
  const { session, close } = await openBench({ world, scratch });
  try {
    await session.setIntents({ architecture: 'managed-network', devClientIps: [] });
    const first = await drain(session.scan());
    const plan = session.plan(first, { targets: 'all', answers, ips: [], profile: 'all', allowEffects: effectKinds });
    const made = await drain(session.apply(plan, { line: 'fix --all', acceptWarnings: true }));
    expect([made.state, ...made.verified.persisting, ...made.verified.unknown]).toEqual(['done']);

    const undo = await session.planUndo();
    for (const words of told) expect(undo.irreversible.join('\n')).toContain(words);
    const undone = await drain(session.apply(undo, { line: 'undo', acceptWarnings: true }));
    expect([undone.state, ...undone.steps.filter(({ state }) => state === 'failed')]).toEqual(['done']);
  } finally {
    await close();
  }
});
