// Which resources ARM's own lists show.
import { addressOf, fold, within } from '../../gateway/address.ts';
import type { ArmObject } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';

/** Top-level resources of providers: no groups, no children, nothing that is attached to another resource. */
export function trackedIn(store: Store, scope: string): ArmObject[] {
  return store.all().filter((body) => {
    const id = idOf(body);
    const address = addressOf(id);
    const isExtension = fold(address.namespace ?? '') === 'microsoft.authorization';
    return within(id, scope) && address.types.length === 1 && address.group !== undefined && !isExtension;
  });
}
