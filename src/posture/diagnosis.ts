// What the service said of the workspace where it was asked for its own diagnosis. A scan never asks: it is
// a POST.
import { diagnosisOf, type Statement, statementsIn } from '../kinds/service-answers.ts';
import type { Resource } from '../model/resource.ts';
import { sameId } from '../model/resource-id.ts';
import type { Gap } from '../model/snapshot.ts';
import type { World } from '../model/world.ts';
import { oncePerWorld } from './memo.ts';

export type { Statement };

export type Diagnosis =
  | { readonly state: 'not asked' }
  | { readonly state: 'refused'; readonly gap: Gap }
  /** The answer is not in the documented form. */
  | { readonly state: 'strange'; readonly answer: Resource }
  | { readonly state: 'said'; readonly answer: Resource; readonly statements: readonly Statement[] };

export const diagnosisIn = oncePerWorld((world: World): Diagnosis => {
  const { workspace, gaps } = world.snapshot;
  if (workspace === null) return { state: 'not asked' };
  const id = diagnosisOf(workspace);
  const found = world.peek(id);
  if (found.state === 'read') {
    const statements = statementsIn(found.resource.body);
    const answer = found.resource;
    return statements === undefined ? { state: 'strange', answer } : { state: 'said', answer, statements };
  }
  const gap = gaps.find((one) => sameId(one.id, id));
  return gap === undefined ? { state: 'not asked' } : { state: 'refused', gap };
});
