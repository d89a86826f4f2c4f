// What shows that a change in the history was made by it, and not by another client that made the same. Pure.
import type { CreateChange } from './change.ts';
import { clockSlack, longestAct, type WriteRecord } from './change-record.ts';
import type { EntryStep } from './entry.ts';
import { isObject } from './json.ts';
import { fold } from './resource-id.ts';

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

/** Is a record that of the step's own request? `own`: names of the caller, folded. Other clients may sign in as the same. */
export const isRecordOf = (
  { changedBy, correlation }: Pick<WriteRecord, 'changedBy' | 'correlation'>,
  step: Pick<EntryStep, 'correlation'>,
  own: readonly string[],
): boolean =>
  changedBy !== null &&
  own.includes(fold(changedBy)) &&
  (step.correlation === undefined || correlation === null || fold(correlation) === fold(step.correlation));

/** Is it, by its time, of a step of an act that was begun then? Where both have a correlation ID, that decides and no clock does. */
export function isOfTime(
  { at, correlation }: Pick<WriteRecord, 'at' | 'correlation'>,
  step: Pick<EntryStep, 'correlation'>,
  begun: string,
): boolean {
  const late = Date.parse(at) - Date.parse(begun);
  return (step.correlation !== undefined && correlation !== null) || (late >= -clockSlack && late <= longestAct);
}
