// The effects of every change that the plans of the worlds hold: each is a sentence, and mirrored by the inverse of the change.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type Change, invertChange, isDeferred } from '../../src/model/change.ts';
import {
  type EffectKind,
  effectKinds,
  type OldEffectKind,
  oldEffectKinds,
  type SettingEffect,
} from '../../src/model/effect.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { plainText } from '../../src/model/words.ts';
import { applyChange, buildPlan } from '../../src/plan/index.ts';
import { resourceIn } from '../../src/plan/simulate.ts';
import { planLines } from '../../src/render/plan-text.ts';
import { resourceTypes } from '../../src/resource-types/index.ts';
import { effectsOf } from '../../src/resource-types/parts/change-effects.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { sampleOf } from '../support/trust-size.ts';
import { withFirstChoices } from './first-choices.ts';
import { worldSnapshot } from './worlds.ts';

const mirrored = worldFiles.filter(({ name }) => name !== 'large' && name !== 'fleet').map(({ name }) => name);
/** Rules that have been planned by name: once is enough. */
const planned = new Set<string>();

/** Plans of a world: every fix with all effects allowed, and guided rules by their names with the first choices. */
function plansOf(snapshot: Snapshot): Plan[] {
  const report = audit(snapshot, rules);
  const make = (targets: readonly string[] | 'all', answers: Readonly<Record<string, string>>) =>
    buildPlan({
      ...{ snapshot, rules, report, id: 'p' },
      request: { targets, answers, ips: [], profile: 'all', allowEffects: effectKinds },
    });
  const failing = new Set(report.findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule));
  const named = rules
    .filter(({ id, fixKind }) => fixKind === 'guided' && failing.has(id) && !planned.has(id))
    .flatMap(({ id }) => {
      const { plan } = withFirstChoices((answers) => make([id], answers));
      if (plan.steps.length === 0) return [];
      planned.add(id);
      return [plan];
    });
  return [make('all', {}), ...named];
}

const opposite: Readonly<Partial<Record<OldEffectKind, readonly OldEffectKind[]>>> = {
  allows: ['restricts', 'relaxes'],
  restricts: ['allows', 'relaxes'],
  relaxes: ['restricts', 'allows'],
};
const accessOf = (effects: readonly SettingEffect[]) =>
  effects.flatMap(({ kind, subject }) => {
    const old = oldEffectKinds.find((one) => one === kind);
    return old === undefined || opposite[old] === undefined ? [] : [{ kind: old, subject }];
  });

/** What a title may say of a step, by its change and effects. */
function checkTitles(plan: Plan): void {
  const printed = planLines(plan).map(plainText);
  for (const [at, step] of plan.steps.entries()) {
    const title = printed.flatMap((one) => new RegExp(`^${at + 1}\\. .* {2}(.+) · Undo: `).exec(one)?.[1] ?? []);
    const has = (kind: EffectKind) => step.effects.some((one) => one.kind === kind);
    const may = {
      Create: step.change.kind === 'create',
      Delete: step.change.kind === 'delete',
      Change: step.change.kind === 'edit' && !has('opens') && !has('cutsOff'),
      'Allow access': step.change.kind === 'edit' && has('opens') && !has('cutsOff'),
      'Restrict access': step.change.kind === 'edit' && has('cutsOff') && !has('opens'),
      'Change access': step.change.kind === 'edit' && (has('opens') || has('cutsOff')),
    };
    expect(title, step.change.resource).toHaveLength(1);
    expect(may, `${step.change.kind} ${step.change.resource}`).toHaveProperty([title[0] ?? ''], true);
  }
}

describe('a change and its inverse mirror each other', () => {
  const types = new Set<string>();
  test.each(sampleOf(mirrored, 2))('%s', (name) => {
    const snapshot = worldSnapshot(name);
    for (const plan of plansOf(snapshot)) {
      checkTitles(plan);
      for (const { detail, subject, resource } of plan.effects) {
        expect(detail).toMatch(/^[^\s].*\.$/);
        expect(detail).not.toMatch(/undefined|null|\[object|NaN| {2}/);
        expect(subject).not.toBe('');
        expect(resourceTypes.map(({ type }) => fold(type))).toContain(fold(typeOf(resource)));
      }
      let world = snapshot;
      for (const { change } of plan.steps) {
        const next = applyChange(world, change);
        // The life of a compute is no access; its name, where Azure assigns it, is not known before.
        if (!isDeferred(change) && !(change.kind !== 'edit' && /\/computes\//i.test(change.resource))) {
          types.add(fold(typeOf(change.resource)));
          const on = (one: Change, of: Snapshot) =>
            accessOf(
              effectsOf(one, {
                current: resourceIn(of, one.resource) ?? null,
                seen: { resource: (id) => resourceIn(of, id) },
                isOwn: () => true,
              }),
            );
          const [forth, back] = [on(change, world), on(invertChange(change), next)];
          const said = `${change.kind} ${change.resource}`;
          expect(back.map(({ subject }) => subject).toSorted(), said).toEqual(
            forth.map(({ subject }) => subject).toSorted(),
          );
          for (const { kind, subject } of forth) {
            const kinds = back.filter((one) => one.subject === subject).map((one) => one.kind);
            expect(
              kinds.some((one) => opposite[kind]?.includes(one)),
              `${said}: ${kind} ${subject} / ${kinds}`,
            ).toBe(true);
          }
        }
        world = next;
      }
    }
  });

  test('most types that are written were among them', () => {
    expect(types.size).toBeGreaterThan(14);
  });
});
