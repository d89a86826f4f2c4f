// Finding out what became of a change: by following its operation, and by reading the resource until it stands still. Never writes.
import type { ArmRefusal } from '../azure/arm-client.ts';
import type { Change } from '../model/change.ts';
import type { JsonObject } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import { typeOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { type ApplyContext, isGap, pause, readNow } from './apply-context.ts';
import { type ChangedSetting, compareChange } from './compare-change.ts';

export type Settled =
  /** `after`: the body that shows it; null when the change was a deletion. */
  | { readonly state: 'done'; readonly after: JsonObject | null }
  | { readonly state: 'not done' }
  | { readonly state: 'moved'; readonly moved: readonly ChangedSetting[] }
  | { readonly state: 'unreadable'; readonly reason: string };

const moving = /^(?:creating|updating|deleting|accepted|running|inprogress|resolvingdns|registeringdns)$/i;

/** Looks until the change is there and the resource at rest, or the looks, at most `most` of them, are used up. */
export async function settle(
  change: Change,
  means: ApplyContext,
  options: { readonly signal?: AbortSignal | undefined; readonly most?: number } = {},
): Promise<Settled> {
  const { signal, most } = options;
  const kind = resourceTypeOf(typeOf(change.resource));
  let last: Settled = { state: 'not done' };
  for (const wait of means.pace.looks.slice(0, most)) {
    await pause(wait, signal);
    const now = await readNow(means.arm, change.resource);
    if (isGap(now)) {
      last = { state: 'unreadable', reason: now.reason };
      continue;
    }
    const seen = compareChange(change, now, kind);
    last =
      seen.state === 'applied'
        ? { state: 'done', after: now?.body ?? null }
        : seen.state === 'moved'
          ? seen
          : { state: 'not done' };
    const state = now === null ? undefined : valueAt(now.body, '/properties/provisioningState');
    if (last.state === 'done' && !(typeof state === 'string' && moving.test(state))) return last;
  }
  return last;
}

export type Followed =
  | { readonly state: 'ended' }
  | { readonly state: 'failed'; readonly refusal: ArmRefusal }
  /** Stopped by the operator: the operation goes on in Azure. */
  | { readonly state: 'left' };

export async function follow(
  operation: string,
  means: ApplyContext,
  options: { readonly retryAfter?: number; readonly signal?: AbortSignal; onPoll?(state: string): void },
): Promise<Followed> {
  try {
    const answer = await means.arm.follow(operation, options);
    return answer.state === 'failed' ? answer : { state: 'ended' };
  } catch (error) {
    if (options.signal?.aborted) return { state: 'left' };
    throw error;
  }
}

export const refusalText = (refusal: ArmRefusal): string => {
  const details = refusal.details.map((detail) => `${detail.code}: ${detail.message}`).join(' ');
  return clean(`${refusal.code}: ${refusal.message}${details ? ` ${details}` : ''}`, 1500);
};

export const movedText = (resource: string, moved: readonly ChangedSetting[]): string =>
  moved.map(({ pointer }) => `${resource}${pointer ? ` ${pointer}` : ''}`).join(', ');
