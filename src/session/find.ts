// The resource of a late change, looked for by reading its parent. Never writes.
import type { ArmClient } from '../azure/arm-client.ts';
import { type DeferredChange, type EditChange, readTargets } from '../model/change.ts';
import { nameOf, typeOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { named, qualifying } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { freshOf, isGap, pause, readNow, type WriteContext } from './apply-context.ts';

export type LookupResult =
  /** `change`: to the resource by its name. */
  | { readonly state: 'found'; readonly change: EditChange }
  | { readonly state: 'none' | 'several' | 'unreadable'; readonly message: string };

/** One look. Of several none is chosen. */
export async function find(change: DeferredChange, arm: ArmClient): Promise<LookupResult> {
  const parent = await readNow(arm, readTargets(change));
  const at = nameOf(readTargets(change));
  if (isGap(parent)) return { state: 'unreadable', message: `${at} could not be read: ${parent.reason}` };
  const [only, ...others] = parent === null ? [] : qualifying(change, parent);
  const what = `${resourceTypeOf(typeOf(change.resource)).label} that says "${clean(change.found.says, 200)}"`;
  if (only === undefined) return { state: 'none', message: `${at} shows no ${what}` };
  if (others.length === 0) return { state: 'found', change: named(change, only) };
  const names = [only, ...others].map(({ id }) => clean(nameOf(id), 90)).join(', ');
  return {
    state: 'several',
    message: `${at} shows more than one ${what} (${names}): it is not known which one is meant, so none was changed.`,
  };
}

/** Looks until it is there, there are several, or the looks are used up; what Azure makes by itself takes its time. */
export async function findInTime(
  change: DeferredChange,
  context: WriteContext,
  signal: AbortSignal | undefined,
): Promise<LookupResult | { readonly state: 'stopped' }> {
  let last: Exclude<LookupResult, { state: 'found' }> | undefined;
  let waited = 0;
  for (const wait of context.pace.finds) {
    if (wait > 0 && last !== undefined) {
      const seconds = wait / 1000;
      const so = last.state === 'none' ? `${last.message} yet` : last.message;
      context.say({ kind: 'wait', seconds, reason: `${so}: checking again in ${Math.ceil(seconds)} s.` });
    }
    await pause(wait, signal);
    if (signal?.aborted) return { state: 'stopped' };
    waited += wait;
    const sought = await find(change, await freshOf(context));
    if (sought.state === 'found' || sought.state === 'several') return sought;
    last = sought;
  }
  const { state = 'none', message = '' } = last ?? {};
  const after = `${message} after ${Math.ceil(waited / 1000)} s, so nothing was sent for it. Run the fix again once it is there.`;
  return { state, message: state === 'none' ? after : message };
}
