// Who reaches a service now and will not after a change that closes it: computes and endpoints outside every virtual network, and
// other workspaces and Machine Learning registries that use it. Reads a snapshot; names only what it holds. Pure.
import type { Change } from '../model/change.ts';
import type { Effect } from '../model/effect.ts';
import type { Gate } from '../model/plan.ts';
import { needSentence } from '../model/plan-need.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isWithin, nameOf, parentId, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { counted } from '../model/text.ts';
import {
  computeType,
  computeView,
  machineLearningRegistryType,
  onlineDeploymentType,
  onlineEndpointType,
  onlineEndpointView,
  servicesNamedBy,
  workspaceType,
  workspaceView,
} from '../resource-types/index.ts';
import { textAt } from '../resource-types/read.ts';

/** The answer that accepts that computes or endpoints of this workspace lose access. */
export const dependantsAnswer = 'accept-cut';
const services = ['storageaccounts', 'vaults', 'registries'];
/** Effects that close a service to every network without a rule. */
const closing = ['all networks', 'public network access'];

/** Who uses a service and is cut off by a change; null where the change closes none. Throws UnreadableError. */
function cutOff(
  change: Change,
  effects: readonly Pick<Effect, 'kind' | 'subject'>[],
  index: SnapshotIndex,
): {
  readonly own: readonly Dependant[];
  readonly others: readonly Dependant[];
  readonly unread: readonly ReadFailure[];
} | null {
  const isService = services.includes(typeOf(change.resource).split('/').at(-1)?.toLowerCase() ?? '');
  const closes = effects.some(({ kind, subject }) => kind === 'restricts' && closing.includes(subject));
  if (!isService || !closes) return null;
  const { resource } = change;
  return {
    own: ownDependants(resource, index),
    others: [...otherWorkspaces(resource, index), ...otherRegistries(resource, index)],
    unread: unreadLists(resource, index),
  };
}

interface Dependant {
  readonly id: string;
  /** `compute loose (no virtual network)`. */
  readonly name: string;
}

export function dependantGates(
  change: Change,
  effects: readonly Effect[],
  index: SnapshotIndex,
  answers: Readonly<Record<string, string>> | null,
): Gate[] {
  return attempt(
    () => {
      const { own, others, unread } = cutOff(change, effects, index) ?? { own: [], others: [], unread: [] };
      const unknown = unread.map(({ reason }) => unknownGate(change, reason));
      if (own.length + others.length === 0) return unknown;
      const names = [...own, ...others].map(({ name }) => name).join(', ');
      const detail = `Closing ${nameOf(change.resource)} cuts off: ${names}.`;
      const isAccepted = own.length === 0 || answers === null || answers[dependantsAnswer] === 'yes';
      if (isAccepted) return [{ kind: 'dependants', outcome: 'warn', detail }, ...unknown];
      const says = `they lose access to ${nameOf(change.resource)}`;
      const need = needSentence({ kind: 'choice', options: [{ name: dependantsAnswer, value: 'yes', says }] });
      return [{ kind: 'dependants', outcome: 'fail', detail: `${detail} ${need}` }];
    },
    ({ gap }) => [unknownGate(change, gap.reason)],
  );
}

const unknownGate = ({ resource }: Change, reason: string): Gate => ({
  kind: 'dependants',
  outcome: 'unknown',
  detail: `Who depends on ${nameOf(resource)} could not be read: ${reason}`,
});

/** Each of them loses access; none where that could not be read, which the gate says. */
export const dependantEffects = (change: Change, effects: readonly Effect[], index: SnapshotIndex): Effect[] =>
  attempt(
    () => {
      const { own, others } = cutOff(change, effects, index) ?? { own: [], others: [] };
      return [...own, ...others].map(({ id, name }) => ({
        ...{ kind: 'restricts' as const, resource: change.resource, subject: id },
        detail: `${name.slice(0, 1).toUpperCase()}${name.slice(1)} loses access to ${nameOf(change.resource)}.`,
      }));
    },
    () => [],
  );

