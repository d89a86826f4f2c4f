// A second private endpoint of a resource and group. In the zone of the first, its zone group would write over the record of the
// first; the operator chooses how the second network gets the names (docs/reference/private-endpoints.md).

import { isLinkedTo, linksOf, zoneNames, zoneStanding, zonesNamed } from '../../facts/dns.ts';
import { endpointsTo, expectedLabels, labelsOf, recordAt, registeredIn } from '../../facts/endpoint-records.ts';
import { type EndpointInHand, endpointsInHand } from '../../facts/endpoints-in-hand.ts';
import { needSentence } from '../../model/plan-need.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { zoneNameOf, zoneType } from '../../resource-types/private-dns-zone.ts';
import type { Proposal } from '../rule.ts';
import { peerOption, peerProposals } from './peering.ts';
import { linkTo, zoneGroupProposal } from './private-zones.ts';
import { displayName } from './verdict.ts';

/** A planned endpoint. */
export interface PlannedEndpoint {
  readonly endpoint: string;
  readonly vnet: string;
  readonly group: string;
}

/** A record that the zone group of a planned endpoint would write over. */
export interface HeldRecord {
  readonly zone: Resource;
  /** The private endpoint that it names, or that writes it; undefined where none is known. */
  readonly holder?: EndpointInHand;
}

/** `zones`: ids of the zones that the planned endpoint would be registered in. */
export function heldRecord(
  { endpoint, group }: PlannedEndpoint,
  target: Resource,
  zones: readonly string[],
  index: SnapshotIndex,
): HeldRecord | undefined {
  const others = endpointsTo(target.id, group, index).filter((one) => !sameId(one.endpoint.id, endpoint));
  for (const id of zones) {
    const seen = index.peek(id);
    if (seen.state !== 'read') continue;
    const zone = seen.resource;
    const isRead = (label: string) => typeof recordAt(label, zone, index) !== 'string';
    const holder = others.find((one) => registeredIn(one, zone) || labelsOf(one, zone, index).some(isRead));
    if (holder) return { zone, holder };
    if (expectedLabels(target.id, group, zone, index).some(isRead)) return { zone };
  }
  return undefined;
}

function kept({ holder, zone }: HeldRecord, target: Resource): string {
  const whose = holder ? ` for the private endpoint ${displayName(holder.endpoint.id)}` : '';
  const remedy = holder ? '' : ' If nothing uses that record, delete it first.';
  return `The zone ${zoneNameOf(zone.id)} already has a record for ${displayName(target.id)}${whose}. A second endpoint in the same zone would overwrite it.${remedy}`;
}

/** The sentence where the fix takes no answer. */
export const peerOrSeparate = (held: HeldRecord, target: Resource): string =>
  `${kept(held, target)} Peer the networks and link the zone, or use a separate zone for the second network.`;

/** The sentence that asks for the way. */
export function waySentence(held: HeldRecord, target: Resource, vnet: string, index: SnapshotIndex): string {
  const network = displayName(vnet);
  const peer = held.holder?.network === undefined ? undefined : peeredWay(vnet, held.holder.network, index);
  const options = [
    { name: 'way', value: 'zone', says: `a zone of the same name for ${network} alone` },
    { name: 'way', value: 'hosts', says: `no zone group; your own DNS resolves the name in ${network}` },
    ...(peer === undefined || typeof peer === 'string' ? [] : [peer]),
  ];
  const refused = typeof peer === 'string' ? ` ${peer}` : '';
  return `${kept(held, target)}${refused} ${needSentence({ kind: 'choice', options })}`;
}

const peeredWay = (vnet: string, other: string, index: SnapshotIndex) =>
  peerOption(
    vnet,
    other,
    `peer ${displayName(vnet)} and ${displayName(other)}, link the zone, create no endpoint`,
    index,
  );

/** With `way=peer`: the networks peered, and the zone of the first endpoint linked to the second network. */
export function peeredInstead(held: HeldRecord, vnet: string, index: SnapshotIndex): Proposal[] | string {
  const there = held.holder?.network;
  if (there === undefined)
    return 'The private endpoint of that record is not known, so there is no network to peer with.';
  const peered = peerProposals(vnet, there, index);
  if (typeof peered === 'string') return peered;
  const isLinked = isLinkedTo(held.zone.id, vnet, index);
  return [...peered, ...(isLinked ? [] : [linkTo(held.zone.id, vnet, index)])];
}

/** Zones of the same names for the network of the planned endpoints, with their links and zone groups; or why there are none. */
export function separateZones(
  made: readonly PlannedEndpoint[],
  target: Resource,
  index: SnapshotIndex,
): Proposal[] | string {
  const before: Proposal[] = [];
  const groups: Proposal[] = [];
  for (const one of made) {
    const ids: string[] = [];
    for (const name of zoneNames(one.group, index)) {
      const standing = zoneStanding(name, one.vnet, [subscriptionOf(one.vnet) ?? ''], index);
      if (standing.state === 'unread') return `The private DNS zones could not be read: ${standing.gap.reason}`;
      if (standing.state === 'linked')
        return `${displayName(one.vnet)} is already linked to a zone ${name}, and a network can be linked to only one zone of a name. Remove that link first, or pass --answer way=hosts.`;
      const unused = zonesNamed(name, index).find((zone) => isUnused(zone, index))?.id;
      const id = unused ?? newZone(name, [one.vnet, target.id], index);
      if (id === undefined)
        return `The resource groups of ${displayName(one.vnet)} and ${displayName(target.id)} already have a zone ${name}. Create one in another resource group, without links.`;
      ids.push(id);
      if (before.some(({ change }) => sameId(change.resource, id))) continue;
      const advice = `A second zone ${name}: networks that are linked to it do not see the records of the first.`;
      if (unused === undefined)
        before.push({
          change: { kind: 'create', resource: id, edits: [], body: { location: 'global' } },
          phase: 1,
          advice,
        });
      before.push(linkTo(id, one.vnet, index));
    }
    groups.push(...zoneGroupProposal(one.endpoint, ids, index));
  }
  return [...before, ...groups];
}

/** No network is linked to it, and no endpoint is registered in it. */
const isUnused = (zone: Resource, index: SnapshotIndex): boolean =>
  index.hasList(linksOf(zone.id)) &&
  index.list(linksOf(zone.id)).length === 0 &&
  !endpointsInHand(index).some((one) => registeredIn(one, zone));

/** With `way=hosts`: networks of endpoints without a zone group whose names the zone has for another endpoint. */
export const answeredElsewhere = (target: Resource, groups: readonly string[], index: SnapshotIndex): string[] =>
  groups
    .map((group) => endpointsTo(target.id, group, index))
    .filter((all) => all.length > 1)
    .flat()
    .flatMap(({ registrations, network }) => (registrations.length === 0 && network !== undefined ? [network] : []));

function newZone(name: string, beside: readonly string[], index: SnapshotIndex): string | undefined {
  const taken = zonesNamed(name, index).map(({ id }) => fold(id));
  const ids = beside.flatMap((id) => {
    const group = groupIdOf(id);
    return group === undefined ? [] : [`${group}/providers/${zoneType}/${name}`];
  });
  return ids.find((id) => !taken.includes(fold(id)));
}
