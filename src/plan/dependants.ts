// Who reaches a service now and will not after a change that closes it: computes and endpoints outside every virtual network, and
// other workspaces and Machine Learning registries that use it. Reads a snapshot; names only what it holds. Pure.

import { computesOutOfSight, type FlowChange } from '../audit/path.ts';
import type { Change } from '../model/change.ts';
import type { ChangedFlow, Effect, EffectEnd, EffectReason, FlowEndKind } from '../model/effect.ts';
import type { Gate } from '../model/plan.ts';
import { needSentence } from '../model/plan-need.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isWithin, nameOf, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { counted } from '../model/text.ts';
import { machineLearningRegistryType, servicesNamedBy, workspaceType, workspaceView } from '../resource-types/index.ts';

/** The answer that accepts that computes or endpoints of this workspace lose access. */
export const dependantsAnswer = 'accept-cut';
const services = ['storageaccounts', 'vaults', 'registries'];

/** Who uses a service that a change closes, from places that cannot be followed: other workspaces and registries. Throws UnreadableError. */
export function usersCutOff(service: string, flows: readonly FlowChange[], index: SnapshotIndex): EffectReason[] {
  const closes = flows.some(
    (one) => one.kind === 'cutsOff' && one.from.kind === 'internet' && sameId(one.service ?? '', service),
  );
  if (!closes) return [];
  const to: EffectEnd = { kind: 'service', id: service, name: nameOf(service) };
  const users = [
    ...otherWorkspaces(service, index),
    ...otherRegistries(service, index),
    ...lostUsers(service, index),
    ...projectsOf(service, index).map((id): EffectEnd => ({ kind: 'workspace', id, name: `project ${nameOf(id)}` })),
  ];
  return users.map(
    (user): EffectReason => ({ kind: 'cutsOff', reason: 'user', data: { user, service: to, certain: false } }),
  );
}

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
  const workspace = attempt(
    () => index.workspace(),
    (): undefined => undefined,
  );
  const isUser = workspace !== undefined && uses(workspace, resource);
  const own = isUser ? namesOf((one) => ownNodes.includes(one.from.kind) && !isDoubtful(one)) : [];
  const beside = namesOf(({ from }) => from.kind === 'virtualMachine' || from.kind === 'cluster');
  const others = [...beside, ...cut.flatMap((one) => (one.reason === 'user' ? [one.data.user.name] : []))];
  const unread = attempt(
    () => unreadLists(resource, index),
    ({ gap }) => [gap],
  );
  const unknown = unread.map(({ reason }) => unknownGate(change, reason));
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
/** Serverless compute that may not be used at all: its effect is allowed or not, and nothing more is asked. */
const isDoubtful = ({ from, use }: ChangedFlow): boolean => from.kind === 'serverless' && use !== undefined;

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
  const others = `/subscriptions/${subscriptionOf(workspace.id)}/providers/${workspaceType}`;
  const isOwn = uses(workspace, service) && !workspaceView(workspace).managedNetwork.on;
  const lists = [...(isOwn ? [`${workspace.id}/computes`, `${workspace.id}/onlineEndpoints`] : []), others];
  return index.snapshot.gaps.filter(({ id, status }) => status !== 404 && lists.some((list) => sameId(list, id)));
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

/** Projects use the services of their hub, which is named. */
const otherWorkspaces = (service: string, index: SnapshotIndex): EffectEnd[] =>
  index
    .ofType(workspaceType)
    .filter((one) => !sameId(one.id, index.snapshot.workspace) && workspaceView(one).kind !== 'Project')
    .filter((one) => uses(one, service))
    .map(({ id }) => ({ kind: 'workspace', id, name: `workspace ${nameOf(id)}` }));

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
