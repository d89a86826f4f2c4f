// The undo of a whole plan on its own result: every step that says "Undo: full" is undone, and the world is as it was.
import { describe, expect, test } from 'vitest';
import { effectKinds } from '../../src/model/effect.ts';
import type { Entry } from '../../src/model/entry.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { applyChange, applyChanges, buildPlan, undoPlan } from '../../src/plan/index.ts';
import { resourceIn } from '../../src/plan/simulate.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { worldSnapshot } from './worlds.ts';

const planOf = (snapshot: Snapshot, answers = {}): Plan =>
  buildPlan({
    ...{ snapshot, rules, id: 'p' },
    request: { targets: 'all', answers, ips: [], profile: 'all', allowEffects: effectKinds },
  });

const normal = (snapshot: Snapshot, id: string) => {
  const found = resourceIn(snapshot, id);
  return found === undefined ? null : resourceTypeOf(found.type).normal(found.body);
};

/** The entry that an apply of the plan leaves, with the bodies that it keeps. */
function carriedOut(plan: Plan, start: Snapshot) {
  const bodies = new Map();
  let snapshot = start;
  const steps = plan.steps.map(({ change, findings }, index) => {
    const keep = (side: string): string | null => {
      const body = resourceIn(snapshot, change.resource)?.body;
      if (body === undefined) return null;
      bodies.set(`${index}-${side}`, body);
      return `${index}-${side}`;
    };
    const before = keep('before');
    snapshot = applyChange(snapshot, change);
    return {
      ...{ resource: change.resource, change, findings, state: 'done' as const, verified: true },
      ...{ requestId: null, operation: null, message: null, before, after: keep('after') },
    };
  });
  const entry: Entry = {
    ...{ id: 'e-1', at: '2026-01-01T00:00:00Z', by: 'anna', verb: 'fix', findings: [], resources: [], steps },
    ...{ state: 'done', undoes: null, undoneBy: null, redoes: null, line: 'fix --all', workspace: plan.workspace },
    rehearsal: null,
  };
  return { entry, bodies, snapshot };
}

// What has hundreds of workspaces or subnets takes minutes, and no kinds of steps that the others have not.
const small = worldFiles.map(({ name }) => name).filter((name) => !['fleet', 'large'].includes(name));

describe.each(small)('everything of %s', (name) => {
  test('is undone as its steps say', () => {
    const start = worldSnapshot(name);
    const plan = planOf(start);
    const { entry, bodies, snapshot } = carriedOut(plan, start);
    const back = undoPlan({ entry, snapshot, rules, id: 'u', bodies });
    expect([back.drift, back.unread]).toEqual([[], []]);
    const end = applyChanges(
      snapshot,
      back.plan.steps.map(({ change }) => change),
    );
    const full = plan.steps.filter(({ undo }) => undo === 'exact').map(({ change }) => change.resource);
    const inPart = new Set(
      plan.steps.filter(({ undo }) => undo !== 'exact').map(({ change }) => fold(change.resource)),
    );
    const undone = new Set(back.plan.steps.map(({ change }) => fold(change.resource)));
    const never = plan.steps.filter(({ undo }) => undo === 'none').map(({ change }) => fold(change.resource));
    expect(never.filter((id) => undone.has(id) && !full.some((one) => fold(one) === id))).toEqual([]);
    for (const id of full) {
      expect([id, undone.has(fold(id))]).toEqual([id, true]);
      if (!inPart.has(fold(id))) expect([id, normal(end, id)]).toEqual([id, normal(start, id)]);
    }
    // What no step is about is as it was, too.
    const others = [...start.resources, ...end.resources].filter(({ id }) => !inPart.has(fold(id)));
    for (const { id } of others) expect([id, normal(end, id)]).toEqual([id, normal(start, id)]);
  });
});
