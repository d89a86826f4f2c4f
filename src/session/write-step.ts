// One step of a plan, from reading the resource to reading it again. The step is on disk before its request is sent; a write
// that may have been applied is never repeated before the resource has been read, and what was not read is not claimed.
import { randomUUID } from 'node:crypto';
import type { Again, ArmRefusal, WriteAnswer } from '../azure/arm-client.ts';
import { type Change, type DeferredChange, isDeferred } from '../model/change.ts';
import type { Edit } from '../model/edit.ts';
import type { EntryStep } from '../model/entry.ts';
import { type Flaw, flawText } from '../model/flaw.ts';
import { anotherBy, isLasting } from '../model/identity.ts';
import { type JsonObject, sameJson } from '../model/json.ts';
import { notKnown } from '../model/overwrote.ts';
import { type Pointer, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf, typeOf } from '../model/resource-id.ts';
import { holdsCut } from '../model/secrets.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import { anotherSince, type ChangeComparison, compareChange, identityMoved, moreText } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { ResourceType, WriteRequest } from '../resource-types/resource-type.ts';
import { freshOf, isGap, longestRetry, pause, readAfterWrite, readNow, type WriteContext } from './apply-context.ts';
import { arrivalLeft } from './arrival.ts';
import type { EntryRecord } from './entry-record.ts';
import { findInTime } from './find.ts';
import { isCreatedBy, originPart } from './origin-by.ts';
import { putRefusalText, refusedPut } from './put-version.ts';
import {
  failedState,
  follow,
  isExisting,
  keptRefusal,
  movedText,
  oldStateText,
  otherText,
  refusalText,
  type Settled,
  settle,
  settledBy,
  showsAtRest,
} from './settle.ts';
import { notYetVisible } from './visible.ts';

export interface StepRun {
  readonly record: EntryRecord;
  /** Of the step in the entry. */
  readonly index: number;
  /** Of the step in the plan, and how many it has. */
  readonly at: number;
  readonly total: number;
  readonly step: EntryStep;
  readonly signal: AbortSignal | undefined;
  /** The resource as it was before the first request of the plan. */
  readonly was?: JsonObject | undefined;
}

/** `sent`: was any request of this step sent? `unsent`: why it was not, where that is not Azure's refusal. */
export interface StepEnd {
  readonly state: 'done' | 'failed' | 'skipped' | 'waiting' | 'unknown';
  readonly sent: boolean;
  readonly message: string | null;
  /** Why nothing was sent of it: `check`: by a check here, which Azure was not asked about. */
  readonly unsent: 'drift' | 'not-yet-visible' | 'check' | null;
  /** No later step may be sent. */
  readonly stops: boolean;
  /** Azure's answer to its last request was an error, and the resource does not show the change. */
  readonly isRejected?: true;
  /** What was to be created exists with other settings: nothing may build on it. */
  readonly isTaken?: true;
}

/** How an attempt ended, before the resource was read. */
type Attempt =
  /** `isAnswered`: Azure said itself that the change is made. Otherwise it has forgotten the operation. */
  | {
      readonly kind: 'accepted';
      readonly isAnswered: boolean;
      readonly status: number | undefined;
      /** The resource as the answer has it. */
      readonly shown?: JsonObject | undefined;
      /** The resource as the answer had it when the operation began: this one is ours, its settings may be others by its end. */
      readonly first?: JsonObject | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly refusal: ArmRefusal;
      readonly again: Again | null;
      readonly retryAfter: number;
      /**
       * `no`: Azure did not make the change. `ended`: an operation, or a success that speaks of failure, may have made some of it, and
       * makes no more. `open`: a server error or a timeout says nothing, and the change may still come.
       */
      readonly applied: 'no' | 'ended' | 'open';
    }
  | { readonly kind: 'lost'; readonly reason: string }
  /** Accepted, and the operation was not followed to its end. */
  | { readonly kind: 'left'; readonly reason: string };

type Accepted = Extract<Attempt, { kind: 'accepted' }>;
type Moved = Extract<Settled, { state: 'moved' }>;

