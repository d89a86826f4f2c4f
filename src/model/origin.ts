// What shows that a change in the history was made by it, and not by another client that made the same. Pure.
import type { CreateChange } from './change.ts';
import type { EntryStep } from './entry.ts';
import { isObject } from './json.ts';

/**
 * - `answer`: Azure answered the request itself that it created the resource;
 * - `evidence`: the resource was not there right before the request, Azure accepted that, and it has shown all settings of it since;
 * - `record`: it was imported, and its change record says that this identity created it;
 * - `not-known`: no answer to the request is known, or it has no settings that could tell it from that of another client. Edits and
 *   deletions have this one alone.
 */
export type Origin = { readonly reason: 'answer' | 'evidence' | 'record' | 'not-known' };

/** Where the answer does not tell. Entries of older versions are judged by this as well. */
export function originByBody({ body }: CreateChange): Origin {
  const { properties } = body;
  return isObject(properties) && Object.keys(properties).length > 0 ? { reason: 'evidence' } : { reason: 'not-known' };
}

/** Of a step that is done; undefined of an edit or a deletion that Azure answered. */
export const originOfStep = ({ change, origin, state }: EntryStep): Origin | undefined => {
  if (state !== 'done') return undefined;
  return change.kind === 'create' ? (origin ?? originByBody(change)) : origin;
};
