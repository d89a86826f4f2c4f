// Microsoft.ContainerInstance/serviceAssociationLinks: what container groups leave bound to their subnet. The subnet shows it
// as `acisal`, it is deleted as `default`, and it outlives the last group.
import { fold, sameId, within } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { at, json, list, object, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { touch } from '../microsoft.network/network-parts.ts';
import { addLink, removeReferences } from '../microsoft.network/references.ts';
import type { ProviderType } from '../provider.ts';

const provider = '/providers/Microsoft.ContainerInstance/serviceAssociationLinks';
const shownName = 'acisal';

export const serviceAssociationLinks: ProviderType = {
  type: 'Microsoft.ContainerInstance/serviceAssociationLinks',
  long: { delete: 'location' },
  allows: { put: false, patch: false },
  provisions: false,
  extension: true,
  mayDelete({ id, store }) {
    const [user] = groupsIn(store, subnetOf(id));
    if (user !== undefined) {
      throw new ArmError(
        409,
        'Conflict',
        `The service association link of subnet ${subnetOf(id)} cannot be deleted because container group ${user} uses the subnet.`,
      );
    }
  },
  gone(store, id, newId) {
    const subnet = store.get(subnetOf(id));
    const shown = `${subnetOf(id)}/serviceAssociationLinks/${shownName}`;
    if (subnet && removeReferences(subnet, 'serviceAssociationLinks', (other) => sameId(other, shown)))
      touch(store, subnetOf(id), newId);
  },
};

const subnetOf = (id: string): string => id.slice(0, fold(id).lastIndexOf(fold(provider)));

/** Ids of the container groups in a subnet. */
export const groupsIn = (store: Store, subnetId: string): string[] =>
  store
    .ofType('Microsoft.ContainerInstance/containerGroups')
    .filter((group) => list(group, 'properties', 'subnetIds').some((item) => within(text(item, 'id') ?? '', subnetId)))
    .map(idOf);

/** Binds the subnet to the service, when it is not yet. */
export function bindSubnet(store: Store, subnetId: string, newId: () => string): void {
  const subnet = store.get(subnetId);
  const id = `${subnetId}${provider}/default`;
  if (!subnet || store.get(id)) return;
  const shown = associationLink(subnetId);
  if (addLink(subnet, 'serviceAssociationLinks', json(shown))) touch(store, subnetId, newId);
  const type = 'Microsoft.ContainerInstance/serviceAssociationLinks';
  const made = json({ id, name: 'default', type, properties: shown.properties });
  if (made instanceof Map) store.set(id, made);
}

/** A snapshot shows a link only inside its subnet; that one is there by itself as well, under the name it is deleted by. */
export function linksAsSeen(store: Store): void {
  for (const subnet of store.ofType('Microsoft.Network/virtualNetworks/subnets')) {
    const shown = list(subnet, 'properties', 'serviceAssociationLinks').find(
      (link) =>
        fold(text(link, 'properties', 'linkedResourceType') ?? '') === 'microsoft.containerinstance/containergroups',
    );
    const id = `${idOf(subnet)}${provider}/default`;
    if (shown === undefined || store.get(id)) continue;
    const type = 'Microsoft.ContainerInstance/serviceAssociationLinks';
    store.set(id, object({ id, name: 'default', type, properties: at(shown, 'properties') ?? {} }));
  }
}

const associationLink = (subnetId: string) => ({
  name: shownName,
  id: `${subnetId}/serviceAssociationLinks/${shownName}`,
  type: 'Microsoft.Network/virtualNetworks/subnets/serviceAssociationLinks',
  properties: {
    provisioningState: 'Succeeded',
    linkedResourceType: 'Microsoft.ContainerInstance/containerGroups',
    allowDelete: false,
    locations: [],
  },
});
