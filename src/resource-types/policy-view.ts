// The typed views over Azure Policy: what is assigned at or above a resource group, and what a definition denies. Reads only;
// never throws. An effect may depend on parameters of the assignment.
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { formatPointer, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isWithin } from '../model/resource-id.ts';
import { enumAt, lazyMembers, listAt, memoizePerResource, textAt, textsAt } from './read.ts';

export const policyAssignmentType = 'Microsoft.Authorization/policyAssignments';

/** The list of a scope's assignments, with the query that includes inherited ones. */
export const atScope = { $filter: 'atScope()' } as const;
export const policyAssignmentsOf = (scope: string): string => `${scope}/providers/${policyAssignmentType}`;
/** The same as the key of the list in a snapshot. */
export const policyAssignmentsList = (scope: string): string =>
  `${policyAssignmentsOf(scope)}?$filter=${atScope.$filter}`;

export interface AssignmentView {
  readonly title: string | undefined;
  /** Id of a definition or an initiative. */
  readonly definition: string | undefined;
  readonly isEnforced: boolean;
  readonly notScopes: readonly string[];
}

export const assignmentView = memoizePerResource(
  ({ body }: Resource): AssignmentView =>
    lazyMembers<AssignmentView>({
      title: () => textAt(body, '/properties/displayName'),
      definition: () => textAt(body, '/properties/policyDefinitionId'),
      isEnforced: () => enumAt(body, '/properties/enforcementMode', ['Default', 'DoNotEnforce']) !== 'DoNotEnforce',
      notScopes: () => textsAt(body, '/properties/notScopes'),
    }),
);

/** Does an assignment forbid anything at this scope? */
export const holdsAt = (assignment: Resource, scope: string): boolean => {
  const { isEnforced, notScopes } = assignmentView(assignment);
  return isEnforced && !notScopes.some((one) => isWithin(scope, one));
};

export const isInitiative = (id: string): boolean => fold(id).includes('/policysetdefinitions/');

/** A text of a policy, with `[parameters('name')]` resolved; undefined where the value is unknown. */
export function resolved(text: Json | undefined, parameters: (name: string) => Json | undefined): string | undefined {
  if (typeof text !== 'string') return undefined;
  const name = /^\[\s*parameters\(\s*'([^']+)'\s*\)\s*\]$/i.exec(text)?.[1];
  if (name === undefined) return text.startsWith('[') && !text.startsWith('[[') ? undefined : text;
  const value = parameters(name);
  return typeof value === 'string' ? value : undefined;
}

/** The value of a parameter, else the default of its declaration. */
export const parameterOf =
  (given: Json | undefined, declared: Resource) =>
  (name: string): Json | undefined => {
    const own = foldedMember(given, name);
    const value = isObject(own) ? valueAt(own, '/value') : undefined;
    if (value !== undefined) return value;
    const declaration = foldedMember(valueAt(declared.body, '/properties/parameters'), name);
    return isObject(declaration) ? valueAt(declaration, '/defaultValue') : undefined;
  };

function foldedMember(object: Json | undefined, name: string): Json | undefined {
  if (!isObject(object)) return undefined;
  const key = Object.keys(object).find((one) => fold(one) === fold(name));
  return key === undefined ? undefined : valueAt(object, formatPointer([key]));
}

export const effectPointer = '/properties/policyRule/then/effect';
/** The condition of a definition as text, in lower case: the types it names are searched in it. */
export const conditionOf = memoizePerResource(({ body }: Resource): string =>
  fold(JSON.stringify(valueAt(body, '/properties/policyRule/if') ?? null)),
);

export interface InitiativePart {
  readonly definition: string;
  /** The parameter values from the initiative, resolved; null where one is unknown. */
  readonly given: JsonObject | undefined;
}

/** The definitions of an initiative that may deny: not those for which it sets another effect. */
export function partsThatMayDeny(initiative: Resource, given: Json | undefined): InitiativePart[] {
  const outer = parameterOf(given, initiative);
  return listAt(initiative.body, '/properties/policyDefinitions').flatMap((item) => {
    const definition = textAt(item, '/policyDefinitionId');
    const handed = handedDown(valueAt(item, '/parameters'), outer);
    return definition === undefined || isHarmless(handed) ? [] : [{ definition, given: handed }];
  });
}

function handedDown(parameters: Json | undefined, outer: (name: string) => Json | undefined): JsonObject | undefined {
  if (!isObject(parameters)) return undefined;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, item]) => {
      const value = isObject(item) ? valueAt(item, '/value') : undefined;
      return [name, { value: resolved(value, outer) ?? null }];
    }),
  );
}

/** Does the initiative set an effect that cannot deny? */
function isHarmless(parameters: JsonObject | undefined): boolean {
  const effect = textAt(foldedMember(parameters, 'effect'), '/value');
  return effect !== undefined && fold(effect) !== 'deny';
}
