// What of a snapshot this history made: by the entries, and by what stands there now. A name alone makes nothing ours.
import type { History } from '../history/history.ts';
import type { Change } from '../model/change.ts';
import type { Entry, EntryStep } from '../model/entry.ts';
import { isSameOne } from '../model/identity.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import { madeIds, madeParts, unmade } from '../model/made-ids.ts';
import { originOfStep } from '../model/origin.ts';
import { fold, sameId, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { resourceIn } from '../model/snapshot-index.ts';
import { sameWhole } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { bodyIn } from './undo-proof.ts';
import { changedSinceBy } from './unreadable.ts';

/** `left`: the body after the last change of it by the history; null where none is kept. */
interface Made {
  readonly entry: Entry;
  readonly step: EntryStep;
  readonly left: string | null;
}

/** Folded ids of what the history created and has not deleted since, where it stands as it was left. A history that cannot be read says nothing. */
export async function ownIn(snapshot: Snapshot, history: History): Promise<ReadonlySet<string>> {
  const entries = await history.entries().catch(() => []);
  const made = new Map<string, Made>();
  for (const entry of entries) {
    for (const step of entry.steps) {
      const { change, state } = step;
      if (state !== 'done') continue;
      const isGone = unmade(change);
      for (const id of made.keys()) if (isGone(id)) made.delete(id);
      const known = made.get(fold(step.resource));
      if (known !== undefined && change.kind === 'edit' && step.after !== null)
        made.set(fold(step.resource), { ...known, left: step.after });
      // An undo brings back what others created; a change that nothing proves is not the history's.
      if (entry.verb === 'undo' || originOfStep(step)?.reason === 'not-known') continue;
      for (const id of madeIds(change))
        made.set(fold(id), { entry, step, left: sameId(id, step.resource) ? step.after : null });
    }
  }
  const own = new Set<string>();
  for (const [id, one] of made) {
    // What an entry that cannot be read may have deleted is not known to be the history's.
    if (changedSinceBy(entries, one.entry)(id) === null && (await isAsLeft(id, one, snapshot, history))) own.add(id);
  }
  return own;
}

/** Does it stand as the history left it, or not at all? An identity decides; without one, the settings that were made. */
async function isAsLeft(id: string, { step, left }: Made, snapshot: Snapshot, history: History): Promise<boolean> {
  const now = resourceIn(snapshot, id);
  if (now === undefined) return true;
  const kept = left === null ? undefined : await bodyIn(history, left);
  const isSame = kept === undefined ? undefined : isSameOne(kept, now.body);
  if (isSame !== undefined) return isSame;
  const made = step.change.kind === 'create' && sameId(step.resource, id) ? step.change.body : partOf(step.change, id);
  const body = kept ?? made;
  if (body === undefined) return false;
  return sameWhole({ kind: 'create', resource: id, edits: [], body }, now, resourceTypeOf(typeOf(id)));
}

function partOf(change: Change, id: string): JsonObject | undefined {
  const part = madeParts(change).find((one) => sameId(one.id, id))?.body;
  return isObject(part) ? part : undefined;
}