/** Lists that were asked for and not read: what they hold is not known. */
function unreadLists(service: string, index: SnapshotIndex): readonly ReadFailure[] {
  const workspace = index.workspace();
  if (!workspace) return [];
  const others = `/subscriptions/${subscriptionOf(workspace.id)}/providers/${workspaceType}`;
  const isOwn = uses(workspace, service) && !workspaceView(workspace).managedNetwork.on;
  const lists = [...(isOwn ? [`${workspace.id}/computes`, `${workspace.id}/onlineEndpoints`] : []), others];
  return index.snapshot.gaps.filter(({ id, status }) => status !== 404 && lists.some((list) => sameId(list, id)));
}

/** Computes without a subnet, and managed online endpoints, of the workspaces that use it; under a managed network there are none. */
function ownDependants(service: string, index: SnapshotIndex): Dependant[] {
  const workspace = index.workspace();
  if (!workspace || !uses(workspace, service) || workspaceView(workspace).managedNetwork.on) return [];
  const inside = <T extends { readonly id: string }>(all: readonly T[]) =>
    all.filter(({ id }) => [workspace.id, index.snapshot.workspace].some((one) => sameId(parentId(id), one)));
  const computes = inside(index.ofType(computeType)).filter((one) => {
    const view = computeView(one);
    return (view.computeType === 'AmlCompute' || view.computeType === 'ComputeInstance') && view.subnet === undefined;
  });
  const endpoints = inside(index.ofType(onlineEndpointType)).filter(
    (one) => onlineEndpointView(one).kind === 'Managed' && !isSealed(one.id, service, index),
  );
  return [
    ...computes.map(({ id }) => ({ id, name: `compute ${nameOf(id)} (no virtual network)` })),
    ...endpoints.map(({ id }) => ({ id, name: `endpoint ${nameOf(id)}` })),
  ];
}

/** Do all deployments of an endpoint reach the service through endpoints of their own? The key vault they do not. */
function isSealed(endpoint: string, service: string, index: SnapshotIndex): boolean {
  const deployments = index.ofType(onlineDeploymentType).filter(({ id }) => sameId(parentId(id), endpoint));
  const isVault = fold(typeOf(service)).endsWith('/vaults');
  return (
    !isVault &&
    deployments.length > 0 &&
    deployments.every(({ body }) => fold(textAt(body, egressPointer) ?? '') === 'disabled')
  );
}
const egressPointer = '/properties/egressPublicNetworkAccess';

/** Machine Learning registries keep their assets in accounts and container registries, which their regions name. */
const otherRegistries = (service: string, index: SnapshotIndex): Dependant[] =>
  index
    .ofType(machineLearningRegistryType)
    .filter((one) => idsIn(one.body).some((id) => sameId(id, service)))
    .map(({ id }) => ({ id, name: `Machine Learning registry ${nameOf(id)}` }));

const idsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(idsIn)
      : [];

/** Projects use the services of their hub, which is named. */
const otherWorkspaces = (service: string, index: SnapshotIndex): Dependant[] =>
  index
    .ofType(workspaceType)
    .filter((one) => !sameId(one.id, index.snapshot.workspace) && workspaceView(one).kind !== 'Project')
    .filter((one) => uses(one, service))
    .map(({ id }) => ({ id, name: `workspace ${nameOf(id)}` }));

const uses = (workspace: Resource, service: string): boolean =>
  servicesNamedBy(workspace).some((id) => sameId(id, service));

/** What a write to a hub, or below it, also changes: its projects have no network settings of their own. */
export function hubRisk(resource: string, index: SnapshotIndex): readonly string[] {
  const posture = index.posture();
  if (posture.state !== 'read' || workspaceView(posture.resource).kind !== 'Hub') return [];
  const hub = posture.resource;
  if (!isWithin(resource, hub.id)) return [];
  const inHand = index.ofType(workspaceType).filter((one) => sameId(workspaceView(one).hubResourceId, hub.id));
  const projects = new Set([...workspaceView(hub).associatedWorkspaces, ...inHand.map(({ id }) => id)].map(fold));
  return projects.size === 0 ? [] : [`Applies to hub ${nameOf(hub.id)} and its ${counted(projects.size, 'project')}.`];
}
