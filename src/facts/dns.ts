// Private DNS: which zones a group of private endpoints needs, and which networks resolve by them. Custom DNS servers may
// forward, which Azure Resource Manager does not show.

import { memoizePerObject } from '../model/caches.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, nameOf, parentId, sameId, subscriptionOf } from '../model/resource-id.ts';
import type { ReadFailure, SharedList } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { vnetView } from '../resource-types/network-view.ts';
import { publicSuffix, zoneNamesOf } from '../resource-types/private-dns-names.ts';
import { zoneLinkType, zoneType } from '../resource-types/private-dns-zone.ts';
import { enumAt, listAt, textAt } from '../resource-types/read.ts';
import { memoizePerSnapshot } from './memoize.ts';
import { zoneGroupsInHand } from './zone-groups.ts';

export { publicSuffix };

/** The list of a subscription's private zones, and of a zone's links, as paths. */
export const zonesOf = (subscription: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.Network/privateDnsZones`;
export const linksOf = (zone: string): string => `${zone}/virtualNetworkLinks`;

/** The zones a group id needs, in the cloud the snapshot was taken from; another source counts as the public cloud. */
export const zoneNames = (group: string, { snapshot }: SnapshotIndex): readonly string[] =>
  zoneNamesOf(group, snapshot.source.kind === 'azure' ? snapshot.source.name : 'public');

/** What custom DNS servers forward for a workspace of the public cloud (how-to-troubleshoot-secure-connection-workspace, 2026). */
const workspaceZones = ['api.azureml.ms', 'notebooks.azure.net', 'instances.ml.azure.ms', 'aznbcontent.net'];

/**
 * The zones that custom DNS servers must forward to Azure's resolver, so that the names of these groups get private addresses.
 * `serves`: the workspace has managed online endpoints.
 */
export function forwardedZones(groups: readonly string[], serves: boolean, index: SnapshotIndex): string[] {
  const zones = groups.flatMap((group) => {
    const own = zoneNames(group, index).map(publicSuffix);
    if (fold(group) !== 'amlworkspace' || !own.includes('api.azureml.ms')) return own;
    return [...workspaceZones, ...(serves ? ['inference.ml.azure.com'] : [])];
  });
  return [...new Set(zones)];
}

/** Every zone of this name in the snapshot, in any subscription. */
export const zonesNamed = (name: string, index: SnapshotIndex): readonly Resource[] =>
  index.ofType(zoneType).filter((zone) => sameId(nameOf(zone.id), name));

/** The state of a network's links to the zones of a name. */
export type ZoneStanding =
  | { readonly state: 'linked'; readonly zone: Resource; readonly link: Resource }
  /** The zone exists and is not linked to the network. */
  | { readonly state: 'unlinked'; readonly zones: readonly Resource[] }
  | { readonly state: 'absent' }
  /** Zones or links that could change the answer were not read. */
  | { readonly state: 'unread'; readonly gap: ReadFailure };

/** `subscriptions`: those that could hold the zone; one that was not read makes an absence `unread`. */
export function zoneStanding(
  name: string,
  vnet: string,
  subscriptions: readonly string[],
  index: SnapshotIndex,
): ZoneStanding {
  const zones = zonesNamed(name, index);
  for (const zone of zones) {
    const link = linkBetween(zone.id, vnet, index, isInEffect);
    if (link) return { state: 'linked', zone, link };
  }
  const lists = [...subscriptions.map(zonesOf), ...zones.map((zone) => linksOf(zone.id))];
  const unread = lists.find((list) => !index.hasList(list));
  if (unread !== undefined) return { state: 'unread', gap: gapAt(unread, index) };
  return zones.length > 0 ? { state: 'unlinked', zones } : { state: 'absent' };
}

const linksByZone = memoizePerSnapshot(
  (index): ReadonlyMap<string, readonly Resource[]> =>
    Map.groupBy(index.ownOfType(zoneLinkType), ({ id }) => fold(parentId(id) ?? '')),
);
/** Ids of the links in a list that snapshots share, by the folded id of the network. */
const idsByNetwork = memoizePerObject(
  (list: SharedList): ReadonlyMap<string, readonly string[]> =>
    Map.groupBy(list.ids, (id) => fold(networkOf(list.get(id)) ?? '')),
);
const networkOf = (link: Resource | undefined) => textAt(link?.body, '/properties/virtualNetwork/id');

/** The first link of a zone to a network, among those in hand, that `counts`. */
function linkBetween(
  zone: string,
  vnet: string,
  index: SnapshotIndex,
  counts: (link: Resource) => boolean,
): Resource | undefined {
  const leadsTo = (one: Resource): boolean => counts(one) && sameId(networkOf(one), vnet);
  const own = linksByZone(index).get(fold(zone))?.find(leadsTo);
  const list = own === undefined ? index.sharedList(linksOf(zone)) : undefined;
  for (const id of (list && idsByNetwork(list).get(fold(vnet))) ?? []) {
    const seen = index.peek(id);
    if (seen.state === 'read' && leadsTo(seen.resource)) return seen.resource;
  }
  return own;
}

/** Has the zone a link to the network, in effect or not? False where its links were not read. */
export const isLinkedTo = (zone: string, vnet: string | undefined, index: SnapshotIndex): boolean =>
  vnet !== undefined && index.hasList(linksOf(zone)) && linkBetween(zone, vnet, index, () => true) !== undefined;

function isInEffect({ body }: Resource): boolean {
  const state = enumAt(body, '/properties/provisioningState', ['Failed', 'Canceled', 'Deleting']);
  return !['Failed', 'Canceled', 'Deleting'].includes(state ?? '');
}

function gapAt(list: string, { snapshot }: SnapshotIndex): ReadFailure {
  const known = snapshot.gaps.find(({ id }) => sameId(id, list));
  const type = /\/virtualNetworkLinks$/i.test(list) ? zoneLinkType : zoneType;
  return known ?? { id: list, reason: 'The private DNS zones were not read.', action: `${type}/read` };
}

/** The subscriptions that could hold the zones of an endpoint: its own, those of its zone group's zones. */
export function zoneSubscriptions(endpoint: string, index: SnapshotIndex): string[] {
  const zones = zoneGroupsInHand(endpoint, index).flatMap(({ body }) =>
    listAt(body, '/properties/privateDnsZoneConfigs').flatMap(
      (config) => textAt(config, '/properties/privateDnsZoneId') ?? [],
    ),
  );
  const found = [endpoint, ...zones].flatMap((id) => subscriptionOf(id) ?? []);
  return distinctIds(found);
}

/** Azure's own resolver, which counts as no custom server. */
export const azureResolver = '168.63.129.16';

/** DNS servers of a network other than Azure's own: what they forward cannot be seen. */
export const customDns = (vnet: Resource): string[] =>
  vnetView(vnet).dnsServers.filter((server) => server.trim() !== azureResolver);
