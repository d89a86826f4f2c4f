// Which records private endpoints need in a private DNS zone, and to what these resolve. Rules and the path ask here, so that
// they cannot contradict one another. Whether the address is then reached is not decided here.

import { attempt, readable } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { labelIn, patternLabels } from '../resource-types/private-dns-names.ts';
import { laterAddress } from '../resource-types/private-dns-records.ts';
import { addressesIn, aRecordType, recordCountOf, zoneNameOf, zoneType } from '../resource-types/private-dns-zone.ts';
import { textAt } from '../resource-types/read.ts';
import { customerEndpoints } from './endpoints.ts';
import {
  type EndpointInHand,
  inIdOrder,
  interfacesOf,
  leadsTo,
  ownEndpoints,
  type ServiceConnection,
  sharedEndpointsTo,
} from './endpoints-in-hand.ts';
import { memoizePerSnapshot } from './memoize.ts';
import { refusedRead } from './unread.ts';

/** A name that decides, with what the zone says of it. */
interface Answer {
  /** Its name in the zone. */
  readonly label: string;
  /** The record set; undefined where only a zone group tells of it. */
  readonly record?: Resource;
  readonly addresses: readonly string[];
}

/** What a zone says of the names of an endpoint: of the worst one, where they differ. */
export type Resolution =
  /** No record: the name does not resolve in a network that is linked to the zone. */
  | { readonly state: 'missing'; readonly label: string }
  /** The address is not one of a private endpoint of the resource. */
  | ({ readonly state: 'stale' } & Answer)
  | { readonly state: 'unread'; readonly gap: ReadFailure }
  /** The address is that of another private endpoint of the same resource and group. */
  | ({ readonly state: 'shadowed'; readonly by: EndpointInHand } & Answer)
  | { readonly state: 'yes' };

const order: readonly Resolution['state'][] = ['missing', 'stale', 'unread', 'shadowed', 'yes'];
const worst = (all: readonly Resolution[]): Resolution =>
  all.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0] ?? { state: 'yes' };

/** The list of a zone's A records, as a path. */
export const recordsOf = (zone: string): string => `${zone}/A`;

/** Does every name of the endpoint in the zone resolve to it? */
export const resolves = (endpoint: EndpointInHand, zone: Resource, index: SnapshotIndex): Resolution =>
  worst(resolutions(endpoint, zone, index));

/** No A record is missing where an endpoint has IPv6 addresses alone (from api-version 2025-03-01 on). */
function orIpv6(found: Resolution, { id, body }: Resource): Resolution {
  if (found.state !== 'missing' || fold(textAt(body, '/properties/ipVersionType') ?? '') !== 'ipv6') return found;
  const reason = `${nameOf(id)} has IPv6 addresses alone (ipVersionType), and AAAA records are not read.`;
  return { state: 'unread', gap: { id, reason, action: '' } };
}

/** The same for each of its names. */
export function resolutions(endpoint: EndpointInHand, zone: Resource, index: SnapshotIndex): readonly Resolution[] {
  // Azure writes the records of a declared or planned group, over those that are there.
  const registered = registeredIn(endpoint, zone);
  if (registered && registered.records === undefined) return [{ state: 'yes' }];
  const labels = labelsOf(endpoint, zone, index);
  if (labels.length > 0)
    return labels.map((label) => orIpv6(resolvesLabel(label, endpoint, zone, index), endpoint.endpoint));
  if (isEmpty(zone, index))
    return [{ state: 'missing', label: nameOf(endpoint.serviceConnections[0]?.target ?? endpoint.endpoint.id) }];
  const reason = `The names that ${nameOf(endpoint.endpoint.id)} needs in private DNS are not known.`;
  return [{ state: 'unread', gap: interfaceGap(endpoint, reason) }];
}

/**
 * What a network that is linked to the zone resolves the names of a resource to, by the endpoint that it would use: one in the
 * network, in one of its `peers`, or else any. Undefined where no endpoint of the group was read.
 */
export function resolvedIn(
  zone: Resource,
  { target, group, vnet, peers }: NameQuery,
  index: SnapshotIndex,
): Resolved | undefined {
  const all = endpointsTo(target, group, index);
  const within = (networks: readonly string[]) =>
    all.filter(({ network }) => networks.some((one) => sameId(one, network)));
  const near = within([vnet, ...peers]);
  return (near.length > 0 ? near : all)
    .map((endpoint): Resolved => {
      const all = resolutions(endpoint, zone, index);
      const failing = all.flatMap((one) => (one.state === 'missing' || one.state === 'stale' ? [one.label] : []));
      return { endpoint, resolution: worst(all), failing: failing.length < all.length ? failing : [] };
    })
    .toSorted((a, b) => order.indexOf(b.resolution.state) - order.indexOf(a.resolution.state))[0];
}
interface Resolved {
  readonly endpoint: EndpointInHand;
  readonly resolution: Resolution;
  /** Names in the zone that do not lead to the endpoint while others do; [] where all do or none does. */
  readonly failing: readonly string[];
}
export interface NameQuery {
  readonly target: string;
  readonly group: string;
  readonly vnet: string;
  readonly peers: readonly string[];
}

