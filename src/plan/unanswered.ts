// Gates of many changes that could not be checked, a sentence for each reason: of twenty writes under locks that were not
// read, one sentence says it. Pure.

import type { Change } from '../model/change.ts';
import { mayDo } from '../model/permissions.ts';
import { distinctIds, nameInParent, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { gatesOf, gathered, unreadLocks } from './gates.ts';

/** So much of a list is told, in characters; of the rest how many there are. */
const most = 240;

export function unansweredOf(changes: readonly Change[], index: SnapshotIndex): string[] {
  const open = gathered(changes.flatMap((change) => gatesOf(change, index))).filter(
    // A what-if evaluates the policies itself.
    ({ outcome, kind }) => outcome === 'unknown' && kind !== 'policy',
  );
  const locks = distinctIds(changes.map(({ resource }) => resource).filter((id) => unreadLocks(id, index)));
  const needs = changes
    .flatMap((change) => {
      const seen = index.peek(change.resource);
      return resourceTypeOf(typeOf(change.resource)).needs(change, seen.state === 'read' ? seen.resource : undefined);
    })
    .filter(({ action, scope }) => mayDo(action, scope, index.snapshot) === undefined);
  const scopes = distinctIds(needs.map(({ scope }) => scope));
  const actions = distinctIds(needs.map(({ action }) => action));
  const gatheredLocks = locks.length > 1;
  const gatheredRights = needs.length > 1 && scopes.length + actions.length > 2;
  return [
    ...(gatheredLocks ? [`The resource locks on ${listed(locks.map(nameInParent))} could not be read.`] : []),
    ...(gatheredRights
      ? [`Your permissions could not be read: ${listed(actions)}, on ${listed(scopes.map(nameInParent))}.`]
      : []),
    ...open
      .filter(({ kind, detail }) => !(gatheredRights && kind === 'permission') && !(gatheredLocks && isOfLock(detail)))
      .map(({ detail }) => detail),
  ];

  function isOfLock(detail: string): boolean {
    return locks.some((id) => detail.includes(` ${id} `));
  }
}

/** As many as are told in a sentence, and how many more there are. */
export function listed(names: readonly string[]): string {
  let length = 0;
  const told = names.filter((name, at) => {
    length += name.length + 2;
    return at === 0 || length <= most;
  });
  const rest = names.length - told.length;
  return rest === 0 ? told.join(', ') : `${told.join(', ')} and ${rest} more`;
}
