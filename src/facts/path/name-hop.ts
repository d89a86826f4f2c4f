// The hop at the name: does the host of a service resolve to a private endpoint or to its public address from the source?

import type { Evidence } from '../../model/finding.ts';
import type { Hop } from '../../model/path.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold, isWithin, nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { type EndpointConnection, endpointConnectionsOf } from '../../resource-types/network-acls.ts';
import { endpointView, findSubnet, subnetView, vnetOf } from '../../resource-types/network-view.ts';
import { redirectPointer, redirectsMissing, zoneNameOf } from '../../resource-types/private-dns-zone.ts';
import { customDns, publicSuffix, zoneNames, zoneStanding, zoneSubscriptions } from '../dns.ts';
import { resolvedIn } from '../endpoint-records.ts';
import { type CustomerEndpoint, customerEndpoints } from '../endpoints.ts';
import {
  type EndpointInHand,
  endpointInHand,
  endpointsOf,
  groupsLeadingTo,
  interfacesOf,
  leadsTo,
} from '../endpoints-in-hand.ts';
import { isWithoutRecord, managedNames } from '../managed-network.ts';
import { peersOf } from './connection.ts';
import type { ResolvedEnd, ServiceEnd } from './ends.ts';
import { hostOf } from './services.ts';
import { quoted, unreadWords } from './stage.ts';

/** Where the packets to a service go: to its public address, to an endpoint, or nowhere, because the name has no address. */
export type Arrival =
  | { readonly by: 'public' }
  | { readonly by: 'endpoint'; readonly endpoint: EndpointInHand; readonly address: string }
  | { readonly by: 'nothing' };

export interface ResolvedName {
  readonly hop: Hop;
  /** The first is shown; a second is possible too, because what decides between them is not readable. */
  readonly arrivals: readonly Arrival[];
  /** Names that lead nowhere while others lead to the service. */
  readonly hosts?: readonly string[];
}

const hopAt = (
  at: string,
  verdict: Hop['verdict'],
  because: string,
  evidence: readonly Evidence[],
  gaps: readonly string[] = [],
): Hop => ({ hop: 'name', at, verdict, because, evidence, gaps, witness: {} });

/** What the name of a service resolves to from the source. */
export function nameHop(source: ResolvedEnd, service: ServiceEnd, index: SnapshotIndex): ResolvedName {
  const host = hostOf(service.resource, service.group, index);
  if (service.through !== undefined) return asAsked(service, host, index);
  const outsider = source.kind !== 'subnet';
  if (outsider) {
    return {
      hop: hopAt(host, 'allowed', `Outside the virtual networks, ${host} resolves to its public address.`, []),
      arrivals: [{ by: 'public' }],
    };
  }
  return attempt(
    () => fromSubnet(source.subnet, service, host, index),
    (error) => {
      const hop = hopAt(host, 'unknown', unreadWords(error), [], [error.gap.id]);
      return { hop, arrivals: [...knownArrivals(service, index), { by: 'public' }] };
    },
  );
}

/** Those that are known. */
function knownArrivals(service: ServiceEnd, index: SnapshotIndex): Arrival[] {
  return attempt(
    () => wayIn(service, index),
    () => [],
  );
}

function asAsked(service: ServiceEnd, host: string, index: SnapshotIndex): ResolvedName {
  const endpoint = endpointInHand(service.through, index);
  const [address = ''] = service.addresses;
  const hop = hopAt(host, 'notAsked', 'An IP address was given, so no name is resolved.', []);
  return { hop, arrivals: endpoint ? [{ by: 'endpoint', endpoint, address }] : [{ by: 'public' }] };
}

