// Applying a plan: everything is compared before anything is sent, then step by step; whatever happens stands in the history.
import { kindOf, locksOf } from '../kinds/index.ts';
import type { Seen } from '../kinds/kind.ts';
import { type Change, editChange } from '../model/change.ts';
import { applyEdits } from '../model/edit.ts';
import type { Entry, EntryState, EntryStep } from '../model/entry.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { isObject } from '../model/json.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { worldOf } from '../model/world.ts';
import { gatesOf, madeBy } from '../plan/index.ts';
import { isClosing, looksBeforeClosing, staysOpen } from './before-closing.ts';
import { type Collector, collectorOf } from './collector.ts';
import { isGap, readNow, type WriteMeans } from './means.ts';
import type { StepOutcome } from './session.ts';
import { movedText } from './settle.ts';
import { changeStanding, type Moved } from './standing.ts';
import { writeStep } from './write-step.ts';

export interface Applied {
  /** Null: everything stood as wanted already, so nothing was sent. */
  readonly entry: Entry | null;
  readonly steps: readonly StepOutcome[];
}

export interface ApplyInput {
  readonly plan: Plan;
  /** Null: the plan is for files that hold none. */
  readonly workspace: string | null;
  readonly line: string;
  readonly acceptWarnings: boolean;
  readonly signal: AbortSignal | undefined;
  /** Reads the whole workspace again. */
  look(): Promise<Snapshot>;
}

const notSent = (code: string, message: string, next: string, details: Failure['details'] = null): Failure =>
  new Failure(code, exitStatus.notSent, message, next, details);

/** Throws Failure before anything is sent (exit 4), when Azure refuses the first write (7), or when stopped in time (130). */
export async function applyPlan(input: ApplyInput, means: WriteMeans): Promise<Applied> {
  refuseForeign(input, means);
  refuseGates(input);
  return means.history.exclusively(async () => {
    const standings = await compare(input.plan, means);
    await refuseLocks(input.plan, means);
    return sendAll(input, standings, means);
  });
}

/** The same without the gates: what they are there to stop, Azure refuses in its own words. For rehearsals alone. */
export async function applyPastGates(input: ApplyInput, means: WriteMeans): Promise<Applied> {
  refuseForeign(input, means);
  return sendAll(input, await compare(input.plan, means), means);
}

async function sendAll(
  input: ApplyInput,
  standings: readonly ('ready' | 'applied')[],
  means: WriteMeans,
): Promise<Applied> {
  // An undo or redo that finds its work done is still an act: it moves the history on.
  if (input.plan.of === null && standings.every((standing) => standing === 'applied')) {
    return { entry: null, steps: input.plan.steps.map(already) };
  }
  if (input.signal?.aborted) throw interrupted();
  const entry = entryOf(input, standings, means);
  await means.history.append(entry);
  return run(entry, input, means);
}

function refuseForeign({ plan, workspace }: ApplyInput, { door }: WriteMeans): void {
  const same = plan.source.kind === door.source.kind && fold(plan.source.name) === fold(door.source.name);
  if (same && (plan.workspace === workspace || sameId(plan.workspace, workspace))) return;
  throw notSent(
    'other-workspace',
    `The plan was made for ${plan.workspace ?? 'no workspace'} at ${plan.source.name}, not for this one.`,
    'Make the plan again here, or name the source and workspace it was made for.',
  );
}

function refuseGates({ plan, acceptWarnings }: ApplyInput): void {
  const failed = plan.gates.filter((gate) => gate.outcome === 'fail');
  if (failed.length > 0) {
    throw notSent(
      'gate',
      `Nothing was sent: ${failed.map((gate) => gate.detail).join(' ')}`,
      'Lift what stands in the way, then try again.',
      {
        gates: failed.map(({ kind, detail }) => ({ kind, detail })),
      },
    );
  }
  const warned = plan.gates.filter((gate) => gate.outcome === 'warn');
  if (warned.length > 0 && !acceptWarnings) {
    throw notSent('warning', warned.map((gate) => gate.detail).join(' '), 'Use --yes to accept it.');
  }
}

