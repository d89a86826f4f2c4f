// How the two sides of a peering find one another: Initiated while there is one, Connected when there are two, Disconnected when
// one of two has gone; and whether each side holds the ranges that the other has now. Source: Microsoft's document of the type, and
// virtual-network-peering-overview, "resize the address space of peered networks". Seen in public answers, against the example of
// the document: a side without the other is RemoteNotInSync. Guessed: so is one
// that was cut off.
import { fold, sameId } from '../../gateway/address.ts';
import { type ArmJson, type ArmObject, at, clone, isObject, json, list, put, stringifyJson, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceMembers } from '../documents.ts';
import { touch } from './network-parts.ts';
import { prefixesOf, propertiesOf } from './subnet-document.ts';

/** What the service says of a peering, whatever is sent. */
const owned = [
  ...['provisioningState', 'resourceGuid', 'peeringState', 'peeringSyncLevel', 'remoteAddressSpace'],
  ...['remoteVirtualNetworkAddressSpace', 'localAddressSpace', 'localVirtualNetworkAddressSpace'],
  ...['remoteBgpCommunities', 'remoteVirtualNetworkEncryption'],
];

export const peeringsOf = (network: ArmObject | undefined): ArmObject[] =>
  list(network, 'properties', 'virtualNetworkPeerings').filter(isObject);

export const remoteOf = (peering: ArmObject | undefined): string | undefined =>
  text(peering, 'properties', 'remoteVirtualNetwork', 'id');

/** The peering by which a network answers another's. */
export const reverseOf = (network: ArmObject | undefined, toId: string): ArmObject | undefined =>
  peeringsOf(network).find((one) => sameId(remoteOf(one) ?? '', toId));

export const spaceOf = (network: ArmObject | undefined): string[] =>
  list(network, 'properties', 'addressSpace', 'addressPrefixes').filter((one) => typeof one === 'string');

const space = (prefixes: readonly string[]): ArmObject => new Map([['addressPrefixes', json(prefixes)]]);

export interface PeeringSides {
  readonly network: ArmObject;
  readonly remote: ArmObject;
  readonly before: ArmObject | undefined;
  readonly sent: ArmObject;
  readonly syncs: boolean;
}

/** The properties after a PUT, as seen before the other side has noticed. */
export function peeringProperties({ network, remote, before, sent, syncs }: PeeringSides): ArmObject {
  const next = replaceMembers(propertiesOf(before), sent, owned);
  for (const [flag, value] of [
    ['allowVirtualNetworkAccess', true],
    ['allowForwardedTraffic', false],
    ['allowGatewayTransit', false],
    ['useRemoteGateways', false],
    ['doNotVerifyRemoteGateways', false],
    ['peerCompleteVnets', true],
  ] as const) {
    if (at(next, flag) === undefined) put(next, flag, value);
  }
  const isCutOff = text(next, 'peeringState') === 'Disconnected';
  const answered = reverseOf(remote, idOf(network)) !== undefined;
  if (!before || isCutOff) put(next, 'peeringState', answered ? 'Connected' : 'Initiated');
  if (!before || isCutOff || syncs) put(next, 'remoteAddressSpace', space(peeredWith(next, remote)));
  return settled(next, network, remote);
}

/** The ranges that a peering takes over: the whole network's, or those of the subnets that are peered. */
function peeredWith(properties: ArmObject, remote: ArmObject): string[] {
  const names = list(properties, 'remoteSubnetNames').flatMap((one) => (typeof one === 'string' ? [fold(one)] : []));
  if (at(properties, 'peerCompleteVnets') !== false || names.length === 0) return spaceOf(remote);
  return list(remote, 'properties', 'subnets')
    .filter((subnet) => names.includes(fold(text(subnet, 'name') ?? '')))
    .flatMap((subnet) => prefixesOf(at(subnet, 'properties')));
}

const same = (one: ArmJson | undefined, other: readonly string[]): boolean =>
  stringifyJson(json([...list(one, 'addressPrefixes')].map(String).sort())) === stringifyJson(json([...other].sort()));

/** The properties with what follows from both networks as they are now. */
function settled(properties: ArmObject, network: ArmObject, remote: ArmObject): ArmObject {
  const next = clone(properties);
  const reverse = reverseOf(remote, idOf(network));
  const theirs = reverse && propertiesOf(reverse);
  put(next, 'remoteVirtualNetworkAddressSpace', space(spaceOf(remote)));
  put(next, 'localVirtualNetworkAddressSpace', space(spaceOf(network)));
  put(next, 'localAddressSpace', at(theirs, 'remoteAddressSpace') ?? space(spaceOf(network)));
  const isLocalOld = !same(at(next, 'remoteAddressSpace'), peeredWith(next, remote));
  const isRemoteOld = !theirs || !same(at(theirs, 'remoteAddressSpace'), peeredWith(theirs, network));
  put(next, 'peeringSyncLevel', levels[Number(isLocalOld)]?.[Number(isRemoteOld)] ?? 'FullyInSync');
  return next;
}
const levels = [
  ['FullyInSync', 'RemoteNotInSync'],
  ['LocalNotInSync', 'LocalAndRemoteNotInSync'],
] as const;

/**
 * Lets both sides of every peering from and to a network notice one another, after the network or one of its peerings was stored
 * or went away. Sides whose peer the state never held stay as they are.
 */
export function settlePeerings(store: Store, networkId: string, newId: () => string): void {
  const network = store.get(networkId);
  const changed = new Set<string>();
  const keep = (owner: ArmObject, peering: ArmObject, next: ArmObject): void => {
    if (stringifyJson(next) === stringifyJson(propertiesOf(peering))) return;
    put(peering, 'properties', next);
    changed.add(idOf(owner));
  };
  const meet = (owner: ArmObject, peering: ArmObject, other: ArmObject | undefined): void => {
    const reverse = reverseOf(other, idOf(owner));
    const next = clone(propertiesOf(peering));
    const isCutOff = [peering, reverse].some((one) => text(one, 'properties', 'peeringState') === 'Disconnected');
    if (reverse && !isCutOff) put(next, 'peeringState', 'Connected');
    if (!reverse && text(next, 'peeringState') === 'Connected') put(next, 'peeringState', 'Disconnected');
    if (!other) put(next, 'peeringSyncLevel', 'RemoteNotInSync');
    keep(owner, peering, other ? settled(next, owner, other) : next);
  };
  for (const peering of peeringsOf(network)) {
    const other = store.get(remoteOf(peering) ?? '');
    if (network && other) meet(network, peering, other);
  }
  for (const owner of store.ofType('Microsoft.Network/virtualNetworks')) {
    const peering = sameId(idOf(owner), networkId) ? undefined : reverseOf(owner, networkId);
    if (peering) meet(owner, peering, network);
  }
  for (const id of changed) if (!sameId(id, networkId)) touch(store, id, newId);
}
