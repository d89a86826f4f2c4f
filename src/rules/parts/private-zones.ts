// Private DNS for the names of private endpoints: which zones are used, which virtual networks are linked, which endpoints
// register in them, and whether a virtual network resolves the names to private addresses. An existing zone is used, because
// two zones of one name split resolution (docs/reference/private-endpoints.md).

import {
  azureResolver,
  customDns,
  forwardedZones,
  isLinkedTo,
  linksOf,
  type ZoneStanding,
  zoneNames,
  zoneStanding,
  zonesNamed,
} from '../../facts/dns.ts';
import { resolvedIn, resolves } from '../../facts/endpoint-records.ts';
import { endpointInHand } from '../../facts/endpoints-in-hand.ts';
import { type SubnetRole, subnetUses, unreadUses } from '../../facts/needs.ts';
import { isOnService, onlineEndpoints } from '../../facts/online-endpoints.ts';
import { peersOf } from '../../facts/path/connection.ts';
import { zoneGroupsInHand } from '../../facts/zone-groups.ts';
import { editChange } from '../../model/change.ts';
import { addTo, type ListKey } from '../../model/edit.ts';
import type { Evidence } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Phase } from '../../model/plan.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf, nameOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { ReadFailure } from '../../model/snapshot.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { zoneNameOf, zoneType } from '../../resource-types/private-dns-zone.ts';
import { zoneConfigsPointer, zoneGroupView } from '../../resource-types/private-dns-zone-group.ts';
import type { CheckResult, Proposal } from '../rule.ts';
import { recordProposals, resolutionResult } from './endpoint-records.ts';
import { numberedName, onceEach, placeToMake } from './naming.ts';
import { displayName, evidenceAt, fail, listed, notApplicable, noted, pass, unknown, worstOf } from './verdict.ts';

/** An existing or planned endpoint, and its groups. */
export interface EndpointGroups {
  readonly endpoint: string;
  /** Network of the endpoint. */
  readonly vnet: string;
  readonly groups: readonly string[];
}

const configKey: ListKey = { member: 'name', fold: true };
const linkAdvice = (zone: string, vnet: string) =>
  `${displayName(vnet)} asks this zone for every name of ${clean(zone, 120)}.`;

/**
 * Zones, links and zone groups that these networks need to resolve the names of these endpoints. Throws UnreadableError where
 * a suitable zone may exist and was not read.
 */
export function zoneProposals(
  served: readonly EndpointGroups[],
  vnets: readonly string[],
  index: SnapshotIndex,
): Proposal[] | string {
  const networks = onceEach([...vnets, ...served.map(({ vnet }) => vnet)]);
  const names = [...new Set(served.flatMap(({ groups }) => groups.flatMap((group) => zoneNames(group, index))))];
  const choices = new Map(names.map((name) => [name, choiceOf(name, networks, served, index)]));
  const all = [...choices.values()];
  const groups: Proposal[] = [];
  for (const one of served) {
    const zones = one.groups
      .flatMap((group) => zoneNames(group, index))
      .flatMap((name) => choices.get(name)?.used ?? []);
    const names = endpointNames(one.endpoint, zones, index);
    if (typeof names === 'string') return names;
    groups.push(...names);
  }
  return [...all.flatMap(({ made }) => made), ...all.flatMap(({ links }) => links), ...groups];
}

/** What makes the names of an endpoint resolve in these zones: its zone group, or records where that does not suffice. */
function endpointNames(id: string, zones: readonly string[], index: SnapshotIndex): Proposal[] | string {
  const endpoint = endpointInHand(id, index);
  const isApproved = endpoint?.serviceConnections.some((serviceConnection) => serviceConnection.isApproved) === true;
  const unregistered: string[] = [];
  const made: Proposal[] = [];
  for (const zoneId of zones) {
    const zone = index.peek(zoneId);
    const resolution = endpoint && zone.state === 'read' ? resolves(endpoint, zone.resource, index) : undefined;
    if (!endpoint || zone.state !== 'read' || !isApproved || resolution?.state === 'unread') {
      unregistered.push(zoneId);
      continue;
    }
    // A zone of this name that serves other networks names their endpoint.
    if (
      resolution?.state === 'yes' ||
      (resolution?.state === 'shadowed' && !isLinkedTo(zoneId, endpoint.network, index))
    )
      continue;
    const found = recordProposals(endpoint, zone.resource, index);
    if (found === 'register') unregistered.push(zoneId);
    else if ('reason' in found) return found.reason;
    else made.push(...found);
  }
  return [...zoneGroupProposal(id, unregistered, index), ...made];
}

interface Choice {
  /** Ids of the zones of this name that are linked to the networks; normally one. */
  readonly used: readonly string[];
  readonly made: readonly Proposal[];
  readonly links: readonly Proposal[];
}

