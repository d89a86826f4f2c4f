// Which policies forbid a type of resource in a resource group, and which may deny the write of a resource, by their own definitions.

import type { Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isWithin, nameOf, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
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
  policyAssignmentType,
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
      const speaks = (found: Resource): boolean =>
        types.some((type) => conditionOf(found).includes(fold(type))) || fold(nameOf(definition)) === noPublicAddresses;
      return policiesMet({ assignment, definition, given, speaks, index });
    });
}

/** Policies that were read, cover a resource, and may deny that it is written. What their conditions say of its body is not evaluated. */
export const policiesOn = (resource: string, index: SnapshotIndex): readonly PolicyMet[] =>
  index.ofType(policyAssignmentType).flatMap((assignment) => {
    const { definition } = assignmentView(assignment);
    if (definition === undefined || !covers(assignment, resource, index) || !holdsAt(assignment, resource)) return [];
    const given = valueAt(assignment.body, '/properties/parameters');
    const speaks = (found: Resource): boolean => concerns(conditionOf(found), fold(typeOf(resource)));
    return policiesMet({ assignment, definition, given, speaks, index });
  });

/** What is assigned to a management group is inherited where a list of the resource's subscription holds it. */
function covers({ id }: Resource, resource: string, index: SnapshotIndex): boolean {
  const scope = id.slice(0, fold(id).lastIndexOf('/providers/microsoft.authorization/policyassignments/'));
  if (isWithin(resource, scope)) return true;
  const isInherited = /^\/providers\/microsoft\.management\//i.test(scope);
  return (
    isInherited &&
    index.snapshot.collections.some(
      (list) =>
        fold(list.id).includes('/policyassignments') &&
        fold(subscriptionOf(list.id) ?? '') === fold(subscriptionOf(resource) ?? '') &&
        list.members.some((member) => sameId(member, id)),
    )
  );
}

/** Does a condition name the type, all types of its provider, or no type of Microsoft's at all? */
const concerns = (condition: string, type: string): boolean =>
  condition.includes(type) ||
  condition.includes(`${type.split('/')[0]}/*`) ||
  !/microsoft\.[a-z]{1,60}\//.test(condition);

interface Question {
  readonly assignment: Resource;
  readonly definition: string;
  readonly given: Json | undefined;
  /** Is a definition about what is asked? */
  readonly speaks: (definition: Resource) => boolean;
  readonly index: SnapshotIndex;
}

function policiesMet(question: Question): PolicyMet[] {
  const { assignment, definition, given, speaks, index } = question;
  const found = index.peek(definition);
  if (found.state === 'gap') return [{ assignment, definition, state: 'open', gap: found.gap }];
  if (found.state === 'missing') return [];
  const parameters = parameterOf(given, found.resource);
  if (isInitiative(definition)) {
    return partsThatMayDeny(found.resource, given).flatMap((part) =>
      policiesMet({ ...question, definition: part.definition, given: part.given }),
    );
  }
  if (!speaks(found.resource)) return [];
  const effect = resolved(valueAt(found.resource.body, effectPointer), parameters);
  if (effect === undefined) return [{ assignment, definition, state: 'open' }];
  return fold(effect) === 'deny' ? [{ assignment, definition, state: 'forbids' }] : [];
}
