// Steps of one plan that build on one another: a record that is changed, and then taken over by a DNS zone group. Undone as one, at once.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectKinds } from '../../src/model/effect.ts';
import { undoneMark } from '../../src/model/entry.ts';
import { fold, isWithin, nameInParent } from '../../src/model/resource-id.ts';
import { resourceIn } from '../../src/model/snapshot-index.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { drain, openBench } from '../support/bench.ts';
import { type Beside, openBeside } from '../support/beside-requests.ts';

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

describe.each(['as it is read at once', 'after the time in which a reading may be behind'])('%s', (when) => {
  let beside: Beside;
  beforeAll(async () => {
    const pace = when === 'as it is read at once' ? { lag: 600_000, sightings: [] } : {};
    beside = await openBeside('mixed', undefined, undefined, pace);
  });
  afterAll(() => beside.close());

  test('whichever resource another client deleted since, the undo offers the rest, and says who deleted it', async () => {
    const request = { answers: {}, ips: [], profile: 'all' as const, allowEffects: effectKinds };
    const plan = beside.session.plan(await drain(beside.session.scan()), { targets: 'all', ...request });
    const { entry } = await beside.apply(plan);
    const whole = await beside.session.planUndo(entry ?? undefined);
    const changed = new Set(whole.steps.flatMap(({ change }) => (change.kind === 'edit' ? [change.resource] : [])));
    const left = beside.simulator.stateText();
    let deletions = 0;
    let last: string | undefined;
    for (const id of changed) {
      beside.simulator.restore(left);
      try {
        beside.write('DELETE', id);
      } catch {
        continue;
      }
      const back = await beside.session.planUndo(entry ?? undefined);
      const gone = new Set([
        id,
        ...whole.steps.map(({ change }) => change.resource).filter((one) => isWithin(one, id)),
      ]);
      const rest = whole.steps.map(({ change }) => change.resource).filter((one) => !gone.has(one));
      expect([id, back.steps.map(({ change }) => change.resource)]).toEqual([id, rest]);
      expect(back.left).toContainEqual({ resource: id, stands: false });
      const told = back.notUndone?.find((one) => one.resource === id);
      const by = 'anna@simulated.example';
      expect(told).toMatchObject({ reason: 'gone', change: 'edit', deleted: { by } });
      expect(back.irreversible.join()).toContain(`${nameInParent(id)} is not restored: ${by} with `);
      deletions += 1;
      // A firewall that names a subnet that is gone takes no change.
      if (!/\/subnets\//i.test(id)) last = id;
    }
    expect(deletions).toBeGreaterThan(4);
    if (last === undefined) return;
    beside.simulator.restore(left);
    beside.write('DELETE', last);
    const back = await beside.session.planUndo(entry ?? undefined);
    const outcome = await beside.apply(back);
    expect(outcome.steps.map(({ state }) => state)).toEqual(back.steps.map(() => 'done'));
    const entries = await beside.history.entries();
    expect(entries.filter((one) => one.id === entry).map((one) => undoneMark(one, entries))).toEqual([
      'undone in part',
    ]);
    expect(await beside.read(last)).toBeNull();
  });
});
