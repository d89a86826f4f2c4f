// Whether one side of a virtual network peering carries traffic between two subnets, and which ranges it adds to a network.
// Source: virtual-network-manage-peering, how-to-configure-subnet-peering (Microsoft docs, 2024).
import { isRecord, listOf, memberOf, textOf, textsOf } from './json-view.ts';

/** What keeps a side from carrying traffic: the member that says so. */
export type PeeringStop =
  | 'peeringState'
  | 'allowVirtualNetworkAccess'
  | 'enableOnlyIPv6Peering'
  | 'localSubnetNames'
  | 'remoteSubnetNames';

/** `unshown`: the peering does not show its state, as in a template. */
export type PeeringSide =
  | { readonly state: 'open' }
  | { readonly state: 'unshown' }
  | { readonly state: 'stopped'; readonly by: PeeringStop };

const membersOf = (peering: unknown): unknown => {
  const nested = memberOf(peering, 'properties');
  return isRecord(nested) ? nested : peering;
};
const holds = (names: unknown, wanted: string): boolean =>
  textsOf(names).some((name) => name.toLowerCase() === wanted.toLowerCase());

/**
 * Does this side carry IPv4 traffic between a subnet of its own network and one of the remote network, both by name? Without
 * names: between some of their subnets.
 */
export function peeringSide(peering: unknown, local?: string, remote?: string): PeeringSide {
  const members = membersOf(peering);
  const stopped = (by: PeeringStop): PeeringSide => ({ state: 'stopped', by });
  const state = textOf(memberOf(members, 'peeringState'));
  if (state !== undefined && state.toLowerCase() !== 'connected') return stopped('peeringState');
  if (memberOf(members, 'allowVirtualNetworkAccess') === false) return stopped('allowVirtualNetworkAccess');
  if (memberOf(members, 'enableOnlyIPv6Peering') === true) return stopped('enableOnlyIPv6Peering');
  if (memberOf(members, 'peerCompleteVnets') === false) {
    if (local !== undefined && !holds(memberOf(members, 'localSubnetNames'), local)) return stopped('localSubnetNames');
    if (remote !== undefined && !holds(memberOf(members, 'remoteSubnetNames'), remote)) {
      return stopped('remoteSubnetNames');
    }
  }
  return { state: state === undefined ? 'unshown' : 'open' };
}

/**
 * The ranges of peers that a network reaches: connected, with access allowed; from raw JSON of its peerings. `local`: the name of
 * a subnet, which a peering of subnets must list. A peering for IPv6 only adds its IPv6 ranges.
 */
export function peeredSpace(peerings: unknown, local?: string): string[] {
  return listOf(peerings).flatMap((peering) => {
    const members = membersOf(peering);
    if (textOf(memberOf(members, 'peeringState')) === undefined) return [];
    const side = peeringSide(peering, local);
    const isIpv6Only = side.state === 'stopped' && side.by === 'enableOnlyIPv6Peering';
    if (side.state !== 'open' && !isIpv6Only) return [];
    const space = memberOf(members, 'remoteAddressSpace') ?? memberOf(members, 'remoteVirtualNetworkAddressSpace');
    const prefixes = Array.isArray(space) ? textsOf(space) : textsOf(memberOf(space, 'addressPrefixes'));
    return isIpv6Only ? prefixes.filter((prefix) => prefix.includes(':')) : prefixes;
  });
}
