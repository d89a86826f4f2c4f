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
  /** The resource as the answer has it, at its end or when the operation began. */
  readonly shown?: JsonObject | undefined;
  readonly first?: JsonObject | undefined;
}

/** Did Azure create something, or was it there? Undefined where its answer does not tell. */
export function isCreatedBy(resource: string, { status, shown, first }: Answered): boolean | undefined {
  const { tellsNew } = resourceTypeOf(typeOf(resource));
  if (tellsNew === 'status') return status === 201 ? true : status === 200 ? false : undefined;
  const [created, modified] = ['createdAt', 'lastModifiedAt'].map((time) =>
    textAt(shown ?? first ?? {}, `/systemData/${time}`),
  );
  if (tellsNew === null || created === undefined || modified === undefined) return undefined;
  return created === modified;
}

/**
 * `after`: what the resource shows since. With an etag the request fails where the resource exists; without one, the answer may tell it. A
 * request whose answer is not known may never have arrived.
 */
export function originBy(change: CreateChange, after: JsonObject | null, answered: Answered): Origin {
  if (answered.isAnswered !== true) return { reason: 'not-known' };
  const { comparesEtag } = resourceTypeOf(typeOf(change.resource));
  const isNew = isCreatedBy(change.resource, answered);
  if (isNew === true || (comparesEtag && textAt(after ?? {}, '/etag') !== undefined)) return { reason: 'answer' };
  return isNew === false ? { reason: 'not-known' } : originByBody(change);
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
