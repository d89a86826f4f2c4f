// A what-if: the plan is carried out on a copy of what was read, through the same ARM client and by the same steps as an apply,
// and audited again. Nothing of it reaches Azure. It must not know how the copy is served.
import { audit } from '../../audit/index.ts';
import type { ArmClient, ArmRefusal } from '../../azure/arm-client.ts';
import { memoryHistory } from '../../history/memory.ts';
import type { ProfileChoice } from '../../model/assumption.ts';
import { type Change, readTargets } from '../../model/change.ts';
import type { EntryStep } from '../../model/entry.ts';
import { isFailure } from '../../model/failure.ts';
import { asJson, stringifyJson } from '../../model/json.ts';
import type { Plan } from '../../model/plan.ts';
import { fold, nameInParent } from '../../model/resource-id.ts';
import type { ReadFailure, Snapshot } from '../../model/snapshot.ts';
import { indexSnapshot } from '../../model/snapshot-index.ts';
import type { WhatIf, WhatIfStep } from '../../model/what-if.ts';
import { type DecideOpen, listed, unansweredOf } from '../../plan/index.ts';
import type { Rule } from '../../rules/rule.ts';
import { applyPastGates } from '../apply.ts';
import type { RetryPolicy, WriteContext } from '../apply-context.ts';
import type { SessionEvent } from '../session.ts';
import { whatIfAudit } from './findings.ts';
import { rescan } from './rescan.ts';
import { notInSnapshot, type OpenWhatIfSimulator } from './simulator.ts';

export interface WhatIfInput {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  readonly rules: readonly Rule[];
  readonly profile: ProfileChoice;
  readonly open: OpenWhatIfSimulator;
  readonly signal: AbortSignal | undefined;
  /** What could not be read for the what-if itself, in sentences. */
  readonly unread?: readonly string[];
  readonly decide?: DecideOpen;
  now(): Date;
  newId(): string;
  say(event: SessionEvent): void;
}

/** What Azure refuses for the moment, the simulator refuses for good: it has no other client. */
const pace: RetryPolicy = { retries: [0, 0], looks: [0, 0], finds: [0, 0] };

/** Throws Failure as an apply does before it sends anything (drift, what cannot be read), and 130 when stopped. */
export async function runWhatIf(input: WhatIfInput): Promise<WhatIf> {
  const { snapshot, plan, rules, profile } = input;
  const assumed = unknownTargets(plan, snapshot);
  const world: Snapshot = { ...snapshot, gaps: [...snapshot.gaps, ...assumed.map(absent)] };
  const sandbox = await input.open(stringifyJson(asJson(world)), snapshot.source);
  try {
    const { steps: played, after } = await play(input, sandbox);
    const decided: DecideOpen = (report, changes) => input.decide?.(report, changes) ?? report;
    const done = plan.steps.flatMap(({ change }, at) => (played[at]?.state === 'done' ? [change] : []));
    const before = decided(audit(snapshot, rules, profile), []);
    const steps = played.map((step, at) => (isOpen(plan.steps[at]?.change, input) ? unlessUnread(step) : step));
    const states = steps.map(({ state }) => state);
    return {
      at: input.now().toISOString(),
      snapshot: snapshot.id,
      outcome: states.includes('refused') ? 'refused' : states.includes('unknown') ? 'unknown' : 'done',
      steps,
      ...whatIfAudit(plan, before, decided(audit(after, rules, profile), done)),
      limits: [
        // Gates that cannot be checked refuse a plan; the what-if ignores them.
        ...unansweredOf(
          plan.steps.map(({ change }) => change),
          indexSnapshot(snapshot),
        ),
        ...assumption(assumed),
        ...(input.unread ?? []),
        ...new Set(sandbox.notes().map(undone)),
      ],
    };
  } finally {
    await sandbox.close();
  }
}

/** What the plan creates where it is unknown whether it exists. */
function unknownTargets(plan: Plan, snapshot: Snapshot): string[] {
  const known = new Set([...snapshot.resources, ...snapshot.gaps].map(({ id }) => fold(id)));
  return plan.steps
    .filter(({ change }) => change.kind === 'create' && !known.has(fold(change.resource)))
    .map(({ change }) => change.resource);
}

const absent = (id: string): ReadFailure => ({ id, reason: 'Assumed not to exist.', action: '', status: 404 });
const assumption = (ids: readonly string[]): string[] =>
  ids.length > 1
    ? [`Assumed not to exist, because these were not read: ${listed(ids.map(nameInParent))}.`]
    : ids.map((id) => `${id} was not read and is assumed not to exist.`);
