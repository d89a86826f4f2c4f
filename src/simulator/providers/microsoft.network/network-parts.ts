// What every document of Microsoft.Network shares: one etag for a parent and its inline children, new at any change.
import { fold, parentOf, typeOf } from '../../gateway/address.ts';
import { isObject, list, text } from '../../json.ts';
import { inlineMembers } from '../../store/inline.ts';
import type { Store } from '../../store/store.ts';
import { mergeDocument, setFirst } from '../documents.ts';
import type { ProviderType } from '../provider.ts';

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

/** The ids of subnets that name this resource under a member of their properties: those of its subscription can. */
export function subnetsNaming(store: Store, member: string, id: string): string[] {
  return store
    .ofType('Microsoft.Network/virtualNetworks/subnets', id.split('/').slice(0, 3).join('/'))
    .filter((subnet) => fold(text(subnet, 'properties', member, 'id') ?? '') === fold(id))
    .flatMap((subnet) => text(subnet, 'id') ?? []);
}

// How the tracked resources of Microsoft.Network behave where nothing is special: a PUT replaces and runs on, a PATCH changes
// tags only, a deletion runs on, etags are honoured.

export const networkResource = {
  long: { put: 'async', patch: 'none', delete: 'location' },
  making: 'Updating',
  etags: true,
  merge: ({ before, body }) => mergeDocument(before, new Map([...body].filter(([name]) => fold(name) === 'tags'))),
  stored: touch,
} satisfies Omit<ProviderType, 'type'>;

/** The same for what lives inside such a resource: no PATCH. */
export const networkChild = {
  long: { put: 'async', delete: 'location' },
  allows: { patch: false },
  making: 'Updating',
  etags: true,
  stored: touch,
} satisfies Omit<ProviderType, 'type'>;
