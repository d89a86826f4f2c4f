// Which resources decide what a plan does besides those that it changes. Another client may change one of them after the plan was made.

import { metOnFlows } from '../audit/path.ts';
import type { Step } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isNamed, parentId, sameId } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isListedIn } from '../model/snapshot-changes.ts';
import { isOfType, partsOf, workspaceType } from '../resource-types/index.ts';
import { afterChange } from './effects.ts';
import { resourceIn } from './simulate.ts';

/** Ids of the resources of the snapshot that every flow was followed through which the steps can touch, each by what is read of it. */
export function decidingOn(steps: readonly Pick<Step, 'change'>[], snapshot: Snapshot): readonly string[] {
  const found = new Map<string, string>();
  let before = snapshot;
  for (const { change } of steps) {
    const after = afterChange(before, change);
    for (const id of metOnFlows(before, after)) {
      const whole = wholeOf(id, snapshot);
      if (whole !== undefined) found.set(fold(whole), whole);
    }
    before = after;
  }
  return [...found.values()];
}

/** What a part is read with. Of other workspaces only what a list shows is in hand. */
function wholeOf(id: string, snapshot: Snapshot): string | undefined {
  const own = resourceIn(snapshot, id);
  const parent = parentId(id);
  const whole = parent === undefined ? undefined : resourceIn(snapshot, parent);
  if (parent !== undefined && whole !== undefined && isShownBy(whole, id)) return wholeOf(parent, snapshot);
  if (own === undefined || !isNamed(own.id) || own.apiVersion === '') return undefined;
  const isOther = isOfType(own.id, workspaceType) && fold(own.id) !== fold(snapshot.workspace ?? '');
  return isOther ? undefined : own.id;
}

/** Is a part in the body of its parent? Azure answers no GET for some of those that it makes itself (`__SYS_…` outbound rules). */
const isShownBy = (whole: Resource, id: string): boolean =>
  isListedIn(whole.body, id) === true || partsOf(whole).some((part) => sameId(part.id, id));
