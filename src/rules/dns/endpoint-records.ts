// dns.endpoint-record, dns.endpoint-collision: the records of private endpoints in the zones that answer for their names.

import { auditedAccounts, auditedRegistries, auditedVaults } from '../../facts/accounts.ts';
import { customDns, isLinkedTo, linksOf, zoneNames, zonesNamed } from '../../facts/dns.ts';
import {
  addressesFor,
  endpointsTo,
  labelsOf,
  recordAt,
  registeredIn,
  resolutions,
  resolves,
} from '../../facts/endpoint-records.ts';
import { customerEndpoints } from '../../facts/endpoints.ts';
import {
  type EndpointInHand,
  endpointInHand,
  endpointsOf as endpointsOfConnections,
  groupsLeadingTo,
} from '../../facts/endpoints-in-hand.ts';
import { memoizePerSnapshot } from '../../facts/memoize.ts';
import { peersOf } from '../../facts/path/connection.ts';
import { refusedLike, refusedRead, unreadAccounts } from '../../facts/unread.ts';
import { deleteChange } from '../../model/change.ts';
import { needSentence } from '../../model/plan-need.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import type { ReadFailure } from '../../model/snapshot.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { addressesIn, zoneNameOf, zoneType } from '../../resource-types/private-dns-zone.ts';
import { privateEndpointType } from '../../resource-types/private-link.ts';
import { defineRule } from '../define.ts';
import { correctedRecord, newRecord, recordProposals, resolutionResult } from '../parts/endpoint-records.ts';
import { links } from '../parts/links.ts';
import { zoneGroupProposal, zoneGroupsOf } from '../parts/private-zones.ts';
import { orElse } from '../parts/subjects.ts';
import { displayName, fail, listed, notApplicable, noted, pass, unknown } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext, Subject, Subjects } from '../rule.ts';

/** The resources whose endpoints are looked at: the workspace, its accounts, vault and registry. */
const targetsOf = (index: SnapshotIndex): string[] => [
  ...(index.snapshot.workspace === null ? [] : [index.snapshot.workspace]),
  ...[...auditedAccounts(index), ...auditedVaults(index), ...auditedRegistries(index)].map(({ id }) => id),
];

/** Approved endpoints of the customer to a resource, among those read. */
function endpointsOf(target: string, index: SnapshotIndex): readonly EndpointInHand[] {
  const ends = orElse(() => customerEndpoints(target, index), []);
  return endpointsOfConnections(ends, index);
}

/** The zones that answer for an endpoint: those that its zone group names, and those that its network asks. */
function zonesOf(endpoint: EndpointInHand, target: string, index: SnapshotIndex): Resource[] {
  const groups = groupsLeadingTo(endpoint.serviceConnections, target);
  const zones = groups.flatMap((group) => zoneNames(group, index)).flatMap((name) => zonesNamed(name, index));
  return [...new Set(zones)].filter((zone) => registeredIn(endpoint, zone) || asks(endpoint, zone, index));
}

/** Is the zone linked to the network of the endpoint, which asks Azure's resolver? */
function asks({ network }: EndpointInHand, zone: Resource, index: SnapshotIndex): boolean {
  const seen = network === undefined ? undefined : index.peek(network);
  if (seen?.state === 'read' && customDns(seen.resource).length > 0) return false;
  return isLinkedTo(zone.id, network, index);
}

const none = 'No private endpoint of the audited resources has a private DNS zone that was read.';

/** Each endpoint of a target with each zone that answers for it. */
const placesIn = memoizePerSnapshot((index) =>
  targetsOf(index).flatMap((target) =>
    endpointsOf(target, index).flatMap((one) =>
      zonesOf(one, target, index).map((zone) => ({ target, endpoint: one.endpoint.id, zone: zone.id })),
    ),
  ),
);
/** The failed read that may hide one of them: of a resource, one of its endpoints, the zones, or the networks that a zone is linked to. */
const unreadPlaces = memoizePerSnapshot((index): ReadFailure | undefined => {
  const targets = targetsOf(index);
  const unread =
    unreadAccounts(index) ??
    targets.map((one) => refusedRead(one, index)).find((one) => one !== undefined) ??
    refusedLike(/\/providers\/Microsoft\.Network\/private(?:Endpoints|DnsZones)$/i, index);
  if (unread) return unread;
  const connections = targets.flatMap((target) => orElse(() => customerEndpoints(target, index), []));
  const [gap] = [
    ...connections.flatMap(({ connection }) => connection.endpointId ?? []),
    ...index.ofType(zoneType).map(({ id }) => linksOf(id)),
  ].flatMap((id) => refusedRead(id, index) ?? []);
  return gap;
});
const unreadIn = ({ index }: RuleContext) => unreadPlaces(index);
type Pair = Required<Pick<Subject, 'resource' | 'where'>>;
const onceEachPair = (pairs: readonly Pair[]): Subject[] => [
  ...new Map(pairs.map((one) => [fold(`${one.resource} ${one.where}`), one])).values(),
];