/** Where every step stands, each held against what the steps before it leave. Throws Failure naming what somebody moved. */
async function compare(plan: Plan, means: WriteMeans): Promise<('ready' | 'applied')[]> {
  const bodies = new Map<string, Resource | null>();
  const ids = [...new Map(plan.steps.map(({ change }) => [fold(change.resource), change.resource])).values()];
  await Promise.all(
    ids.map(async (id) => {
      const now = await readNow(means.door, id);
      if (isGap(now)) {
        throw notSent(
          'unreadable',
          `${nameOf(id)} could not be read before writing: ${now.reason}`,
          'See that you may read it, then try again.',
        );
      }
      bodies.set(fold(id), now);
    }),
  );
  const moved: { resource: string; moved: readonly Moved[] }[] = [];
  // Seen one by one, a step whose setting a later step moves again would look moved in a plan that is there as a whole.
  const whole = new Set(ids.filter((id) => isThereWhole(plan, id, bodies.get(fold(id)) ?? null)).map(fold));
  const standings = plan.steps.map(({ change }) => {
    if (whole.has(fold(change.resource))) return 'applied' as const;
    const current = bodies.get(fold(change.resource)) ?? null;
    const standing = changeStanding(change, current, kindOf(typeOf(change.resource)));
    if (standing.state === 'moved') moved.push({ resource: change.resource, moved: standing.moved });
    if (standing.state !== 'ready') return 'applied' as const;
    if (current !== null && standing.pending.kind === 'edit') {
      const body = applyEdits(current.body, standing.pending.edits);
      if (isObject(body)) bodies.set(fold(change.resource), asShown(change, { ...current, body }));
    } else if (change.kind === 'delete') bodies.set(fold(change.resource), null);
    else if (change.kind === 'create') bodies.set(fold(change.resource), asShown(change, madeBy(change)));
    return 'ready' as const;
  });
  if (moved.length > 0) throw drift(moved);
  return standings;
}

/** A resource after a change, with what Azure shows of it besides, on which later steps of a plan may build. */
function asShown(change: Change, after: Resource): Resource {
  const seen: Seen = {
    resource: (id) => (sameId(id, after.id) ? after : undefined),
    ofType: () => [],
    may: () => undefined,
  };
  const follows = kindOf(typeOf(after.id)).follows?.(change, seen);
  return follows?.put.find(({ id }) => sameId(id, after.id)) ?? after;
}

function isThereWhole(plan: Plan, id: string, current: Resource | null): boolean {
  const changes = plan.steps.map(({ change }) => change).filter((change) => sameId(change.resource, id));
  if (changes.some((change) => change.kind !== 'edit')) return false;
  const edits = changes.flatMap((change) => change.edits);
  return changeStanding(editChange(id, edits), current, kindOf(typeOf(id))).state === 'applied';
}

export function drift(moved: readonly { readonly resource: string; readonly moved: readonly Moved[] }[]): Failure {
  const settings = moved.map((one) => movedText(nameOf(one.resource), one.moved)).join(', ');
  return notSent(
    'drift',
    `Somebody changed these settings since: ${settings}. Nothing was sent.`,
    'Scan again and look at what is there now.',
    moved.flatMap((one) =>
      one.moved.map(({ pointer, expected, found }) => ({ resource: one.resource, pointer, expected, found })),
    ),
  );
}

/** A lock may have been put on since the scan. */
async function refuseLocks(plan: Plan, means: WriteMeans): Promise<void> {
  const collector: Collector = collectorOf(means.door, () => {});
  const subscriptions = new Set(plan.steps.flatMap(({ change }) => subscriptionOf(change.resource) ?? []));
  await Promise.all([...subscriptions].map((id) => collector.list(locksOf(id), 'Microsoft.Authorization/locks')));
  const snapshot: Snapshot = {
    schema: 'bastide/snapshot/v1',
    id: '',
    takenAt: '',
    source: plan.source,
    workspace: null,
    identity: null,
    requests: 0,
    intents: {},
    ...collector.collected(),
  };
  const world = worldOf(snapshot);
  const failed = plan.steps
    .flatMap(({ change }) => gatesOf(change, world))
    .filter((gate) => gate.kind === 'lock' && gate.outcome === 'fail');
  if (failed.length === 0) return;
  const details = [...new Set(failed.map((gate) => gate.detail))];
  throw notSent('locked', `Nothing was sent: ${details.join(' ')}`, 'Lift the lock, or leave this resource as it is.');
}

const alreadySo = 'It is so already.';
const already = ({ change }: Step): StepOutcome => ({
  resource: change.resource,
  state: 'skipped',
  requestId: null,
  message: alreadySo,
});

