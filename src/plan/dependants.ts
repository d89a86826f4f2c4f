// Who reaches a service now and will not after a change that closes it or takes a way to it: computes and endpoints outside every virtual network, and
// other workspaces and Machine Learning registries that use it. Reads a snapshot; names only what it holds. Pure.

import { pairsOf, type ResourcePair } from '../audit/changed.ts';
import { computesOutOfSight, type FlowChange, unreadOfOthers } from '../audit/path.ts';
import type { Change } from '../model/change.ts';
import type { ChangedFlow, Effect, EffectEnd, EffectReason, FlowEndKind } from '../model/effect.ts';
import { listed } from '../model/effect-words.ts';
import type { Json } from '../model/json.ts';
import type { Gate } from '../model/plan.ts';
import { needSentence } from '../model/plan-need.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, isWithin, nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { counted } from '../model/text.ts';
import {
  addressesIn,
  aRecordType,
  datastoreType,
  datastoreView,
  endpointView,
  isOfType,
  machineLearningRegistryType,
  nicType,
  privateEndpointType,
  servicesNamedBy,
  subnetType,
  vnetView,
  workspaceType,
  workspaceView,
  zoneLinkType,
  zoneLinkView,
} from '../resource-types/index.ts';
import { textAt } from '../resource-types/read.ts';

/** The answer that accepts that computes or endpoints of this workspace lose access. */
export const dependantsAnswer = 'accept-cut';
const isStorage = (id: string): boolean => isOfType(id, 'Microsoft.Storage/storageAccounts');
const services = ['storageaccounts', 'vaults', 'registries'];

/** What leads to services beside themselves: endpoints, their approval, names, peerings. */
const ways = [
  /\/privateEndpoints(?:\/privateDnsZoneGroups)?$/i,
  /\/privateEndpointConnections$/i,
  /\/privateDnsZones(?:\/(?:A|virtualNetworkLinks))?$/i,
  /\/virtualNetworks\/virtualNetworkPeerings$/i,
];
const isWay = (resource: string): boolean => ways.some((one) => one.test(typeOf(resource)));

/**
 * Who uses the services that changes close, or lose a way to, from places that cannot be followed: other workspaces and registries.
 * `resources`: ids of what is changed. Throws UnreadableError.
 */
export function usersCutOff(
  resources: readonly string[],
  flows: readonly FlowChange[],
  index: SnapshotIndex,
): EffectReason[] {
  const byWay = resources.some(isWay);
  const closed = flows.flatMap(({ kind, from, service }) => {
    const isClosed = from.kind === 'internet' && resources.some((one) => sameId(one, service));
    const isLost = byWay && subnetTypes.includes(fold(typeOf(from.id ?? '')));
    return kind === 'cutsOff' && service !== null && (isClosed || isLost) ? [service] : [];
  });
  return distinctIds(closed).flatMap((service) => usersOf(service, index));
}
const subnetTypes = [subnetType, nicType].map(fold);

function usersOf(service: string, index: SnapshotIndex): EffectReason[] {
  const to: EffectEnd = { kind: 'service', id: service, name: nameOf(service) };
  const users = [
    ...otherWorkspaces(service, index),
    ...otherRegistries(service, index),
    ...lostUsers(service, index),
    ...projectsOf(service, index).map((id): EffectEnd => ({ kind: 'workspace', id, name: `project ${nameOf(id)}` })),
  ];
  const unread = unreadUsers(service, index).map(({ what }) => what);
  return [
    ...users.map(
      (user): EffectReason => ({ kind: 'cutsOff', reason: 'user', data: { user, service: to, certain: false } }),
    ),
    ...(unread.length === 0
      ? []
      : [cutOffUnknown(`whether other workspaces use ${to.name}: ${listed(unread, 4)} could not be read.`)]),
  ];
}

/** Failed reads that may hide other workspaces that use the service; an account is also used by datastores. */
const unreadUsers = (service: string, index: SnapshotIndex) =>
  unreadOfOthers(isStorage(service) ? 'datastores' : null, index);

/** Networks that a body names as connected and that were not read, where what they may use is taken away or answers otherwise. */
export const unseenNetworks = (pairs: readonly ResourcePair[], index: SnapshotIndex): EffectReason[] => [
  ...unseenByName(pairs, index),
  ...unseenByPeering(pairs, index),
];

const cutOffUnknown = (why: string): EffectReason => ({ kind: 'cutsOff', reason: 'unknown', data: { why } });
const keepAccess = (unread: readonly string[], how: string, by: string): EffectReason => {
  const [are, keep] = unread.length === 1 ? ['was', 'keeps'] : ['were', 'keep'];
  return cutOffUnknown(`whether ${listed(unread, 4)} ${keep} access ${how}: ${by}, and ${are} not read.`);
};

