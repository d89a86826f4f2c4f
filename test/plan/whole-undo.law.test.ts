// The undo of a whole plan on its own result: every step that says "Undo: full" is undone, and the world is as it was.
import { describe, expect, test } from 'vitest';
import { type Change, editChange } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import { effectKinds } from '../../src/model/effect.ts';
import { type Entry, stepUndos } from '../../src/model/entry.ts';
import { sameJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold, nameOf, subscriptionOf, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { blocks, gatesOf } from '../../src/plan/gates.ts';
import { applyChange, applyChanges, buildPlan, compareChange, undoPlan } from '../../src/plan/index.ts';
import { resourceIn } from '../../src/plan/simulate.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { evenly, lawWorlds, sampleOf } from '../support/trust-size.ts';
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

type Made = Pick<Plan['steps'][number], 'change' | 'findings'>;

const typed = (id: string) => resourceTypeOf(typeOf(id));

/** The entry that an apply of the plan leaves, with the bodies that it keeps. */
function carriedOut(plan: Pick<Plan, 'workspace'> & { readonly steps: readonly Made[] }, start: Snapshot) {
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

/** Ids of what the undo of a whole plan changes and a lock or a missing permission refuses. */
function refusedIn(plan: Plan, start: Snapshot): string[] {
  const { entry, bodies, snapshot } = carriedOut(plan, start);
  let world = snapshot;
  return undoPlan({ entry, snapshot, rules, id: 'u', bodies }).plan.steps.flatMap(({ change }) => {
    const gates = gatesOf(change, indexSnapshot(world));
    world = applyChange(world, change);
    return gates.some((one) => blocks(one) && one.kind !== 'state') ? [change.resource] : [];
  });
}

// What has hundreds of workspaces or subnets takes minutes, and no kinds of steps that the others have not.
const small = worldFiles.map(({ name }) => name).filter((name) => !['fleet', 'large'].includes(name));

describe.each(sampleOf(small, 3))('everything of %s', (name) => {
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
    // What no undo takes back has consequences at other resources: provisioning a managed network, its connections at accounts.
    const kept = plan.steps.filter(({ undo }) => undo === 'none').map(({ change }) => change);
    const rest = applyChanges(start, kept);
    for (const id of full) {
      expect([id, undone.has(fold(id))]).toEqual([id, true]);
      if (!inPart.has(fold(id))) expect([id, normal(end, id)]).toEqual([id, normal(rest, id)]);
    }
    // What no step is about is as it was, too.
    const others = [...start.resources, ...end.resources].filter(({ id }) => !inPart.has(fold(id)));
    for (const { id } of others) expect([id, normal(end, id)]).toEqual([id, normal(rest, id)]);
  });
});

describe.each(sampleOf(small, 3))('what the entry created and changed later in %s', (name) => {
  const tag = '/later';
  const start = worldSnapshot(name);
  const plan = planOf(start);
  const ids = plan.steps.flatMap(({ change }) => (change.kind === 'create' ? [change.resource] : []));
  const later = ids.map((id): Made => ({ change: editChange(id, [setMember({}, tag, 'x')]), findings: [] }));
  const { entry, bodies, snapshot } = carriedOut({ ...plan, steps: [...plan.steps, ...later] }, start);
  const undoIn = (world: Snapshot) => undoPlan({ entry, snapshot: world, rules, id: 'u', bodies });

  test('is deleted without a request to it before, and is as it was where that is refused', () => {
    const { plan: back, drift } = undoIn(snapshot);
    expect(drift).toEqual([]);
    let world = snapshot;
    for (const { change } of back.steps) {
      if (change.kind === 'delete' && ids.includes(change.resource)) {
        const now = resourceIn(world, change.resource)?.body;
        // What Azure would answer to a refused deletion.
        expect([change.resource, now]).toEqual([change.resource, resourceIn(snapshot, change.resource)?.body]);
        expect(compareChange(change, resourceIn(world, change.resource) ?? null, typed(change.resource)).state).toBe(
          'ready',
        );
      }
      world = applyChange(world, change);
    }
    const sent = back.steps.map(({ change }) => fold(change.resource));
    const gone = back.steps.flatMap(({ change }, at) =>
      change.kind === 'delete' ? [{ id: change.resource, at }] : [],
    );
    for (const { id, at } of gone) expect([id, sent.slice(0, at).includes(fold(id))]).toEqual([id, false]);
    for (const id of ids.filter((one) => gone.some((each) => each.id === one)))
      expect([id, resourceIn(world, id)]).toEqual([id, undefined]);
  });

  test('is not deleted where others changed it since', () => {
    // One of each type.
    const one = new Map(ids.map((id) => [fold(typeOf(id)), id]));
    for (const id of one.values()) {
      const now = resourceIn(snapshot, id)?.body ?? {};
      const theirs = editChange(id, [setMember(now, '/theirs', 'y')]);
      const world = applyChange(snapshot, theirs);
      // Some types have no such member.
      if (sameJson(normal(world, id), normal(snapshot, id))) continue;
      const { drift, plan: back } = undoIn(world);
      const isKept = !back.steps.some(({ change }) => change.kind === 'delete' && change.resource === id);
      expect([id, isKept, drift.some(({ resource }) => resource === id)]).toEqual([id, true, true]);
    }
  });
});