function choiceOf(
  name: string,
  networks: readonly string[],
  served: readonly EndpointGroups[],
  index: SnapshotIndex,
): Choice {
  const subscriptions = onceEach(
    [...networks, ...served.map(({ endpoint }) => endpoint)].flatMap((id) => subscriptionOf(id) ?? []),
  );
  const states = networks.map((vnet) => ({ vnet, standing: zoneStanding(name, vnet, subscriptions, index) }));
  const unread = states.find(({ standing }) => standing.state === 'unread')?.standing;
  if (unread?.state === 'unread') throw new UnreadableError(unread.gap);
  const linked = states.flatMap(({ standing }) => (standing.state === 'linked' ? [standing.zone.id] : []));
  const there = [...linked, ...registeredIn(name, served, index), ...zonesNamed(name, index).map(({ id }) => id)];
  const zone = there[0] ?? newZoneId(name, networks, index);
  const unlinked = states.filter(({ standing }) => standing.state !== 'linked').map(({ vnet }) => vnet);
  return {
    used: onceEach([...linked, ...(unlinked.length > 0 ? [zone] : [])]),
    made: there.length > 0 ? [] : [proposal(zone, { location: 'global' }, 1, madeAdvice(name))],
    links: unlinked.map((vnet) => linkTo(zone, vnet, index)),
  };
}

const madeAdvice = (name: string) => `The zone ${name} is used once a network is linked to it.`;

/** Zones of this name in which the endpoints are registered. */
const registeredIn = (name: string, served: readonly EndpointGroups[], index: SnapshotIndex): string[] =>
  served.flatMap(({ endpoint }) =>
    zoneGroupsOf(endpoint, index).flatMap((group) =>
      zoneGroupView(group).configs.flatMap(({ zone }) => (zoneNameOf(zone) === name ? [zone] : [])),
    ),
  );

/** In the resource group of the existing private zones; without any, of the first network. */
function newZoneId(name: string, networks: readonly string[], index: SnapshotIndex): string {
  const neighbour = index.ofType(zoneType).find(({ id }) => zoneNameOf(id).startsWith('privatelink.'));
  const group = groupIdOf(neighbour?.id ?? networks[0] ?? '') ?? '';
  return `${group}/providers/${zoneType}/${name}`;
}

export function linkTo(zone: string, vnet: string, index: SnapshotIndex): Proposal {
  const list = linksOf(zone);
  const { id } = placeToMake((position) => `${list}/${numberedName([nameOf(vnet)], 73, position)}`, index);
  const body = { location: 'global', properties: { virtualNetwork: { id: vnet }, registrationEnabled: false } };
  return proposal(id, body, 2, linkAdvice(zoneNameOf(zone), vnet));
}

/** The zone groups of an endpoint. Throws UnreadableError when they were not read. */
export function zoneGroupsOf(endpoint: string, index: SnapshotIndex): readonly Resource[] {
  const inHand = zoneGroupsInHand(endpoint, index);
  if (inHand.length > 0 || index.peek(endpoint).state !== 'read') return inHand;
  return index.list(`${endpoint}/privateDnsZoneGroups`);
}

/** An endpoint has one zone group: it is created, or missing zones are added to it. */
export function zoneGroupProposal(endpoint: string, zones: readonly string[], index: SnapshotIndex): Proposal[] {
  const [group] = zoneGroupsOf(endpoint, index);
  const there = group ? zoneGroupView(group).configs : [];
  const missing = zones.filter((zone) => !there.some((config) => sameId(config.zone, zone)));
  if (missing.length === 0) return [];
  const taken = there.map(({ name }) => fold(name));
  const configs = missing.map((zone) => {
    const base = zoneNameOf(zone).replaceAll('.', '-');
    let name = base;
    for (let count = 2; taken.includes(name); count += 1) name = `${base}-${count}`;
    taken.push(name);
    return { name, properties: { privateDnsZoneId: zone } };
  });
  const advice = `Registers the names of ${displayName(endpoint)} in ${missing.map(zoneNameOf).join(', ')}, overwriting records of the same name.`;
  if (!group) {
    const body = { properties: { privateDnsZoneConfigs: configs } };
    return [proposal(`${endpoint}/privateDnsZoneGroups/default`, body, 2, advice)];
  }
  const edits = configs.map((config) => addTo(group.body, zoneConfigsPointer, config, configKey));
  return [{ change: editChange(group.id, edits), phase: 2, advice }];
}

const proposal = (resource: string, body: JsonObject, phase: Phase, advice: string): Proposal => ({
  change: { kind: 'create', resource, edits: [], body },
  phase,
  advice,
});

const counts = (role: SubnetRole): boolean => role === 'training' || role === 'inference';

