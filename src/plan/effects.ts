// The effects of a plan's steps, each on the world that the steps before it lead to; and which of them a request accepts.
import { type Change, isDeferred } from '../model/change.ts';
import { EditConflict } from '../model/edit.ts';
import {
  currentEffects,
  type Effect,
  type EffectKind,
  effectFlags,
  effectLabels,
  gatheredEffects,
  isRisky,
  kindsOf,
} from '../model/effect.ts';
import { effectOf } from '../model/effect-words.ts';
import type { UndoClass } from '../model/finding.ts';
import type { Step } from '../model/plan.ts';
import { member } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { effectsOf } from '../resource-types/parts/change-effects.ts';
import type { Rule } from '../rules/rule.ts';
import { dependantEffects } from './dependants.ts';
import { doesWords } from './describe.ts';
import { managed, managerOf } from './managers.ts';
import { applyChange, resourceIn } from './simulate.ts';
import { irreversibleOf } from './undo-class.ts';

export type Ownership = (id: string) => boolean;
/** Without a history Bastide is known to have created nothing. */
export const ownsNothing: Ownership = () => false;

/** A step before its effects are known. */
export type StepDraft = Omit<Step, 'effects' | 'does'>;

/** The effects of one change; what an undo does not restore, and who is cut off, are among them. */
export function effectsIn(
  change: Change,
  undo: UndoClass,
  snapshot: Snapshot,
  isOwn: Ownership,
  now?: Resource,
): Effect[] {
  const current = now ?? resourceIn(snapshot, change.resource);
  const own = effectsOf(change, {
    current: isDeferred(change) ? undefined : current,
    seen: { resource: (id) => resourceIn(snapshot, id) },
    isOwn,
  });
  const { resource } = change;
  const told = own.map((one) =>
    one.kind === 'deletes' && losesAssignments(change, undo)
      ? effectOf(resource, { ...one, data: { ...one.data, losesRoles: true } })
      : one,
  );
  const kept = undo === 'exact' || undo === 'equivalent';
  const oneWay = kept
    ? []
    : irreversibleOf(change, undo).map((says) =>
        effectOf(resource, { kind: 'oneWay', reason: 'restored-in-part', data: { says } }),
      );
  return gatheredEffects([...told, ...oneWay, ...dependantEffects(change, own, indexSnapshot(snapshot))]);
}

/**
 * What has a location is a resource of its own, which roles are assigned on; parts of another seldom have any. A scan reads the
 * assignments of a few identities only, so this holds whatever was read.
 */
const losesAssignments = (change: Change, undo: UndoClass): boolean =>
  change.kind === 'delete' && undo !== 'none' && member(change.body, 'location') !== undefined;

/** The steps with their effects. A change that does not fit the world any more leaves it as it is. */
export function withEffects(steps: readonly StepDraft[], snapshot: Snapshot, isOwn: Ownership): Step[] {
  let world = snapshot;
  return steps.map((step) => {
    const effects = effectsIn(step.change, step.undo, world, isOwn);
    const cut = dependantEffects(step.change, effects, indexSnapshot(world)).map(({ detail }) => detail);
    world = afterChange(world, step.change);
    const risk = step.risk === '' ? '' : [step.risk, ...cut].join(' ');
    const managedBy = managed(managerOf(step.change.resource, snapshot));
    return { ...step, risk, does: doesWords(step.change), effects, ...managedBy };
  });
}

/** The world after a change; the same where it does not fit. */
export function afterChange(world: Snapshot, change: Change): Snapshot {
  try {
    return applyChange(world, change);
  } catch (error) {
    if (error instanceof EditConflict) return world;
    throw error;
  }
}

export const effectsOfSteps = (steps: readonly Pick<Step, 'effects'>[]): Effect[] =>
  gatheredEffects(steps.flatMap(({ effects }) => effects));

/** Has a fix no effect that must be named or allowed? */
export const isUnasked = (effects: readonly Effect[], _rule: Pick<Rule, 'id'>): boolean => !effects.some(isRisky);

/** Why a fix that was not named stays out: its first effect that is not allowed. Undefined where it may come. */
export function refusedEffect(
  effects: readonly Effect[],
  allowed: readonly EffectKind[],
  rule: Pick<Rule, 'id'>,
): string | undefined {
  const stuck = currentEffects(effects).filter((one) => isRisky(one) && !allowed.includes(one.kind));
  const [first] = stuck;
  if (first === undefined) return undefined;
  const kinds = kindsOf(stuck).map((kind) => effectFlags[kind]);
  return `${effectLabels[first.kind]}: ${first.detail} To include it, pass --allow-effects ${kinds.join(',')} or run \`bastide fix ${rule.id}\`.`;
}
