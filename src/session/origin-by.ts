// Whether an answer of Azure proves that our request made a change. Pure.
import type { Change, CreateChange } from '../model/change.ts';
import type { EntryStep } from '../model/entry.ts';
import type { JsonObject } from '../model/json.ts';
import { type Origin, originByBody } from '../model/origin.ts';
import { typeOf } from '../model/resource-id.ts';
import { resourceTypeOf, textAt } from '../resource-types/index.ts';

interface Answered {
  /** Azure said that it made the change. */
  readonly isAnswered?: boolean;
  readonly status?: number | undefined;
}

/**
 * `after`: what the resource shows since. With an etag the request fails where the resource exists; without one, 201 tells it of the types
 * that answer so to a creation alone. A request whose answer is not known may never have arrived.
 */
export function originBy(
  change: CreateChange,
  after: JsonObject | null,
  { isAnswered = false, status }: Answered,
): Origin {
  const { comparesEtag, tellsNew } = resourceTypeOf(typeOf(change.resource));
  const isNew = comparesEtag ? textAt(after ?? {}, '/etag') !== undefined : tellsNew && status === 201;
  if (!isAnswered) return { reason: 'not-known' };
  if (isNew) return { reason: 'answer' };
  return tellsNew && status === 200 ? { reason: 'not-known' } : originByBody(change);
}

/** The same, as the step keeps it. `isAccepted`: Azure took the request; then an edit or a deletion needs no other proof. */
export const originPart = (
  change: Change,
  after: JsonObject | null,
  { isAccepted, ...answered }: Answered & { readonly isAccepted: boolean },
): Pick<EntryStep, 'origin'> => {
  if (change.kind === 'create') return { origin: originBy(change, after, answered) };
  return isAccepted ? {} : { origin: { reason: 'not-known' } };
};
