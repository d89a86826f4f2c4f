// What a problem says is changed is what the plan of its fix changes, in every world: the same steps, and so the same number, with the
// same effects.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { currentEffects, type Effect } from '../../src/model/effect.ts';
import { type Problem, toDo } from '../../src/model/problem.ts';
import { fold, nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan, withFixes } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { partOf } from '../support/parts.ts';
import { worldSnapshot } from './worlds.ts';

/** What needs a review, and comes to another number: two fixes of which one is enough. */
const others = ['kubernetes nsg-aks', 'everything nsg-aks'];

const worlds = worldFiles.map(({ name }) => name).filter((name) => name !== 'fleet' && name !== 'large');

const toldBy = ({ changes, otherChanges }: Problem): string[] =>
  [...changes, ...otherChanges].map(({ resource }) => fold(resource)).toSorted();

const said = (effects: readonly Effect[]): string[] =>
  currentEffects(effects)
    .map(({ kind, resource, detail, automatic }) => `${kind} ${fold(resource)} ${automatic ? '' : '! '}${detail}`)
    .toSorted();

function planOf({ findings }: Problem, snapshot: Snapshot) {
  const request = { targets: findings, answers: {}, ips: [], profile: 'all' as const };
  return buildPlan({ snapshot, rules, id: 'p', request });
}

describe('what a problem changes is what its plan changes', () => {
  test.each(partOf(worlds, 8))('%s', (world) => {
    const snapshot = worldSnapshot(world);
    const { problems } = withFixes(audit(snapshot, rules), { snapshot, rules, profile: 'all' });
    for (const problem of problems.filter(({ changes, question }) => changes.length > 0 && question === null)) {
      const { resource, kind, gates, findings } = problem;
      const { steps, skipped, effects } = planOf(problem, snapshot);
      // What cannot be sent as things are is not in the plan, and the problem or the plan says so.
      if (gates.length > 0 || (kind === 'input' && skipped.some(({ finding }) => findings.includes(finding)))) continue;
      expect(said(problem.effects), `${world} ${resource}`).toEqual(said(effects));
      if (others.includes(`${world} ${nameOf(resource)}`)) continue;
      expect(toldBy(problem), `${world} ${resource}`).toEqual(
        steps.map(({ change }) => fold(change.resource)).toSorted(),
      );
      const all = / (\d+) changes in all\.$/.exec(toDo(problem).at(-1) ?? '')?.[1];
      if (all !== undefined) expect(Number(all)).toBe(steps.length);
      else if (kind === 'fix') expect(problem.changes).toHaveLength(steps.length);
    }
  });
});
