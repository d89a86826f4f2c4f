// What every document of Microsoft.Network shares: one etag for a parent and its inline children, new at any change.
import { fold, parentOf, typeOf } from '../../gateway/address.ts';
import { isObject, list, text } from '../../json.ts';
import { inlineMembers } from '../../store/inline.ts';
import type { Store } from '../../store/store.ts';
import { setFirst } from '../documents.ts';

/** The document that holds the etag: the resource itself, or the parent it lives in. */
function holderOf(id: string): string {
  return inlineMembers.has(fold(typeOf(id))) ? parentOf(id) : id;
}

/** Gives a parent and all that is inline in it a new etag. */
export function touch(store: Store, id: string, newId: () => string): void {
  const holder = holderOf(id);
  const body = store.get(holder);
  if (!body) return;
  const etag = `W/"${newId()}"`;
  setFirst(body, 'etag', etag);
  for (const [type, member] of inlineMembers) {
    if (parentType(type) !== fold(typeOf(holder))) continue;
    for (const item of list(body, 'properties', member)) if (isObject(item)) setFirst(item, 'etag', etag);
  }
}

const parentType = (type: string): string => type.slice(0, type.lastIndexOf('/'));

/** The ids of subnets that name this resource under a member of their properties. */
export function subnetsNaming(store: Store, member: string, id: string): string[] {
  return store
    .ofType('Microsoft.Network/virtualNetworks/subnets')
    .filter((subnet) => fold(text(subnet, 'properties', member, 'id') ?? '') === fold(id))
    .flatMap((subnet) => text(subnet, 'id') ?? []);
}