describe('a resource that another one of the entry uses', () => {
  const scope = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network';
  const [table, group] = [`${scope}/routeTables/rt`, `${scope}/networkSecurityGroups/nsg`];
  const named = (id: string, properties = {}) =>
    ({ kind: 'create', resource: id, edits: [], body: { properties } }) as const;
  const world = (): Snapshot => ({ ...worldSnapshot('open'), resources: [] });
  const undone = (changes: readonly Change[]) => {
    const { entry, bodies, snapshot } = carriedOut(
      { workspace: null, steps: changes.map((change) => ({ change, findings: [] })) },
      world(),
    );
    const { plan, drift } = undoPlan({ entry, snapshot, rules: [], id: 'u', bodies });
    expect(drift).toEqual([]);
    const entries = [
      entry,
      {
        ...{ ...entry, id: 'u', verb: 'undo' as const, undoes: entry.id },
        steps: plan.steps.map(({ change }) => ({ resource: change.resource, change, state: 'done' as const })),
      },
    ];
    expect(stepUndos(entry, entries).every((one) => one?.isWhole === true)).toBe(true);
    return plan.steps.map(({ change }) => `${change.kind} ${nameOf(change.resource)}`);
  };

  test('is released before its deletion; one that nothing of the entry needs released is deleted at once', () => {
    const uses = editChange(table, [setMember({ properties: {} }, '/properties/uses', { id: group })]);
    expect(undone([named(table), named(group), uses])).toEqual(['edit rt', 'delete nsg', 'delete rt']);
    expect(undone([named(group), named(table), uses])).toEqual(['delete rt', 'delete nsg']);
  });

  test('takes the rules that were created and changed in it with it', () => {
    const rule = `${group}/securityRules/deny`;
    const properties = { priority: 100, direction: 'Inbound', access: 'Deny', protocol: '*' };
    const changed = editChange(rule, [setMember({ properties }, '/properties/priority', 200)]);
    expect(undone([named(group, { securityRules: [] }), named(rule, properties), changed])).toEqual(['delete nsg']);
  });
});

describe.each([...new Set(['open', ...evenly(small, lawWorlds)])])('without a right to delete in %s', (name) => {
  const { workspace } = worldSnapshot(name);
  const locks = [
    { scope: `/subscriptions/${subscriptionOf(workspace ?? '') ?? ''}`, level: 'CanNotDelete', name: 'keep' },
  ];
  test.each([
    ['a lock', { locks }],
    ['a role', { notActions: ['*/delete'] }],
  ])('what %s does not let an undo do is one-way', (_by, options) => {
    const start = worldSnapshot(name, options);
    const plan = planOf(start);
    for (const id of refusedIn(plan, start)) {
      const own = plan.steps.filter(({ change }) => fold(change.resource) === fold(id));
      expect([id, own.map(({ undo }) => undo)]).not.toContainEqual(['exact']);
      const told = own.flatMap(({ effects }) => effects).filter((one) => one.kind === 'oneWay');
      expect([id, told.map(({ reason }) => reason)]).toEqual([id, expect.arrayContaining(['may-be-refused'])]);
      expect(told.every((one) => !('automatic' in one) || !one.automatic)).toBe(true);
    }
    expect(plan.irreversible.filter((one) => one.includes('undo may be refused')).length > 0).toBe(
      plan.steps.some(({ change }) => change.kind === 'create'),
    );
  });
});
