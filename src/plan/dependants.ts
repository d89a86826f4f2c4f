// Who reaches a service now and will not after a change that closes it: computes and endpoints outside every virtual network, and
// other workspaces that use it. Reads a snapshot; names only what it holds. Pure.
import type { Change } from '../model/change.ts';
import type { Effect } from '../model/effect.ts';
import type { Gate } from '../model/plan.ts';
import { needSentence } from '../model/plan-need.ts';
import { attempt } from '../model/readable.ts';
import { nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import {
  computeType,
  computeView,
  onlineEndpointType,
  onlineEndpointView,
  workspaceType,
  workspaceView,
} from '../resource-types/index.ts';

/** The answer that accepts that computes or endpoints of this workspace lose access. */
const answer = 'accept-cut';
const services = ['storageaccounts', 'vaults', 'registries'];
/** Effects that close a service to every network without a rule. */
const closing = ['all networks', 'public network access'];

export function dependantGates(
  change: Change,
  effects: readonly Effect[],
  index: SnapshotIndex,
  answers: Readonly<Record<string, string>> | null,
): Gate[] {
  const isService = services.includes(typeOf(change.resource).split('/').at(-1)?.toLowerCase() ?? '');
  const closes = effects.some(({ kind, subject }) => kind === 'restricts' && closing.includes(subject));
  if (!isService || !closes) return [];
  return attempt(
    () => {
      const own = ownDependants(change.resource, index);
      const others = otherWorkspaces(change.resource, index);
      if (own.length + others.length === 0) return [];
      const names = [...own, ...others.map((id) => `workspace ${nameOf(id)}`)].join(', ');
      const detail = `Closing ${nameOf(change.resource)} cuts off: ${names}.`;
      const isAccepted = own.length === 0 || answers === null || answers[answer] === 'yes';
      if (isAccepted) return [{ kind: 'dependants', outcome: 'warn', detail }];
      const says = `they lose access to ${nameOf(change.resource)}`;
      const need = needSentence({ kind: 'choice', options: [{ name: answer, value: 'yes', says }] });
      return [{ kind: 'dependants', outcome: 'fail', detail: `${detail} ${need}` }];
    },
    ({ gap }) => [
      {
        kind: 'dependants',
        outcome: 'unknown',
        detail: `Who depends on ${nameOf(change.resource)} could not be read: ${gap.reason}`,
      },
    ],
  );
}

/** Computes without a subnet, and managed online endpoints, of the workspaces that use it; under a managed network there are none. */
function ownDependants(service: string, index: SnapshotIndex): string[] {
  const workspace = index.workspace();
  if (!workspace || !uses(workspace, service) || workspaceView(workspace).managedNetwork.on) return [];
  const inside = <T extends { readonly id: string }>(all: readonly T[]) =>
    all.filter(({ id }) => sameId(parentId(id), workspace.id));
  const computes = inside(index.ofType(computeType)).filter((one) => {
    const view = computeView(one);
    return (view.computeType === 'AmlCompute' || view.computeType === 'ComputeInstance') && view.subnet === undefined;
  });
  const endpoints = inside(index.ofType(onlineEndpointType)).filter(
    (one) => onlineEndpointView(one).kind === 'Managed',
  );
  return [
    ...computes.map(({ id }) => `compute ${nameOf(id)} (no virtual network)`),
    ...endpoints.map(({ id }) => `endpoint ${nameOf(id)}`),
  ];
}

const otherWorkspaces = (service: string, index: SnapshotIndex): string[] =>
  index
    .ofType(workspaceType)
    .filter((one) => !sameId(one.id, index.snapshot.workspace) && uses(one, service))
    .map(({ id }) => id);

function uses(workspace: Parameters<typeof workspaceView>[0], service: string): boolean {
  const { storageAccount, keyVault, containerRegistry } = workspaceView(workspace);
  return [storageAccount, keyVault, containerRegistry].some((id) => sameId(id, service));
}