/** Approved endpoints to a group of a resource, among those read. Throws UnreadableError where one may be, which a file leaves open. */
export function endpointsTo(target: string, group: string, index: SnapshotIndex): readonly EndpointInHand[] {
  const { byKey, open } = endpointsByConnection(index);
  const known = (byKey.get(connectionKey(target, group)) ?? []).map(({ endpoint }) => endpoint);
  const shared = sharedEndpointsTo(target, index).filter(({ serviceConnections }) =>
    serviceConnections.some((one) => one.isApproved && sameId(one.target, target) && one.groups.includes(fold(group))),
  );
  if (open.length === 0) return inIdOrder(known, shared);
  const isOf = (groups: () => readonly string[]) =>
    attempt(
      () => groups().includes(fold(group)),
      () => true,
    );
  const others = open.filter(({ connection }) => {
    if (!isOf(() => connection.groups) || !leadsTo(connection, target)) return false;
    return connection.groups.includes(fold(group)) && connection.isApproved;
  });
  return inIdOrder([...known, ...others.map(({ endpoint }) => endpoint)], shared);
}

const connectionKey = (target: string, group: string): string => `${fold(target)} ${fold(group)}`;
const endpointsByConnection = memoizePerSnapshot((index) => {
  const pairs: { readonly key: string; readonly endpoint: EndpointInHand }[] = [];
  const open: { readonly endpoint: EndpointInHand; readonly connection: ServiceConnection }[] = [];
  for (const endpoint of ownEndpoints(index)) {
    for (const connection of endpoint.serviceConnections) {
      const keys = readable(() => {
        const { target, groups, isApproved } = connection;
        return isApproved ? groups.map((group) => connectionKey(target, group)) : [];
      });
      if (keys.state === 'unreadable') open.push({ endpoint, connection });
      else pairs.push(...keys.value.map((key) => ({ key, endpoint })));
    }
  }
  return { byKey: Map.groupBy(pairs, ({ key }) => key), open };
});

/** The other approved endpoints of the same resource and group. */
export const rivalsOf = (endpoint: EndpointInHand, index: SnapshotIndex): EndpointInHand[] =>
  endpoint.serviceConnections
    .flatMap(({ target, groups }) => groups.flatMap((group) => endpointsTo(target, group, index)))
    .filter((one) => !sameId(one.endpoint.id, endpoint.endpoint.id));

function resolvesLabel(label: string, endpoint: EndpointInHand, zone: Resource, index: SnapshotIndex): Resolution {
  const found = recordAt(label, zone, index);
  if (found === 'none') return { state: 'missing', label };
  if (found === 'unread') return byGroups(label, endpoint, zone, index);
  return judged({ label, record: found, addresses: addressesIn(found) }, endpoint, index);
}

/** The record was not read: a zone group tells what it wrote, unless another one wrote something else. */
function byGroups(label: string, endpoint: EndpointInHand, zone: Resource, index: SnapshotIndex): Resolution {
  const [claim, ...others] = [endpoint, ...rivalsOf(endpoint, index)].flatMap(
    (one) => registeredIn(one, zone)?.records?.filter((record) => record.label === label) ?? [],
  );
  // Records that were asked for and refused may have been changed or deleted since.
  const isRefused = refusedRead(recordsOf(zone.id), index) !== undefined;
  const isCertain =
    !isRefused && others.every(({ addresses }) => addresses.every((one) => claim?.addresses.includes(one)));
  return claim && isCertain ? judged(claim, endpoint, index) : { state: 'unread', gap: recordsGap(zone, label, index) };
}

function judged(answer: Answer, endpoint: EndpointInHand, index: SnapshotIndex): Resolution {
  const { addresses } = answer;
  const isOf = (one: EndpointInHand) =>
    addresses.length > 0 && addresses.every((address) => one.addresses.includes(address) || isLaterOf(one, address));
  if (isOf(endpoint)) return { state: 'yes' };
  const by = rivalsOf(endpoint, index).find(isOf);
  if (by) return { state: 'shadowed', by, ...answer };
  const unseen = [endpoint, ...rivalsOf(endpoint, index)].find((one) => one.addresses.length === 0);
  if (unseen && addresses.length > 0) {
    return {
      state: 'unread',
      gap: interfaceGap(unseen, `The private IP address of ${nameOf(unseen.endpoint.id)} is not known.`),
    };
  }
  const gap = unreadRival(endpoint, index);
  return gap ? { state: 'unread', gap } : { state: 'stale', ...answer };
}

/** Does this stand for the address that Azure will assign to the endpoint? */
const isLaterOf = ({ endpoint }: EndpointInHand, address: string): boolean =>
  sameId(address, laterAddress(endpoint.id));