/** Networks that resolve by a zone, where a name has other addresses from then on, none, or private ones for the first time. */
function unseenByName(pairs: readonly ResourcePair[], index: SnapshotIndex): EffectReason[] {
  return pairsOf(pairs, aRecordType).flatMap(({ before, after }): EffectReason[] => {
    const record = before ?? after;
    const left = after === undefined ? [] : addressesIn(after);
    const isSame =
      before === undefined ? left.length === 0 : addressesIn(before).every((address) => left.includes(address));
    if (record === undefined || isSame) return [];
    const zone = parentId(record.id) ?? record.id;
    const name = `${nameOf(record.id)} in ${nameOf(zone)}`;
    const links = `${zone}/virtualNetworkLinks`;
    if (index.snapshot.gaps.some(({ id, status }) => status !== 404 && sameId(id, links)))
      return [cutOffUnknown(`whether other networks use the name ${name}: the links of the zone were not read.`)];
    const unread = index.ofType(zoneLinkType).flatMap((link) => {
      const { vnet, zone: own } = zoneLinkView(link);
      return vnet === undefined || !sameId(own, zone) || index.peek(vnet).state === 'read' ? [] : [nameOf(vnet)];
    });
    return unread.length === 0 ? [] : [keepAccess(unread, `by the name ${name}`, 'linked to the zone')];
  });
}

/** Networks that are peered with that of a private endpoint which goes. */
function unseenByPeering(pairs: readonly ResourcePair[], index: SnapshotIndex): EffectReason[] {
  return pairsOf(pairs, privateEndpointType).flatMap(({ before, after }): EffectReason[] => {
    const subnet = before === undefined ? undefined : endpointView(before).subnet;
    if (before === undefined || subnet === undefined || sameId(subnet, after && endpointView(after).subnet)) return [];
    const home = parentId(subnet) ?? subnet;
    const seen = index.peek(home);
    if (seen.state !== 'read')
      return [cutOffUnknown(`who uses ${nameOf(before.id)}: its network ${nameOf(home)} was not read.`)];
    const unread = vnetView(seen.resource).peerings.flatMap(({ id, raw }) =>
      index.peek(id).state === 'read' || !mayCarry(raw) ? [] : [nameOf(id)],
    );
    return unread.length === 0
      ? []
      : [keepAccess(unread, `through ${nameOf(before.id)}`, `peered with ${nameOf(home)}`)];
  });
}

/** Not where it says that it is not connected. */
const mayCarry = (peering: Json): boolean =>
  /^connected$/i.test(textAt(peering, '/properties/peeringState') ?? 'Connected');

/** Asks for what a change cuts off that uses the service: the answer `accept-cut` accepts it, `null` as well. */
export function dependantGates(
  change: Change,
  effects: () => readonly Effect[],
  index: SnapshotIndex,
  answers: Readonly<Record<string, string>> | null,
): Gate[] {
  const { resource } = change;
  const isService = services.includes(typeOf(resource).split('/').at(-1)?.toLowerCase() ?? '');
  if (!isService) return [];
  const cut = effects().filter((one) => one.kind === 'cutsOff');
  if (cut.length === 0) return [];
  const flows = cut.flatMap((one) => (one.reason === 'flow' ? [one.data] : []));
  const namesOf = (isMeant: (one: ChangedFlow) => boolean) => [
    ...new Set(flows.filter(isMeant).map(({ from }) => from.name)),
  ];
  // Where the workspace's own names are open, it may use the service.
  const isUser = attempt(
    () => {
      const workspace = index.workspace();
      return workspace !== undefined && uses(workspace, resource);
    },
    () => true,
  );
  const own = isUser ? namesOf((one) => ownNodes.includes(one.from.kind) && !isDoubtful(one)) : [];
  const beside = namesOf(({ from }) => from.kind === 'virtualMachine' || from.kind === 'cluster');
  const others = [...beside, ...cut.flatMap((one) => (one.reason === 'user' ? [one.data.user.name] : []))];
  const unread = attempt(
    () => unreadLists(resource, index),
    ({ gap }) => [gap],
  );
  const unknown = [...new Set(unread.map(({ reason }) => reason))].map((reason) => unknownGate(change, reason));
  if (own.length + others.length === 0) return unknown;
  const detail = `Closing ${nameOf(resource)} may cut off: ${[...own, ...others].join(', ')}.`;
  const isAccepted = own.length === 0 || answers === null || answers[dependantsAnswer] === 'yes';
  if (isAccepted) return [{ kind: 'dependants', outcome: 'warn', detail }, ...unknown];
  const need = needSentence({
    kind: 'choice',
    options: [{ name: dependantsAnswer, value: 'yes', says: `they lose access to ${nameOf(resource)}` }],
  });
  return [{ kind: 'dependants', outcome: 'fail', detail: `${detail} ${need}` }];
}

