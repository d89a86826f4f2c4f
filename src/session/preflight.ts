// The checks between the confirmation of a plan and its first request: its workspace, its gates, the current value of every
// setting, and locks added since. If one of them fails, nothing is sent.

import { type Change, isDeferred } from '../model/change.ts';
import { effectLabels } from '../model/effect.ts';
import { effectGroups } from '../model/effect-groups.ts';
import { type Entry, isUnsettled } from '../model/entry.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { sameJson } from '../model/json.ts';
import { isOwnUndo, type Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, nameOf, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { ReadFailure, Snapshot } from '../model/snapshot.ts';
import { indexSnapshot, resourceIn } from '../model/snapshot-index.ts';
import {
  anotherSince,
  applyChange,
  type ChangeComparison,
  type ChangedSetting,
  compareIn,
  decidingOn,
  effectsBeyond,
  effectsOver,
  gatesOf,
  thereWhole,
  withNow,
} from '../plan/index.ts';
import { locksOf, resourceTypeOf } from '../resource-types/index.ts';
import { freshOf, isGap, readNow, type WriteContext } from './apply-context.ts';
import { type Collector, collectorOf } from './collector.ts';
import { find } from './find.ts';
import { movedText } from './settle.ts';
import { notYetVisible } from './visible.ts';

/** A plan with what was said to it. */
export interface PreflightInput {
  readonly plan: Plan;
  /** Null: the plan is for files that hold none. */
  readonly workspace: string | null;
  readonly acceptWarnings: boolean;
}

export const notSent = (code: string, message: string, next: string, details: Failure['details'] = null): Failure =>
  new Failure(code, exitStatus.notSent, message, next, details);

/** Why nothing was sent, where a step was compared with what is there now. */
export const unsentBy = (why: 'drift' | 'not-yet-visible', message: string): Failure =>
  why === 'drift'
    ? notSent(why, message, 'Scan again and review the current settings.')
    : notSent(why, `${message} Nothing was sent.`, 'Run the command again in a minute.');

export function refuseForeign({ plan, workspace }: PreflightInput, { arm }: WriteContext): void {
  const same = plan.source.kind === arm.source.kind && fold(plan.source.name) === fold(arm.source.name);
  if (same && (plan.workspace === workspace || sameId(plan.workspace, workspace))) return;
  throw notSent(
    'other-workspace',
    `The plan is for ${plan.workspace ?? 'no workspace'} at ${plan.source.name}, not for this workspace.`,
    'Make a new plan, or select the source and workspace of this plan.',
  );
}

/** What is not known yet cannot be built on. Throws Failure (exit 4) when an open entry is about a resource of the plan. */
export function refuseUnsettled({ steps }: Plan, entries: readonly Entry[]): void {
  const writerOf = (id: string) => fold(resourceTypeOf(typeOf(id)).writer(id));
  const wanted = new Set(steps.map(({ change }) => writerOf(change.resource)));
  const open = entries.filter(
    (entry) =>
      entry.state === 'open' && entry.steps.some((step) => isUnsettled(step) && wanted.has(writerOf(step.resource))),
  );
  const [first] = open;
  if (first !== undefined) throw unsettled(first);
}

/** An entry whose outcome is not known prevents what depends on it. */
export function unsettled(entry: Entry): Failure {
  const steps = entry.steps.filter(isUnsettled);
  const names = [...new Set(steps.map(({ resource }) => nameOf(resource)))].join(', ');
  const [why] = steps.flatMap(({ message }) => message ?? []);
  return notSent(
    'unsettled',
    `The outcome of history entry ${entry.id} is not known yet: ${names || 'its next step'}${why === undefined ? ' was sent to Azure, and no result was read' : `. ${why.replace(/\.$/, '')}`}.`,
    'Scan again with `bastide audit`, which settles it as soon as Azure shows the result. Nothing was sent now.',
    { entry: entry.id, resources: [...new Set(steps.map(({ resource }) => resource))] },
  );
}

export function refuseGates({ plan, acceptWarnings }: PreflightInput): void {
  const failed = plan.gates.filter((gate) => gate.outcome === 'fail');
  if (failed.length > 0) {
    throw notSent(
      'gate',
      `Nothing was sent: ${failed.map((gate) => gate.detail).join(' ')}`,
      'Remove what blocks the change, then retry.',
      {
        gates: failed.map(({ kind, detail }) => ({ kind, detail })),
      },
    );
  }
  const warned = plan.gates.filter((gate) => gate.outcome === 'warn');
  if (warned.length > 0 && !acceptWarnings) {
    throw notSent('warning', warned.map((gate) => gate.detail).join(' '), 'Pass --yes to accept the warning.');
  }
}

export interface PlanStanding {
  /** Of each step, what is not there yet; null where nothing is left. */
  readonly pending: readonly (Change | null)[];
  /** What the plan is about to change and what decides what it does, as they are now. */
  readonly resources: readonly Resource[];
  /** Of what decides: ids of those that are gone. */
  readonly gone: readonly string[];
}

/**
 * What is left of every step, each compared with what the steps before it leave. Throws Failure naming what others changed. `made`: what
 * decides the effects of the plan over it is read beside what is written.
 */
export async function compare(plan: Plan, context: WriteContext, made?: MadeFrom): Promise<PlanStanding> {
  const deciding = decidingFor(plan, made);
  const changes = await Promise.all(plan.steps.map(({ change }) => byName(change, context)));
  const written = changes.filter((change) => !isDeferred(change)).map(({ resource }) => resource);
  const ids = distinctIds(written);
  const beside = deciding.filter((id) => !ids.some((one) => sameId(one, id)));
  const { resources, ...rest } = await readEach([...ids, ...beside], plan, context);
  const world: Snapshot = { ...rest, resources };
  const others: Moved[] = resources.flatMap((one) => {
    const isWritten = ids.some((id) => sameId(id, one.id));
    const another = isWritten ? anotherSince(made && resourceIn(made.before, one.id)?.body, one) : null;
    return another === null ? [] : [{ resource: one.id, moved: [another] }];
  });
  const { comparisons, moved } = compareAll(changes, world);
  if (others.length + moved.length > 0) throw drift([...others, ...moved]);
  const found = new Set(resources.map(({ id }) => fold(id)));
  const pending = comparisons.map((one) => (one.state === 'ready' ? one.pending : null));
  return { pending, resources, gone: beside.filter((id) => !found.has(fold(id))) };
}

interface Moved {
  readonly resource: string;
  readonly moved: readonly ChangedSetting[];
}

/** Each change compared with what those before it leave; `moved`: what others changed. */
export function compareAll(
  changes: readonly Change[],
  start: Snapshot,
): { readonly comparisons: readonly ChangeComparison[]; readonly moved: readonly Moved[] } {
  let world = start;
  const moved: Moved[] = [];
  const whole = thereWhole(changes, start);
  const comparisons = changes.map((change): ChangeComparison => {
    const comparison = compareIn(change, world, whole);
    if (comparison.state === 'moved') moved.push({ resource: change.resource, moved: comparison.moved });
    if (comparison.state === 'ready' && !isDeferred(change)) world = applyChange(world, comparison.pending);
    return comparison;
  });
  return { comparisons, moved };
}

export interface MadeFrom {
  readonly before: Snapshot;
  isOwn(id: string): boolean;
}

/** What decides what a plan does in the world that it was shown with. An undo is compared with the history. */
export const decidingFor = (plan: Plan, made: MadeFrom | undefined): readonly string[] =>
  isOwnUndo(plan) || made === undefined ? [] : decidingOn(plan.steps, made.before);

/**
 * Another client may have changed what the plan does not touch, and which decides what the plan does. Throws Failure (exit 4) where it would
 * do more than was shown.
 */
export function refuseMoreEffects(
  plan: Plan,
  made: MadeFrom | undefined,
  { pending, resources, gone }: PlanStanding,
): void {
  if (isOwnUndo(plan) || made === undefined) return;
  const { steps } = plan;
  const { before, isOwn } = made;
  const moved = resources
    .map((one) => ({ ...one, body: withoutSecrets(one.body) }))
    .filter(({ id, body }) => {
      const was = resourceIn(before, id);
      const { normal } = resourceTypeOf(typeOf(id));
      return was !== undefined && !sameJson(normal(was.body), normal(body));
    });
  if (moved.length + gone.length === 0) return;
  const world = withNow(before, moved, gone);
  // What is there already is not sent.
  const sent = steps.flatMap((step, at) => {
    const left = pending[at];
    // Which resource a late change is about is looked for again before it is sent.
    return left == null ? [] : [{ ...step, change: isDeferred(step.change) ? step.change : left }];
  });
  const more = effectsBeyond(effectsOver(sent, world, isOwn), effectsOver(steps, before, isOwn));
  const [first] = effectGroups(more);
  if (first === undefined) return;
  const others = [...moved.map(({ id }) => id), ...gone];
  throw notSent(
    'effects-changed',
    `${others.map(nameOf).join(', ')} changed after the plan was made, and the plan would do more than it shows, so nothing was sent. ${effectLabels[first.kind]}: ${first.text}`,
    'Make the plan again, and review it.',
    { resources: others, effects: [...new Set(more.map(({ kind }) => kind))] },
  );
}

/** The resources of a plan as they are now. Throws Failure for one that cannot be read. */
async function readEach(ids: readonly string[], { source }: Plan, context: WriteContext): Promise<Snapshot> {
  const fresh = await freshOf(context);
  const answers = await Promise.all(ids.map((id) => readNow(fresh, id)));
  const resources = answers.flatMap((answer, at) => {
    if (!isGap(answer)) return answer === null ? [] : [answer];
    if (answer.code === notYetVisible) throw unsentBy('not-yet-visible', answer.reason);
    throw unreadable([{ ...answer, id: ids[at] ?? '' }]);
  });
  return { ...bare(source), takenAt: context.now().toISOString(), resources };
}

/** What could not be read has not been compared. */
export function unreadable(gaps: readonly ReadFailure[]): Failure {
  const names = gaps.map(({ id, reason }) => `${nameOf(id)} could not be read before writing: ${reason}`);
  return notSent(
    'unreadable',
    `${names.join(' ')} Nothing was sent.`,
    'Check that you have read access, then retry.',
    gaps.map(({ id, reason, action }) => ({ resource: id, reason, action })),
  );
}

export const bare = (source: Plan['source']): Snapshot => ({
  ...{ schema: 'bastide/snapshot/v1', id: '', takenAt: '', source, workspace: null, identity: null },
  ...{ requests: 0, intents: {}, resources: [], gaps: [], collections: [], permissions: [] },
});

/** A late change to the resource itself, where an earlier run has brought it about already. */
async function byName(change: Change, context: WriteContext): Promise<Change> {
  if (!isDeferred(change)) return change;
  const sought = await find(change, await freshOf(context));
  if (sought.state === 'found') return sought.change;
  if (sought.state === 'none') return change;
  throw notSent(sought.state, sought.message, 'Review the current resource, then retry.');
}

export function drift(moved: readonly Moved[]): Failure {
  const settings = moved.map((one) => movedText(nameOf(one.resource), one.moved)).join(', ');
  return notSent(
    'drift',
    `These settings changed after the plan was made: ${settings}. Nothing was sent.`,
    'Scan again and review the current settings.',
    moved.flatMap((one) =>
      one.moved.map(({ pointer, expected, found }) => ({ resource: one.resource, pointer, expected, found })),
    ),
  );
}

/** A lock may have been put on since the scan. */
export async function refuseLocks(plan: Plan, context: WriteContext): Promise<void> {
  const collector: Collector = collectorOf(context.arm, () => {});
  const subscriptions = new Set(plan.steps.flatMap(({ change }) => subscriptionOf(change.resource) ?? []));
  await Promise.all([...subscriptions].map((id) => collector.list(locksOf(id), 'Microsoft.Authorization/locks')));
  const index = indexSnapshot({ ...bare(plan.source), ...collector.collected() });
  const failed = plan.steps
    .flatMap(({ change }) => gatesOf(change, index))
    .filter((gate) => gate.kind === 'lock' && gate.outcome === 'fail');
  if (failed.length === 0) return;
  const details = [...new Set(failed.map((gate) => gate.detail))];
  throw notSent('locked', `Nothing was sent: ${details.join(' ')}`, 'Remove the lock, or skip this resource.');
}