/** An approved connection of the resource whose endpoint was not read: the address may be its own. */
function unreadRival({ serviceConnections }: EndpointInHand, index: SnapshotIndex): ReadFailure | undefined {
  for (const { target } of serviceConnections) {
    if (index.peek(target).state !== 'read') continue;
    const unread = customerEndpoints(target, index).find(({ groups }) => groups === undefined);
    const id = unread?.connection.endpointId;
    if (id === undefined) continue;
    const seen = index.peek(id);
    return seen.state === 'gap' ? seen.gap : { id, reason: 'The private endpoint was not read.', action: endpointRead };
  }
  return undefined;
}
const endpointRead = 'Microsoft.Network/privateEndpoints/read';

function interfaceGap({ endpoint }: EndpointInHand, reason: string): ReadFailure {
  const [id = endpoint.id] = interfacesOf(endpoint);
  return { id, reason, action: 'Microsoft.Network/networkInterfaces/read' };
}

/** The list, where it was refused; else the record itself, which can be read alone. */
function recordsGap(zone: Resource, label: string, { snapshot }: SnapshotIndex): ReadFailure {
  const list = recordsOf(zone.id);
  const reason = `The record ${label} of the private DNS zone ${zoneNameOf(zone.id)} was not read.`;
  const known = snapshot.gaps.find((gap) => sameId(gap.id, list));
  return known ?? { id: `${list}/${label}`, reason, action: `${aRecordType}/read` };
}

/** What the zone group of an endpoint registers in a zone. */
export const registeredIn = ({ registrations }: EndpointInHand, zone: Resource) =>
  registrations.find((one) => sameId(one.zone, zone.id));

/** The names of an endpoint in a zone, in lower case: those it shows, or else those its group is known to have. */
export function labelsOf(endpoint: EndpointInHand, zone: Resource, index: SnapshotIndex): string[] {
  const shown = endpoint.hosts.flatMap(({ host }) => labelIn(host, zone.id) ?? []);
  const written = registeredIn(endpoint, zone)?.records?.map(({ label }) => label) ?? [];
  const all = [...new Set([...shown, ...written])];
  return all.length > 0 ? all : derivedLabels(endpoint, zone, index);
}

/** The addresses that a record of the endpoint must hold; [] where they are not shown. */
export function addressesFor(endpoint: EndpointInHand, zone: Resource, label: string): readonly string[] {
  const shown = endpoint.hosts.find(({ host }) => labelIn(host, zone.id) === label)?.addresses ?? [];
  if (shown.length > 0) return shown;
  const written = registeredIn(endpoint, zone)?.records?.find((record) => record.label === label)?.addresses ?? [];
  const known = written.filter((address) => !isLaterOf(endpoint, address));
  if (known.length > 0) return known;
  return endpoint.addresses.length === 1 ? endpoint.addresses : [];
}

const derivedLabels = ({ serviceConnections }: EndpointInHand, zone: Resource, index: SnapshotIndex): string[] =>
  serviceConnections.flatMap(({ target, groups }) =>
    groups.flatMap((group) => expectedLabels(target, group, zone, index)),
  );

/** The names that a private endpoint of this group has in the zone, where the resource shows what they are made of. */
export function expectedLabels(target: string, group: string, zone: Resource, index: SnapshotIndex): string[] {
  const seen = index.peek(target);
  return patternLabels(target, seen.state === 'read' ? seen.resource.body : undefined, group, zone.id);
}

/** Record sets of every type that were read, without the SOA, by the folded id of their zone. */
const recordCounts = memoizePerSnapshot((index): ReadonlyMap<string, number> => {
  const all = recordTypes.flatMap((type) => index.ownOfType(type));
  const zones = Map.groupBy(all, ({ id }) => fold(parentId(id) ?? ''));
  return new Map([...zones].map(([zone, records]) => [zone, records.length]));
});
const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'PTR', 'SRV', 'TXT'].map((kind) => `${zoneType}/${kind}`);
const countIn = (zone: Resource, index: SnapshotIndex): number => recordCounts(index).get(fold(zone.id)) ?? 0;

/** Nothing but its SOA record. */
function isEmpty(zone: Resource, index: SnapshotIndex): boolean {
  const shared = index.sharedList(recordsOf(zone.id))?.ids ?? [];
  return isComplete(zone, index) && countIn(zone, index) === 0 && !shared.some((id) => index.peek(id).state === 'read');
}

/** Is every record set of the zone in hand? */
function isComplete(zone: Resource, index: SnapshotIndex): boolean {
  if (index.hasList(recordsOf(zone.id))) return true;
  const count = recordCountOf(zone);
  return count !== undefined && count <= 1 + countIn(zone, index);
}

/** The record set of a name, or the wildcard record that covers it; `none` where the zone is known to have neither. */
export function recordAt(label: string, zone: Resource, index: SnapshotIndex): Resource | 'none' | 'unread' {
  const parts = label.split('.');
  const wildcards = parts.map((_, at) => ['*', ...parts.slice(at + 1)].join('.'));
  for (const name of [label, ...wildcards]) {
    const seen = index.peek(`${recordsOf(zone.id)}/${name}`);
    if (seen.state === 'read') return seen.resource;
  }
  if (isComplete(zone, index) || index.peek(`${recordsOf(zone.id)}/${label}`).state === 'missing') return 'none';
  return 'unread';
}