export async function writeStep(run: StepRun, context: WriteContext): Promise<StepEnd> {
  const { change } = run.step;
  return isDeferred(change) ? writeFound(run, change, context) : writeNamed(run, context);
}

/** What only Azure names is found first; its name is on disk before anything is sent to it. */
async function writeFound(run: StepRun, change: DeferredChange, context: WriteContext): Promise<StepEnd> {
  const { record, index, at, total } = run;
  const sought = await findInTime(change, context, run.signal);
  if (sought.state === 'stopped') {
    return { state: 'waiting', sent: false, message: null, unsent: null, stops: true };
  }
  if (sought.state !== 'found') {
    await record.note(index, { state: 'failed', message: sought.message });
    context.say({
      kind: 'step',
      index: at,
      total,
      resource: run.step.resource,
      state: 'failed',
      detail: sought.message,
    });
    return { state: 'failed', sent: false, message: sought.message, unsent: 'drift', stops: true };
  }
  const part: Partial<EntryStep> = {
    resource: sought.change.resource,
    change: sought.change,
    found: change.found,
  };
  const step = { ...run.step, ...part };
  await record.intend(index, part, { resources: [...new Set([...record.entry.resources, step.resource])] });
  return writeNamed({ ...run, step }, context);
}

async function writeNamed(run: StepRun, context: WriteContext): Promise<StepEnd> {
  const { record, index } = run;
  const { change } = run.step;
  const kind = resourceTypeOf(typeOf(change.resource));
  const name = nameOf(change.resource);
  const correlation = run.step.correlation ?? randomUUID();
  let sent = false;
  /** May a request of this step have been applied? */
  let mayBeApplied = false;
  /** Did Azure answer its last request with an error, and the resource not show the change? */
  let isRejected = false;
  // What was sent of the change, and whether a request of it is not compared with what was read.
  let pending: Change = change;
  let isBlind = false;
  /** The resource before the first request of this step. */
  let was: JsonObject | null = null;

  const now = (): string => context.now().toISOString();
  const tell = (
    state: 'intended' | 'sent' | 'running' | 'unknown' | 'done' | 'failed' | 'skipped',
    detail = '',
  ): void => context.say({ kind: 'step', index: run.at, total: run.total, resource: change.resource, state, detail });
  const ended = (
    state: StepEnd['state'],
    message: string | null,
    { unsent = null, stops = state !== 'done' && state !== 'skipped' }: Partial<Pick<StepEnd, 'unsent' | 'stops'>> = {},
  ): StepEnd => {
    if (state !== 'waiting') tell(state, message ?? '');
    const rejected = state === 'failed' && isRejected;
    return { state, sent, message, unsent, stops, ...(rejected ? { isRejected: true as const } : {}) };
  };
  const fail = async (message: string, unsent: StepEnd['unsent'] = null): Promise<StepEnd> => {
    // What a check here found, Azure did not say.
    if (unsent !== null) isRejected = false;
    await record.note(index, { state: 'failed', message, operation: null, ...told(last) });
    return ended('failed', message, { unsent });
  };
  const unknown = async (message: string): Promise<StepEnd> => {
    const answered = last?.kind === 'accepted' && last.isAnswered ? { answered: true } : {};
    await record.note(index, { state: 'unknown', message, ...answered, ...told(last) });
    return ended('unknown', message);
  };
  const skip = async (message = 'No changes needed.'): Promise<StepEnd> => {
    await record.note(index, { state: 'skipped', verified: true, operation: null, message });
    return ended('skipped', message);
  };
  /** Nothing that this step sent was applied, and the resource shows the change, or has what was to be created with other settings. */
  const byAnother = async (isDone: boolean, is: JsonObject | null = null): Promise<StepEnd> => {
    if (change.kind !== 'create') return skip(`No changes needed: ${name} shows the change. It was not made here.`);
    const more = isDone && is !== null && record.entry.verb === 'undo' ? moreText(change, is, kind) : null;
    if (more !== null) return skip(`${more} It was not created here.`);
    if (isDone) return skip(`No changes needed: ${name} exists with these settings. It was not created here.`);
    const message = `${name} exists with other settings. It was not created here, and not changed.`;
    await record.note(index, { state: 'failed', message, operation: null, isTaken: true, ...refusalIn(last) });
    return { ...ended('failed', message, { unsent: sent ? null : 'drift', stops: false }), isTaken: true };
  };

  let last: Attempt | null = null;
  let waited = 0;
  let overtaken = 0;
  // What this step is about to change is expected to be as it is, until its request has left.
  let fresh = await freshOf(context);
  for (let attempt = 0; ; attempt += 1) {
    if (sent) fresh = await freshOf(context);
    const current: Resource | null | ReadFailure = sent
      ? await readAfterWrite(fresh, change.resource)
      : await readNow(fresh, change.resource);
    if (isGap(current)) {
      if (last !== null && sent) return conclude(last);
      if (current.code === notYetVisible) return fail(current.reason, 'not-yet-visible');
      return fail(`${name} could not be read before writing: ${current.reason}`);
    }
    const another = sent || change.kind !== 'edit' ? null : anotherSince(run.was, current);
    const comparison: ChangeComparison =
      another === null ? compareChange(change, current, kind) : { state: 'moved', moved: [another], there: [] };
    if (comparison.state !== 'ready' && sent && last !== null && mayBeApplied) return conclude(last);
    if (comparison.state === 'applied')
      return sent || change.kind === 'create' ? byAnother(true, current?.body) : skip();
    if (comparison.state === 'moved') {
      if (change.kind === 'create') return byAnother(false);
      if (sent && last !== null) return conclude(last);
      return fail(
        `${movedText(name, comparison.moved)} changed after the plan was made, so it was not changed.`,
        'drift',
      );
    }
    const blocker = await blockerOf(current);
    if (blocker !== null) return fail(`${name} was not deleted: ${blocker}.`, 'drift');
    const request = kind.write(comparison.pending, current);
    if (typeof request === 'string') return sent && last !== null ? conclude(last) : fail(request, 'check');
    const lost = refusedPut(request, current);
    if (lost !== null) return sent && last !== null ? conclude(last) : fail(putRefusalText(lost), 'check');
    if (request.body !== null && holdsCut(request.body)) {
      return fail(`${name} was not changed: the change would send a secret that Bastide does not keep.`, 'check');
    }
    const kept =
      current === null
        ? null
        : await context.history.keepBody(record.entry.id, `${index}-before`, current.body).catch(passedOn);
    if (kept === undefined && last !== null) return conclude(last);
    if (run.signal?.aborted) {
      if (sent && last !== null) return conclude(last);
      if (overtaken > 0) await record.note(index, { state: 'waiting' });
      return ended('waiting', null);
    }
    const isUnguarded = !isCompared(request, kind);
    isBlind ||= isUnguarded;
    try {
      const earlier = run.step.answered === true ? { answered: false } : {};
      const part = { before: kept ?? null, begun: now(), correlation, unguarded: isBlind, ...earlier };
      await record.intend(index, { state: 'intended', ...part });
    } catch (error) {
      if (sent && last !== null && record.lost !== null) return conclude(last);
      throw error;
    }
    if (isUnguarded && (await isOvertaken(current))) {
      // One of two readings that differ is behind, or another client is at work: which one is not known.
      const wait = (context.pace.sightings ?? [0, 0, 0])[overtaken];
      if (wait === undefined) {
        return sent && last !== null
          ? conclude(last)
          : fail(`${name} was read differently each time, so it was not changed.`, 'not-yet-visible');
      }
      if (wait > 0)
        context.say({ kind: 'wait', seconds: wait / 1000, reason: `${name} was just changed: reading again` });
      await pause(wait, run.signal);
      overtaken += 1;
      attempt -= 1;
      continue;
    }
    tell('intended');
    // What an earlier attempt may have made belongs to this change as well; one that Azure refused made nothing.
    if (mayBeApplied) pending = withEdits(pending, comparison.pending, change);
    else [pending, was] = [comparison.pending, current?.body ?? null];
    // From here to the answer the operator's signal does not count: a write is not left hanging.
    const answer = await context.arm.write({ ...request, correlation });
    sent ||= answer.state !== 'refused' || answer.refusal.status !== 0;
    last = await attempted(answer);
    mayBeApplied ||= last.kind !== 'refused' || last.applied !== 'no';
    isRejected = isAnswered(last) && !mayBeApplied;
    if (last.kind !== 'refused') return conclude(last);
    // Where Azure compares an etag, of two requests one alone can take effect.
    const mayRepeat = last.applied !== 'open' || !isUnguarded;
    const pauseFor = mayRepeat ? pauseBefore(last, attempt, waited) : null;
    if (pauseFor === null || run.signal?.aborted) {
      return conclude(last, attempt > 0 ? ` (given up after ${attempt + 1} tries)` : '');
    }
    await waitTold(pauseFor, last);
    waited += pauseFor;
    if (run.signal?.aborted) return conclude(last, ' (stopped while waiting)');
  }

  /** Milliseconds until the write is tried again; null where it is not. */
  function pauseBefore(
    { again, retryAfter }: Extract<Attempt, { kind: 'refused' }>,
    tries: number,
    already: number,
  ): number | null {
    if (again === null) return null;
    const { retries, longestRetry: most = longestRetry, isBusyAwaited = false } = context.pace;
    const wait = retries[tries] ?? (isBusyAwaited && again.why === 'busy' ? retries.at(-1) : undefined);
    const limit = Math.min(most, again.longest === undefined ? most : again.longest * 1000) - already;
    if (wait === undefined || limit <= 0) return null;
    // Another etag means that a sibling was written: the next reading has the new one, there is nothing to wait for.
    return again.why === 'changed' ? 0 : Math.min(Math.max(wait, retryAfter * 1000), limit);
  }

  /** A failure of the disk once something was sent: the outcome of that is told first. */
  function passedOn(error: unknown): undefined {
    if (!sent) throw error;
  }

  /** Azure compares no etag of these: what another client wrote since the reading would be overwritten. */
  async function isOvertaken(read: Resource | null): Promise<boolean> {
    const again = await readAfterWrite(fresh, change.resource);
    if (isGap(again)) return false;
    if (read === null || again === null) return read !== again;
    return !sameJson(kind.normal(read.body), kind.normal(again.body));
  }

  /**
   * What a write overwrites that Azure compares with no etag, change records tell later, whatever became of the request. Azure's
   * answer may tell that it created something: a creation overwrote nothing then, and an edit found the resource deleted.
   */
  function doubt(how: Attempt | null): Partial<EntryStep> {
    if (!isBlind || !mayBeApplied) return {};
    const isNew = how?.kind === 'accepted' && isCreatedBy(pending.resource, how) === true;
    if (isNew && pending.kind === 'create') return {};
    const isAgain = isNew && pending.kind === 'edit';
    return { overwrote: isAgain ? { reason: 'created-again', data: { by: 'answer' } } : notKnown('not-asked') };
  }

  function told(how: Attempt | null): Partial<EntryStep> {
    return { ...doubt(how), ...refusalIn(how) };
  }

  /** Why what is to be deleted must stay; what an earlier step has deleted inside it may be gone only a moment later. */
  async function blockerOf(current: Resource | null): Promise<string | null> {
    let seen = current;
    let blocker: string | null = null;
    for (const wait of change.kind === 'delete' ? context.pace.looks : []) {
      if (wait > 0) {
        await pause(wait, run.signal);
        const again = await readAfterWrite(fresh, change.resource);
        seen = isGap(again) ? seen : again;
      }
      blocker = seen === null ? null : (kind.deleteBlocker?.(seen) ?? null);
      if (blocker === null) return null;
    }
    return blocker;
  }

  async function waitTold(ms: number, { refusal, retryAfter }: Extract<Attempt, { kind: 'refused' }>): Promise<void> {
    const asked = Math.ceil(retryAfter);
    const who =
      asked * 1000 > ms
        ? `Azure asked to wait ${asked} s, and the write is tried again sooner`
        : asked > 0
          ? `Azure asked to wait ${asked} s`
          : `Retrying in ${Math.ceil(ms / 1000)} s`;
    for (let left = ms; left > 0 && !run.signal?.aborted; left -= 10_000) {
      const rest = left < ms ? `, ${Math.ceil(left / 1000)} s left` : '';
      context.say({ kind: 'wait', seconds: left / 1000, reason: `${who}${rest}: ${clean(refusal.message, 200)}` });
      await pause(Math.min(left, 10_000), run.signal);
    }
  }

  async function attempted(answer: WriteAnswer): Promise<Attempt> {
    // Azure may keep the change record under another correlation ID than was sent.
    const named = answer.correlation === undefined ? {} : { correlation: answer.correlation };
    if (answer.state === 'refused') {
      const { refusal, requestId, again, retryAfter = 0 } = answer;
      const applied = appliedBy(refusal);
      await record.note(index, { requestId, ...named, ...(applied === 'open' ? { unanswered: now() } : {}) });
      return { kind: 'refused', refusal, again, applied, retryAfter };
    }
    const [operation, first] = answer.state === 'running' ? [answer.operation, answer.shown] : [null, undefined];
    const heard = { lost: { unanswered: now() }, done: { answered: true }, running: {} }[answer.state];
    await record.note(index, { state: 'sent', requestId: answer.requestId, operation, ...named, ...heard });
    tell('sent');
    if (answer.state === 'lost') return { kind: 'lost', reason: answer.reason };
    const { status } = answer;
    if (answer.state === 'done') return { kind: 'accepted', isAnswered: true, status, shown: answer.shown };
    const followed = await follow(answer.operation, context, {
      signal: run.signal,
      retryAfter: answer.retryAfter,
      onPoll: (state) => tell('running', clean(state, 60)),
      hasEnded: () => showsAtRest(pending, context),
    });
    if (followed.state === 'ended') return { kind: 'accepted', isAnswered: followed.isAnswered, status, first };
    if (followed.state === 'left') return { kind: 'left', reason: followed.reason };
    const { refusal, again } = followed;
    // Azure compares some preconditions only in the operation.
    const isUnmet = refusal.code === 'PreconditionFailed' || (change.kind === 'create' && isExisting(refusal));
    const applied = isUnmet ? 'no' : 'ended';
    return { kind: 'refused', refusal, again, applied, retryAfter: 0 };
  }

  /** Azure said that the change was made, and the resource shows something else: so did the answer, or who made it so is not known. */
  async function changedSince({ moved, now: shown }: Moved, how: Accepted): Promise<StepEnd> {
    const deed = { delete: 'deleted', create: 'created', edit: 'changed' }[pending.kind];
    const isOfAzure = how.shown !== undefined && moved.every(({ pointer }) => isSameAt(pointer, how.shown, shown));
    const flaw: Flaw | null = isOfAzure
      ? { reason: 'other-value', data: { settings: moved.map(({ pointer }) => pointer) } }
      : null;
    const isReplaced = pending.kind === 'create' && moved.some(({ pointer }) => isLasting(pointer));
    const message =
      flaw !== null
        ? flawText(name, flaw)
        : pending.kind === 'delete'
          ? `${name} was deleted, and exists with other settings; who created it is not known.`
          : isReplaced
            ? `${name} was created. By now another one has its name; who created that is not known.`
            : `${name} was ${deed}. By now ${otherText(name, moved)}.`;
    const origin = originPart(pending, shown, { ...how, isAccepted: true });
    const kept = isReplaced ? { after: await record.keepAfter(index, how.shown ?? how.first ?? null) } : {};
    const rest = { ...kept, operation: null, message, ...origin, ...doubt(how), ...(flaw === null ? {} : { flaw }) };
    await record.note(index, { state: 'done', verified: false, ...rest });
    // What the next step builds on is not there.
    return ended('done', message, { stops: pending.kind === 'edit' || flaw !== null });
  }

  /** What Azure made, and another client has changed in a part, or replaced by another resource, by now. */
  function sinceIn(settled: Settled, { shown, first }: Accepted): Moved | null {
    if (settled.state === 'moved') return settled;
    if (settled.state === 'partly') {
      const isSince = settled.moved.length > 0 && (shown === undefined || isShown(shown));
      return isSince ? { state: 'moved', moved: settled.moved, now: settled.after } : null;
    }
    const made = shown ?? first;
    if (made === undefined || settled.state !== 'done' || pending.kind !== 'create' || settled.after === null)
      return null;
    const another = anotherBy(made, settled.after);
    if (another === null || !isLasting(another)) return null;
    return { state: 'moved', moved: [identityMoved(another, made, settled.after)], now: settled.after };
  }

  /** Does a body have all that was sent? */
  function isShown(body: JsonObject): boolean {
    const shown: Resource = { id: change.resource, type: kind.type, apiVersion: kind.apiVersion, body };
    return settledBy(pending, shown).state === 'done';
  }

  function isSameAt(pointer: Pointer, one: JsonObject | undefined, other: JsonObject | null): boolean {
    if (one === undefined || other === null) return false;
    if (pointer === '') return sameJson(kind.normal(one), kind.normal(other));
    return sameJson(valueAt(one, pointer) ?? null, valueAt(other, pointer) ?? null);
  }

  /** Why a change that shows is not as it was wanted: Azure reported an error of the request, or the resource of itself. */
  function flawOf(how: Attempt, why: string, after: JsonObject | null): Flaw | null {
    const operation = record.entry.steps[index]?.operation ?? null;
    // An operation that failed may leave the resource unusable, whatever it shows.
    const hasFailed = how.kind === 'refused' && (operation !== null || how.refusal.status < 300);
    const state = failedState(after);
    // Where the resource said so before, too, its state is no report of this change.
    const isOld = state !== null && failedState(was) !== null;
    if (hasFailed && !(isOld && operation?.endsWith('#provisioningState'))) {
      return { reason: 'error', data: { error: why } };
    }
    return state === null || isOld ? null : { reason: 'state', data: { state } };
  }

  /** Was there a request without an answer that may still arrive? */
  function isInTime(): boolean {
    const step = record.entry.steps[index];
    return step?.unanswered !== undefined && arrivalLeft({ ...step, state: 'unknown' }, context) > 0;
  }

  /** Reads what became of the change, and records that. */
  async function conclude(how: Attempt, more = ''): Promise<StepEnd> {
    const isAccepted = how.kind === 'accepted' || how.kind === 'left';
    const isSure = how.kind === 'refused' && how.applied === 'no';
    const mayCome = isInTime();
    const { looks, doubts = looks } = context.pace;
    const why = reasonOf(how) + more;
    // It never left.
    if (how.kind === 'refused' && how.refusal.status === 0 && !mayCome) return fail(why);
    const settled = await settle(pending, context, {
      signal: run.signal,
      looks: isAccepted ? looks : isSure ? [0] : doubts,
    });
    isRejected ||= isAnswered(how) && settled.state === 'not done';
    /** What shows that the change is of this request. */
    const whose = (after: JsonObject | null): Partial<EntryStep> =>
      originPart(pending, after, { ...(how.kind === 'accepted' ? how : {}), isAccepted });
    if (isSure && !mayBeApplied && !mayCome) {
      if (settled.state === 'done') return byAnother(true, settled.after);
      if (settled.state === 'moved' && change.kind === 'create') return byAnother(false);
      if (settled.state === 'partly') return fail(why);
    }
    if (!mayCome && how.kind === 'accepted' && how.isAnswered) {
      const since = sinceIn(settled, how);
      if (since !== null) return changedSince(since, how);
    }
    switch (settled.state) {
      case 'done': {
        const after = await record.keepAfter(index, settled.after);
        const flaw = flawOf(how, why, settled.after);
        const state = failedState(settled.after);
        const texts = [
          ...(how.kind === 'lost'
            ? [`${why} ${name} shows the change; whether this request or another client made it is not known.`]
            : []),
          ...(flaw === null ? [] : [flawText(name, flaw)]),
          ...(flaw === null && state !== null ? [oldStateText(name, state)] : []),
        ];
        const message = texts.length === 0 ? null : texts.join(' ');
        await record.note(index, {
          ...{ state: 'done', verified: flaw === null, verifiedAt: now(), operation: null, after, message },
          ...(flaw === null ? {} : { flaw }),
          // What another client had made by then is not undone with it.
          ...(pending.edits.length < change.edits.length ? { change: pending } : {}),
          ...whose(settled.after),
          ...(flaw === null ? doubt(how) : told(how)),
        });
        // Nothing is built on what Azure reported an error of.
        return ended('done', message, { stops: flaw !== null });
      }
      case 'partly': {
        const after = await record.keepAfter(index, settled.after);
        const message = `A part of the change was made to ${name}. ${why}`;
        const isIgnored = how.kind === 'accepted' && how.shown !== undefined && !isShown(how.shown);
        const left = !isAccepted
          ? ({ state: 'failed', message: why } as const)
          : isIgnored
            ? ({ state: 'failed', message: `${why} Its answer does not show this part.` } as const)
            : ({ state: 'unknown', message: `${why} ${name} does not show this part yet.` } as const);
        await record.split(
          index,
          {
            ...{ change: settled.done, state: 'done', verified: true, verifiedAt: now(), operation: null, after },
            ...{ message, ...whose(settled.after), ...doubt(how) },
          },
          { change: settled.rest, ...left, operation: null, findings: [], ...refusalIn(how) },
        );
        return ended(left.state, message);
      }
      case 'moved':
        if (mayCome) return unknown(`${why} ${otherText(name, settled.moved)}.`);
        return isAccepted
          ? unknown(`Azure accepted the change. By now ${otherText(name, settled.moved)}.`)
          : fail(`${why} ${otherText(name, settled.moved)}.`);
      case 'not done':
        if (isAccepted) return unknown(`Azure accepted the change, but ${name} does not show it yet.`);
        if (mayCome || (!isSure && run.signal?.aborted)) return unknown(`${why} ${name} does not show the change yet.`);
        return fail(
          change.kind === 'delete'
            ? `${why}${how.kind === 'lost' ? ' It was not sent again.' : ''} ${name} still exists, with the settings that it had before.`
            : how.kind === 'lost'
              ? `${why} ${name} does not show the change, and it was not sent again.`
              : why,
        );
      case 'unknown':
        return isSure && !mayCome ? fail(why) : unknown(`${why} ${settled.reason}`);
    }
  }
}