function entryOf({ plan, line }: ApplyInput, standings: readonly ('ready' | 'applied')[], means: WriteMeans): Entry {
  return {
    id: means.newId(),
    at: means.now().toISOString(),
    by: means.by,
    verb: plan.verb,
    findings: [...new Set(plan.steps.flatMap((step) => step.findings))],
    resources: [...new Set(plan.steps.map((step) => step.change.resource))],
    steps: plan.steps.map((step, index) => ({
      resource: step.change.resource,
      change: step.change,
      findings: step.findings,
      state: standings[index] === 'applied' ? 'skipped' : 'waiting',
      verified: standings[index] === 'applied',
      requestId: null,
      operation: null,
      message: standings[index] === 'applied' ? alreadySo : null,
      before: null,
      after: null,
    })),
    state: 'open',
    undoes: plan.verb === 'undo' ? plan.of : null,
    undoneBy: null,
    redoes: plan.verb === 'redo' ? plan.of : null,
    line,
    workspace: plan.workspace,
    rehearsal: plan.rehearsal ?? null,
  };
}

async function run(entry: Entry, input: ApplyInput, means: WriteMeans): Promise<Applied> {
  const looks = looksBeforeClosing(input.plan);
  let seen: Snapshot | undefined;
  let anythingSent = false;
  let stop: { readonly message: string; readonly drift: boolean } | null = null;
  for (const [index, step] of entry.steps.entries()) {
    if (input.signal?.aborted) break;
    if (step.state === 'skipped') continue;
    const shut = input.plan.steps[index];
    if (shut && isClosing(shut) && looks) {
      seen ??= await input.look();
      const message = staysOpen(shut, seen, means.rules);
      if (message !== null) {
        await keepUnsent(entry.id, index, message, means);
        stop = { message, drift: false };
        break;
      }
    }
    const end = await writeStep(
      { entry: entry.id, index, total: entry.steps.length, step, signal: input.signal },
      means,
    );
    anythingSent ||= end.sent;
    if (end.state === 'waiting') break;
    if (end.state !== 'failed') continue;
    // Later steps may close what this one was to open.
    stop = { message: end.message ?? '', drift: end.drift };
    break;
  }
  const closed = await closeEntry(entry.id, means);
  const done = closed.steps.some((step) => step.state === 'done');
  if (stop?.drift && !anythingSent) throw notSent('drift', stop.message, 'Scan again and look at what is there now.');
  if (stop && !done) {
    throw new Failure(
      'refused',
      exitStatus.refused,
      `Azure refused the first write. ${stop.message}`,
      'See `bastide history`; nothing was changed.',
      {
        entry: entry.id,
      },
    );
  }
  if (input.signal?.aborted && !anythingSent) throw interrupted();
  return { entry: closed, steps: closed.steps.map(outcomeOf) };
}

const keepUnsent = (id: string, at: number, message: string, { history }: WriteMeans) =>
  history.update(id, (entry) => ({
    ...entry,
    steps: entry.steps.map((step, index) => (index === at ? { ...step, state: 'failed' as const, message } : step)),
  }));

const interrupted = (): Failure =>
  new Failure(
    'interrupted',
    exitStatus.interrupted,
    'Stopped before anything was sent.',
    'Run it again when you are ready.',
  );

const outcomeOf = (step: EntryStep): StepOutcome => ({
  resource: step.resource,
  state: step.state === 'done' || step.state === 'failed' ? step.state : 'skipped',
  requestId: step.requestId,
  message: step.state === 'waiting' ? 'Not sent.' : step.message,
});

/** The entry's own state from its steps'; and, for an undo that is whole, the mark on what it undid. */
export async function closeEntry(id: string, { history }: Pick<WriteMeans, 'history'>): Promise<Entry> {
  const closed = await history.update(id, (entry) => ({ ...entry, state: stateOf(entry.steps) }));
  if (closed.state === 'done' && closed.undoes !== null) {
    await history.update(closed.undoes, (undone) => ({ ...undone, undoneBy: closed.id }));
  }
  return closed;
}

export function stateOf(steps: readonly EntryStep[]): EntryState {
  if (steps.every((step) => step.state === 'done' || step.state === 'skipped')) return 'done';
  return steps.some((step) => step.state === 'done') ? 'partial' : 'failed';
}
