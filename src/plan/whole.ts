// A resource that a change creates or deletes whole, compared with the existing one.

import type { Change, CreateChange, DeleteChange } from '../model/change.ts';
import type { Json } from '../model/json.ts';
import type { Gate } from '../model/plan.ts';
import type { Pointer } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { nameInParent, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { holds, resourceTypeOf } from '../resource-types/index.ts';
import type { ResourceType } from '../resource-types/resource-type.ts';
import { seenIn } from './simulate.ts';

/** A setting that is not what the history left there. */
export interface Drift {
  readonly resource: string;
  /** Empty: the resource itself is gone, or there although it should not be. */
  readonly pointer: Pointer;
  readonly expected: Json | undefined;
  readonly found: Json | undefined;
}

/** A change of an undo or redo adjusted to the existing resource. */
export interface MergedBody {
  /** Null: nothing is left to do. */
  readonly change: Change | null;
  readonly drift: readonly Drift[];
  /** What is left out because the service refuses it today, a sentence each. */
  readonly lost: readonly string[];
  readonly gates: readonly Gate[];
}

/** Is the existing resource the one of the change? What Azure adds itself does not count. */
export const sameWhole = ({ body }: CreateChange | DeleteChange, current: Resource, kind: ResourceType): boolean =>
  holds(kind.normal(current.body), kind.normal(body));

/** What was created is deleted, or the reverse; one that differs from what was created, or deleted, is another's. */
export function wholeAgainst(
  change: CreateChange | DeleteChange,
  current: Resource | undefined,
  kind: ResourceType,
): MergedBody {
  const nothing: MergedBody = { change: null, drift: [], lost: [], gates: [] };
  const isThere = current !== undefined && sameWhole(change, current, kind);
  if (current !== undefined && !isThere) {
    const found = change.kind === 'create' ? 'another resource with this name' : 'changed since';
    return { ...nothing, drift: [{ resource: change.resource, pointer: '', expected: undefined, found }] };
  }
  return isThere === (change.kind === 'delete') ? { ...nothing, change } : nothing;
}

/** Why what an undo would delete stays. */
export function keptBy(change: DeleteChange, snapshot: Snapshot, going: readonly string[]): string | null {
  const kept = resourceTypeOf(typeOf(change.resource)).undoBlocker?.(change, seenIn(snapshot), going) ?? null;
  return kept === null ? null : `${nameInParent(change.resource)}: ${kept}`;
}

/** Why what an undo would put back does not come back. */
export function lostBy(change: CreateChange, snapshot: Snapshot): string | null {
  const lost = resourceTypeOf(typeOf(change.resource)).restoreBlocker?.(change, seenIn(snapshot)) ?? null;
  return lost === null ? null : `${nameInParent(change.resource)}: ${lost}`;
}
