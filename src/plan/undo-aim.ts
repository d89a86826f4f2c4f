// What one step of an undo or redo is for. That a resource gets its state of then is said only where that is what comes out.
import { type Change, isDeferred } from '../model/change.ts';
import type { Entry } from '../model/entry.ts';
import type { JsonObject } from '../model/json.ts';
import { parsePointer, valueAt } from '../model/pointer.ts';
import { nameInParent, sameId, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { counted } from '../model/text.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { deferredText } from './deferred.ts';
import { resourceIn } from './simulate.ts';
import { type AnotherValue, valueText } from './undo-class.ts';
import { movedBetween } from './whole.ts';

/**
 * `isInverse`: what is sent puts back what was there; `explicit`: but for members that were not set, which it sets. `cut`: how many settings are not sent, because secrets are not kept. `along`: how many
 * later changes of the entry a deletion ends.
 */
export interface Inverse {
  readonly change: Change;
  readonly isInverse: boolean;
  readonly explicit: readonly AnotherValue[];
  readonly cut: number;
  readonly along: number;
}
interface Undone {
  readonly verb: 'undo' | 'redo';
  readonly entry: Entry;
  readonly bodies?: ReadonlyMap<string, JsonObject> | undefined;
  /** As everything is after all steps. */
  readonly after: Snapshot;
}

export const aimsOf = (steps: readonly Inverse[], undone: Undone): string[] =>
  steps.map((step, at) => {
    const isLast = !steps.slice(at + 1).some(({ change }) => sameId(change.resource, step.change.resource));
    return [aimOf(step, isLast, undone), ...step.explicit.flatMap((one) => explicitText(step, one, undone))].join(' ');
  });

/** What stands where nothing was set, and what others have added to it. */
function explicitText({ change }: Inverse, { pointer, isSame }: AnotherValue, { after }: Undone): string[] {
  const name = parsePointer(pointer).at(-1) ?? pointer;
  const now = valueAt(resourceIn(after, change.resource)?.body ?? {}, pointer);
  if (now === undefined || now === null) return [];
  const then = `${name}, which was not set, is then ${valueText(now)}`;
  if (!isSame) return [`${then}: whether that has the same effect is not known.`];
  return [
    resourceTypeOf(typeOf(change.resource)).same(pointer, now, undefined)
      ? `${then}: the effect is the same.`
      : `${then}.`,
  ];
}

function aimOf({ change, isInverse, cut, along }: Inverse, isLast: boolean, undone: Undone): string {
  const { verb, entry } = undone;
  const name = nameInParent(change.resource);
  if (isDeferred(change)) return deferredText(change);
  if (!isInverse)
    return `Azure does not set back ${name} to its state before entry ${entry.id}: it gets another value.`;
  if (verb === 'redo') return `Applies the change of entry ${entry.id} to ${name} again.`;
  if (change.kind === 'delete') {
    const also = along === 0 ? '' : `, and with it ${counted(along, 'later change')} of the entry`;
    return `Deletes ${name}, which entry ${entry.id} created${also}.`;
  }
  const others = isLast ? othersOf(change, undone) : null;
  if (others !== null && others + cut === 0) return `Restores ${name} to its state before entry ${entry.id}.`;
  if (change.kind === 'create') {
    const missing = cut === 0 ? '' : `, without ${counted(cut, 'setting')} that the history does not keep`;
    return `Creates ${name}, which entry ${entry.id} deleted, again${missing}.`;
  }
  const restored = `Restores ${counted(change.edits.length, 'setting')} of ${name} to before entry ${entry.id}`;
  if (others === null) return `${restored}.`;
  const stays = others + cut === 1 ? 'setting that differs from then stays' : 'settings that differ from then stay';
  return `${restored}; ${others + cut} other ${stays}.`;
}

/** How many settings are not those from before the entry when all is done; null where its body is not kept. */
function othersOf(change: Change, { entry, bodies, after }: Undone): number | null {
  const first = entry.steps.find(({ state, resource }) => state === 'done' && sameId(resource, change.resource));
  const was = first?.before == null ? undefined : bodies?.get(first.before);
  const before = was ?? (first?.change.kind === 'delete' ? first.change.body : undefined);
  const now = resourceIn(after, change.resource);
  if (before === undefined || now === undefined) return null;
  return movedBetween(before, now.body, resourceTypeOf(typeOf(change.resource))).length;
}
