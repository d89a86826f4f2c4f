// Whether an answer of Azure proves that it created a resource by our request. Pure.
import type { CreateChange } from '../model/change.ts';
import type { JsonObject } from '../model/json.ts';
import { type Origin, originByBody } from '../model/origin.ts';
import { typeOf } from '../model/resource-id.ts';
import { resourceTypeOf, textAt } from '../resource-types/index.ts';

/**
 * `after`: what the resource shows since. With an etag the request fails where the resource exists; without one, Azure answers 201 only
 * where it created something, and 202 where it began to. A request whose answer is not known may never have arrived.
 */
export function originBy(
  change: CreateChange,
  after: JsonObject | null,
  { isAnswered = false, status }: { readonly isAnswered?: boolean; readonly status?: number | undefined },
): Origin {
  const { comparesEtag, tellsNew } = resourceTypeOf(typeOf(change.resource));
  const isNew = comparesEtag ? textAt(after ?? {}, '/etag') !== undefined : status === 201;
  if (!isAnswered) return { reason: 'not-known' };
  if (isNew) return { reason: 'answer' };
  return tellsNew && status === 200 ? { reason: 'not-known' } : originByBody(change);
}
