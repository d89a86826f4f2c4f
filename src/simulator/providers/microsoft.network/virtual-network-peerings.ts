// Microsoft.Network/virtualNetworks/virtualNetworkPeerings: inline in the network; there is no PATCH, the etag is the network's.
// What a peering must not be is in `peering-checks`, how two sides find one another in `peering-states`.
import { fold, parentOf } from '../../gateway/address.ts';
import { parameter } from '../../gateway/request.ts';
import { type ArmObject, isObject, list, put, text } from '../../json.ts';
import { replaceDocument } from '../documents.ts';
import type { Link, ProviderType, Write } from '../provider.ts';
import { touch } from './network-parts.ts';
import { checkPeering } from './peering-checks.ts';
import { peeringProperties, settlePeerings } from './peering-states.ts';
import { requireReadyPeer } from './references.ts';
import { propertiesOf } from './subnet-document.ts';

export const virtualNetworkPeerings: ProviderType = {
  type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
  long: { put: 'async', delete: 'location' },
  allows: { patch: false },
  making: 'Updating',
  shape: {
    properties: {
      ...{ allowVirtualNetworkAccess: 'boolean', allowForwardedTraffic: 'boolean', allowGatewayTransit: 'boolean' },
      ...{ useRemoteGateways: 'boolean', doNotVerifyRemoteGateways: 'boolean', peerCompleteVnets: 'boolean' },
      remoteVirtualNetwork: { id: 'text' },
      localSubnetNames: ['text'],
      remoteSubnetNames: ['text'],
    },
  },
  etags: true,
  holds: parentOf,
  replace: (write) => replacedPeering(write, parameter(write.request, 'syncremoteaddressspace') === 'true'),
  links: linksOf,
  stored(store, id, newId) {
    touch(store, id, newId);
    settlePeerings(store, parentOf(id), newId);
  },
  gone(store, id, newId) {
    touch(store, id, newId);
    settlePeerings(store, parentOf(id), newId);
  },
};

/** The whole peering after a PUT; throws what Azure would not take. `syncs`: the peer's ranges are taken over as they are now. */
function replacedPeering(write: Write, syncs: boolean): ArmObject {
  const { before, body, id, store } = write;
  const network = store.get(parentOf(id)) ?? new Map();
  const remote = checkPeering({ store, network, id, before, sent: propertiesOf(body) });
  if (remote) requireReadyPeer(remote, id);
  const next = replaceDocument(before, body);
  put(next, 'properties', peeringProperties({ network, remote, before, sent: propertiesOf(body), syncs }));
  return next;
}

/** The caller needs the right to peer with a network. */
export function linksOf(peering: ArmObject): Link[] {
  const id = text(peering, 'properties', 'remoteVirtualNetwork', 'id');
  return id === undefined ? [] : [{ id, action: 'Microsoft.Network/virtualNetworks/peer/action' }];
}

/** The peerings of a network that is written whole: each as if it had been sent by itself. None sent: they stay. */
export function replacedPeerings(write: Write, network: ArmObject, sent: readonly ArmObject[]): ArmObject[] {
  const old = list(write.before, 'properties', 'virtualNetworkPeerings').filter(isObject);
  const made: ArmObject[] = [];
  for (const item of sent) {
    const name = text(item, 'name') ?? '';
    const before = old.find((one) => fold(text(one, 'name') ?? '') === fold(name));
    const id = text(before, 'id') ?? `${write.id}/virtualNetworkPeerings/${name}`;
    const properties = propertiesOf(item);
    const siblings = [...made, ...old.filter((one) => one !== before && !made.some((own) => sameName(own, one)))];
    const remote = checkPeering({ store: write.store, network, id, before, sent: properties, siblings });
    const identity: ArmObject = new Map([
      ['id', id],
      ['name', name],
      ['type', 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings'],
    ]);
    const next = replaceDocument(before ?? identity, item);
    put(next, 'properties', peeringProperties({ network, remote, before, sent: properties, syncs: false }));
    made.push(next);
  }
  return made;
}

const sameName = (one: ArmObject, other: ArmObject): boolean =>
  fold(text(one, 'name') ?? '') === fold(text(other, 'name') ?? '');
