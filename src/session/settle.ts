// Finding out what became of a change: by following its operation, and by reading the resource until it stands still. Never writes.
import type { Again, ArmRefusal } from '../azure/arm-client.ts';
import { type Change, editChange } from '../model/change.ts';
import type { Edit } from '../model/edit.ts';
import { isFailure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf, typeOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import type { WhatIfRefusal } from '../model/what-if.ts';
import { type ChangedSetting, compareChange } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { type ApplyContext, grace, isGap, pause, readAfterWrite } from './apply-context.ts';

export type Settled =
  /** `after`: the body that shows it; null when the change was a deletion. */
  | { readonly state: 'done'; readonly after: JsonObject | null }
  | { readonly state: 'not done' }
  /** Some edits are there, and the rest is not. */
  | {
      readonly state: 'partly';
      readonly done: Change;
      readonly rest: Change;
      readonly after: JsonObject | null;
      /** Of the rest: what shows neither the value before nor the one after. */
      readonly moved: readonly ChangedSetting[];
    }
  /** None of it is there, and what is there is not what was before. */
  | { readonly state: 'moved'; readonly moved: readonly ChangedSetting[]; readonly now: JsonObject | null }
  /** It could not be read, or Azure is still changing it; `reason` is a sentence. */
  | { readonly state: 'unknown'; readonly reason: string };

const moving = /^(?:creating|updating|deleting|accepted|running|inprogress|resolvingdns|registeringdns)$/i;
const stateIn = (body: JsonObject): string | undefined => {
  const state = valueAt(body, '/properties/provisioningState');
  return typeof state === 'string' ? state : undefined;
};
/** The state by which a resource says that the last operation on it failed; null where it says no such thing. */
export function failedState(body: JsonObject | null): string | null {
  const state = body === null ? undefined : stateIn(body);
  return state !== undefined && /^(?:failed|cancell?ed)$/i.test(state) ? state : null;
}
/** Is Azure still changing it? */
export const isMoving = (resource: Resource | null): boolean =>
  resource !== null && moving.test(stateIn(resource.body) ?? '');
/** Does the resource say that no operation on it is under way? */
export const isAtRest = (resource: Resource | null): boolean =>
  resource === null || (stateIn(resource.body) !== undefined && !isMoving(resource));

/** What the resource as it is says of the change. `change`: what was sent of it. */
export function settledBy(change: Change, now: Resource | null): Settled {
  const seen = compareChange(change, now, resourceTypeOf(typeOf(change.resource)));
  if (seen.state === 'applied') return { state: 'done', after: now?.body ?? null };
  const there =
    seen.state === 'moved'
      ? seen.there
      : change.edits.filter((edit) => !(seen.pending.edits as readonly Edit[]).includes(edit));
  if (change.kind === 'edit' && there.length > 0) {
    const rest = change.edits.filter((edit) => !there.includes(edit));
    const of = (edits: readonly Edit[]): Change => ({ ...editChange(change.resource, edits) });
    const moved = seen.state === 'moved' ? seen.moved : [];
    return { state: 'partly', done: of(there), rest: of(rest), after: now?.body ?? null, moved };
  }
  return seen.state === 'moved' ? { state: 'moved', moved: seen.moved, now: now?.body ?? null } : { state: 'not done' };
}

/** Does one reading show the change, with nothing under way? */
export async function showsAtRest(change: Change, context: ApplyContext): Promise<boolean> {
  const now = await readAfterWrite(context.arm, change.resource);
  return !isGap(now) && !isMoving(now) && settledBy(change, now).state === 'done';
}

export interface SettleOptions {
  /** Ends the pauses; the resource is still read. */
  readonly signal?: AbortSignal | undefined;
  /** Pauses before each look; those after an accepted write unless given. */
  readonly looks?: readonly number[];
  /** Ends the reading as well. */
  readonly limit?: AbortSignal;
}

/** Looks until the change is there and the resource at rest, or the looks are used up. */
export async function settle(change: Change, context: ApplyContext, options: SettleOptions = {}): Promise<Settled> {
  const { signal, limit } = options;
  const stopped = signal && limit ? AbortSignal.any([signal, limit]) : (limit ?? signal);
  const name = nameOf(change.resource);
  let last: Settled = { state: 'unknown', reason: `${name} was not read.` };
  let busy = false;
  const look = async (): Promise<boolean> => {
    const now = await readAfterWrite(context.arm, change.resource, limit);
    busy = !isGap(now) && isMoving(now);
    last = isGap(now)
      ? { state: 'unknown', reason: `${name} could not be read: ${now.reason}` }
      : settledBy(change, now);
    return last.state === 'done' && !busy;
  };
  for (const wait of options.looks ?? context.pace.looks) {
    await pause(wait, stopped);
    if (limit?.aborted) break;
    if (await look()) return last;
  }
  for (const wait of context.pace.rests ?? []) {
    if (!busy || stopped?.aborted) break;
    await pause(wait, stopped);
    if (await look()) return last;
  }
  return busy ? { state: 'unknown', reason: `${name} is still being changed by Azure.` } : last;
}

export type Followed =
  /** `isAnswered`: Azure said that it succeeded; otherwise it no longer knows it. */
  | { readonly state: 'ended'; readonly isAnswered: boolean }
  | { readonly state: 'failed'; readonly refusal: ArmRefusal; readonly again: Again | null }
  /** No longer followed: the operation goes on in Azure. */
  | { readonly state: 'left'; readonly reason: string };

/** Follows an operation to its end; for a moment only once the operator has stopped the act. */
export async function follow(
  operation: string,
  context: ApplyContext,
  options: {
    readonly retryAfter?: number;
    readonly signal?: AbortSignal | undefined;
    /** Ends the following at once. */
    readonly limit?: AbortSignal;
    onPoll?(state: string): void;
    hasEnded?(): Promise<boolean>;
  },
): Promise<Followed> {
  const { signal, limit, ...rest } = options;
  const left = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leave = (): void => {
    timer = setTimeout(() => left.abort(), context.pace.grace ?? grace);
  };
  if (signal?.aborted) leave();
  signal?.addEventListener('abort', leave, { once: true });
  const ends = limit ? AbortSignal.any([left.signal, limit]) : left.signal;
  try {
    const answer = await context.arm.follow(operation, { ...rest, signal: ends });
    return answer.state === 'failed' ? answer : { state: 'ended', isAnswered: answer.state === 'done' };
  } catch (error) {
    if (ends.aborted) return { state: 'left', reason: 'The operation continues in Azure.' };
    // A sign-in that has ended says nothing about the operation.
    if (isFailure(error)) return { state: 'left', reason: error.message };
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  }
}

/** Did Azure refuse a creation because the resource exists? */
export const isExisting = ({ status, code }: ArmRefusal): boolean =>
  status === 412 || /^(?:PreconditionFailed|\w*AlreadyExists|\w*Exists)$/i.test(code);

export const refusalText = (refusal: ArmRefusal): string => {
  const details = refusal.details.map((detail) => `${detail.code}: ${detail.message}`).join(' ');
  return clean(`${refusal.code}: ${refusal.message}${details ? ` ${details}` : ''}`, 1500);
};

/** A refusal as the history keeps it. */
export const keptRefusal = ({ message, details, ...rest }: ArmRefusal): WhatIfRefusal => ({
  ...{ ...rest, message: clean(message, 1500), details: details.slice(0, 10) },
});

/** Of a resource that said so before the change, too. */
export const oldStateText = (name: string, state: string): string =>
  `The provisioningState of ${name} is ${clean(state, 60)}, as it was before the change.`;

/** What a reading shows in place of a change, and that it does not say who set it. */
export function otherText(name: string, moved: readonly ChangedSetting[]): string {
  const pointers = moved.map(({ pointer }) => pointer).filter((pointer) => pointer !== '');
  if (pointers.length > 0) return `${name} shows another value at ${pointers.join(', ')}; who set it is not known`;
  return moved.some(({ found }) => found === null)
    ? `${name} is not there; who deleted it is not known`
    : `${name} shows other settings; who set them is not known`;
}

export const movedText = (resource: string, moved: readonly ChangedSetting[]): string =>
  moved.map(({ pointer }) => `${resource}${pointer ? ` ${pointer}` : ''}`).join(', ');
