// Azure Policy's documents: assignments on any scope, inherited downwards, and the definitions they name,
// which belong to a subscription, a management group or to Azure itself.
import { fold, nameOf, within } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { isAtScope } from '../../gateway/filter.ts';
import { parameter } from '../../gateway/request.ts';
import { type ArmObject, at, child, isObject, list, nameIn, put, text } from '../../json.ts';
import { definitionOf, isAbove, scopeOfAssignment } from '../../policy/assigned.ts';
import { builtInDefinition } from '../../policy/built-in-definitions.ts';
import { idOf } from '../../store/store.ts';
import type { ProviderType } from '../provider.ts';

const modes = ['Default', 'DoNotEnforce'];

export const policyAssignments: ProviderType = {
  type: 'Microsoft.Authorization/policyAssignments',
  provisions: false,
  extension: true,
  created: 201,
  updated: 201,
  parting: true,
  settle(write, next) {
    const properties = child(next, 'properties');
    const definition = text(properties, 'policyDefinitionId') ?? '';
    const defined = definitionOf(write.store, definition);
    if (!defined) {
      const kind = fold(definition).includes('/policysetdefinitions/') ? 'policy set definition' : 'policy definition';
      throw new ArmError(404, 'PolicyDefinitionNotFound', `The ${kind} '${definition}' could not be found.`);
    }
    const mode = text(properties, 'enforcementMode') ?? 'Default';
    const spelt = modes.find((known) => fold(known) === fold(mode));
    if (spelt === undefined) {
      throw new ArmError(
        400,
        'InvalidPolicyAssignment',
        `The enforcement mode '${mode}' is not one of ${modes.join(', ')}.`,
      );
    }
    checkParameters(defined, properties, nameOf(write.id));
    put(properties, 'enforcementMode', spelt);
    put(properties, 'scope', scopeOfAssignment(write.id));
    return next;
  },
  /** What is inherited counts too; `atScope()` omits what is below. */
  items({ store, address, request }) {
    const onlyAbove = isAtScope(parameter(request, '$filter'));
    return store.ofType('Microsoft.Authorization/policyAssignments').filter((body) => {
      const scope = scopeOfAssignment(idOf(body));
      return isAbove(scope, address.scope) || (!onlyAbove && within(scope, address.scope));
    });
  },
};

/**
 * Every parameter given is declared, has the declared type and an allowed value, and none is missing. Guessed: the words, and the
 * code for a value that is not allowed.
 */
function checkParameters(definition: ArmObject, properties: ArmObject, name: string): void {
  const declared = at(definition, 'properties', 'parameters');
  const given = at(properties, 'parameters');
  const refuse = (code: string, message: string) => new ArmError(400, code, message);
  for (const key of isObject(given) ? given.keys() : []) {
    if (!isObject(declared) || nameIn(declared, key) === undefined) {
      throw refuse('UndefinedPolicyParameter', `The policy assignment '${name}' has the undefined parameter '${key}'.`);
    }
  }
  for (const [key, declaration] of isObject(declared) ? declared : []) {
    const value = at(given, key, 'value');
    if (value === undefined && at(declaration, 'defaultValue') === undefined) {
      throw refuse('MissingPolicyParameter', `The policy assignment '${name}' is missing the parameter '${key}'.`);
    }
    if (value === undefined) continue;
    const isArray = fold(text(declaration, 'type') ?? '') === 'array';
    if (isArray !== Array.isArray(value)) {
      throw refuse('InvalidPolicyParameterType', `The value of parameter '${key}' of '${name}' has another type.`);
    }
    const allowed = list(declaration, 'allowedValues');
    if (allowed.length > 0 && !allowed.some((one) => one === value)) {
      throw refuse('PolicyParameterValueNotAllowed', `The value of parameter '${key}' of '${name}' is not allowed.`);
    }
  }
}

function definitions(type: string): ProviderType {
  return {
    type: `Microsoft.Authorization/${type}`,
    provisions: false,
    created: 201,
    updated: 201,
    allows: { patch: false },
    settle: (_write, next) => checked(next, type),
    item: ({ address }) => builtInDefinition(address.path),
    mayDelete({ store, id }) {
      const user = store
        .ofType('Microsoft.Authorization/policyAssignments')
        .find((body) => fold(text(body, 'properties', 'policyDefinitionId') ?? '') === fold(id));
      if (user) {
        const message = `The policy definition '${id}' cannot be deleted because it is used by the assignment '${idOf(user)}'.`;
        throw new ArmError(409, 'PolicyDefinitionInUse', message);
      }
    },
  };
}

function checked(next: ArmObject, type: string): ArmObject {
  const properties = child(next, 'properties');
  const rule = at(properties, 'policyRule');
  const isWhole = type === 'policyDefinitions' ? isObject(at(rule, 'if')) && isObject(at(rule, 'then')) : true;
  if (!isWhole) {
    throw new ArmError(400, 'InvalidPolicyRule', "The policy rule is missing, or has no 'if' or no 'then'.");
  }
  put(properties, 'policyType', text(properties, 'policyType') ?? 'Custom');
  return next;
}

export const policyDefinitions = definitions('policyDefinitions');
export const policySetDefinitions = definitions('policySetDefinitions');
