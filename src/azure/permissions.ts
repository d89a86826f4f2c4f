// What the caller may do in a scope. Several roles add up: each has its own exceptions, which must not weaken another's.
import { matchesGlob } from '../model/glob.ts';
import { isArray, type JsonObject } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import type { Permission, ReadFailure } from '../model/snapshot.ts';
import type { ReadContext } from './reading.ts';
import { allPages } from './resources.ts';

export async function permissionsAt(
  context: ReadContext,
  endpoint: string,
  scope: string,
  signal?: AbortSignal,
): Promise<Permission | ReadFailure> {
  const type = 'Microsoft.Authorization/permissions';
  const found = await allPages(context, endpoint, `${scope}/providers/${type}`, {
    type,
    ...(signal ? { signal } : {}),
  });
  if ('reason' in found) return found;
  const { items } = found;
  // Several roles add up: each with its own notActions, so a set of one role's exceptions must not weaken another's.
  const texts = (item: JsonObject, name: string): string[] => {
    const value = member(item, name);
    return isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  };
  const roles = items.map((item) => ({ actions: texts(item, 'actions'), notActions: texts(item, 'notActions') }));
  return {
    scope,
    actions: roles.flatMap((role) => role.actions),
    notActions: roles.flatMap((role) => role.notActions.filter((no) => !allowedElsewhere(no, role, roles))),
  };
}

type Role = { readonly actions: readonly string[]; readonly notActions: readonly string[] };

function allowedElsewhere(action: string, own: Role, roles: readonly Role[]): boolean {
  const covers = (pattern: string): boolean => matchesGlob(pattern, action);
  return roles.some((role) => role !== own && role.actions.some(covers) && !role.notActions.some(covers));
}
