// From which subnets a resource is reached by its private endpoints, by the same hops that `path` shows. Answers reachability
// alone: what the name of the resource resolves to is another question.

import type { PathAnswer } from '../model/path.ts';
import { attempt } from '../model/readable.ts';
import { fold } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { auditedAccounts, auditedRegistries, auditedVaults } from './accounts.ts';
import { type CustomerEndpoint, customerEndpoints } from './endpoints.ts';
import { type EndpointInHand, endpointInHand } from './endpoints-in-hand.ts';
import { accountGroups } from './groups.ts';
import { isStorage, isVault, workspaceInHand } from './links.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey } from './memoize.ts';
import { connectionBetween } from './path/connection.ts';
import { isRefused } from './path/ends.ts';
import { nameHop } from './path/name-hop.ts';
import { subnetEnd } from './path/named.ts';
import { answerEndpoint } from './path/path.ts';
import { routeTableAt } from './routes.ts';
import { refusedRead } from './unread.ts';

export interface EndpointReach {
  readonly state: 'reached' | 'blocked' | 'unknown';
  /** Do the networks connect, whatever groups and security admin rules decide? */
  readonly connects: 'reached' | 'blocked' | 'unknown';
  /** One sentence. */
  readonly because: string;
  /** The subnet of the endpoint, where it is known. */
  readonly subnet: string | undefined;
  /** With its hops; undefined where an end was not read. */
  readonly answer: PathAnswer | undefined;
  /** Why it is unknown. */
  readonly gap: ReadFailure | undefined;
}

/** The file share of an account is mounted by SMB as well. */
export const endpointPorts = (group: string): readonly string[] => (fold(group) === 'file' ? ['443', '445'] : ['443']);

const known = memoizePerSnapshotAndKey((_all, _index) => new Map<string, EndpointReach>());

/** The path from a subnet to one private endpoint of a resource. */
export function pathToEndpoint(
  subnetId: string,
  end: CustomerEndpoint,
  service: { readonly resource: string; readonly group: string },
  index: SnapshotIndex,
): EndpointReach {
  const id = end.connection.endpointId ?? end.connection.id ?? '';
  const key = fold(`${subnetId} ${id} ${service.resource} ${service.group}`);
  const found = known('', index).get(key) ?? decidePath(subnetId, end, service, index);
  known('', index).set(key, found);
  return found;
}

const states = { allowed: 'reached', denied: 'blocked', partly: 'blocked', unknown: 'unknown' } as const;

function decidePath(
  subnetId: string,
  end: CustomerEndpoint,
  service: { readonly resource: string; readonly group: string },
  index: SnapshotIndex,
): EndpointReach {
  const unread = (gap: ReadFailure): EndpointReach =>
    unconnected(subnetId, end, index) ?? {
      ...{ state: 'unknown', connects: 'unknown', because: gap.reason, subnet: end.subnet, answer: undefined, gap },
    };
  const endpoint = inHand(end, index);
  if (endpoint === undefined) return unread(unreadEndpoint(end, service.resource, index));
  return attempt(
    () => {
      const found = answerEndpoint(subnetId, endpoint, service, endpointPorts(service.group), index);
      if ('candidates' in found) return unread({ id: subnetId, reason: found.reason, action: '' });
      const { answer, connects } = found;
      const state = states[answer.verdict];
      const gap = state === 'unknown' ? gapOf(answer, subnetId, index) : undefined;
      return { state, connects: states[connects], because: answer.because, subnet: endpoint.subnet, answer, gap };
    },
    (error) => unread(error.gap),
  );
}

/** Nothing leads to its network, so it does not matter what else was not read. */
function unconnected(subnetId: string, { subnet }: CustomerEndpoint, index: SnapshotIndex): EndpointReach | undefined {
  return attempt<EndpointReach | undefined, undefined>(
    () => {
      if (subnet === undefined || routeTableAt(subnetId, index)) return undefined;
      const { state, because } = connectionBetween(subnetId, subnet, index);
      if (state !== 'apart') return undefined;
      return { state: 'blocked', connects: 'blocked', because, subnet, answer: undefined, gap: undefined };
    },
    () => undefined,
  );
}

function inHand(end: CustomerEndpoint, index: SnapshotIndex): EndpointInHand | undefined {
  const id = end.connection.endpointId;
  const found = endpointInHand(id, index);
  return found?.subnet === undefined ? undefined : found;
}

function gapOf({ hops, because, stoppedBy }: PathAnswer, subnetId: string, index: SnapshotIndex): ReadFailure {
  const hop = hops.find((one) => one.hop === stoppedBy && one.verdict === 'unknown');
  const [id] = hop?.gaps ?? [];
  const seen = id === undefined ? undefined : index.peek(id);
  if (seen?.state === 'gap' && seen.gap.action !== '') return seen.gap;
  return { id: id ?? subnetId, reason: because, action: '' };
}

function unreadEndpoint({ connection }: CustomerEndpoint, resourceId: string, index: SnapshotIndex): ReadFailure {
  const seen = connection.endpointId === undefined ? undefined : index.peek(connection.endpointId);
  if (seen?.state === 'gap') return seen.gap;
  return {
    id: connection.endpointId ?? connection.id ?? resourceId,
    reason: 'The network and the group of the private endpoint behind an approved connection are not known.',
    action: 'Microsoft.Network/privateEndpoints/read',
  };
}

/**
 * Does each needed group of the resource have a private endpoint that the subnet reaches? Throws UnreadableError where what could
 * change the answer was not read. `groups`: those the account's datastores use, `vault`, `registry` unless given.
 */
