// Which policies forbid a type of resource in a resource group, by their own definitions.

import type { Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import {
  assignmentView,
  conditionOf,
  effectPointer,
  holdsAt,
  isInitiative,
  parameterOf,
  partsThatMayDeny,
  policyAssignmentsList,
  resolved,
} from '../resource-types/policy-view.ts';

export interface PolicyMet {
  readonly assignment: Resource;
  readonly definition: string;
  /** `forbids`: an effect of deny on the type; `open`: the effect or the definition is unknown. */
  readonly state: 'forbids' | 'open';
  readonly gap?: ReadFailure;
}

/** "Network interfaces should not have public IPs": forbids the type without naming it. */
const noPublicAddresses = '83a86a26-fd1f-447c-b59d-e51f44264114';

/** Policies over a group that forbid one of the types, or may. Throws UnreadableError when the assignments were not read. */
export function policiesAgainst(group: string, types: readonly string[], index: SnapshotIndex): readonly PolicyMet[] {
  return index
    .list(policyAssignmentsList(group))
    .filter((assignment) => holdsAt(assignment, group))
    .flatMap((assignment) => {
      const { definition } = assignmentView(assignment);
      if (definition === undefined) return [];
      const given = valueAt(assignment.body, '/properties/parameters');
      return policiesMet({ assignment, definition, given, types, index });
    });
}

interface Question {
  readonly assignment: Resource;
  readonly definition: string;
  readonly given: Json | undefined;
  readonly types: readonly string[];
  readonly index: SnapshotIndex;
}

function policiesMet(question: Question): PolicyMet[] {
  const { assignment, definition, given, types, index } = question;
  const found = index.peek(definition);
  if (found.state === 'gap') return [{ assignment, definition, state: 'open', gap: found.gap }];
  if (found.state === 'missing') return [];
  const parameters = parameterOf(given, found.resource);
  if (isInitiative(definition)) {
    return partsThatMayDeny(found.resource, given).flatMap((part) =>
      policiesMet({ ...question, definition: part.definition, given: part.given }),
    );
  }
  const condition = conditionOf(found.resource);
  const speaks = types.some((type) => condition.includes(fold(type))) || fold(nameOf(definition)) === noPublicAddresses;
  if (!speaks) return [];
  const effect = resolved(valueAt(found.resource.body, effectPointer), parameters);
  if (effect === undefined) return [{ assignment, definition, state: 'open' }];
  return fold(effect) === 'deny' ? [{ assignment, definition, state: 'forbids' }] : [];
}