function fromSubnet(subnetId: string, service: ServiceEnd, host: string, index: SnapshotIndex): ResolvedName {
  const network = index.get(vnetOf(findSubnet(index, subnetId)?.id ?? subnetId));
  const name = nameOf(vnetOf(subnetId));
  const account = index.get(service.resource);
  const connections = account
    ? [quoted(account, '/properties/privateEndpointConnections', 'its private endpoints')]
    : [];
  const ends = customerEndpoints(service.resource, index);
  const able = ends.filter(({ groups }) => groups === undefined || groups.includes(service.group));
  const publicly = (because: string, evidence: readonly Evidence[]): ResolvedName => ({
    hop: hopAt(host, 'allowed', because, evidence),
    arrivals: [{ by: 'public' }],
  });
  const others = able.length > 0 || account === undefined ? [] : othersTo(service, account, index);
  if (able.length === 0 && others.length === 0) {
    return publicly(`${host} has no approved private endpoint, so it resolves to its public address.`, connections);
  }
  const servers = network ? customDns(network) : [];
  if (network && servers.length > 0) {
    const because = `${name} uses the DNS servers ${servers.slice(0, 3).join(', ')}, and their answers cannot be read.`;
    const hop = hopAt(host, 'unknown', because, [
      quoted(network, '/properties/dhcpOptions/dnsServers', 'custom DNS servers'),
    ]);
    return { hop, arrivals: [...wayIn(service, index), { by: 'public' }] };
  }
  const [zone = ''] = zoneNames(service.group, index);
  const standing = zoneStanding(zone, vnetOf(subnetId), subscriptionsOf(able, subnetId, index), index);
  switch (standing.state) {
    case 'unread':
      throw new UnreadableError(standing.gap);
    case 'absent':
      return publicly(
        `The private DNS zone ${zone} does not exist, so ${host} resolves to its public address.`,
        connections,
      );
    case 'unlinked': {
      const evidence = standing.zones.map((one) => quoted(one, '/name', `not linked to ${name}`));
      return publicly(
        `The private DNS zone ${zone} is not linked to ${name}, so ${host} resolves to its public address there.`,
        evidence,
      );
    }
    default:
      return able.length > 0
        ? fromZone({ ...standing, host, vnet: vnetOf(subnetId), service, index })
        : fromOthers(others, connections, { ...standing, host, vnet: vnetOf(subnetId), service, index });
  }
}

/** Connections that carry nothing from here: not approved, or of endpoints that the service makes for itself. */
function othersTo({ resource, group }: ServiceEnd, account: Resource, index: SnapshotIndex): EndpointConnection[] {
  return endpointConnectionsOf(account).filter(({ endpointId }) => {
    const seen = endpointId === undefined ? undefined : index.peek(endpointId);
    if (seen?.state !== 'read') return true;
    const groups = groupsLeadingTo(endpointView(seen.resource).connections, resource);
    return groups.length === 0 || groups.some((one) => fold(one) === group);
  });
}

/** Beside those of a managed network, no document says where the name leads because of such a connection (Microsoft Learn, read 2026-12-02). */
function fromOthers(others: readonly EndpointConnection[], seen: readonly Evidence[], linked: Linked): ResolvedName {
  const { zone, link, host, vnet, service, index } = linked;
  const evidence = [...seen, quoted(link, '/properties/virtualNetwork', `links the zone to ${nameOf(vnet)}`)];
  const where = `${zoneNameOf(zone.id)}, which ${nameOf(vnet)} is linked to`;
  const named = managedNames(index).find(
    ({ target, group }) => sameId(target, service.resource) && group === fold(service.group),
  );
  if (named && isWithoutRecord(named, zone, index)) {
    const because = `The managed network has an approved private endpoint for ${host}, so the name leads to ${where}. That zone has no record for it`;
    const shown = [...evidence, quoted(zone, '/properties/numberOfRecordSets', 'record sets')];
    const [verdict, end, by] = redirectsMissing(link)
      ? (['allowed', 'the link redirects to public DNS', 'public'] as const)
      : (['denied', 'the name does not resolve', 'nothing'] as const);
    return { hop: hopAt(host, verdict, `${because}: ${end}.`, shown), arrivals: [{ by }] };
  }
  const [state = 'of another network'] = others.flatMap(({ status }) =>
    status === 'Approved' ? [] : (status?.toLowerCase() ?? 'of unknown state'),
  );
  const because = `The private endpoint connection of ${host} is ${state}. Whether the name resolves in ${where}, is not known.`;
  return { hop: hopAt(host, 'unknown', because, evidence), arrivals: [{ by: 'public' }, { by: 'nothing' }] };
}

interface Linked {
  readonly zone: Resource;
  readonly link: Resource;
  readonly host: string;
  readonly vnet: string;
  readonly service: ServiceEnd;
  readonly index: SnapshotIndex;
}