/** Pairs of a rule; the workspace represents "none". */
const pairs = <T>(
  list: (index: SnapshotIndex) => readonly Subject[],
  resolve: (subject: Pair, context: RuleContext) => T | CheckResult,
): Subjects<T> => ({
  list({ index }) {
    const found = list(index);
    const { workspace } = index.snapshot;
    return found.length > 0 || workspace === null ? found : [{ resource: workspace }];
  },
  resolve({ resource, where }, context) {
    if (where === undefined) return notApplicable(none);
    return resolve({ resource, where }, context);
  },
});

interface EndpointInZone {
  readonly endpoint: EndpointInHand;
  readonly zone: Resource;
}
const endpointsInZones = pairs<EndpointInZone>(
  (index) => onceEachPair(placesIn(index).map(({ endpoint, zone }) => ({ resource: endpoint, where: zone }))),
  ({ resource, where }, { index }) => {
    const zone = index.get(where);
    const endpoint = endpointInHand(resource, index);
    return endpoint && zone ? { endpoint, zone } : notApplicable(`${displayName(resource)} does not exist.`);
  },
);

export const dnsEndpointRecord = defineRule({
  id: 'dns.endpoint-record',
  title: 'Record of a private endpoint has its address',
  problem: 'Record of a private endpoint is missing or wrong',
  about: privateEndpointType,
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'Clients connect to the address in the A record. In a network that is linked to the zone, a name without a record does not resolve. A record with an old address leads to no endpoint. Records created by hand count as much as those of a zone group. A zone with one record set is assumed to contain only its SOA record (inferred).',
    fix: 'Corrects the record if it has not changed since (ETag), creates a missing one, or creates the DNS zone group of the endpoint. This fix does not write over a record of another private endpoint.',
    breaks: 'Clients that use the former address of the record connect to the private endpoint instead.',
    links: [links.privateDns, links.secureConnection],
  },
  fixKind: 'guided',
  subjects: endpointsInZones,
  unread: unreadIn,
  check({ endpoint, zone }, { index }) {
    const resolution = resolves(endpoint, zone, index);
    if (resolution.state === 'shadowed' && endpoint.network !== undefined) {
      const near = [endpoint.network, ...peersOf(endpoint.network, index)];
      const { by } = resolution;
      if (near.some((one) => sameId(one, by.network)))
        return pass(
          `The zone ${zoneNameOf(zone.id)} resolves the names of ${displayName(endpoint.endpoint.id)} to ${displayName(by.endpoint.id)}, which its network reaches.`,
          resolutionResult(endpoint, zone, resolution).evidence,
        );
    }
    return resolutionResult(endpoint, zone, resolution);
  },
  fix({ endpoint, zone }, { index }) {
    const found = recordProposals(endpoint, zone, index);
    if (found !== 'register') return 'reason' in found ? found.reason : found;
    return zoneGroupProposal(endpoint.endpoint.id, [zone.id], index);
  },
});

interface SharedZone {
  readonly zone: Resource;
  /** Id of the resource. */
  readonly target: string;
  /** Its endpoints of the zone's group. */
  readonly all: readonly EndpointInHand[];
  /** Those that the zone answers for. */
  readonly endpoints: readonly EndpointInHand[];
}
const targetsInZones = pairs<SharedZone>(
  (index) => onceEachPair(placesIn(index).map(({ zone, target }) => ({ resource: zone, where: target }))),
  ({ resource, where: target }, { index }) => {
    const zone = index.get(resource);
    if (!zone) return notApplicable(`${displayName(resource)} does not exist.`);
    const own = endpointsOf(target, index);
    const groups = groupsIn(zone, target, own, index);
    const all = own.filter((one) => groups.some((group) => endpointsTo(target, group, index).includes(one)));
    const endpoints = all.filter((one) => registeredIn(one, zone) || isLinkedTo(zone.id, one.network, index));
    return { zone, target, all, endpoints };
  },
);
const groupsIn = (zone: Resource, target: string, own: readonly EndpointInHand[], index: SnapshotIndex): string[] => {
  const groups = own.flatMap(({ serviceConnections }) => groupsLeadingTo(serviceConnections, target));
  return [...new Set(groups)].filter((group) => zoneNames(group, index).includes(zoneNameOf(zone.id)));
};

/** What the zone says of the names that the endpoints share. */
function survivor({ zone, endpoints }: SharedZone, index: SnapshotIndex): string {
  for (const endpoint of endpoints) {
    const [one] = resolutions(endpoint, zone, index);
    if (one?.state === 'yes')
      return `Its record points to ${displayName(endpoint.endpoint.id)} (${listed(endpoint.addresses)}).`;
    if (one?.state === 'shadowed')
      return `Its record points to ${displayName(one.by.endpoint.id)} (${listed(one.addresses)}).`;
    if (one?.state === 'stale') return `Its record points to ${listed(one.addresses)}, which is an address of neither.`;
    if (one?.state === 'missing') return 'The zone has no record for them.';
  }
  return 'Its record was not read.';
}

