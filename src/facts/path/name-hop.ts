// The hop at the name: does the host of a service resolve to a private endpoint or to its public address from the source?

import type { Evidence } from '../../model/finding.ts';
import type { Hop } from '../../model/path.ts';
import { attempt } from '../../model/readable.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import { GapRead, type SnapshotIndex } from '../../model/snapshot-index.ts';
import { findSubnet, vnetOf } from '../../resource-types/network-view.ts';
import { recordCountOf } from '../../resource-types/private-dns-zone.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { customDns, zoneNames, zoneStanding, zoneSubscriptions } from '../dns.ts';
import { type CustomerEndpoint, customerEndpoints } from '../endpoints.ts';
import { type EndpointInHand, endpointsInHand, interfacesOf } from './endpoints-in-hand.ts';
import type { ResolvedEnd, ServiceEnd } from './ends.ts';
import { hostOf, recordLabel } from './services.ts';
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
      hop: hopAt(host, 'allowed', `Outside the networks, ${host} resolves to its public address.`, []),
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
  const endpoint = endpointsInHand(index).find((one) => sameId(one.endpoint.id, service.through));
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
  if (able.length === 0) {
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
      throw new GapRead(standing.gap);
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
      return fromZone({ ...standing, host, name, service, index });
  }
}

interface Linked {
  readonly zone: Parameters<typeof quoted>[0];
  readonly link: Parameters<typeof quoted>[0];
  readonly host: string;
  readonly name: string;
  readonly service: ServiceEnd;
  readonly index: SnapshotIndex;
}

/** The zone is linked: its record decides, and a name without a record has no address. */
function fromZone({ zone, link, host, name, service, index }: Linked): ResolvedName {
  const evidence = [quoted(link, '/properties/virtualNetwork', `links the zone to ${name}`)];
  const written = wayIn(service, index).find(({ endpoint }) => endpoint.zones.some((id) => sameId(id, zone.id)));
  if (written) {
    const because = `In ${name}, ${host} resolves to ${written.address}, the private endpoint ${nameOf(written.endpoint.endpoint.id)}.`;
    return { hop: hopAt(host, 'allowed', because, evidence), arrivals: [written] };
  }
  const count = recordCountOf(zone);
  if (count !== undefined && count <= 1) {
    const because = `${name} is linked to the zone ${nameOf(zone.id)}, which has no record for ${host}: the name does not resolve.`;
    return nothing(host, because, [
      ...evidence,
      quoted(zone, '/properties/numberOfRecordSets', 'only its own SOA record'),
    ]);
  }
  return fromRecord({ zone, link, host, name, service, index }, evidence);
}

const nothing = (host: string, because: string, evidence: readonly Evidence[]): ResolvedName => ({
  hop: hopAt(host, 'denied', because, evidence),
  arrivals: [{ by: 'nothing' }],
});

/** The record itself, where it was read. */
function fromRecord({ zone, host, name, service, index }: Linked, evidence: readonly Evidence[]): ResolvedName {
  const where = `${name} is linked to the zone ${nameOf(zone.id)}`;
  const open = (because: string, gaps: readonly string[]): ResolvedName => ({
    hop: hopAt(host, 'unknown', because, evidence, gaps),
    arrivals: [...wayIn(service, index), { by: 'public' }],
  });
  const label = recordLabel(service.resource, index);
  if (label === undefined) return open(`${where}, and the record name for ${host} is not shown.`, []);
  const id = `${zone.id}/A/${label}`;
  const seen = index.peek(id);
  if (seen.state === 'missing') {
    return nothing(host, `${where}, which has no record for ${host}: the name does not resolve.`, evidence);
  }
  if (seen.state === 'gap') return open(`${where}, and its record for ${host} was not read.`, [id]);
  const record = quoted(seen.resource, '/properties/aRecords', 'the record');
  const addresses = listAt(seen.resource.body, '/properties/aRecords').flatMap(
    (item) => textAt(item, '/ipv4Address') ?? [],
  );
  const arrival = wayIn(service, index).find(({ endpoint }) =>
    endpoint.addresses.some((one) => addresses.includes(one)),
  );
  if (!arrival) {
    const because = `In ${name}, ${host} resolves to ${addresses.join(', ') || 'nothing'}, which is not an address of its private endpoints that were read.`;
    return { hop: hopAt(host, 'unknown', because, [...evidence, record]), arrivals: [{ by: 'public' }] };
  }
  const because = `In ${name}, ${host} resolves to ${arrival.address}, the private endpoint ${nameOf(arrival.endpoint.endpoint.id)}.`;
  return { hop: hopAt(host, 'allowed', because, [...evidence, record]), arrivals: [arrival] };
}

/** The approved endpoints of the service with one address each. Throws UnreadableError where one shows none. */
function wayIn(service: ServiceEnd, index: SnapshotIndex): Extract<Arrival, { by: 'endpoint' }>[] {
  const approved = customerEndpoints(service.resource, index);
  return endpointsInHand(index)
    .filter(({ endpoint }) => approved.some(({ connection }) => sameId(connection.endpointId, endpoint.id)))
    .filter(({ wires }) =>
      wires.some(
        (wire) => sameId(wire.target, service.resource) && wire.groups.some((one) => fold(one) === service.group),
      ),
    )
    .map((endpoint) => {
      const [address] = endpoint.addresses;
      if (address !== undefined) return { by: 'endpoint', endpoint, address };
      const [card = endpoint.endpoint.id] = interfacesOf(endpoint.endpoint);
      const reason = `${nameOf(endpoint.endpoint.id)} shows no private IP address.`;
      throw new GapRead({ id: card, reason, action: 'Microsoft.Network/networkInterfaces/read' });
    });
}

const subscriptionsOf = (ends: readonly CustomerEndpoint[], subnetId: string, index: SnapshotIndex): string[] => {
  const ids = ends.flatMap(({ connection }) => connection.endpointId ?? []);
  const own = /^\/subscriptions\/([^/]+)/i.exec(subnetId)?.[1];
  const all = [...ids.flatMap((id) => zoneSubscriptions(id, index)), ...(own === undefined ? [] : [own])];
  return [...new Map(all.map((one) => [fold(one), one])).values()];
};
