// Will Azure refuse to peer two networks for their address ranges? They must not overlap each other, nor those of a network that either
// is peered with already.
import { listed } from '../model/effect-words.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { both, noAddress, prefixesOf, readPrefixes } from '../net/addresses.ts';
import { type VnetPeering, vnetView } from '../resource-types/network-view.ts';
import { booleanAt, textsAt } from '../resource-types/read.ts';

export type PeeringRefusal =
  | { readonly reason: 'overlap'; readonly data: { readonly prefixes: readonly string[] } }
  /** `network` has ranges of `peer`, which `other` is peered with. */
  | { readonly reason: 'peer-overlaps'; readonly data: PeerOverlap };
interface PeerOverlap {
  readonly network: string;
  readonly other: string;
  readonly peer: string;
  readonly prefixes: readonly string[];
}

export interface PeeringSpaces {
  /** Undefined where none is known. */
  readonly refusal: PeeringRefusal | undefined;
  /** Peers whose ranges are not known, or may overlap. */
  readonly unknown: readonly { readonly network: string; readonly peer: string }[];
}

export function peeringSpaces(one: Resource, other: Resource, index: SnapshotIndex): PeeringSpaces {
  const prefixes = shared(vnetView(one).prefixes, vnetView(other).prefixes);
  if (prefixes.length > 0) return { refusal: { reason: 'overlap', data: { prefixes } }, unknown: [] };
  const all = [...besideIts(one, other, index), ...besideIts(other, one, index)];
  const [refused] = all.filter(({ overlap }) => overlap.length > 0);
  const unknown = all.flatMap(({ isKnown, peer, of }) => (isKnown ? [] : [{ network: of.id, peer }]));
  if (refused === undefined) return { refusal: undefined, unknown };
  const { network, of, peer, overlap } = refused;
  const data = { network: network.id, other: of.id, peer, prefixes: overlap };
  return { refusal: { reason: 'peer-overlaps', data }, unknown };
}

interface BesidePeer {
  readonly network: Resource;
  readonly of: Resource;
  readonly peer: string;
  readonly overlap: readonly string[];
  readonly isKnown: boolean;
}

/** A network beside each peer of the one that it is to be peered with. */
const besideIts = (of: Resource, network: Resource, index: SnapshotIndex): BesidePeer[] =>
  vnetView(of)
    .peerings.filter(({ id }) => !sameId(id, network.id))
    .map((peering) => {
      const { held, seen } = spacesOf(peering, index);
      const own = vnetView(network).prefixes;
      const surely = held.length > 0 ? held : isWhole(peering) ? seen : [];
      const overlap = shared(own, surely);
      const isKnown = overlap.length > 0 || (surely.length > 0 && shared(own, seen).length === 0);
      return { network, of, peer: peering.id, overlap, isKnown };
    });

const isWhole = ({ raw }: VnetPeering): boolean => booleanAt(raw, '/properties/peerCompleteVnets') !== false;

/** The ranges that a peering holds of its peer, by which Azure decides; and those that the peer has by now. */
function spacesOf({ id, raw }: VnetPeering, index: SnapshotIndex) {
  const held = textsAt(raw, '/properties/remoteAddressSpace/addressPrefixes');
  const seen = index.peek(id);
  const own = seen.state === 'read' ? vnetView(seen.resource).prefixes : [];
  return { held, seen: [...textsAt(raw, '/properties/remoteVirtualNetworkAddressSpace/addressPrefixes'), ...own] };
}

function shared(some: readonly string[], others: readonly string[]): string[] {
  const common = both(readPrefixes(some).addresses, readPrefixes(others).addresses);
  return noAddress(common) ? [] : prefixesOf(common);
}

const name = (id: string): string => clean(nameOf(id), 120);

/** One sentence. */
export function refusalWords({ reason, data }: PeeringRefusal, one: string, other: string): string {
  const cannot = `${name(one)} and ${name(other)} cannot be peered:`;
  const ranges = listed(data.prefixes, 4);
  return reason === 'overlap'
    ? `${cannot} their address spaces overlap (${ranges}).`
    : `${cannot} ${name(data.network)} has addresses of ${name(data.peer)} (${ranges}), which ${name(data.other)} is peered with.`;
}

/** One sentence; undefined where all is known. */
export function unknownWords({ unknown }: PeeringSpaces, one: string, other: string): string | undefined {
  if (unknown.length === 0) return undefined;
  const peers = unknown.map(({ network, peer }) => `${name(network)} with ${name(peer)}`);
  return `Not known whether Azure accepts the peering of ${name(one)} and ${name(other)}: the addresses behind the peering of ${listed(peers, 3)} are not known.`;
}
