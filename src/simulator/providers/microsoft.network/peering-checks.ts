// What Azure refuses of a peering. Codes seen in public reports, with their messages: VnetAddressSpacesOverlap,
// VnetAddressSpaceOverlapsWithAlreadyPeeredVnet (a peering that is cut off counts as well), RemotePeeringIsDisconnected,
// RemoteVnetHasNoGateways (`doNotVerifyRemoteGateways` does not help), AnotherPeeringAlreadyReferencesRemoteVnet,
// ChangingRemoteVirtualNetworkNotAllowed. Guessed: the code for a network peered with itself (its ranges overlap), and the codes of
// what the documents say of gateways in words alone: GatewayTransitConflict, VnetAlreadyHasGateway, RemoteGatewaysAlreadyUsed,
// RemotePeeringForbidsGatewayTransit, GatewayTransitInUse.
import { fold, sameId } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmObject, at, list, text } from '../../json.ts';
import { holds, type Prefix, prefixesOf, textOf } from '../../network-watcher/prefix.ts';
import { idOf, type Store } from '../../store/store.ts';
import { peeringsOf, remoteOf, reverseOf, spaceOf } from './peering-states.ts';
import { invalidReference, missingValue } from './references.ts';

export interface PeeringWrite {
  readonly store: Store;
  readonly network: ArmObject;
  readonly id: string;
  readonly before: ArmObject | undefined;
  /** `properties` as sent. */
  readonly sent: ArmObject;
  /** The network's other peerings; those stored unless given. */
  readonly siblings?: readonly ArmObject[];
}

/** Throws what Azure would not take; gives the remote network. */
export function checkPeering(asked: PeeringWrite): ArmObject {
  const { store, network, id, before, sent } = asked;
  const remoteId = text(sent, 'remoteVirtualNetwork', 'id');
  if (remoteId === undefined || remoteId === '') throw missingValue('properties.remoteVirtualNetwork.id');
  const old = remoteOf(before);
  if (old !== undefined && !sameId(old, remoteId)) {
    throw networkError(
      400,
      'ChangingRemoteVirtualNetworkNotAllowed',
      `Remote virtual network of peering ${id} cannot be changed from ${old} to ${remoteId}. Delete the peering and create it again.`,
    );
  }
  const remote = /\/virtualnetworks\/[^/]+$/i.test(remoteId) ? store.get(remoteId) : undefined;
  if (!remote) throw invalidReference(remoteId, id);
  const siblings = (asked.siblings ?? peeringsOf(network)).filter((one) => !sameId(idOf(one), id));
  const rival = siblings.find((one) => sameId(remoteOf(one) ?? '', remoteId));
  if (rival) {
    throw networkError(
      400,
      'AnotherPeeringAlreadyReferencesRemoteVnet',
      `Peering ${idOf(rival)} already references remote virtual network ${remoteId}. Cannot add another peering ${id} referencing the same remote virtual network.`,
    );
  }
  if (!before || text(before, 'properties', 'peeringState') !== 'Connected') checkReverse(asked, remote);
  checkOverlaps(id, network, remote, siblings);
  checkGateways(asked, remote, siblings);
  return remote;
}

/** The other side must not be cut off: it would never find this one. */
function checkReverse({ id, network }: PeeringWrite, remote: ArmObject): void {
  const reverse = reverseOf(remote, idOf(network));
  if (!reverse || text(reverse, 'properties', 'peeringState') !== 'Disconnected') return;
  throw networkError(
    400,
    'RemotePeeringIsDisconnected',
    `Cannot create or update peering ${id} because remote peering ${idOf(reverse)} referencing parent virtual network ${idOf(network)} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.`,
  );
}

const sharing = (some: readonly Prefix[], others: readonly Prefix[]): string[] =>
  some.flatMap((one) => (others.some((other) => holds(one, other) || holds(other, one)) ? [textOf(one)] : []));

const rangesOf = (network: ArmObject): Prefix[] => prefixesOf(spaceOf(network));
/** The ranges that a peering holds of its peer: those count whether or not the peer is still there. */
const takenBy = (peering: ArmObject): Prefix[] =>
  prefixesOf(list(peering, 'properties', 'remoteAddressSpace', 'addressPrefixes').filter(isText));
const isText = (value: unknown): value is string => typeof value === 'string';

