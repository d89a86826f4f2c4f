// The workspace in rules: its public network access, settings of an unexpected type, its edits, and its online endpoints.
import { endpointAccessPointer } from '../../kinds/online-endpoint.ts';
import { otherSpelling } from '../../kinds/read.ts';
import { workspaceView } from '../../kinds/workspace-view.ts';
import { editChange } from '../../model/change.ts';
import { applyEdits, type Edit, EditConflict } from '../../model/edit.ts';
import type { Evidence } from '../../model/finding.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Phase } from '../../model/plan.ts';
import { type Pointer, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import type { World } from '../../model/world.ts';
import { onlineEndpoints, onlineEndpointsOf } from '../../posture/online-endpoints.ts';
import type { Proposal, Verdict } from '../rule.ts';
import { few, noted, seen, shown, unknown } from './verdict.ts';

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
export const oddVerdict = (workspace: Resource, pointer: Pointer, what: string): Verdict =>
  unknown(`The ${what} of ${shown(workspace.id)} has an unexpected value.`, [
    seen(workspace, pointer, 'undocumented value'),
  ]);

/** One change to the workspace, or the reason why its body cannot be edited. */
export function workspaceProposal(
  workspace: Resource,
  phase: Phase,
  build: (body: JsonObject) => readonly Edit[],
  risk: string,
): Proposal | string {
  try {
    const edits = build(workspace.body);
    applyEdits(workspace.body, edits);
    return { change: editChange(workspace.id, edits), phase, risk };
  } catch (error) {
    if (error instanceof EditConflict) {
      return `The body of ${shown(workspace.id)} cannot be edited at ${error.edit.pointer}.`;
    }
    throw error;
  }
}

/** The online endpoints that matter to a rule as evidence, or that their list was not read. */
export function endpointEvidence(
  workspace: Resource,
  world: World,
  which: (endpoint: Resource) => boolean,
  note: string,
): readonly Evidence[] {
  const all = onlineEndpoints(workspace.id, world);
  if (all === undefined) {
    return [noted(onlineEndpointsOf(workspace.id), null, 'online endpoints could not be read')];
  }
  return all.filter(which).map((endpoint) => seen(endpoint, endpointAccessPointer, note));
}

/** `the online endpoints churn and fraud`; undefined where there is none, or they could not be read. */
export function endpointsNamed(
  workspace: Resource,
  world: World,
  which: (endpoint: Resource) => boolean,
): string | undefined {
  const names =
    onlineEndpoints(workspace.id, world)
      ?.filter(which)
      .map(({ id }) => shown(id)) ?? [];
  return names.length === 0 ? undefined : `the online endpoint${names.length === 1 ? '' : 's'} ${few(names)}`;
}
