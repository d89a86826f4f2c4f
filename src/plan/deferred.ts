// Changes to a resource whose name is not known yet: it is told from others by how it was requested. One that existed
// before the plan, is elsewhere or says something else never matches, and of several none is chosen. Pure.

import {
  type Change,
  type DeferredChange,
  type EditChange,
  type ResourceMatcher,
  readTargets,
} from '../model/change.ts';
import type { EntryStep } from '../model/entry.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { partsOf, resourceTypeOf, textAt } from '../resource-types/index.ts';
import { settingWords } from './describe.ts';
import { resourceIn } from './simulate.ts';

/** How a placeholder's resource will be told from others; undefined where nothing tells it. `early`: without what the plan does. */
export function foundBy(placeholder: Resource, early: Snapshot): ResourceMatcher | undefined {
  const pointer = resourceTypeOf(placeholder.type).requestKey;
  const says = pointer === undefined ? undefined : textAt(placeholder.body, pointer);
  if (pointer === undefined || says === undefined || says.trim() === '') return undefined;
  return { besides: besides(placeholder.id, early), pointer, says };
}

/** Ids of the siblings that are there already, each once; not every snapshot holds the parts of a body by themselves. */
function besides(placeholder: string, early: Snapshot): string[] {
  const parent = resourceIn(early, parentId(placeholder) ?? '');
  const there = [...(parent === undefined ? [] : partsOf(parent)), ...early.resources];
  const siblings = there.filter(({ id }) => isSibling(id, placeholder));
  return distinctIds(siblings.map(({ id }) => id));
}

const isSibling = (id: string, other: string): boolean =>
  sameId(parentId(id), parentId(other)) && sameId(typeOf(id), typeOf(other));

/** Everything in the body of `parent` that the change may mean; Azure's answers are foreign, so an id must lie where it shows. */
export function qualifying(change: DeferredChange, parent: Resource): Resource[] {
  const { besides: known, pointer, says } = change.found;
  const own = partsOf(parent).filter(
    ({ id, body }) =>
      isSibling(id, change.resource) &&
      sameId(parentId(id), parent.id) &&
      !known.some((one) => sameId(one, id)) &&
      says.trim() !== '' &&
      (textAt(body, pointer) ?? '').includes(says),
  );
  return [...new Map(own.map((one) => [fold(one.id), one])).values()];
}

/** The change to a resource that has a name. */
export function named({ found: _found, ...change }: DeferredChange, { id }: Resource): EditChange {
  return { ...change, resource: id };
}

/** The change as it fits a snapshot that a plan has led to: to the stand-in there, or to the resource itself where it is there already. */
export function fittedTo(change: DeferredChange, seen: Snapshot, early: Snapshot): EditChange {
  const parent = resourceIn(seen, readTargets(change));
  const [only, ...others] = parent === undefined ? [] : qualifying(change, parent);
  if (only === undefined || others.length > 0) return change;
  return resourceIn(early, only.id) ? named(change, only) : { ...change, resource: only.id };
}

/** A change that is repeated: what Azure named, and is gone, comes back under another name and is to be found again. */
export function foundAgain({ change, found }: EntryStep, snapshot: Snapshot): Change {
  if (found === undefined || change.kind !== 'edit' || resourceIn(snapshot, change.resource)) return change;
  return { ...change, found: { ...found, besides: besides(change.resource, snapshot) } };
}

/** Which resource is meant, in a sentence for a question. */
export function deferredText(change: DeferredChange): string {
  const { pointer, says } = change.found;
  const parent = nameOf(readTargets(change));
  return `Azure assigns its name when it is created. It is the new one of ${parent} whose ${settingWords(pointer)} is "${says}". If none or several match, nothing is changed.`;
}
