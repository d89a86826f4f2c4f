// Whether two subnets are connected without an appliance: in one network, by a peering, or by something that no resource shows
// (virtual WAN, gateways, a network manager). Routes and groups are decided elsewhere.

import type { Evidence } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { type Addresses, both, noAddress, readPrefixes } from '../../net/addresses.ts';
import { type PeeringSide, type PeeringStop, peeredSpace, peeringSide } from '../../net/index.ts';
import { isVirtualHub, peeringsOf, type VnetPeering, vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { booleanAt, textAt, textsAt } from '../../resource-types/read.ts';
import { connectedGroupsIn, connectivityOf } from '../../resource-types/service-answers.ts';
import { memoizePerSnapshotAndKey, network } from '../memoize.ts';
import { quoted } from './stage.ts';

/** `apart`: nothing connects them. `unknown`: something may, and its routes cannot be read. */
export interface Connection {
  readonly state: 'connected' | 'apart' | 'unknown';
  /** One sentence. */
  readonly because: string;
  readonly evidence: readonly Evidence[];
  /** Ids of what was not read and leaves it unknown. */
  readonly gaps: readonly string[];
}

/** One side of a peering, with the network that it belongs to. */
interface Side {
  readonly network: Resource;
  readonly peering: VnetPeering;
  readonly side: PeeringSide;
}

/** Networks that this one is peered with, where its own side carries traffic. Throws UnreadableError when it was not read. */
export function peersOf(vnetId: string, index: SnapshotIndex): readonly string[] {
  const vnet = index.get(vnetId);
  if (!vnet) return [];
  return vnetView(vnet).peerings.flatMap(({ id, raw }) => (peeringSide(raw).state === 'open' ? [id] : []));
}

/**
 * The ranges of connected peers that a subnet reaches. A peering that does not show them, as in a template, has those of the remote
 * network. Throws UnreadableError when the network was not read.
 */
export const peeredPrefixes = memoizePerSnapshotAndKey((subnetId: string, index: SnapshotIndex): readonly string[] => {
  const here = index.get(vnetOf(subnetId));
  if (!here) return [];
  return vnetView(here).peerings.flatMap(({ id, raw }) => {
    const shown = peeredSpace([raw], nameOf(subnetId));
    const members = ['remoteAddressSpace', 'remoteVirtualNetworkAddressSpace'];
    const isShown = members.some((member) => valueAt(raw, `/properties/${member}`) !== undefined);
    const there = shown.length > 0 || isShown ? undefined : seenAt(id, index);
    if (!there) return shown;
    const pairs = sidesBetween(here, there, { local: nameOf(subnetId) });
    return pairs.some(carries) ? vnetView(there).prefixes : [];
  });
}, network);

/** Ids of the peers of a network that were not read and may have one of these addresses. Throws UnreadableError as {@link peersOf}. */
export function unreadPeersAt(vnetId: string, addresses: Addresses, index: SnapshotIndex): readonly string[] {
  const vnet = index.get(vnetId);
  if (!vnet) return [];
  return vnetView(vnet).peerings.flatMap(({ id, raw }) => {
    const space = readPrefixes(peeredSpace([raw])).addresses;
    return seenAt(id, index) === undefined && !noAddress(both(space, addresses)) ? [id] : [];
  });
}

/** From one subnet to another. Throws UnreadableError where the network of the first was not read. */
export const connectionBetween = (from: string, to: string, index: SnapshotIndex): Connection =>
  connections(`${from}\n${to}`, index);

const connections = memoizePerSnapshotAndKey((ends: string, index: SnapshotIndex): Connection => {
  const [from = '', to = ''] = ends.split('\n');
  const [here, there] = [index.get(vnetOf(from)), seenAt(vnetOf(to), index)];
  const [own, other] = [nameOf(vnetOf(from)), nameOf(vnetOf(to))];
  const nothing = { evidence: [], gaps: [] };
  if (!here) return { ...nothing, state: 'apart', because: `The virtual network ${own} does not exist.` };
  if (sameId(here.id, vnetOf(to)))
    return encrypting([here]) ?? { ...nothing, state: 'connected', because: `Both subnets are in ${own}.` };
  const sides = sidesBetween(here, there ?? vnetOf(to), { local: nameOf(from), remote: nameOf(to) });
  const open = sides.find(carries);
  const shown = (pair: readonly Side[]) => pair.map(evidenceOf);
  if (open) {
    const one = open.length < 2 ? ` The side of ${other} was not read.` : '';
    const because = `${own} and ${other} are peered.${one}`;
    return (
      encrypting([here, ...(there ? [there] : [])]) ?? {
        ...{ ...nothing, state: 'connected', because, evidence: shown(open) },
      }
    );
  }
  const unseen = unseenBetween(here, there, other, index);
  if (unseen) return { ...nothing, ...unseen, state: 'unknown' };
  const unshown = sides.find((pair) => pair.every(({ side }) => side.state !== 'stopped'));
  if (unshown) {
    const because = `The state of the peering between ${own} and ${other} is not known.`;
    return { ...nothing, state: 'unknown', because, evidence: shown(unshown) };
  }
  const stopped = sides.flat().find(({ side }) => side.state === 'stopped');
  if (stopped) return { ...nothing, state: 'apart', because: stopSentence(stopped), evidence: [evidenceOf(stopped)] };
  const evidence = [quoted(here, '/properties/virtualNetworkPeerings', 'peerings')];
  return { ...nothing, state: 'apart', because: `${own} is not peered with ${other}.`, evidence };
}, network);

const seenAt = (id: string, index: SnapshotIndex): Resource | undefined => {
  const seen = index.peek(id);
  return seen.state === 'read' ? seen.resource : undefined;
};

/** Each peering between the two networks: this side, and the other one where it was read and lists it. */
function sidesBetween(
  here: Resource,
  there: Resource | string,
  { local, remote }: { readonly local: string; readonly remote?: string },
): Side[][] {
  const toward = (network: Resource, id: string, ...names: [string | undefined, string | undefined]): Side[] =>
    vnetView(network)
      .peerings.filter((peering) => sameId(peering.id, id))
      .map((peering) => ({ network, peering, side: peeringSide(peering.raw, ...names) }));
  const back = typeof there === 'string' ? [] : toward(there, here.id, remote, local);
  return toward(here, typeof there === 'string' ? there : there.id, local, remote).flatMap((side) =>
    back.length === 0 ? [[side]] : back.map((other) => [side, other]),
  );
}

/** A template declares both sides, and Azure connects them when it creates them. */
const isDeclaredTwice = (pair: readonly Side[]): boolean =>
  pair.length === 2 && pair.every(({ side }) => side.state !== 'stopped');

const carries = (pair: readonly Side[]): boolean =>
  pair.every(({ side }) => side.state === 'open') || isDeclaredTwice(pair);

const nameOfPeering = ({ network, peering }: Side): string =>
  `The peering ${clean(peering.name, 80)} of ${nameOf(network.id)}`;

function stopSentence(side: Side): string {
  const by = side.side.state === 'stopped' ? side.side.by : 'peeringState';
  const name = nameOfPeering(side);
  const { raw } = side.peering;
  const listed = () =>
    textsAt(raw, `/properties/${by}`)
      .slice(0, 4)
      .map((one) => clean(one, 80))
      .join(', ') || 'none';
  const words: Readonly<Record<PeeringStop, () => string>> = {
    peeringState: () => `${name} is ${clean(textAt(raw, '/properties/peeringState') ?? '', 40)}, not Connected.`,
    allowVirtualNetworkAccess: () => `${name} allows no access: allowVirtualNetworkAccess is false.`,
    enableOnlyIPv6Peering: () => `${name} is for IPv6 only: enableOnlyIPv6Peering is true.`,
    localSubnetNames: () => `${name} is for other subnets: localSubnetNames lists ${listed()}.`,
    remoteSubnetNames: () => `${name} is for other subnets: remoteSubnetNames lists ${listed()}.`,
  };
  return words[by]();
}

const evidenceOf = ({ network, peering, side }: Side): Evidence =>
  quoted(
    network,
    `${peering.pointer}/properties/${side.state === 'stopped' ? side.by : 'peeringState'}`,
    `peering ${clean(peering.name, 80)}`,
  );

/** Networks that drop what is not encrypted: whether the size of the machines encrypts is shown nowhere. */
function encrypting(networks: readonly Resource[]): Connection | undefined {
  const strict = networks.find(
    ({ body }) =>
      fold(textAt(body, '/properties/encryption/enforcement') ?? '') === 'dropunencrypted' &&
      booleanAt(body, '/properties/encryption/enabled') !== false,
  );
  if (!strict) return undefined;
  const because = `${nameOf(strict.id)} drops unencrypted traffic (encryption.enforcement), and which machines encrypt is not known.`;
  const evidence = [quoted(strict, '/properties/encryption', 'encryption')];
  return { state: 'unknown', because, evidence, gaps: [] };
}

type Unseen = Pick<Connection, 'because' | 'evidence' | 'gaps'>;

/** What may connect two networks without a peering between them. */
function unseenBetween(
  here: Resource,
  there: Resource | undefined,
  other: string,
  index: SnapshotIndex,
): Unseen | undefined {
  return throughHub(here, there, other, index) ?? byGateway(here, there) ?? byGroup(here, there, other, index);
}

const living = (network: Resource): VnetPeering[] =>
  vnetView(network).peerings.filter(({ raw }) => {
    const side = peeringSide(raw);
    return side.state !== 'stopped' || side.by !== 'peeringState';
  });

/** Both are peered with a hub of virtual WAN, or with a network that was not read: its routes decide. */
function throughHub(
  here: Resource,
  there: Resource | undefined,
  other: string,
  index: SnapshotIndex,
): Unseen | undefined {
  const far = there && living(there);
  const hub = living(here).find(
    ({ id }) =>
      (isVirtualHub(id) || index.peek(id).state === 'gap') &&
      (far === undefined || far.some((peering) => sameId(peering.id, id))),
  );
  if (!hub) return undefined;
  const name = nameOf(hub.id);
  const what = isVirtualHub(hub.id)
    ? `the virtual WAN hub network ${name}, whose routes cannot be read`
    : `${name}, which was not read`;
  const because = `${nameOf(here.id)} and ${there ? nameOf(there.id) : other} may be connected through ${what}.`;
  const gaps = isVirtualHub(hub.id) ? [] : [hub.id];
  return { because, evidence: [quoted(here, hub.pointer, 'peering with the hub')], gaps };
}

function byGateway(here: Resource, there: Resource | undefined): Unseen | undefined {
  for (const network of [here, ...(there ? [there] : [])]) {
    const own = vnetView(network).subnets.find(({ id }) => fold(nameOf(id)) === 'gatewaysubnet');
    const remote = living(network).find(({ raw }) => booleanAt(raw, '/properties/useRemoteGateways') === true);
    if (!own && !remote) continue;
    const because = `${nameOf(network.id)} ${own ? 'has a GatewaySubnet' : 'uses the gateway of a peer (useRemoteGateways)'}, and the routes that a gateway learns cannot be read.`;
    const pointer = remote ? `${remote.pointer}/properties/useRemoteGateways` : '/properties/subnets';
    return { because, evidence: [quoted(network, pointer, 'gateway')], gaps: [] };
  }
  return undefined;
}

/** A connected group of a network manager leaves no peering; an answer that was not given says nothing. */
function byGroup(here: Resource, there: Resource | undefined, other: string, index: SnapshotIndex): Unseen | undefined {
  const document = seenAt(connectivityOf(here.id), index);
  if (!document) return undefined;
  const far = there && seenAt(connectivityOf(there.id), index);
  const isNear = regionOf(here) === undefined || regionOf(there) === undefined || regionOf(here) === regionOf(there);
  const group = connectedGroupsIn(document).find(
    (one) =>
      (isNear || one.isGlobal) &&
      (far === undefined || connectedGroupsIn(far).some((another) => sameId(another.group, one.group))),
  );
  if (!group) return undefined;
  const because = `${nameOf(here.id)} and ${there ? nameOf(there.id) : other} may be in one connected group of a network manager (${nameOf(group.group)}), which shows no peering.`;
  return { because, evidence: [quoted(document, group.pointer, 'connected group')], gaps: [] };
}

const regionOf = (network: Resource | undefined): string | undefined => {
  const location = network && vnetView(network).location;
  return location === undefined ? undefined : fold(location).replaceAll(' ', '');
};

/** Does the network of a subnet accept traffic that its peer forwards? Undefined where its side was not read. */
export function acceptsForwarded(to: string, from: string, index: SnapshotIndex): boolean | undefined {
  const network = seenAt(vnetOf(to), index);
  const peering = network && vnetView(network).peerings.find(({ id }) => sameId(id, vnetOf(from)));
  return peering && valueAt(peering.raw, '/properties/allowForwardedTraffic') === true;
}

export interface StoppedSide {
  /** Id of the peering. */
  readonly peering: string;
  readonly body: JsonObject;
  readonly by: PeeringStop;
  /** Names of the two subnets, as this side lists them. */
  readonly local: string;
  readonly remote: string;
}

/** The sides of a peering between two subnets that carry no traffic. Throws UnreadableError where the first network was not read. */
export function stoppedSides(from: string, to: string, index: SnapshotIndex): readonly StoppedSide[] {
  const here = index.get(vnetOf(from));
  if (!here) return [];
  const ends = { local: nameOf(from), remote: nameOf(to) };
  const sides = sidesBetween(here, seenAt(vnetOf(to), index) ?? vnetOf(to), ends).flat();
  return sides.flatMap(({ network, peering, side }): StoppedSide[] => {
    const found = peeringsOf(network).find(({ body }) => body === peering.raw);
    if (side.state !== 'stopped' || !found) return [];
    const { local, remote } = ends;
    const own = sameId(network.id, here.id) ? { local, remote } : { local: remote, remote: local };
    return [{ peering: found.id, body: found.body, by: side.by, ...own }];
  });
}
