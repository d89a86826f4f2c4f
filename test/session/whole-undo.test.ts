// Steps of one plan that build on one another: a record that is changed, and then taken over by a DNS zone group. Undone as one, at once.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { effectKinds } from '../../src/model/effect.ts';
import { fold } from '../../src/model/resource-id.ts';
import { resourceIn } from '../../src/model/snapshot-index.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-whole-undo-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('a record that a later step of the same plan takes over is as it was after an undo of both', async () => {
  const { session, close } = await openBench({ world: 'records', scratch });
  try {
    const before = await drain(session.scan());
    const request = { answers: {}, ips: [], profile: 'all' as const, allowEffects: effectKinds };
    const plan = session.plan(before, { targets: 'all', ...request });
    const group = plan.steps.find(({ change }) => /pe-kv-mlsim-vault\/privateDnsZoneGroups/i.test(change.resource));
    const record = plan.steps.find(({ change }) => /vaultcore\.azure\.net\/A\/kv-mlsim$/i.test(change.resource));
    expect([record?.change.kind, group?.change.kind]).toEqual(['edit', 'create']);
    // By itself it would delete the record that others wrote.
    expect(group?.undo).toBe('partial');
    expect(plan.irreversible.join()).toMatch(/undo deletes the DNS records that others wrote before/);

    const { entry } = await drain(session.apply(plan, { line: 'fix --all', acceptWarnings: true }));
    const back = await session.planUndo(entry ?? undefined);
    const undone = new Set(back.steps.map(({ change }) => fold(change.resource)));
    for (const { change } of plan.steps.filter(({ undo }) => undo === 'exact'))
      expect([change.resource, undone.has(fold(change.resource))]).toEqual([change.resource, true]);
    const outcome = await drain(session.apply(back, { line: 'undo', acceptWarnings: true }));
    expect(outcome.steps.map(({ state }) => state)).toEqual(back.steps.map(() => 'done'));
    const lost = new Set(plan.steps.filter(({ undo }) => undo !== 'exact').map(({ change }) => fold(change.resource)));
    const after = await drain(session.scan());
    for (const { id, type, body } of before.resources) {
      const { normal } = resourceTypeOf(type);
      const now = resourceIn(after, id);
      if (!lost.has(fold(id))) expect([id, now && normal(now.body)]).toEqual([id, normal(body)]);
    }
  } finally {
    await close();
  }
});
