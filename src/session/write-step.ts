// One step of a plan, from reading the resource to reading it again. The step is on disk before its request is sent; a write
// that may have been applied is never repeated before the resource has been read.
import type { ArmRefusal, WriteAnswer } from '../azure/arm-client.ts';
import { type DeferredChange, isDeferred } from '../model/change.ts';
import type { EntryStep } from '../model/entry.ts';
import { nameOf, typeOf } from '../model/resource-id.ts';
import { holdsCut } from '../model/secrets.ts';
import { clean } from '../model/text.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { isGap, pause, readNow, type WriteMeans } from './apply-context.ts';
import { compareChange } from './compare-change.ts';
import { findInTime } from './find.ts';
import { follow, movedText, refusalText, settle } from './settle.ts';

export interface StepRun {
  readonly entry: string;
  readonly index: number;
  readonly total: number;
  readonly step: EntryStep;
  readonly signal: AbortSignal | undefined;
}

/** `sent`: was any request of this step sent? `drift`: what others changed before this step sent anything. */
export interface StepEnd {
  readonly state: 'done' | 'failed' | 'skipped' | 'waiting';
  readonly sent: boolean;
  readonly message: string | null;
  readonly drift: boolean;
}

/** Azure says of these that the same write may be tried again. */
function mayPass(refusal: ArmRefusal): boolean {
  const words = [refusal.code, refusal.message, ...refusal.details.flatMap((detail) => [detail.code, detail.message])];
  const names = (pattern: RegExp) => words.some((word) => pattern.test(word));
  if (refusal.status === 412 || refusal.status === 429 || refusal.status === 503) return true;
  if (
    names(
      /AnotherOperationInProgress|CanceledAndSupersededDueToAnotherOperation|RetryableError|ReferencedResourceNotProvisioned/,
    )
  )
    return true;
  return names(/SubnetsNotProvisioned/);
}

export async function writeStep(run: StepRun, means: WriteMeans): Promise<StepEnd> {
  const { change } = run.step;
  return isDeferred(change) ? writeFound(run, change, means) : writeNamed(run, means);
}

/** What only Azure names is found first; its name is on disk before anything is sent to it. */
async function writeFound(run: StepRun, change: DeferredChange, means: WriteMeans): Promise<StepEnd> {
  const sought = await findInTime(change, means, run.signal);
  if (sought.state === 'stopped') return { state: 'waiting', sent: false, message: null, drift: false };
  const part: Partial<EntryStep> =
    sought.state === 'found'
      ? { resource: sought.change.resource, change: sought.change, found: change.found }
      : { state: 'failed', message: sought.message };
  const step = { ...run.step, ...part };
  await means.history.update(run.entry, (entry) => ({
    ...entry,
    resources: [...new Set([...entry.resources, ...(sought.state === 'found' ? [step.resource] : [])])],
    steps: entry.steps.map((one, index) => (index === run.index ? { ...one, ...part } : one)),
  }));
  if (sought.state === 'found') return writeNamed({ ...run, step }, means);
  const { index, total } = run;
  means.say({ kind: 'step', index, total, resource: step.resource, state: 'failed', detail: sought.message });
  return { state: 'failed', sent: false, message: sought.message, drift: true };
}

