// Asks the service for its own diagnosis of the workspace, on request. It changes nothing in Azure; a refusal leaves a read
// failure.

import { isObject } from '../model/json.ts';
import { sameId, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { withResources } from '../model/snapshot-index.ts';
import { diagnosisOf, diagnosisType, resourceTypeOf } from '../resource-types/index.ts';
import type { ApplyContext } from './apply-context.ts';

/** See {@link Session.diagnose}. */
export async function askDiagnosis(
  snapshot: Snapshot,
  { arm, say }: ApplyContext,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { workspace } = snapshot;
  if (workspace === null) return snapshot;
  const id = diagnosisOf(workspace);
  say({ kind: 'asking', questions: 1, detail: 'Requesting the workspace diagnosis. This changes nothing.' });
  say({ kind: 'progress', stage: 'diagnose', done: 0, total: 1, detail: 'the service checks the workspace' });
  const answer = await arm.diagnose(workspace, signal);
  const gaps = snapshot.gaps.filter((gap) => !sameId(gap.id, id));
  if (!answer.ok) return { ...withResources(snapshot, [], [id]), gaps: [...gaps, answer.gap] };
  const body = isObject(answer.body) ? answer.body : {};
  const { apiVersion } = resourceTypeOf(typeOf(workspace));
  return { ...withResources(snapshot, [{ id, type: diagnosisType, apiVersion, body }]), gaps };
}
