// What the caller may do, by the permissions read for a scope or above it.
import { matchesGlob } from './glob.ts';
import { groupIdOf, isWithin } from './resource-id.ts';
import type { Permission, Snapshot } from './snapshot.ts';

/** `*` matches any text; case is ignored. */
export const covers = (pattern: string, action: string): boolean => matchesGlob(pattern, action);

const isAllowed = (permissions: readonly Permission[], action: string): boolean =>
  permissions.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => covers(pattern, action)) && !notActions.some((pattern) => covers(pattern, action)),
  );

/** The permissions read closest to a scope: at the resource itself, else at its group, else above. */
function permissionsAt(scope: string, { permissions }: Pick<Snapshot, 'permissions'>): readonly Permission[] {
  const around = permissions.filter((one) => isWithin(scope, one.scope));
  const nearest = Math.max(...around.map((one) => one.scope.length), 0);
  const group = groupIdOf(scope);
  return around.filter((one) => one.scope.length === nearest && (group === undefined || nearest > 0));
}

/** May the caller do this there? Undefined where it could not be read. */
export function mayDo(action: string, scope: string, snapshot: Pick<Snapshot, 'permissions'>): boolean | undefined {
  const known = permissionsAt(scope, snapshot);
  return known.length === 0 ? undefined : isAllowed(known, action);
}
