// What others have changed since an entry in what its undo changes. Nothing is written here.
import { applyEdits, EditConflict } from '../model/edit.ts';
import type { EntryStep } from '../model/entry.ts';
import type { JsonObject } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { nameOf, sameId, typeOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { movedBetween } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { WriteContext } from './apply-context.ts';
import { bodyIn } from './undo-proof.ts';

/**
 * Of a step of an undo that Azure refuses, as it was begun: the settings that changed beside those of the entry since that was begun,
 * which may be why. A sentence with a space before it; empty where none is known.
 */
export async function movedSince(
  { verb, of }: Pick<Plan, 'verb' | 'of'>,
  { resource, change, before }: EntryStep,
  history: WriteContext['history'],
): Promise<string> {
  // What is deleted was compared as a whole, with what the entry changed of it later.
  if (verb !== 'undo' || of === null || before === null || change.kind === 'delete') return '';
  const entry = (await history.entries()).find(({ id }) => id === of);
  const undone = entry?.steps.find((step) => step.state === 'done' && sameId(step.resource, resource));
  const left = undone === undefined ? undefined : await leftBy(undone, history);
  const now = await bodyIn(history, before);
  if (left === undefined || now === undefined) return '';
  const moved = movedBetween(left, now, resourceTypeOf(typeOf(resource))).map(({ pointer }) => clean(pointer, 200));
  return moved.length === 0
    ? ''
    : ` Since entry ${clean(of, 80)}, other settings of ${clean(nameOf(resource), 200)} have changed: ${moved.join(', ')}.`;
}

/** What an edit alone would have left of the body before it: the one after it may have changes of others already. */
async function leftBy(
  { change, before, after }: EntryStep,
  history: WriteContext['history'],
): Promise<JsonObject | undefined> {
  const file = change.kind === 'edit' ? before : after;
  const body = file === null ? undefined : await bodyIn(history, file);
  if (body === undefined || change.kind !== 'edit') return body;
  try {
    return applyEdits(body, change.edits);
  } catch (error) {
    if (error instanceof EditConflict) return undefined;
    throw error;
  }
}
