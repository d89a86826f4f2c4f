// The main job by script: audit, fix everything, audit again, undo entry by entry.
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { worlds } from '../../src/simulator/index.ts';
import {
  type AuditJson,
  bastide,
  bastideJson,
  everyEffect,
  freshHome,
  type HistoryJson,
  type Home,
  type OutcomeJson,
} from '../support/bastide.ts';
import { normalState } from '../support/state.ts';

const homes: Home[] = [];
const home = () => {
  const made = freshHome();
  homes.push(made);
  return made;
};
afterEach(() => {
  for (const made of homes.splice(0)) made.remove();
});

const stateFile = (of: Home, world: string) => path.join(of.folder, 'bastide/demo', `${world}.json`);

describe.each(['open', 'mixed'])('world %s', (world) => {
  const demo = `--demo=${world}`;
  /** The registry of `open` is below Premium, and what that costs is the operator's to decide. */
  const all = ['fix', '--all', ...(world === 'open' ? ['--answer', 'sku=Premium', ...everyEffect] : []), '--yes', demo];

  test('the audit finds every planted fault', async () => {
    const { result, status } = await bastideJson<AuditJson>(['audit', demo], home());
    expect(status).toBe(1);
    const failing = new Set(
      result.findings.filter((finding) => finding.outcome === 'fail').map((finding) => finding.id),
    );
    const planted = worlds
      .find((candidate) => candidate.name === world)
      ?.faults.map((fault) => `${fault.rule}@${fault.resource}${fault.where ? `#${fault.where}` : ''}`.toLowerCase());
    expect(planted?.length).toBeGreaterThan(5);
    expect(planted?.filter((id) => !failing.has(id))).toEqual([]);
    expect(result.snapshot.gaps).toEqual([]);
  });

  test('fix --all leaves no auto fix; undo entry by entry restores the state', async () => {
    const at = home();
    await bastideJson<AuditJson>(['audit', demo], at);
    const before = normalState(stateFile(at, world));

    const fixed = await bastideJson<OutcomeJson>(all, at);
    expect(fixed.failure).toBeNull();
    expect(fixed.status).toBe(0);
    expect(fixed.result.steps.every((step) => step.state === 'done')).toBe(true);
    expect(fixed.result.verified.persisting).toEqual([]);

    const after = await bastideJson<AuditJson>(['audit', demo], at);
    const left = after.result.findings.filter((finding) => finding.outcome === 'fail' && finding.fix.kind === 'auto');
    expect(left.map((finding) => `${finding.id}: ${finding.because}`)).toEqual([]);

    const again = await bastideJson<OutcomeJson>(all, at);
    expect(again.status).toBe(0);
    expect(again.result.entry).toBeNull();

    for (let undone = 0; ; undone += 1) {
      const undo = await bastide(['undo', '--yes', demo], at);
      if (undo.status === 4) break;
      expect(undo.stderr + undo.stdout).not.toMatch(/refused/i);
      expect(undo.status).toBe(0);
      expect(undone).toBeLessThan(10);
    }
    expect(normalState(stateFile(at, world))).toEqual(before);

    const { result } = await bastideJson<HistoryJson>(['history', demo], at);
    expect(result.entries.some((entry) => entry.undoes !== null)).toBe(true);

    const redone = await bastide(['redo', '--yes', ...everyEffect, demo], at);
    expect(redone.status).toBe(0);
    // A redo is repeated by the line of the entry it repeated: elsewhere there is nothing to redo.
    const script = await bastide(['history', '--script', demo], at);
    expect(script.stdout).toMatch(/^fix /);
    expect(script.stdout).not.toContain('redo');
    const final = await bastideJson<AuditJson>(['audit', demo], at);
    expect(
      final.result.findings.filter((finding) => finding.outcome === 'fail' && finding.fix.kind === 'auto'),
    ).toEqual([]);
  });
});

test('nothing fails in the closed worlds', async () => {
  const names = ['closed', 'closed-service-endpoint', 'closed-private-endpoint', 'closed-managed-network'];
  for (const name of names) {
    const { result, status } = await bastideJson<AuditJson>(['audit', `--demo=${name}`], home());
    expect(result.findings.filter((finding) => finding.outcome === 'fail')).toEqual([]);
    expect(status).toBe(0);
  }
});
