// Microsoft.ContainerInstance/containerGroups: placed into subnets that are delegated to them, and never moved afterwards.
import { fold, parentOf, sameId } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmObject, list, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import { plainRegion, referenced, requireLocation, requireReady } from '../microsoft.network/references.ts';
import type { ProviderType, Write } from '../provider.ts';
import { reference, tracked } from '../shape.ts';
import { bindSubnet } from './association-links.ts';

const delegation = 'Microsoft.ContainerInstance/containerGroups';

export const containerGroups: ProviderType = {
  type: 'Microsoft.ContainerInstance/containerGroups',
  long: { put: 'async', delete: 'location' },
  parting: true,
  shape: {
    ...tracked,
    properties: {
      containers: [{ name: 'text', properties: { image: 'text' } }],
      osType: 'text',
      ipAddress: { type: 'text', ip: 'text' },
      subnetIds: [reference],
    },
  },
  replace({ before, body }) {
    requireLocation(before ?? body);
    return replaceDocument(before, body, ['instanceView']);
  },
  settle(write, next) {
    const [old, wanted] = [placesOf(write.before), placesOf(next)];
    const isMoved = old.length !== wanted.length || old.some((id, index) => !sameId(id, wanted[index] ?? ''));
    if (write.before && isMoved) throw cannotMove(write.id);
    for (const id of wanted) checkPlace(write, id, text(next, 'location') ?? '');
    return next;
  },
  links: (next) =>
    placesOf(next).map((id) => ({ id, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' })),
  stored(store, id, newId) {
    for (const place of placesOf(store.get(id))) bindSubnet(store, idAsStored(store, place), newId);
  },
};

const placesOf = (group: ArmObject | undefined): string[] =>
  list(group, 'properties', 'subnetIds').flatMap((item) => text(item, 'id') ?? []);

function idAsStored(store: Store, id: string): string {
  const found = store.get(id);
  return found ? idOf(found) : id;
}

/** Azure/dev-box-images issue 8 (read 2026) shows the refusal of a subnet without the delegation. */
function checkPlace({ store, id }: Write, subnetId: string, location: string): void {
  const subnet = referenced(store, subnetId, id);
  requireReady(subnet, id);
  const services = list(subnet, 'properties', 'delegations').map((item) => text(item, 'properties', 'serviceName'));
  if (!services.some((service) => fold(service ?? '') === fold(delegation))) {
    throw new ArmError(
      400,
      'SubnetMissingRequiredDelegation',
      `Subnet missing required delegation 'Microsoft.ContainerInstance' for container group '${id.slice(id.lastIndexOf('/') + 1)}'.`,
    );
  }
  const network = store.get(parentOf(subnetId));
  if (plainRegion(text(network, 'location') ?? '') !== plainRegion(location)) {
    throw new ArmError(
      400,
      'BadRequest',
      `The virtual network of the subnet ${subnetId} must be in the region of the container group ${id}.`,
    );
  }
}

function cannotMove(id: string): ArmError {
  const name = id.slice(id.lastIndexOf('/') + 1);
  return new ArmError(
    400,
    'InvalidContainerGroupUpdate',
    `The updates on container group '${name}' are invalid. If you are going to update the os type, restart policy, network profile, CPU, memory or GPU resources for a container group, you must delete it first and then create a new one.`,
  );
}
