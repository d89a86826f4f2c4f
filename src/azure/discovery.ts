// Finds the workspace that the operator means: by id, by name, or because there is only one to be read.
import { exitStatus, Failure } from '../model/failure.ts';
import { fewIds, insteadOf } from '../model/nearest.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isWithin, nameOf, parseId } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { clean, withoutEnd } from '../model/text.ts';
import type { ArmClient, WorkspaceSelector } from './arm-client.ts';

const type = 'Microsoft.MachineLearningServices/workspaces';

type Lister = Pick<ArmClient, 'list'>;

/** See {@link ArmClient.findWorkspace}. */
export async function findWorkspace(arm: Lister, selector: WorkspaceSelector, signal?: AbortSignal): Promise<string> {
  const { workspace, resourceGroup, subscription } = selector;
  if (workspace?.startsWith('/')) return checkedId(workspace);
  if (workspace !== undefined && resourceGroup !== undefined && subscription !== undefined) {
    return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/${type}/${workspace}`;
  }
  const options = { type, ...(signal ? { signal } : {}) };
  const scopes = await scopesOf(arm, selector, signal);
  const answers = await Promise.all(scopes.map((scope) => arm.list(`${scope}/providers/${type}`, options)));
  const readable = answers
    .flatMap((answer) => (answer.ok ? answer.resources : []))
    .filter((one) => resourceGroup === undefined || fold(parseId(one.id).resourceGroup ?? '') === fold(resourceGroup));
  const fitting = readable.filter((one) => workspace === undefined || fold(nameOf(one.id)) === fold(workspace));
  const [only, ...others] = fitting;
  if (only && others.length === 0) return only.id;
  const gaps = answers.flatMap((answer) => (answer.ok ? [] : [answer.gap]));
  throw only ? several(fitting) : none(workspace, readable, gaps);
}

function checkedId(id: string): string {
  if (fold(parseId(id).type ?? '') === fold(type) && parseId(id).names.length === 1) return withoutEnd(id, '/');
  throw new Failure(
    'bad-workspace-id',
    exitStatus.usage,
    `${clean(id, 300)} is not the resource ID of a workspace.`,
    `Format: /subscriptions/ID/resourceGroups/GROUP/providers/${type}/NAME.`,
  );
}

async function scopesOf(arm: Lister, selector: WorkspaceSelector, signal?: AbortSignal): Promise<string[]> {
  const group = selector.resourceGroup === undefined ? '' : `/resourceGroups/${selector.resourceGroup}`;
  if (selector.subscription !== undefined) return [`/subscriptions/${selector.subscription}${group}`];
  const answer = await arm.list('/subscriptions', {
    type: 'Microsoft.Resources/subscriptions',
    ...(signal ? { signal } : {}),
  });
  if (!answer.ok) throw unreadable([answer.gap]);
  // Asked by subscription, not by group: a group of that name need not exist in each of them.
  return answer.resources.map((one) => one.id).filter((id) => isWithin(id, '/subscriptions'));
}

const toList = '`bastide fleet audit --stage 1` lists all.';
const listed = (found: readonly Resource[]): string[] => found.map((one) => clean(one.id, 300));

function several(found: readonly Resource[]): Failure {
  return new Failure(
    'several-workspaces',
    exitStatus.usage,
    `${found.length} workspaces match: ${fewIds(listed(found))}.`,
    `Select one with --workspace NAME|ID. ${toList}`,
    { workspaces: listed(found) },
  );
}

function none(wanted: string | undefined, readable: readonly Resource[], gaps: readonly ReadFailure[]): Failure {
  if (readable.length === 0 && gaps.length > 0) return unreadable(gaps);
  const what = wanted === undefined ? 'No workspace can be read' : `No workspace is called ${clean(wanted, 100)}`;
  const others = insteadOf(wanted, listed(readable), 'readable are');
  return new Failure(
    'no-workspace',
    exitStatus.usage,
    `${what}${others}.`,
    `Select one with --workspace NAME|ID, and its subscription with --subscription.${readable.length === 0 ? '' : ` ${toList}`}`,
    { workspaces: listed(readable) },
  );
}

function unreadable(gaps: readonly ReadFailure[]): Failure {
  const [first] = gaps;
  return new Failure(
    'cannot-list-workspaces',
    exitStatus.refused,
    `The workspaces could not be listed. ${first?.reason ?? ''}`,
    `Request the permission ${first?.action ?? `${type}/read`}, or pass the resource ID of the workspace with --workspace.`,
    { gaps: gaps.map((gap) => ({ id: gap.id, reason: gap.reason, action: gap.action })) },
  );
}
