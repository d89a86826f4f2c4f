// Subnets name every address configuration in them.
import { fold, sameId } from '../../gateway/address.ts';
import { list, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { touch } from './network-parts.ts';
import { addReferences, removeReferences } from './references.ts';

/** Where resources list what they have in subnets. */
const members = ['ipConfigurations', 'frontendIPConfigurations'];

/** Makes the subnets name the configurations of a resource as they are now; none when it is gone. */
export function placeInSubnets(store: Store, id: string, newId: () => string): void {
  const body = store.get(id);
  const own = members.flatMap((member) => list(body, 'properties', member));
  for (const subnet of store.ofType('Microsoft.Network/virtualNetworks/subnets')) {
    const here = own
      .filter((item) => sameId(text(item, 'properties', 'subnet', 'id') ?? '', idOf(subnet)))
      .flatMap((item) => text(item, 'id') ?? []);
    const added = addReferences(subnet, 'ipConfigurations', here);
    const removed = removeReferences(
      subnet,
      'ipConfigurations',
      (other) => fold(other).startsWith(`${fold(id)}/`) && !here.some((kept) => sameId(kept, other)),
    );
    if (added || removed) touch(store, idOf(subnet), newId);
  }
}
