// Which policies forbid a type of resource in a resource group, as far as their own text says (rules-catalogue, `compute.policy`).
import {
  assignmentView,
  conditionOf,
  effectPointer,
  holdsAt,
  initiativeParts,
  isInitiative,
  parameterOf,
  policyAssignmentsList,
  resolved,
} from '../kinds/policy-view.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import type { Gap } from '../model/snapshot.ts';
import type { World } from '../model/world.ts';

export interface PolicyMet {
  readonly assignment: Resource;
  readonly definition: string;
  /** `forbids`: an effect of deny on the type; `open`: the effect, or the definition, is not known. */
  readonly state: 'forbids' | 'open';
  readonly gap?: Gap;
}

/** "Network interfaces should not have public IPs": forbids the type without naming it. */
const noPublicAddresses = '83a86a26-fd1f-447c-b59d-e51f44264114';

/** Policies over a group that forbid one of the types, or may. Throws GapRead when the assignments were not read. */
export function policiesAgainst(group: string, types: readonly string[], world: World): readonly PolicyMet[] {
  return world
    .list(policyAssignmentsList(group))
    .filter((assignment) => holdsAt(assignment, group))
    .flatMap((assignment) => {
      const { definition } = assignmentView(assignment);
      if (definition === undefined) return [];
      const given = valueAt(assignment.body, '/properties/parameters');
      return judged({ assignment, definition, given, types, world });
    });
}

interface Question {
  readonly assignment: Resource;
  readonly definition: string;
  readonly given: Json | undefined;
  readonly types: readonly string[];
  readonly world: World;
}

function judged(question: Question): PolicyMet[] {
  const { assignment, definition, given, types, world } = question;
  const found = world.peek(definition);
  if (found.state === 'gap') return [{ assignment, definition, state: 'open', gap: found.gap }];
  if (found.state === 'missing') return [];
  const parameters = parameterOf(given, found.resource);
  if (isInitiative(definition)) {
    return initiativeParts(found.resource).flatMap((part) => {
      const handed = handedDown(part.parameters, parameters);
      // An effect that the initiative hands down, and that is no deny, forbids nothing whatever the definition says.
      if (isHarmless(handed)) return [];
      return judged({ ...question, definition: part.definition, given: handed });
    });
  }
  const condition = conditionOf(found.resource);
  const speaks = types.some((type) => condition.includes(fold(type))) || fold(nameOf(definition)) === noPublicAddresses;
  if (!speaks) return [];
  const effect = resolved(valueAt(found.resource.body, effectPointer), parameters);
  if (effect === undefined) return [{ assignment, definition, state: 'open' }];
  return fold(effect) === 'deny' ? [{ assignment, definition, state: 'forbids' }] : [];
}

/** What a definition is given once the parameters of its initiative are looked up; null where that leads nowhere. */
function handedDown(parameters: Json | undefined, outer: (name: string) => Json | undefined): JsonObject | undefined {
  if (!isObject(parameters)) return undefined;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, item]) => {
      const value = isObject(item) ? valueAt(item, '/value') : undefined;
      return [name, { value: resolved(value, outer) ?? null }];
    }),
  );
}

/** Is an effect handed down that cannot deny? */
function isHarmless(parameters: Json | undefined): boolean {
  if (!isObject(parameters)) return false;
  const effects = Object.entries(parameters).filter(([name]) => fold(name) === 'effect');
  return effects.some(([, item]) => {
    const value = isObject(item) ? valueAt(item, '/value') : undefined;
    return typeof value === 'string' && fold(value) !== 'deny';
  });
}
