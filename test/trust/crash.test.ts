// A session ends at every call that changes the disk and at every request of a fix, its undo and its redo: the process is killed, or
// the power is cut. The next session settles what was open, and completes the act or undoes it; nothing is lost or sent twice.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { PlanRequest } from '../../src/session/session.ts';
import { type CrashMoment, momentName, openCrashStage, wrongAfter } from '../support/crash-moments.ts';
import { evenly, tellTrust, trustKills } from '../support/trust-size.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-cut-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
/** A plan of a few steps, or all there is to fix in two worlds. */
const few = { targets: ['storage.subnet-service-endpoint', 'storage.bypass-azure-services'] };
const isSmall = trustKills <= 100;
const plans: readonly (readonly [string, Partial<PlanRequest>])[] = isSmall
  ? [['mixed', few]]
  : [
      ['mixed', {}],
      ['drifted', {}],
    ];

test.for(plans)(
  'whatever the last call was, the act is settled, and completed or undone: %s',
  { timeout: 3_600_000 },
  async (plan, { task }) => {
    const stage = await openCrashStage(plan[0], scratch, plan[1]);
    try {
      // As many of each act, each way to end, and each way to go on.
      const kinds = [...Map.groupBy(stage.moments, ({ act, how, next }) => `${act} ${how} ${next}`).values()];
      expect(kinds.length).toBe(12);
      const share = Math.ceil(trustKills / plans.length / kinds.length);
      const chosen = kinds.flatMap((moments) => evenly(moments, share));
      const wrong: string[] = [];
      for (const moment of chosen) wrong.push(...(await wrongAfter(stage, moment)).slice(0, 1));
      tellTrust(task, { suite: 'crash', what: 'kills in a session', tried: chosen.length, wrong: wrong.length });
      expect(wrong).toEqual([]);
    } finally {
      await stage.close();
    }
  },
);

test('it sees a request that left before its intent was on disk', async () => {
  const stage = await openCrashStage('mixed', scratch, few);
  const isWrite = ({ act, call, when }: CrashMoment) => act === 'fix' && call === 'request' && when === 'after';
  const moment = stage.moments.find(isWrite);
  if (moment === undefined) throw new Error('there is no such moment');
  // The journal as it was before the act is found instead of the one that the act wrote.
  const wrong = await wrongAfter(stage, moment, { forgets: true });
  await stage.close();
  expect(wrong.join('\n'), momentName(moment)).toMatch(/1 of 1 requests/);
});
