// The simulator's worlds against the rules: what is planted is found, and nothing of weight is found that was not planted.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { affectsRule, assumptionEntries } from '../../src/model/assumption-values.ts';
import { findingId, severities } from '../../src/model/finding.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { applyChanges, buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worlds } from '../../src/simulator/index.ts';
import { drain, openBench } from '../support/bench.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { compareWithPaths } from '../support/path-contradictions.ts';

type World = (typeof worlds)[number];

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-worlds-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Each world as a scan finds it, through the ARM client. */
const scanned = new Map<string, Snapshot>();
for (const { name } of worlds) {
  const bench = await openBench({ world: name, scratch });
  scanned.set(name, await drain(bench.session.scan()));
  await bench.close();
}
const snapshotOf = ({ name }: World): Snapshot => scanned.get(name) as Snapshot;

const known = new Set(rules.map(({ id }) => id));

inEveryRun(() => {
  test('every fixable rule is planted in some world, from the list in that world’s file', () => {
    const planted = new Set(worlds.flatMap(({ faults }) => faults.map(({ rule }) => rule)));
    const fixable = rules.filter(({ fixKind }) => fixKind !== 'none').map(({ id }) => id);
    expect(fixable.filter((id) => !planted.has(id))).toEqual([]);
  });
});
const weighty = severities.slice(0, severities.indexOf('medium') + 1);

inEveryRun(() => {
  describe.each(worlds.map((world) => [world.name, world as World] as const))('world %s', (_name, world) => {
    const failingIn = (profile: 'all' | 'article-2020') =>
      audit(snapshotOf(world), rules, profile).findings.filter(({ outcome }) => outcome === 'fail');
    const failing = failingIn('all');
    const plantedIn = (profile: 'all' | 'article-2020') =>
      world.faults
        .filter(({ rule, needsProfile = 'all' }) => known.has(rule) && needsProfile === profile)
        .map(({ rule, resource, where }) => findingId(rule, resource, where));
    const planted = plantedIn('all');

    test('every planted fault is found', () => {
      const found = new Set(failing.map(({ id }) => id));
      expect(planted.filter((id) => !found.has(id))).toEqual([]);
      const foundIn2020 = new Set(failingIn('article-2020').map(({ id }) => id));
      expect(plantedIn('article-2020').filter((id) => !foundIn2020.has(id))).toEqual([]);
    });
    test('nothing of weight fails that was not planted', () => {
      const expected = new Set(planted);
      const extra = failing.filter(({ id, severity }) => weighty.includes(severity) && !expected.has(id));
      expect(extra.map(({ id, because }) => `${id}: ${because}`)).toEqual([]);
    });
    test('path and map contradict no rule about private endpoints', () => {
      expect(compareWithPaths(snapshotOf(world)).contradictions).toEqual([]);
    });
  });
});

// The plan of "large" is covered by a separate journey.
const moderate = worlds
  .filter(({ name }) => name !== 'large' && name !== 'fleet')
  .map((world) => [world.name, world as World] as const);
describe.each(partOf(moderate, 3))('everything in world %s', (_name, world) => {
  test('a plan leaves no fix undone without a reason, and announces what it wakes', () => {
    const snapshot = snapshotOf(world);
    const before = audit(snapshot, rules).findings.filter(({ outcome }) => outcome === 'fail');
    const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
    const plan = buildPlan({ snapshot, rules, request, id: 'plan' });
    const after = audit(
      applyChanges(
        snapshot,
        plan.steps.map(({ change }) => change),
      ),
      rules,
    );
    const reasoned = new Set(plan.skipped.filter(({ reason }) => reason !== '').map(({ finding }) => finding));
    const left = after.findings.filter(
      ({ id, outcome, fix }) => outcome === 'fail' && fix.kind === 'auto' && !reasoned.has(id),
    );
    expect(left.map(({ id, because }) => `${id}: ${because}`)).toEqual([]);
    // What a restriction introduces and only the operator can decide is announced; nothing else fails afterwards.
    const woken = after.findings.filter(({ id }) => plan.preview.introduces.includes(id));
    expect(woken.filter(({ fix }) => fix.kind !== 'guided').map(({ id }) => id)).toEqual([]);
    const known = new Set([...before.map(({ id }) => id), ...plan.preview.introduces]);
    expect(after.findings.filter(({ id, outcome }) => outcome === 'fail' && !known.has(id))).toEqual([]);
  });
});

inEveryRun(() => {
  describe('intents', () => {
    const some = ['everything', 'limited', 'kubernetes', 'closed-private-endpoint', 'managed'];
    const elsewhere = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/elsewhere';
    const answersTo = ({ name, kind, choices }: (typeof assumptionEntries)[number]): readonly unknown[] =>
      kind === 'boolean'
        ? [true, false]
        : kind === 'choice'
          ? choices
          : name === 'storageAccounts'
            ? [[elsewhere]]
            : [[]];
    const judged = (snapshot: Snapshot) =>
      new Map(audit(snapshot, rules).findings.map(({ id, outcome, because }) => [id, `${outcome}: ${because}`]));

    test.each(assumptionEntries.map((entry) => [entry.name, entry] as const))(
      '%s decides only what it says',
      (name, entry) => {
        for (const pattern of entry.decides) {
          expect(
            rules.some(({ id }) => affectsRule({ ...entry, decides: [pattern] }, id)),
            pattern,
          ).toBe(true);
        }
        for (const world of some) {
          const snapshot = scanned.get(world) as Snapshot;
          const { [name]: _, ...others } = snapshot.intents;
          const bare = judged({ ...snapshot, intents: others });
          for (const answer of answersTo(entry)) {
            const now = judged({ ...snapshot, intents: { ...others, [name]: answer } });
            const moved = [...new Set([...bare.keys(), ...now.keys()])].filter((id) => bare.get(id) !== now.get(id));
            expect(moved.filter((id) => !affectsRule(entry, id.split('@')[0] ?? id))).toEqual([]);
          }
        }
      },
    );
  });
});

/** The registry edition that the 2020 article requires is not sold any more. */
const overBy2020 = (rule: string, profile: string): boolean =>
  rule === 'acr.workspace-enterprise' && profile === 'article-2020';

inEveryRun(() => {
  describe.each(worlds.flatMap(({ name }) => (name.startsWith('closed-') ? [name] : [])))('%s', (name) => {
    const closed = worlds.find((world) => world.name === name) as World;
    test.each(['article-2020', 'current', 'all'] as const)(
      'nothing fails and nothing is unknown under %s',
      (profile) => {
        const { findings } = audit(snapshotOf(closed), rules, profile);
        const left = findings.filter(
          ({ outcome, rule }) => (outcome === 'fail' || outcome === 'unknown') && !overBy2020(rule, profile),
        );
        expect(left.map(({ id, outcome, because }) => `${outcome} ${id}: ${because}`)).toEqual([]);
      },
    );
  });
});
inEveryRun(() => {
  test.each(['service-endpoint', 'private-endpoint', 'managed-network'])(
    'closed-%s is taken for it',
    (architecture) => {
      const closed = worlds.find(({ name }) => name === `closed-${architecture}`) as World;
      expect(audit(snapshotOf(closed), rules).architecture.answer).toBe(architecture);
    },
  );
});