/** The zone is linked: its record decides, and a name without a record has no address. */
function fromZone({ zone, link, host, vnet, service, index }: Linked): ResolvedName {
  const name = nameOf(vnet);
  const where = `${name} is linked to the zone ${nameOf(zone.id)}`;
  const evidence = [quoted(link, '/properties/virtualNetwork', `links the zone to ${name}`)];
  const recorded = (record: Resource | undefined) =>
    record ? [...evidence, quoted(record, '/properties/aRecords', 'the record')] : evidence;
  const { resource: target, group } = service;
  const found = resolvedIn(zone, { target, group, vnet, peers: peersOf(vnet, index) }, index);
  const hosts = (found?.failing ?? []).map((label) => `${label}.${publicSuffix(zoneNameOf(zone.id))}`);
  const [failing = host] = hosts;
  const nothing = (because: string, seen: readonly Evidence[]): ResolvedName => ({
    hop: hopAt(host, 'denied', because, seen),
    arrivals: [{ by: 'nothing' }],
    ...(hosts.length > 0 ? { hosts } : {}),
  });
  const resolution = found?.resolution ?? { state: 'unread', gap: unseen(undefined, service) };
  switch (resolution.state) {
    case 'missing':
      if (redirectsMissing(link)) {
        const because = `${where}, which has no record for ${failing}: its link redirects to public DNS, so the name has its public address.`;
        const seen = [...evidence, quoted(link, redirectPointer, 'names without a record')];
        return { hop: hopAt(host, 'allowed', because, seen), arrivals: [{ by: 'public' }] };
      }
      return nothing(`${where}, which has no record for ${failing}: the name does not resolve.`, [
        ...evidence,
        quoted(zone, '/properties/numberOfRecordSets', 'record sets'),
      ]);
    case 'stale': {
      const addresses = resolution.addresses.join(', ') || 'nothing';
      const because = `In ${name}, ${failing} resolves to ${addresses}, which is not an address of its private endpoints.`;
      return nothing(because, recorded(resolution.record));
    }
    case 'unread': {
      const { id, reason } = resolution.gap;
      const isRecord = isWithin(id, zone.id);
      const because = isRecord ? `${where}, and its record for ${host} was not read.` : `${where}. ${reason}`;
      return {
        hop: hopAt(host, 'unknown', because, evidence, [id]),
        arrivals: [...wayIn(service, index), { by: 'public' }],
      };
    }
    default: {
      const holder = resolution.state === 'shadowed' ? resolution.by : found?.endpoint;
      const record = resolution.state === 'shadowed' ? resolution.record : undefined;
      const arrival = wayIn(service, index).find(({ endpoint }) => sameId(endpoint.endpoint.id, holder?.endpoint.id));
      if (!arrival) throw new UnreadableError(unseen(holder, service));
      const because = `In ${name}, ${host} resolves to ${arrival.address}, the private endpoint ${nameOf(arrival.endpoint.endpoint.id)}.`;
      return { hop: hopAt(host, 'allowed', because, recorded(record)), arrivals: [arrival] };
    }
  }
}

const unseen = (endpoint: EndpointInHand | undefined, service: ServiceEnd) => ({
  id: endpoint?.endpoint.id ?? service.resource,
  reason: 'The private endpoint behind the record is not known to be approved.',
  action: 'Microsoft.Network/privateEndpoints/read',
});

/** Where an endpoint is that shows no address: the addresses of its subnet, where that was read. */
export function subnetAddresses({ subnet }: EndpointInHand, index: SnapshotIndex): readonly string[] {
  const there = subnet === undefined ? undefined : findSubnet(index, subnet);
  return there === undefined ? [] : subnetView(there).prefixes;
}

/**
 * The approved endpoints of the service with one address each: of one that shows none, any of its subnet, which is named instead.
 * Throws UnreadableError where that is not known either.
 */
function wayIn(service: ServiceEnd, index: SnapshotIndex): Extract<Arrival, { by: 'endpoint' }>[] {
  const approved = customerEndpoints(service.resource, index);
  return endpointsOf(approved, index)
    .filter(({ serviceConnections }) =>
      serviceConnections.some(
        (serviceConnection) =>
          leadsTo(serviceConnection, service.resource) &&
          serviceConnection.groups.some((one) => fold(one) === service.group),
      ),
    )
    .map((endpoint) => {
      const [address] = endpoint.addresses;
      if (address !== undefined) return { by: 'endpoint', endpoint, address };
      if (subnetAddresses(endpoint, index).length > 0 && endpoint.subnet !== undefined)
        return { by: 'endpoint', endpoint, address: `an address in ${nameInParent(endpoint.subnet)}` };
      const [nic = endpoint.endpoint.id] = interfacesOf(endpoint.endpoint);
      const reason = `The private IP address of ${nameOf(endpoint.endpoint.id)} is not known.`;
      throw new UnreadableError({ id: nic, reason, action: 'Microsoft.Network/networkInterfaces/read' });
    });
}

const subscriptionsOf = (ends: readonly CustomerEndpoint[], subnetId: string, index: SnapshotIndex): string[] => {
  const ids = ends.flatMap(({ connection }) => connection.endpointId ?? []);
  const own = /^\/subscriptions\/([^/]+)/i.exec(subnetId)?.[1];
  const all = [...ids.flatMap((id) => zoneSubscriptions(id, index)), ...(own === undefined ? [] : [own])];
  return distinctIds(all);
};