/** Virtual networks of training and inference compute, each once, and the failed read that may hide others. */
export function computeNetworks(index: SnapshotIndex): {
  readonly vnets: readonly string[];
  readonly gap: ReadFailure | undefined;
} {
  return attempt(
    () => ({
      vnets: onceEach(subnetUses(index).flatMap(({ role, subnet }) => (counts(role) ? [vnetOf(subnet)] : []))),
      gap: unreadUses(index).find(({ role }) => counts(role))?.gap,
    }),
    (error) => ({ vnets: [], gap: error.gap }),
  );
}

/** The names that a network is to resolve: those of some groups of a resource. */
export interface PrivateNames {
  readonly target: string;
  readonly groups: readonly string[];
  /** Those that could hold the zones. */
  readonly subscriptions: readonly string[];
}

/** The result for one virtual network. Throws UnreadableError when it was not read. */
export function resolvesPrivately(vnet: string, names: PrivateNames, index: SnapshotIndex): CheckResult {
  const network = index.get(vnet);
  if (!network) return notApplicable(`${displayName(vnet)} does not exist.`);
  const zones = [...new Set(names.groups.flatMap((group) => zoneNames(group, index)))];
  const standings = zones.map((zone) => ({ zone, standing: zoneStanding(zone, vnet, names.subscriptions, index) }));
  const evidence = standings.map(({ zone, standing }) => evidenceOf(zone, standing, vnet));
  const servers = customDns(network);
  if (servers.length > 0) {
    const forwarded = forwardedZones(names.groups, servesModels(index), index);
    return unknown(
      `${displayName(vnet)} uses custom DNS servers, whose forwarding is not visible to Bastide (CustomDnsInUse in the workspace diagnosis). They must forward ${listed(forwarded)} to ${azureResolver}.`,
      [
        evidenceAt(network, '/properties/dhcpOptions/dnsServers', 'DNS servers'),
        noted(network.id, forwarded, `zones to forward to ${azureResolver}`),
        ...evidence,
      ],
    );
  }
  const missing = standings.filter(({ standing }) => standing.state === 'absent' || standing.state === 'unlinked');
  if (missing.length > 0) {
    const absent = missing.filter(({ standing }) => standing.state === 'absent').map(({ zone }) => named(zone));
    const unlinked = missing.filter(({ standing }) => standing.state === 'unlinked').map(({ zone }) => named(zone));
    const says = [
      ...(absent.length > 0
        ? [
            `${absent.length === 1 ? 'zone' : 'zones'} ${listed(absent)} ${absent.length === 1 ? 'does' : 'do'} not exist`,
          ]
        : []),
      ...(unlinked.length > 0 ? [`${listed(unlinked)} ${unlinked.length === 1 ? 'is' : 'are'} not linked`] : []),
    ];
    return fail(
      `${displayName(vnet)} does not resolve the names to private addresses: ${says.join(', and ')}.`,
      evidence,
    );
  }
  const unread = standings.flatMap(({ standing }) => (standing.state === 'unread' ? [standing.gap] : []));
  const [first] = unread;
  const linked = standings.flatMap(({ standing }) => (standing.state === 'linked' ? [standing.zone] : []));
  return worstOf('high', [
    () =>
      first
        ? unknown(`The private DNS of ${displayName(vnet)} could not be read: ${first.reason}`, evidence)
        : pass(`${displayName(vnet)} resolves the names to private addresses.`, evidence),
    ...linked.map((zone) => () => recordResult(vnet, zone, names, index)),
  ]);
}

/** Has the workspace managed online endpoints? */
function servesModels(index: SnapshotIndex): boolean {
  const { workspace } = index.snapshot;
  return workspace !== null && onlineEndpoints(workspace, index)?.some(isOnService) === true;
}

/** Does a linked zone resolve the names to the endpoint that the network uses? */
function recordResult(
  vnet: string,
  zone: Resource,
  { target, groups }: PrivateNames,
  index: SnapshotIndex,
): CheckResult {
  const peers = peersOf(vnet, index);
  const found = groups
    .filter((group) => zoneNames(group, index).includes(zoneNameOf(zone.id)))
    .flatMap((group) => resolvedIn(zone, { target, group, vnet, peers }, index) ?? []);
  return worstOf(
    'high',
    found.map(
      ({ endpoint, resolution }) =>
        () =>
          resolutionResult(endpoint, zone, resolution),
    ),
  );
}

/** The name comes from an endpoint and is untrusted. */
const named = (zone: string): string => clean(zone, 120);

function evidenceOf(zone: string, standing: ZoneStanding, vnet: string): Evidence {
  switch (standing.state) {
    case 'linked':
      return evidenceAt(standing.link, '/properties/virtualNetwork/id', `link of zone ${named(zone)}`);
    case 'unlinked':
      return noted(standing.zones[0]?.id ?? vnet, null, `no link of ${named(zone)} to ${displayName(vnet)}`);
    case 'absent':
      return noted(vnet, null, `no zone ${named(zone)}`);
    case 'unread':
      return noted(standing.gap.id, null, `zone ${named(zone)} could not be read`);
  }
}
