// Permissions of the caller: grants with wildcards, and locks on scopes. As in ARM, both apply before a provider sees the request.
import { list, text } from '../json.ts';
import type { Grant, Store } from '../store/store.ts';
import { idOf } from '../store/store.ts';
import { fold, typeOf, within } from './address.ts';
import { gatewayError } from './answer.ts';
import type { Machine } from './machine.ts';

const lockSegment = '/providers/microsoft.authorization/locks/';

/** What the caller may do at a scope. Owner where no grant speaks about the scope. */
function grantsAt(store: Store, scope: string): readonly Grant[] {
  const found = store.grants.filter((grant) => within(scope, grant.scope));
  return found.length > 0 ? found : [{ scope, actions: ['*'], notActions: [] }];
}

function isAllowed(store: Store, scope: string, action: string): boolean {
  return grantsAt(store, scope).some(
    (grant) =>
      grant.actions.some((pattern) => covers(pattern, action)) &&
      !grant.notActions.some((pattern) => covers(pattern, action)),
  );
}

/** Resource Graph shows what the caller may read, and says nothing of the rest. */
export const mayRead = (store: Store, id: string): boolean =>
  store.grants.length === 0 || isAllowed(store, id, `${typeOf(id)}/read`);

function covers(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}

export function requireAction(machine: Machine, scope: string, action: string): void {
  if (isAllowed(machine.store, scope, action)) return;
  throw gatewayError(
    403,
    'AuthorizationFailed',
    `${who(machine)} does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

export function requireLinked(
  machine: Machine,
  write: { readonly scope: string; readonly action: string },
  links: readonly { readonly id: string; readonly action: string }[],
): void {
  const missing = links.filter((link) => !isAllowed(machine.store, link.id, link.action));
  if (missing.length === 0) return;
  const actions = [...new Set(missing.map((link) => link.action))].join(',');
  const scopes = [...new Set(missing.map((link) => link.id))].join(',');
  throw gatewayError(
    403,
    'LinkedAuthorizationFailed',
    `${who(machine)} has permission to perform action '${write.action}' on scope '${write.scope}'; however, it does not have permission to perform action(s) '${actions}' on the linked scope(s) '${scopes}' (respectively) or the linked scope(s) are invalid.`,
  );
}

function who(machine: Machine): string {
  return `The client '${machine.identity.client}' with object id '${machine.identity.objectId}'`;
}

/** Refuses a write or a deletion that a lock forbids. Locks themselves are never locked. */
export function requireUnlocked(machine: Machine, id: string, verb: 'write' | 'delete'): void {
  if (`${fold(id)}/`.includes(lockSegment)) return;
  const hits = machine.store.ofType('Microsoft.Authorization/locks').filter((lock) => {
    const scope = scopeOfLock(idOf(lock));
    const readOnly = fold(text(lock, 'properties', 'level') ?? '') === 'readonly';
    if (verb === 'write') return readOnly && within(id, scope);
    return within(id, scope) || within(scope, id);
  });
  if (hits.length === 0) return;
  const scopes = hits.map((lock) => scopeOfLock(idOf(lock))).join(',');
  throw gatewayError(
    409,
    'ScopeLocked',
    `The scope '${id}' cannot perform ${verb} operation because following scope(s) are locked: '${scopes}'. Please remove the lock and try again.`,
  );
}

export function scopeOfLock(id: string): string {
  return id.slice(0, fold(id).lastIndexOf(lockSegment));
}

/** The caller's permissions as the service lists them. */
export function permissionItems(store: Store, scope: string): { actions: string[]; notActions: string[] }[] {
  return grantsAt(store, scope).map((grant) => ({ actions: [...grant.actions], notActions: [...grant.notActions] }));
}

/** Grants out of JSON; anything that is not one is left out. */
export function grantsOf(value: Parameters<typeof list>[0]): Grant[] {
  return list(value).flatMap((item) => {
    const scope = text(item, 'scope');
    const strings = (name: string): string[] => list(item, name).filter((entry) => typeof entry === 'string');
    return scope === undefined ? [] : [{ scope, actions: strings('actions'), notActions: strings('notActions') }];
  });
}
