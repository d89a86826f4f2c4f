// A resource as ARM shows it in the newest stable version of its type: that is the body that Resource Graph holds.
import { addressOf, fold, typeOf } from '../gateway/address.ts';
import type { Machine } from '../gateway/machine.ts';
import { versionsOf } from '../gateway/versions.ts';
import { type ArmObject, clone } from '../json.ts';
import type { ProviderCall } from '../providers/provider.ts';
import { idOf } from '../store/store.ts';

/** Where the newest version names members otherwise than the rows do. */
const held = new Map([['microsoft.containerregistry/registries', '2025-11-01']]);

export const newestVersion = (id: string): string => held.get(fold(typeOf(id))) ?? versionsOf(typeOf(id))[0] ?? '';

/** A copy. */
export function newestView(machine: Machine, body: ArmObject): ArmObject {
  const id = idOf(body);
  const { show } = machine.providerOf(id);
  const copy = clone(body);
  return show?.(readingOf(machine, id), copy) ?? copy;
}

function readingOf(machine: Machine, id: string): ProviderCall {
  const apiVersion = newestVersion(id);
  const query = new URLSearchParams({ 'api-version': apiVersion });
  return {
    ...{ store: machine.store, address: addressOf(id), apiVersion, newId: machine.newId, tags: machine.tags },
    now: machine.now().toISOString(),
    request: { method: 'GET', url: `${id}?${query}`, path: id, query, headers: {}, body: '', origin: '' },
    send: () => ({ status: 405 }),
  };
}
