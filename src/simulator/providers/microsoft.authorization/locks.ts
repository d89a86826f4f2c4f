// Microsoft.Authorization/locks: on any scope; never locked themselves; the caller's key order is kept.
import { fold, within } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { scopeOfLock } from '../../gateway/authorization.ts';
import { isAtScope } from '../../gateway/filter.ts';
import { parameter } from '../../gateway/request.ts';
import { at, isObject, put, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import type { ProviderType } from '../provider.ts';

const levels = ['CanNotDelete', 'ReadOnly', 'NotSpecified'];

export const locks: ProviderType = {
  type: 'Microsoft.Authorization/locks',
  allows: { patch: false },
  provisions: false,
  extension: true,
  settle(_write, next) {
    const level = levels.find((known) => fold(known) === fold(text(next, 'properties', 'level') ?? ''));
    const properties = at(next, 'properties');
    if (level === undefined || !isObject(properties)) {
      throw new ArmError(
        400,
        'LockLevelInvalid',
        `The lock level '${text(next, 'properties', 'level') ?? ''}' is not one of ${levels.join(', ')}.`,
      );
    }
    put(properties, 'level', level);
    return next;
  },
  /** Below the scope, and above it: what is inherited counts too. */
  items({ store, address, request }) {
    const filter = isAtScope(parameter(request, '$filter'));
    return store.ofType('Microsoft.Authorization/locks').filter((lock) => {
      const scope = scopeOfLock(idOf(lock));
      return within(address.scope, scope) || (!filter && within(scope, address.scope));
    });
  },
};
