// The workspace in rules: its public network access, settings of an unexpected type, its edits, and its online endpoints.

import { onlineEndpoints, onlineEndpointsOf } from '../../facts/online-endpoints.ts';
import { editChange } from '../../model/change.ts';
import { applyEdits, type Edit, EditConflict } from '../../model/edit.ts';
import type { Evidence } from '../../model/finding.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Phase } from '../../model/plan.ts';
import { type Pointer, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { endpointAccessPointer } from '../../resource-types/online-endpoint.ts';
import { otherSpelling } from '../../resource-types/read.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import type { CheckResult, Proposal } from '../rule.ts';
import { displayName, evidenceAt, few, noted, unknown } from './verdict.ts';

export const accessPointer = '/properties/publicNetworkAccess';
export const connectionsPointer = '/properties/privateEndpointConnections';
export const managedPointer = '/properties/managedNetwork';
export const modePointer = `${managedPointer}/isolationMode`;
export const managedStatusPointer = `${managedPointer}/status/status`;
export const serverlessPointer = '/properties/serverlessComputeSettings';

/** `publicNetworkAccess`. `unset`: the setting is absent; `odd`: its value is not one that Azure documents. */
export function publicAccess(workspace: Resource): 'Enabled' | 'Disabled' | 'unset' | 'odd' {
  if (isOdd(workspace, accessPointer, 'string')) return 'odd';
  const { publicNetworkAccess } = workspaceView(workspace);
  if (publicNetworkAccess === undefined) return 'unset';
  if (publicNetworkAccess === 'Enabled') return 'Enabled';
  return publicNetworkAccess === 'Disabled' ? 'Disabled' : 'odd';
}

/**
 * Whether a setting has another type than expected, or its name another letter case. Its value then proves nothing, and a rule
 * that depends on it answers `unknown`. Absent and null are not odd.
 */
export function isOdd({ body }: Resource, pointer: Pointer, type: 'string' | 'boolean' | 'object' | 'list'): boolean {
  const value = valueAt(body, pointer);
  if (value === undefined || value === null) return otherSpelling(body, pointer) !== undefined;
  return typeNameOf(value) !== type;
}
function typeNameOf(value: Json): string {
  if (isArray(value)) return 'list';
  return isObject(value) ? 'object' : value === Object(value) ? 'number' : typeof value;
}

/** The result of a rule that depends on a setting with an unexpected value. */
export const oddVerdict = (workspace: Resource, pointer: Pointer, what: string): CheckResult =>
  unknown(`The ${what} of ${displayName(workspace.id)} has an unexpected value.`, [
    evidenceAt(workspace, pointer, 'undocumented value'),
  ]);

/** One change to the workspace, or the reason why its body cannot be edited. */
export function workspaceProposal(
  workspace: Resource,
  phase: Phase,
  build: (body: JsonObject) => readonly Edit[],
  advice?: string,
): Proposal | string {
  try {
    const edits = build(workspace.body);
    applyEdits(workspace.body, edits);
    return { change: editChange(workspace.id, edits), phase, ...(advice === undefined ? {} : { advice }) };
  } catch (error) {
    if (error instanceof EditConflict) {
      return `The body of ${displayName(workspace.id)} cannot be edited at ${error.edit.pointer}.`;
    }
    throw error;
  }
}

/** The online endpoints of the workspace in question (a project, not its hub) that matter to a rule as evidence, or that their list was not read. */
export function endpointEvidence(
  workspace: Resource,
  index: SnapshotIndex,
  which: (endpoint: Resource) => boolean,
  note: string,
): readonly Evidence[] {
  const owner = index.snapshot.workspace ?? workspace.id;
  const all = onlineEndpoints(owner, index);
  if (all === undefined) {
    return [noted(onlineEndpointsOf(owner), null, 'online endpoints could not be read')];
  }
  return all.filter(which).map((endpoint) => evidenceAt(endpoint, endpointAccessPointer, note));
}

/** `the online endpoints churn and fraud`; undefined where there is none, or they could not be read. */
export function endpointsNamed(
  workspace: Resource,
  index: SnapshotIndex,
  which: (endpoint: Resource) => boolean,
): string | undefined {
  const names =
    onlineEndpoints(index.snapshot.workspace ?? workspace.id, index)
      ?.filter(which)
      .map(({ id }) => displayName(id)) ?? [];
  return names.length === 0 ? undefined : `the online endpoint${names.length === 1 ? '' : 's'} ${few(names)}`;
}