function checkOverlaps(id: string, network: ArmObject, remote: ArmObject, siblings: readonly ArmObject[]): void {
  const [own, theirs] = [rangesOf(network), rangesOf(remote)];
  const both = `Cannot create or update peering ${id}. Virtual networks ${idOf(network)} and ${idOf(remote)} cannot be peered because`;
  const more = 'For more information please refer to https://aka.ms/VnetPeeringInfo';
  const shared = sharing(own, theirs);
  if (shared.length > 0) {
    throw networkError(
      400,
      'VnetAddressSpacesOverlap',
      `${both} their address spaces overlap. Overlapping address prefixes: ${shared.join(', ')}. ${more}`,
    );
  }
  const beyond = peeringsOf(remote).filter((one) => !sameId(remoteOf(one) ?? '', idOf(network)));
  for (const [which, other, ranges, peerings] of [
    ['first', 'second', own, beyond],
    ['second', 'first', theirs, siblings],
  ] as const) {
    for (const peering of peerings) {
      const taken = sharing(ranges, takenBy(peering));
      if (taken.length === 0) continue;
      throw networkError(
        400,
        'VnetAddressSpaceOverlapsWithAlreadyPeeredVnet',
        `${both} address space of the ${which} virtual network overlaps with address space of virtual network ${remoteOf(peering)} already peered with the ${other} virtual network. Overlapping address prefixes: ${taken.join(', ')}. ${more}`,
      );
    }
  }
}

/** Throws when the ranges that a network is to have are those of a peer, or of a peer's peer. */
export function checkPeeredSpace(store: Store, network: ArmObject): void {
  for (const peering of peeringsOf(network)) {
    const remote = store.get(remoteOf(peering) ?? '');
    const siblings = peeringsOf(network).filter((one) => one !== peering);
    if (remote) checkOverlaps(idOf(peering), network, remote, siblings);
  }
}

const says = (peering: ArmObject | undefined, flag: string): boolean => at(peering, 'properties', flag) === true;

function checkGateways(
  { store, network, id, sent }: PeeringWrite,
  remote: ArmObject,
  siblings: readonly ArmObject[],
): void {
  const uses = at(sent, 'useRemoteGateways') === true;
  const gives = at(sent, 'allowGatewayTransit') === true;
  const reverse = reverseOf(remote, idOf(network));
  const refuse = (code: string, why: string): never => {
    throw networkError(400, code, `Peering ${id} ${why}`);
  };
  if (reverse && says(reverse, 'useRemoteGateways') && !gives) {
    refuse(
      'GatewayTransitInUse',
      `cannot have AllowGatewayTransit flag set to false because remote peering ${idOf(reverse)} has UseRemoteGateways flag set to true.`,
    );
  }
  if (!uses) return;
  if (gives)
    refuse('GatewayTransitConflict', 'cannot have both AllowGatewayTransit and UseRemoteGateways flags set to true.');
  if (hasGateway(store, idOf(network))) {
    refuse(
      'VnetAlreadyHasGateway',
      `cannot have UseRemoteGateways flag set to true because virtual network ${idOf(network)} already has a gateway.`,
    );
  }
  const other = siblings.find((one) => says(one, 'useRemoteGateways'));
  if (other) {
    refuse(
      'RemoteGatewaysAlreadyUsed',
      `cannot have UseRemoteGateways flag set to true because peering ${idOf(other)} has it already.`,
    );
  }
  if (!hasGateway(store, idOf(remote))) {
    refuse(
      'RemoteVnetHasNoGateways',
      `cannot have UseRemoteGateway flag set to true because remote virtual network ${idOf(remote)} referenced by the peering does not have any gateways.`,
    );
  }
  if (reverse && !says(reverse, 'allowGatewayTransit')) {
    refuse(
      'RemotePeeringForbidsGatewayTransit',
      `cannot have UseRemoteGateways flag set to true, because corresponding remote peering ${idOf(reverse)} has AllowGatewayTransit flag set to false.`,
    );
  }
}

/** A gateway whose addresses lie in a subnet of the network. */
function hasGateway(store: Store, networkId: string): boolean {
  return store
    .ofType('Microsoft.Network/virtualNetworkGateways')
    .flatMap((gateway) => list(gateway, 'properties', 'ipConfigurations'))
    .some((item) => fold(text(item, 'properties', 'subnet', 'id') ?? '').startsWith(`${fold(networkId)}/subnets/`));
}