/** Nodes of the workspace: that they lose access is asked. Others are a warning. */
const ownNodes: readonly FlowEndKind[] = ['compute', 'serverless', 'onlineEndpoint'];
/** Serverless compute, or names for batch endpoints, that may not be used at all: its effect is allowed or not, and nothing more is asked. */
const isDoubtful = ({ from, use, onlyFor }: ChangedFlow): boolean =>
  (from.kind === 'serverless' || onlyFor !== undefined) && use !== undefined;

/** Computes of the workspace whose place could not be read, where the workspace uses the service. */
function lostUsers(service: string, index: SnapshotIndex): readonly EffectEnd[] {
  const workspace = index.workspace();
  const isUsed = workspace !== undefined && uses(workspace, service) && !workspaceView(workspace).managedNetwork.on;
  return isUsed ? computesOutOfSight(index) : [];
}

const unknownGate = ({ resource }: Change, reason: string): Gate => ({
  kind: 'dependants',
  outcome: 'unknown',
  detail: `Who depends on ${nameOf(resource)} could not be read: ${reason}`,
});

/** Lists that were asked for and not read: what they hold is not known. */
function unreadLists(service: string, index: SnapshotIndex): readonly ReadFailure[] {
  const workspace = index.workspace();
  if (!workspace) return [];
  const isOwn = uses(workspace, service) && !workspaceView(workspace).managedNetwork.on;
  const lists = isOwn ? [`${workspace.id}/computes`, `${workspace.id}/onlineEndpoints`] : [];
  const own = index.snapshot.gaps.filter(({ id, status }) => status !== 404 && lists.some((list) => sameId(list, id)));
  return [...own, ...unreadUsers(service, index).map(({ gap }) => gap)];
}

/** Machine Learning registries keep their assets in accounts and container registries, which their regions name. */
const otherRegistries = (service: string, index: SnapshotIndex): EffectEnd[] =>
  index
    .ofType(machineLearningRegistryType)
    .filter((one) => idsIn(one.body).some((id) => sameId(id, service)))
    .map(({ id }) => ({ kind: 'registry', id, name: `Machine Learning registry ${nameOf(id)}` }));

const idsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(idsIn)
      : [];

/** By their settings and by their datastores. Projects use the services of their hub, which is named. */
function otherWorkspaces(service: string, index: SnapshotIndex): EffectEnd[] {
  const named = index
    .ofType(workspaceType)
    .filter((one) => workspaceView(one).kind !== 'Project' && uses(one, service))
    .map(({ id }) => id);
  const stores = isStorage(service) ? index.ofType(datastoreType) : [];
  const mounted = stores
    .filter((one) => sameId(datastoreView(one).accountName, nameOf(service)))
    .flatMap(({ id }) => parentId(id) ?? []);
  return distinctIds([...named, ...mounted])
    .filter((id) => !sameId(id, index.snapshot.workspace))
    .map((id) => ({ kind: 'workspace', id, name: `workspace ${nameOf(id)}` }));
}

const uses = (workspace: Resource, service: string): boolean =>
  servicesNamedBy(workspace).some((id) => sameId(id, service));

/** What a write to a hub, or below it, also changes: its projects have no network settings of their own. */
export function hubRisk(resource: string, index: SnapshotIndex): readonly string[] {
  const posture = index.posture();
  if (posture.state !== 'read' || workspaceView(posture.resource).kind !== 'Hub') return [];
  const hub = posture.resource;
  if (!isWithin(resource, hub.id)) return [];
  const projects = projectsOf(hub.id, index);
  return projects.length === 0
    ? []
    : [`Applies to hub ${nameOf(hub.id)} and its ${counted(projects.length, 'project')}.`];
}

/** Ids of the projects of a hub, in lower case; of anything else none. */
function projectsOf(id: string, index: SnapshotIndex): string[] {
  const seen = index.peek(id);
  if (seen.state !== 'read' || !sameId(typeOf(id), workspaceType) || workspaceView(seen.resource).kind !== 'Hub')
    return [];
  const inHand = index.ofType(workspaceType).filter((one) => sameId(workspaceView(one).hubResourceId, id));
  return [...new Set([...workspaceView(seen.resource).associatedWorkspaces, ...inHand.map((one) => one.id)].map(fold))];
}