export const reachedPrivately = (
  resourceId: string,
  subnetId: string,
  index: SnapshotIndex,
  groups: readonly string[] = groupsOf(resourceId, index),
): boolean => everyGroup(resourceId, subnetId, index, groups, ({ state }) => state);

/**
 * The same for the networks alone: a group that denies the traffic does not count, so that a rule about that group may ask what
 * it must allow.
 */
export const connectsPrivately = (
  resourceId: string,
  subnetId: string,
  index: SnapshotIndex,
  groups: readonly string[] = groupsOf(resourceId, index),
): boolean => everyGroup(resourceId, subnetId, index, groups, ({ connects }) => connects);

function everyGroup(
  resource: string,
  subnetId: string,
  index: SnapshotIndex,
  groups: readonly string[],
  stateOf: (reach: EndpointReach) => EndpointReach['state'],
): boolean {
  const ends = customerEndpoints(resource, index);
  return groups.every((group) => {
    const able = ends.filter((end) => end.groups === undefined || end.groups.includes(fold(group)));
    const paths = able.map((end) => {
      const reach = pathToEndpoint(subnetId, end, { resource, group: fold(group) }, index);
      const state = stateOf(reach);
      // An endpoint that does not say its group may be of another one.
      return end.groups === undefined && state === 'reached'
        ? { reach, state: 'unknown' as const, end }
        : { reach, state, end };
    });
    if (paths.some(({ state }) => state === 'reached')) return true;
    const unclear = paths.find(({ state }) => state === 'unknown');
    if (unclear) throw new UnreadableError(unclear.reach.gap ?? unreadEndpoint(unclear.end, resource, index));
    return false;
  });
}

/**
 * Why a subnet reaches none of the endpoints of a group: the sentence of the hop that stops it; undefined where there is no
 * endpoint at all.
 */
export function blockedBecause(
  resource: string,
  subnetId: string,
  index: SnapshotIndex,
  groups: readonly string[] = groupsOf(resource, index),
): string | undefined {
  for (const group of groups) {
    const able = customerEndpoints(resource, index).filter((end) => end.groups?.includes(fold(group)));
    const paths = able.map((end) => pathToEndpoint(subnetId, end, { resource, group: fold(group) }, index));
    const [blocked] = paths.filter(({ state }) => state === 'blocked');
    if (blocked && paths.every(({ state }) => state === 'blocked')) return blocked.because;
  }
  return undefined;
}

function groupsOf(resourceId: string, index: SnapshotIndex): readonly string[] {
  if (isStorage(resourceId)) return accountGroups(resourceId, index);
  return [isVault(resourceId) ? 'vault' : 'registry'];
}

/** A private endpoint of the customer, and one sub-resource that computes use through it. */
export interface UsedEndpoint {
  /** Id of the endpoint. */
  readonly id: string;
  readonly end: CustomerEndpoint;
  readonly service: { readonly resource: string; readonly group: string };
}

export interface UsedEndpoints {
  readonly endpoints: readonly UsedEndpoint[];
  /** Ids of resources that were not read: which endpoints they have is not known. */
  readonly unread: readonly string[];
}

/**
 * The approved endpoints that computes need: of the workspace, its storage accounts, key vault and registry, for each sub-resource
 * in use. Throws UnreadableError where the workspace does not show which resources it uses.
 */
export const usedEndpoints = memoizePerSnapshot((index): UsedEndpoints => {
  const workspace = workspaceInHand(index)?.workspace.id;
  const services = [
    ...(workspace === undefined ? [] : [{ id: workspace, groups: ['amlworkspace'] }]),
    ...auditedAccounts(index)
      .filter(({ missing }) => missing === undefined)
      .map(({ id }) => ({ id, groups: accountGroups(id, index) })),
    ...auditedVaults(index).map(({ id }) => ({ id, groups: ['vault'] })),
    ...auditedRegistries(index).map(({ id }) => ({ id, groups: ['registry'] })),
  ];
  const isUnread = (id: string) => index.peek(id).state === 'gap';
  const endpoints = services
    .filter(({ id }) => !isUnread(id))
    .flatMap(({ id: resource, groups }) =>
      customerEndpoints(resource, index).flatMap((end): UsedEndpoint[] => {
        const id = end.connection.endpointId;
        const own =
          end.groups === undefined ? groups.slice(0, 1) : groups.filter((one) => end.groups?.includes(fold(one)));
        return id === undefined ? [] : own.map((group) => ({ id, end, service: { resource, group: fold(group) } }));
      }),
    );
  return { endpoints, unread: services.flatMap(({ id }) => (isUnread(id) ? [id] : [])) };
});

/**
 * The private endpoint that the name of a service leads a subnet to; undefined where it leads to none, or that is not known. Throws
 * UnreadableError where a failed read hides it.
 */
export function namedEndpoint(
  subnetId: string,
  service: UsedEndpoint['service'],
  index: SnapshotIndex,
): string | undefined {
  const named = attempt(
    () => {
      const source = subnetEnd(subnetId, subnetId, index);
      if (isRefused(source)) return undefined;
      const asked = service.resource;
      const end = { kind: 'service', asked, is: asked, through: undefined, addresses: [], ...service } as const;
      return nameHop(source, end, index);
    },
    () => undefined,
  );
  const [unread] = (named?.hop.gaps ?? []).flatMap((id) => refusedRead(id, index) ?? []);
  if (unread) throw new UnreadableError(unread);
  const first = named?.hop.verdict === 'allowed' ? named.arrivals[0] : undefined;
  return first?.by === 'endpoint' ? first.endpoint.endpoint.id : undefined;
}
