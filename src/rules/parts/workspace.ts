// The workspace as its own rules look at it: is it there, is its public endpoint on, is a decisive member of the right type.
// Knows no single rule.
import { otherSpelling } from '../../kinds/read.ts';
import { workspaceView } from '../../kinds/workspace-view.ts';
import { editChange } from '../../model/change.ts';
import { applyEdits, type Edit, EditConflict } from '../../model/edit.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Phase } from '../../model/plan.ts';
import { type Pointer, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import type { Judgement, Proposal, Subject, Verdict } from '../rule.ts';
import { notApplicable, seen, shown, unknown } from './verdict.ts';

export const accessPointer = '/properties/publicNetworkAccess';
export const connectionsPointer = '/properties/privateEndpointConnections';
export const managedPointer = '/properties/managedNetwork';
export const modePointer = `${managedPointer}/isolationMode`;
export const managedStatusPointer = `${managedPointer}/status/status`;
export const serverlessPointer = '/properties/serverlessComputeSettings';

/** Judges the workspace of the subject; that Azure says it is not there is the business of `workspace.exists`. */
export function workspaceJudged(
  { resource: id }: Subject,
  { world }: Judgement,
  judge: (workspace: Resource) => Verdict,
): Verdict {
  const workspace = world.get(id);
  return workspace
    ? judge(workspace)
    : notApplicable(`The workspace ${shown(id)} is not there; workspace.exists speaks of it.`);
}

/** Is the public endpoint on? `unset`: the member is not there; `odd`: it holds something that Azure does not document. */
export function publicAccess(workspace: Resource): 'Enabled' | 'Disabled' | 'unset' | 'odd' {
  if (isOdd(workspace, accessPointer, 'string')) return 'odd';
  const { publicNetworkAccess } = workspaceView(workspace);
  if (publicNetworkAccess === undefined) return 'unset';
  if (publicNetworkAccess === 'Enabled') return 'Enabled';
  return publicNetworkAccess === 'Disabled' ? 'Disabled' : 'odd';
}

/**
 * Does a member hold something of another type, or stand there in another letter case? Such a member proves nothing, so a
 * rule that turns on it answers `unknown`. Absent and null are no oddity.
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

/** The answer of a rule that turns on a member nobody can understand. */
export const oddVerdict = (workspace: Resource, pointer: Pointer, what: string): Verdict =>
  unknown(`The ${what} of ${shown(workspace.id)} is not in a form that can be judged.`, [
    seen(workspace, pointer, 'not a value that Azure documents'),
  ]);

/** One change to the workspace, or a sentence where its body is not in a form that can be edited. */
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