/** A part of a change, with the edits of another part of it, in the order of the change. */
function withEdits(part: Change, other: Change, whole: Change): Change {
  if (part.kind !== 'edit') return part;
  const there: readonly Edit[] = [...part.edits, ...other.edits];
  return { ...part, edits: whole.edits.filter((edit) => there.includes(edit)) };
}

const appliedBy = ({ status }: ArmRefusal): 'no' | 'ended' | 'open' => {
  if (status >= 500 || status === 408) return 'open';
  return status === 0 || status >= 300 ? 'no' : 'ended';
};

/** Did Azure answer with an error? A request that never left has none. */
const isAnswered = (how: Attempt): boolean => how.kind === 'refused' && how.refusal.status !== 0;

/** The error of Azure that an attempt ended with; nothing where it was not reached. */
function refusalIn(how: Attempt | null): Pick<EntryStep, 'refusal'> {
  return how?.kind !== 'refused' || how.refusal.status === 0 ? {} : { refusal: keptRefusal(how.refusal) };
}

/** Does Azure refuse the request where the resource was changed, or made, since it was read? */
const isCompared = ({ ifMatch, ifNoneMatch }: WriteRequest, { comparesEtag }: ResourceType): boolean =>
  comparesEtag && (ifMatch ?? ifNoneMatch) !== undefined;

function reasonOf(how: Attempt): string {
  switch (how.kind) {
    case 'accepted':
      return 'Azure accepted the change.';
    case 'left':
      return `Azure accepted the change. ${how.reason}`;
    case 'lost':
      return `Azure gave no response (${how.reason}).`;
    case 'refused':
      return refusalText(how.refusal);
  }
}
