// Applying a plan: everything is compared before anything is sent, then step by step; whatever happens stands in the history.
import { type Change, readTargets } from '../model/change.ts';
import { type Entry, type EntryStep, isUnsettled, madeCount, restOf } from '../model/entry.ts';
import { exitStatus, Failure, isFailure, stoppedUnsent } from '../model/failure.ts';
import { asJson, sameJson, stringifyJson } from '../model/json.ts';
import type { Plan, Step } from '../model/plan.ts';
import { distinctIds, fold, isWithin, nameInParent, nameOf, sameId, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import { alreadySetText, moreText } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { nextFor } from './advice.ts';
import { freshOf, isGap, readNow, type WriteContext } from './apply-context.ts';
import { certainAt } from './arrival.ts';
import { checksBeforeClosing, isClosing, staysOpen } from './before-closing.ts';
import { type EntryRecord, recordOf } from './entry-record.ts';
import { movedSince } from './moved-since.ts';
import { askOverwrote } from './overwrote.ts';
import {
  bare,
  compare,
  compareAll,
  type MadeFrom,
  notSent,
  type PlanStanding,
  type PreflightInput,
  refuseForeign,
  refuseGates,
  refuseLocks,
  refuseMoreEffects,
  unreadable,
  unsentBy,
} from './preflight.ts';
import { refuseLostMembers } from './put-version.ts';
import type { ActCounts, StepOutcome } from './session.ts';
import { type StepEnd, writeStep } from './write-step.ts';

export interface Applied {
  /** Null: everything stood as wanted already, so nothing was sent. */
  readonly entry: Entry | null;
  readonly steps: readonly StepOutcome[];
  /** Why the act ended before its last step, where no step says it: the disk, or the sign-in. */
  readonly ended: Failure | null;
  /** Of its changes: how many this call sent, and how many were made before it. */
  readonly sent: number;
  readonly before: number;
}

export interface ApplyInput extends PreflightInput {
  readonly line: string;
  readonly signal: AbortSignal | undefined;
  /** The world that the plan was made from; absent where nobody was shown the plan. */
  readonly made?: MadeFrom;
  /** Reads the whole workspace again. */
  look(): Promise<Snapshot>;
}

/** Throws Failure before anything is sent (exit 4), when Azure refuses the first write (7), or when stopped in time (130). */
export async function applyPlan(input: ApplyInput, context: WriteContext): Promise<Applied> {
  refuseForeign(input, context);
  // A gate may fail because a setting of the plan has changed: then that is what must be said.
  if (input.plan.gates.some(({ outcome }) => outcome === 'fail')) await compare(input.plan, context);
  refuseGates(input);
  return context.history.exclusively(async () => {
    const standing = await compare(input.plan, context, input.made);
    refuseMoreEffects(input.plan, input.made, standing);
    refuseLostMembers(input.plan, input.made?.before, standing.pending, standing.resources);
    await refuseLocks(input.plan, context);
    return withRecords(await sendAll(input, standing, context), input, context);
  });
}

/** What change records tell by now of writes that Azure compared with no etag. */
async function withRecords(applied: Applied, { signal }: ApplyInput, context: WriteContext): Promise<Applied> {
  if (applied.entry === null || signal?.aborted || applied.ended !== null) return applied;
  const entry = await askOverwrote(applied.entry, context, signal);
  return { ...applied, entry, steps: entry.steps.map((step) => outcomeOf(step, context)) };
}

/** The same without the gates: what they would stop, Azure refuses itself. Only for what-if. */
export async function applyPastGates(input: ApplyInput, context: WriteContext): Promise<Applied> {
  refuseForeign(input, context);
  return sendAll(input, await compare(input.plan, context), context);
}

async function sendAll(input: ApplyInput, standing: PlanStanding, context: WriteContext): Promise<Applied> {
  // An undo or redo that finds its work done is still an act: it moves the history on.
  if (input.plan.of === null && input.plan.resumes === undefined && standing.pending.every((left) => left === null)) {
    return { entry: null, steps: input.plan.steps.map(already), ended: null, sent: 0, before: 0 };
  }
  if (input.signal?.aborted) throw stoppedUnsent();
  if (input.plan.resumes !== undefined) return sendRest(input.plan.resumes, input, standing, context);
  const entry = entryOf(input, standing, context);
  await context.history.append(entry);
  const places = entry.steps.map((_step, index) => index);
  return run(recordOf(entry, context.history), { ...input, places, standing }, context);
}

/** The remaining steps of an entry are sent as a part of it: one act is one entry, however many calls it takes. */
async function sendRest(
  id: string,
  input: ApplyInput,
  standing: PlanStanding,
  context: WriteContext,
): Promise<Applied> {
  const entry = (await context.history.entries()).find((one) => one.id === id);
  const places = entry === undefined ? null : placesOf(input.plan, entry);
  if (entry === undefined || places === null) throw changedSince(id);
  const already = await alreadyIn(input.plan, entry, context);
  const resumed = { state: 'open', resumed: context.now().toISOString() } as const;
  const again = await context.history.update(id, (one) => ({
    ...one,
    ...resumed,
    steps: one.steps.map((step, index) => {
      const at = places.indexOf(index);
      const left = standing.pending[at];
      // Only what was shown is sent: the part that was not there yet.
      const change = input.plan.steps[at]?.change ?? step.change;
      return left === undefined
        ? { ...step, ...already.get(index) }
        : { ...step, ...stepOf(left), change, operation: null, ...(step.refusal ? { refusal: null } : {}) };
    }),
  }));
  return run(recordOf(again, context.history), { ...input, places, standing }, context);
}

/** What becomes of the steps that the preview said are so already. Throws Failure where one of them is so no longer. */
async function alreadyIn(
  { alreadySet = [], source, resumes = '' }: Plan,
  entry: Entry,
  context: WriteContext,
): Promise<ReadonlyMap<number, Partial<EntryStep>>> {
  const fresh = await freshOf(context);
  const answers = await Promise.all(
    distinctIds(alreadySet.map(({ resource }) => resource)).map((id) => readNow(fresh, id)),
  );
  if (answers.some(isGap)) throw unreadable(answers.filter(isGap));
  const resources = answers.flatMap((answer) => (answer === null || isGap(answer) ? [] : [answer]));
  const now = { ...bare(source), resources };
  const { comparisons } = compareAll(
    alreadySet.map(({ change }) => change),
    now,
  );
  if (comparisons.some(({ state }) => state !== 'applied')) throw changedSince(resumes);
  return new Map(
    alreadySet.map((one): [number, Partial<EntryStep>] => {
      const index = entry.steps.findIndex(({ change }) => sameChange(change, one.change));
      const settled = { verified: true, operation: null };
      // A change record shows that an earlier request of the step made it.
      if (one.why === null) return [index, { ...settled, state: 'done', message: null, origin: { reason: 'record' } }];
      return [index, { ...settled, state: 'skipped', message: alreadySetText(one) }];
    }),
  );
}

/** Where each step of the plan stands in the entry; null where the entry does not have it, or has made it meanwhile. */
function placesOf({ steps }: Plan, entry: Entry): readonly number[] | null {
  const rest = new Set(restOf(entry).map((step) => entry.steps.indexOf(step)));
  const places = steps.map(({ change }) => {
    const place = [...rest].find((index) => isPartOf(change, entry.steps[index]?.change)) ?? -1;
    rest.delete(place);
    return place;
  });
  return places.includes(-1) ? null : places;
}

const sameChange = (one: Change | undefined, other: Change): boolean =>
  one !== undefined && sameJson(asJson(one), asJson(other));

/** The same change, or an edit without what is there already. */
function isPartOf(part: Change, whole: Change | undefined): boolean {
  if (part.kind !== 'edit' || whole?.kind !== 'edit') return sameChange(whole, part);
  const { edits: some, ...rest } = part;
  const { edits: all, ...of } = whole;
  return (
    sameJson(asJson(rest), asJson(of)) && some.every((edit) => all.some((one) => sameJson(asJson(one), asJson(edit))))
  );
}

const changedSince = (id: string): Failure =>
  notSent(
    'cannot-resume',
    `History entry ${id} has changed since the preview. Nothing was sent.`,
    'Run `bastide resume` again.',
  );

const alreadySo = 'No changes needed.';
const already = ({ change }: Step): StepOutcome => ({
  resource: change.resource,
  state: 'skipped',
  requestId: null,
  message: alreadySo,
});

const stepOf = (
  left: Change | null | undefined,
  message = alreadySo,
): Pick<EntryStep, 'state' | 'verified' | 'message'> =>
  left === null ? { state: 'skipped', verified: true, message } : { state: 'waiting', verified: false, message: null };

/** What is there already where an undo would create it again may have more settings than were deleted. */
function moreIn({ verb }: Plan, { change }: Step, { resources }: PlanStanding): string | undefined {
  const current = resources.find(({ id }) => sameId(id, change.resource));
  if (verb !== 'undo' || current === undefined) return undefined;
  return moreText(change, current.body, resourceTypeOf(typeOf(change.resource))) ?? undefined;
}

function entryOf({ plan, line }: ApplyInput, standing: PlanStanding, context: WriteContext): Entry {
  return {
    id: context.newId(),
    at: context.now().toISOString(),
    by: context.by,
    verb: plan.verb,
    findings: [...new Set(plan.steps.flatMap((step) => step.findings))],
    ...(plan.verb === 'fix' ? { resolves: plan.preview.resolves } : {}),
    ...(plan.preview.rollUps === undefined ? {} : { rollUps: plan.preview.rollUps }),
    resources: [...new Set(plan.steps.map((step) => readTargets(step.change)))],
    steps: plan.steps.map((step, index) => ({
      resource: step.change.resource,
      change: step.change,
      findings: step.findings,
      ...stepOf(standing.pending[index], moreIn(plan, step, standing)),
      requestId: null,
      operation: null,
      before: null,
      after: null,
    })),
    state: 'open',
    // A part of an undo or redo does not settle the entry: the rest can still be undone or redone.
    undoes: plan.verb === 'undo' && plan.isPart !== true ? plan.of : null,
    undoneBy: null,
    redoes: plan.verb === 'redo' && plan.isPart !== true ? plan.of : null,
    ...(plan.isPart === true && plan.of !== null ? { partOf: plan.of } : {}),
    ...(plan.isPart === true || plan.left === undefined ? {} : { left: plan.left }),
    line,
    workspace: plan.workspace,
    rehearsal: plan.rehearsal ?? null,
  };
}

/** `places`: where each step of the plan stands in the entry. */
async function run(
  record: EntryRecord,
  input: ApplyInput & { readonly places: readonly number[]; readonly standing: PlanStanding },
  context: WriteContext,
): Promise<Applied> {
  const { places } = input;
  const was = new Map(input.standing.resources.map(({ id, body }) => [fold(id), body]));
  const looks = checksBeforeClosing(input.plan);
  const { id } = record.entry;
  let seen: Snapshot | undefined;
  let sent = 0;
  const before = madeCount(record.entry.steps);
  let ended: Failure | null = null;
  let stop: (Pick<StepEnd, 'message' | 'unsent' | 'isRejected'> & Pick<EntryStep, 'resource'>) | null = null;
  /** What was to be created, and exists with other settings. */
  const taken: string[] = [];
  /** What became of a step, and what others have changed since that may be why. */
  const told = async ({ message, isRejected }: StepEnd, index: number): Promise<string | null> => {
    const step = record.entry.steps[index];
    const since = isRejected && step !== undefined ? await movedSince(input.plan, step, context.history) : '';
    if (since === '') return message;
    await record.note(index, { message: `${message ?? ''}${since}` });
    return `${message ?? ''}${since}`;
  };
  for (const [at, index] of places.entries()) {
    if (input.signal?.aborted || record.lost !== null) break;
    const step = record.entry.steps[index];
    if (step === undefined || step.state === 'skipped') continue;
    try {
      const next = input.plan.steps[at];
      const base = taken.find((id) => next !== undefined && buildsOn(next, id, input.plan));
      if (base !== undefined) {
        await record.note(index, {
          state: 'failed',
          message: `Not sent: ${nameOf(base)} was not created here.`,
          isTaken: true,
        });
        continue;
      }
      if (next && isClosing(next) && looks) {
        seen ??= await input.look();
        const message = staysOpen(next, seen, context.rules);
        if (message !== null) {
          await record.note(index, { state: 'failed', message });
          stop = { resource: step.resource, message, unsent: 'check' };
          break;
        }
      }
      const end = await writeStep(
        { record, index, at, total: places.length, step, signal: input.signal, was: was.get(fold(step.resource)) },
        context,
      );
      if (end.sent) sent += 1;
      if (end.isTaken) taken.push(step.resource);
      // Later steps may close what this one was to open.
      if (end.state === 'failed') stop = { ...end, resource: step.resource, message: await told(end, index) };
      if (end.stops) break;
    } catch (error) {
      // Thrown only while nothing of this step is sent: the sign-in has ended, or the disk is full.
      if (!isFailure(error)) throw error;
      ended = error;
      // Stopped before it was begun, it is only not sent.
      const isBegun = record.entry.steps[index]?.state !== 'waiting';
      if (isBegun || !input.signal?.aborted) {
        await record.note(index, { state: 'failed', message: `Not sent: ${error.message}` });
      }
      break;
    }
  }
  ended ??= record.lost;
  const anythingSent = sent > 0;
  const closed = await record.close();
  const isKnown = closed.state !== 'open';
  const done = closed.steps.some((step) => step.state === 'done');
  if (ended && !anythingSent) throw ended;
  const why = stop?.unsent ?? null;
  if (stop && why !== null && why !== 'check' && !anythingSent) throw unsentBy(why, stop.message ?? '');
  if (stop && !done && isKnown && ended === null && (stop.isRejected || !anythingSent)) {
    const first = `first change (${clean(nameInParent(stop.resource), 200)})`;
    const failed = closed.steps.find(({ state }) => state === 'failed');
    const next = failed && nextFor(failed);
    // Azure said nothing of what a check here kept from being sent.
    throw new Failure(
      stop.isRejected ? 'refused' : 'not-sent',
      why === 'check' ? exitStatus.notSent : exitStatus.refused,
      `${stop.isRejected ? `Azure rejected the ${first}.` : `The ${first} was not sent.`} ${stop.message ?? ''}`,
      `${next === undefined ? '' : `${next} `}See \`bastide history\` for details.`,
      { entry: id, isSent: anythingSent },
    );
  }
  if (input.signal?.aborted && !anythingSent) throw stoppedUnsent();
  return { entry: closed, steps: closed.steps.map((step) => outcomeOf(step, context)), ended, sent, before };
}

/** Does a step need what was to be created? One that restricts access is checked before it is sent in a fix; otherwise it may need it. */
function buildsOn(step: Step, id: string, { verb }: Plan): boolean {
  if (isClosing(step) && verb !== 'fix') return true;
  const text = fold(stringifyJson(asJson(step.change)));
  const after = text.split(fold(id)).slice(1);
  return isWithin(step.change.resource, id) || after.some((rest) => !/^[\w.-]/.test(rest));
}

/** What this call did of an entry, as it is recorded, and what is left. */
export function countsOf({ steps }: Entry, { sent, before }: Pick<Applied, 'sent' | 'before'>): ActCounts {
  const having = (isMeant: (step: EntryStep) => boolean): number => steps.filter(isMeant).length;
  return {
    ...{ of: steps.length, before, sent, made: madeCount(steps) - before },
    left: having(({ state }) => state === 'waiting' || state === 'failed'),
    unknown: having(isUnsettled),
    notNeeded: having(({ state }) => state === 'skipped'),
  };
}

export function outcomeOf(step: EntryStep, context: Pick<WriteContext, 'pace' | 'now'>): StepOutcome {
  const until = certainAt(step, context);
  const next = nextFor(step);
  return {
    resource: step.resource,
    state: step.state === 'done' || step.state === 'failed' ? step.state : isUnsettled(step) ? 'unknown' : 'skipped',
    requestId: step.requestId,
    message: step.state === 'waiting' ? 'Not sent.' : step.message,
    ...(step.flaw === undefined ? {} : { flaw: step.flaw }),
    ...(next === undefined ? {} : { next }),
    ...(until === undefined ? {} : { until }),
    ...(step.overwrote === undefined ? {} : { overwrote: step.overwrote }),
  };
}