function checkCollision(shared: SharedZone, { index }: RuleContext): CheckResult {
  const { zone, target, all, endpoints } = shared;
  const names = endpoints.map(({ endpoint }) => displayName(endpoint.id));
  const where = `The zone ${zoneNameOf(zone.id)}`;
  const evidence = endpoints.map((one) =>
    noted(one.endpoint.id, [...one.addresses], 'addresses of the private endpoint'),
  );
  if (endpoints.length > 1) {
    return fail(
      `${where} has one record name for ${endpoints.length} private endpoints of ${displayName(target)}: ${listed(names)}. ${survivor(shared, index)}`,
      evidence,
    );
  }
  const unread = customerEndpoints(target, index).find(({ groups }) => groups === undefined);
  if (unread) {
    const id = unread.connection.endpointId ?? target;
    return unknown(`The private endpoint ${displayName(id)} of ${displayName(target)} was not read.`, evidence);
  }
  if (all.length > 1 && !index.hasList(linksOf(zone.id))) index.list(linksOf(zone.id));
  return pass(
    `${where} has records for only one private endpoint of ${displayName(target)}: ${listed(names)}.`,
    evidence,
  );
}

/** Deletes the others, and writes the records that Azure deletes with them. */
function keepOne(
  { zone, endpoints }: SharedZone,
  { index }: RuleContext,
  answers: Answers,
): readonly Proposal[] | string {
  const named = (one: EndpointInHand) => displayName(one.endpoint.id);
  const kept = endpoints.find((one) => answers.keep !== undefined && sameId(named(one), answers.keep));
  if (endpoints.length < 2) return 'The zone has records for only one private endpoint.';
  if (!kept) {
    const options = endpoints.map((one) => ({
      name: 'keep',
      value: named(one),
      says: `in ${displayName(one.network ?? '')}; deletes the other private endpoints`,
    }));
    return needSentence({ kind: 'choice', options });
  }
  const others = endpoints.filter((one) => one !== kept);
  const made: Proposal[] = others.flatMap(({ endpoint }) => [
    ...zoneGroupsOf(endpoint.id, index).map((group) =>
      removal(
        group,
        `Its records are deleted with it, including those that ${named(kept)} uses; a later step creates these again.`,
      ),
    ),
    removal(
      endpoint,
      `Clients that use the private address of ${displayName(endpoint.id)} need a path to ${named(kept)}.`,
    ),
  ]);
  for (const record of recordsAfter(kept, others, zone, index)) {
    if (typeof record === 'string') return record;
    made.push(record);
  }
  return made;
}

const removal = (resource: Resource, advice: string): Proposal => ({
  change: deleteChange(resource),
  phase: 5,
  advice,
});

/** The records that the kept endpoint needs once the others are deleted: a deletion takes along what another group lists too. */
function recordsAfter(
  kept: EndpointInHand,
  gone: readonly EndpointInHand[],
  shared: Resource,
  index: SnapshotIndex,
): (Proposal | string)[] {
  const own = kept.registrations.flatMap(({ zone }) => index.get(zone) ?? []);
  const zones = own.some(({ id }) => sameId(id, shared.id)) ? own : [shared, ...own];
  const name = displayName(kept.endpoint.id);
  return zones.flatMap((zone) =>
    labelsOf(kept, zone, index).flatMap((label): (Proposal | string)[] => {
      const addresses = addressesFor(kept, zone, label);
      if (addresses.length === 0) return [`The address of ${name} for ${clean(label, 120)} is not known.`];
      const isTaken = gone.some((one) => registeredIn(one, zone)?.records?.some((record) => record.label === label));
      const record = recordAt(label, zone, index);
      const advice = `${clean(label, 120)} resolves to ${name} only.`;
      if (isTaken || record === 'none') return [{ ...newRecord(zone, label, addresses, advice), phase: 5 }];
      if (record === 'unread') return [`The record ${clean(label, 120)} of ${zoneNameOf(zone.id)} was not read.`];
      const now = addressesIn(record);
      if (now.length === addresses.length && now.every((one) => addresses.includes(one))) return [];
      return [correctedRecord(record, addresses, 5, advice)];
    }),
  );
}

export const dnsEndpointCollision = defineRule({
  id: 'dns.endpoint-collision',
  answers: { keep: 'NAME' },
  title: 'One private endpoint per resource and group in a zone',
  problem: 'Two private endpoints share one DNS record',
  about: zoneType,
  severity: 'medium',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'Private endpoints of one resource and group have the same names, and a zone has one record for each name. The zone group that is written last replaces the address of the other. Deleting either endpoint, or its zone group, deletes the record for both: users have reported this. Microsoft asks for one endpoint to avoid conflicts in DNS resolution.',
    fix: 'With --answer keep=NAME: deletes the other private endpoints of the group, then writes the records that Azure deletes with them. To keep both, use a separate zone of the same name for the second network.',
    breaks: 'Networks of the deleted private endpoints need a path to the one that is kept.',
    links: [links.privateEndpoints, links.privateDns],
  },
  fixKind: 'guided',
  undo: 'none',
  subjects: targetsInZones,
  unread: unreadIn,
  check: checkCollision,
  fix: keepOne,
});
