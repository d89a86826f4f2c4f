// Microsoft.Network/virtualHubs/hubVirtualNetworkConnections: Azure peers the network with a network of its own behind the hub, in
// another subscription; its name begins with HV_. Seen in public answers: the names. Guessed: the flags of the peering.
import { fold, parentOf, sameId } from '../../gateway/address.ts';
import { type ArmObject, at, isObject, list, object, put, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import type { ProviderType } from '../provider.ts';
import { reference } from '../shape.ts';
import { networkResource, touch } from './network-parts.ts';
import { linksOf } from './virtual-network-peerings.ts';

const subscription = '99999999-9999-9999-9999-999999999999';
const nameIn = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** The network behind a hub: the same for all of its connections. */
const networkBehind = (hub: string): string => {
  const suffix = [...fold(hub)].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffffff, 7).toString(16);
  const own = `${nameIn(hub)}_${suffix}`;
  return `/subscriptions/${subscription}/resourceGroups/RG_${own}/providers/Microsoft.Network/virtualNetworks/HV_${own}`;
};

const remoteOf = (body: ArmObject | undefined): string | undefined =>
  text(body, 'properties', 'remoteVirtualNetwork', 'id');

/** The peerings of a network, without the one with the hub. */
const others = (network: ArmObject, behind: string) =>
  list(network, 'properties', 'virtualNetworkPeerings').filter(
    (one) => isObject(one) && !sameId(remoteOf(one) ?? '', behind),
  );

function settle(
  store: Store,
  connection: string,
  remote: string | undefined,
  newId: () => string,
  isThere: boolean,
): void {
  const hub = parentOf(connection);
  const network = remote === undefined ? undefined : store.get(remote);
  const properties = at(network, 'properties');
  if (!network || !isObject(properties)) return;
  const behind = networkBehind(hub);
  const name = `RemoteVnetToHubPeering_${nameIn(hub)}`;
  const space = { addressPrefixes: [text(store.get(hub), 'properties', 'addressPrefix') ?? '10.255.0.0/23'] };
  const peering = object({
    ...{ id: `${remote}/virtualNetworkPeerings/${name}`, name },
    type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
    properties: {
      ...{ provisioningState: 'Succeeded', peeringState: 'Connected', peeringSyncLevel: 'FullyInSync' },
      ...{ remoteVirtualNetwork: { id: behind }, allowVirtualNetworkAccess: true, allowForwardedTraffic: true },
      ...{ allowGatewayTransit: false, useRemoteGateways: false, doNotVerifyRemoteGateways: false },
      ...{ peerCompleteVnets: true, remoteAddressSpace: space, remoteVirtualNetworkAddressSpace: space },
    },
  });
  put(properties, 'virtualNetworkPeerings', [...others(network, behind), ...(isThere ? [peering] : [])]);
  touch(store, remote ?? '', newId);
}

export const hubVirtualNetworkConnections: ProviderType = {
  ...networkResource,
  type: 'Microsoft.Network/virtualHubs/hubVirtualNetworkConnections',
  allows: { patch: false },
  shape: { properties: { remoteVirtualNetwork: reference, enableInternetSecurity: 'boolean' } },
  links: linksOf,
  stored: (store, id, newId) => settle(store, id, remoteOf(store.get(id)), newId, true),
  gone: (store, id, newId, body) => settle(store, id, remoteOf(body), newId, false),
};