const undone = (note: string): string => `What-if could not check this: ${note}.`;

interface Played {
  readonly steps: readonly WhatIfStep[];
  readonly after: Snapshot;
}

async function play(input: WhatIfInput, sandbox: Awaited<ReturnType<OpenWhatIfSimulator>>): Promise<Played> {
  const { snapshot, plan, rules, signal } = input;
  const history = memoryHistory();
  const met = new Map<number, { readonly refusal: ArmRefusal; readonly unread: readonly string[] }>();
  let at = 0;
  const listen = (refusal: ArmRefusal): void => void met.set(at, { refusal, unread: sandbox.unread() });
  const context: WriteContext = {
    arm: listening(sandbox.arm, listen),
    rules,
    pace,
    history,
    by: '',
    now: input.now,
    newId: input.newId,
    say(event) {
      // A simulated step is no step: hosts hear the progress, and nothing that looks like a write.
      if (event.kind !== 'step' || event.state !== 'intended') return;
      at = event.index;
      input.say({
        kind: 'progress',
        stage: 'rehearse',
        done: at,
        total: event.total,
        detail: nameInParent(event.resource),
      });
    },
  };
  const look = () =>
    rescan({
      arm: sandbox.arm,
      before: snapshot,
      also: plan.steps.map(({ change }) => readTargets(change)),
      id: input.newId(),
      now: input.now,
      progress: () => {},
      signal,
    });
  // An undo and a resume are simulated as what they write: their entries are not in the simulator's history.
  const { resumes: _resumed, ...rest } = plan;
  const written: Plan = { ...rest, source: snapshot.source, verb: 'fix', of: null };
  try {
    await applyPastGates(
      { plan: written, workspace: snapshot.workspace, line: '', acceptWarnings: true, signal, look },
      context,
    );
  } catch (error) {
    if (!isFailure(error) || error.code !== 'refused') throw error;
  }
  const [entry] = await history.entries();
  const steps = plan.steps.map(({ change }, position) =>
    stepOf(change.resource, entry?.steps[position], met.get(position)),
  );
  return { steps, after: await look() };
}

/** The ARM client, with its refusals reported. */
function listening(arm: ArmClient, tell: (refusal: ArmRefusal) => void): ArmClient {
  return {
    ...arm,
    counts: arm.counts,
    async write(request, signal) {
      const answer = await arm.write(request, signal);
      if (answer.state === 'refused') tell(answer.refusal);
      return answer;
    },
    async follow(operation, options) {
      const answer = await arm.follow(operation, options);
      if (answer.state === 'failed') tell(answer.refusal);
      return answer;
    },
  };
}

/** Does what Azure decides of it depend on locks, permissions or policies that could not be read? */
const isOpen = (change: Change | undefined, { snapshot, unread = [] }: WhatIfInput): boolean =>
  unread.length > 0 || (change !== undefined && unansweredOf([change], indexSnapshot(snapshot)).length > 0);

const unlessUnread = (step: WhatIfStep): WhatIfStep =>
  step.state === 'done'
    ? { ...step, state: 'unknown', message: 'Nothing that was read stops this; the limits below may.' }
    : step;

/** What ARM itself refuses, it refuses whatever else there is. */
const certain =
  /^(AuthorizationFailed|LinkedAuthorizationFailed|ScopeLocked|RequestDisallowedByPolicy|InvalidRequestContent)$/;

function stepOf(
  resource: string,
  step: EntryStep | undefined,
  met: { readonly refusal: ArmRefusal; readonly unread: readonly string[] } | undefined,
): WhatIfStep {
  const base = { resource, refusal: null, unread: [] };
  if (step === undefined || step.state === 'skipped')
    return { ...base, state: 'skipped', message: 'No changes needed.' };
  if (step.state === 'done') return { ...base, state: 'done', message: null };
  if (step.state === 'waiting') {
    return { ...base, state: 'skipped', message: 'Not sent: the run stops before this step.' };
  }
  if (met === undefined) return { ...base, state: 'refused', message: step.message };
  const { refusal } = met;
  if (refusal.code === notInSnapshot)
    return { ...base, state: 'unknown', message: refusal.message, unread: met.unread };
  if (met.unread.length === 0 || certain.test(refusal.code)) {
    return { ...base, state: 'refused', refusal, message: null };
  }
  const message = 'Azure may accept or refuse this: it depends on resources that were not read.';
  return { ...base, state: 'unknown', refusal, message, unread: met.unread };
}