async function writeNamed(run: StepRun, means: WriteMeans): Promise<StepEnd> {
  const { change } = run.step;
  const kind = resourceTypeOf(typeOf(change.resource));
  const name = nameOf(change.resource);
  const tell = (state: 'intended' | 'sent' | 'running' | 'done' | 'failed' | 'skipped', detail = ''): void =>
    means.say({ kind: 'step', index: run.index, total: run.total, resource: change.resource, state, detail });
  const keep = (part: Partial<EntryStep>) =>
    means.history.update(run.entry, (entry) => ({
      ...entry,
      steps: entry.steps.map((step, index) => (index === run.index ? { ...step, ...part } : step)),
    }));
  let sent = false;
  const fail = async (message: string, drift = false): Promise<StepEnd> => {
    await keep({ state: 'failed', message, operation: null });
    tell('failed', message);
    return { state: 'failed', sent, message, drift };
  };
  const succeed = async (after: string | null, message: string | null): Promise<StepEnd> => {
    await keep({ state: 'done', verified: true, operation: null, after, message });
    tell('done');
    return { state: 'done', sent, message, drift: false };
  };
  const keepAfter = async (): Promise<StepEnd | null> => {
    const settled = await settle(change, means);
    if (settled.state !== 'done') return null;
    const after =
      settled.after === null ? null : await means.history.keepBody(run.entry, `${run.index}-after`, settled.after);
    return succeed(after, null);
  };

  for (let attempt = 0; ; attempt += 1) {
    const current = await readNow(means.arm, change.resource);
    if (isGap(current)) return fail(`${name} could not be read before writing: ${current.reason}`);
    const standing = compareChange(change, current, kind);
    if (standing.state === 'applied') {
      if (sent) return (await keepAfter()) ?? fail(`${name} changed again during each attempt.`);
      await keep({ state: 'skipped', verified: true, message: 'No changes needed.' });
      tell('skipped', 'No changes needed.');
      return { state: 'skipped', sent, message: 'No changes needed.', drift: false };
    }
    if (standing.state === 'moved') {
      return fail(`${movedText(name, standing.moved)} changed after the plan was made, so it was not changed.`, !sent);
    }
    const request = kind.write(standing.pending, current);
    if (typeof request === 'string') return fail(request);
    if (request.body !== null && holdsCut(request.body))
      return fail(`${name} was not changed: the change would send a secret that Bastide does not keep.`);
    const before =
      current === null ? null : await means.history.keepBody(run.entry, `${run.index}-before`, current.body);
    if (run.signal?.aborted) return { state: 'waiting', sent, message: null, drift: false };
    await keep({ state: 'intended', before });
    tell('intended');
    // From here to the answer the operator's signal does not count: a write is not left hanging.
    const answer = await means.arm.write(request);
    sent ||= answer.state !== 'refused' || answer.refusal.status !== 0;
    const refusal = await outcomeOf(answer);
    if (refusal === null) {
      const ended = await keepAfter();
      if (ended) return ended;
      if (answer.state === 'lost')
        return fail(`No response (${answer.reason}), and ${name} does not show the change. It was not sent again.`);
      return fail(`Azure accepted the change, but ${name} does not show it.`);
    }
    const wait = means.pace.retries[attempt];
    if (!mayPass(refusal) || wait === undefined || run.signal?.aborted) {
      const tries = attempt > 0 ? ` (given up after ${attempt + 1} tries)` : '';
      return fail(`${refusalText(refusal)}${tries}`);
    }
    const asked = answer.state === 'refused' ? (answer.retryAfter ?? 0) * 1000 : 0;
    // Another etag means that a sibling was written: the next reading has the new one, there is nothing to wait for.
    const pauseFor = refusal.status === 412 ? 0 : Math.max(wait, asked);
    if (pauseFor > 0) {
      const seconds = Math.ceil(pauseFor / 1000);
      const who = asked > 0 ? `Azure asked to wait ${seconds} s` : `Retrying in ${seconds} s`;
      means.say({ kind: 'wait', seconds: pauseFor / 1000, reason: `${who}: ${clean(refusal.message, 200)}` });
    }
    await pause(pauseFor, run.signal);
    if (run.signal?.aborted) return fail(`${refusalText(refusal)} (stopped while waiting)`);
  }

  /** Null: accepted, or unknown; the resource decides. Else why Azure refused. */
  async function outcomeOf(answer: WriteAnswer): Promise<ArmRefusal | null> {
    if (answer.state === 'refused') {
      await keep({ requestId: answer.requestId });
      // A server error says nothing about what was applied.
      return answer.refusal.status >= 500 &&
        answer.refusal.status !== 503 &&
        (await settle(change, means)).state === 'done'
        ? null
        : answer.refusal;
    }
    const operation = answer.state === 'running' ? answer.operation : null;
    await keep({ state: 'sent', requestId: answer.requestId, operation });
    tell('sent');
    if (answer.state !== 'running') return null;
    const followed = await follow(answer.operation, means, {
      retryAfter: answer.retryAfter,
      onPoll: (state) => tell('running', clean(state, 60)),
    });
    return followed.state === 'failed' ? followed.refusal : null;
  }
}
