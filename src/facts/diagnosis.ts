// The result of the service's own diagnosis of the workspace, where it was requested. A scan never requests it: it is a POST.

import type { Resource } from '../model/resource.ts';
import { sameId } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { diagnosisOf, type Statement, statementsIn } from '../resource-types/service-answers.ts';
import { memoizePerSnapshot } from './memoize.ts';

export type { Statement };

export type WorkspaceDiagnosis =
  | { readonly state: 'not asked' }
  | { readonly state: 'refused'; readonly gap: ReadFailure }
  /** The answer is not in the documented form. */
  | { readonly state: 'strange'; readonly answer: Resource }
  | { readonly state: 'said'; readonly answer: Resource; readonly statements: readonly Statement[] };

export const diagnosisIn = memoizePerSnapshot((index: SnapshotIndex): WorkspaceDiagnosis => {
  const { workspace, gaps } = index.snapshot;
  if (workspace === null) return { state: 'not asked' };
  const id = diagnosisOf(workspace);
  const found = index.peek(id);
  if (found.state === 'read') {
    const statements = statementsIn(found.resource.body);
    const answer = found.resource;
    return statements === undefined ? { state: 'strange', answer } : { state: 'said', answer, statements };
  }
  const gap = gaps.find((one) => sameId(one.id, id));
  return gap === undefined ? { state: 'not asked' } : { state: 'refused', gap };
});
