// Which policies apply to a resource: assignments at its scope and above, a management group's included, less what they
// leave out; initiatives taken apart into their policies.
import { fold, isManagementGroup, within } from '../gateway/address.ts';
import { type ArmJson, type ArmObject, at, isObject, list, text } from '../json.ts';
import { idOf, type Store } from '../store/store.ts';
import { builtInDefinition } from './built-in-definitions.ts';
import type { Parameters } from './conditions.ts';

const assignmentSegment = '/providers/microsoft.authorization/policyassignments/';

export interface Assigned {
  readonly assignment: ArmObject;
  readonly definition: ArmObject;
  /** The initiative through which the policy is assigned. */
  readonly set?: ArmObject;
  readonly parameters: Parameters;
}

export function scopeOfAssignment(id: string): string {
  return id.slice(0, fold(id).lastIndexOf(assignmentSegment));
}

/** A definition or initiative, Azure's own included. */
export const definitionOf = (store: Store, id: string): ArmObject | undefined => store.get(id) ?? builtInDefinition(id);

/** Is what is assigned at the scope inherited by `id`? */
export const isAbove = (scope: string, id: string): boolean =>
  isManagementGroup(scope) ? fold(id).startsWith('/subscriptions/') : within(id, scope);

/**
 * The policies assigned to a resource, in the order in which they were assigned. `enforced`: without those whose assignment only
 * evaluates.
 */
export function assignedTo(store: Store, id: string, enforced: boolean): Assigned[] {
  return store.ofType('Microsoft.Authorization/policyAssignments').flatMap((assignment) => {
    const out = list(assignment, 'properties', 'notScopes').some(
      (scope) => typeof scope === 'string' && within(id, scope),
    );
    const isOff = fold(text(assignment, 'properties', 'enforcementMode') ?? 'Default') === 'donotenforce';
    if (out || (enforced && isOff) || !isAbove(scopeOfAssignment(idOf(assignment)), id)) return [];
    const definition = definitionOf(store, text(assignment, 'properties', 'policyDefinitionId') ?? '');
    if (!definition) return [];
    const given = at(assignment, 'properties', 'parameters');
    return isSet(definition)
      ? policiesOf(store, assignment, definition, parametersOf(definition, given))
      : [{ assignment, definition, parameters: parametersOf(definition, given) }];
  });
}

const isSet = (definition: ArmObject): boolean => fold(idOf(definition)).includes('/policysetdefinitions/');

function policiesOf(store: Store, assignment: ArmObject, set: ArmObject, given: Parameters): Assigned[] {
  return list(set, 'properties', 'policyDefinitions').flatMap((item) => {
    const definition = definitionOf(store, text(item, 'policyDefinitionId') ?? '');
    return definition
      ? [{ assignment, definition, set, parameters: parametersOf(definition, at(item, 'parameters'), given) }]
      : [];
  });
}

/** What is given, else the definition's defaults; what an initiative passes on may name a parameter of the initiative. */
function parametersOf(definition: ArmObject, given: ArmJson | undefined, outer: Parameters = new Map()): Parameters {
  const found = new Map<string, ArmJson>();
  const declared = at(definition, 'properties', 'parameters');
  for (const [name, declaration] of isObject(declared) ? declared : []) {
    const value = at(given, name, 'value') ?? at(declaration, 'defaultValue');
    const passed = typeof value === 'string' ? /^\[\s*parameters\('([^']+)'\)\s*\]$/i.exec(value)?.[1] : undefined;
    const settled = passed === undefined ? value : outer.get(fold(passed));
    if (settled !== undefined) found.set(fold(name), settled);
  }
  return found;
}
