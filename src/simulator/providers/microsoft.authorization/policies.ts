// Azure Policy's documents: assignments on any scope, inherited downwards, and the definitions they name,
// which belong to a subscription, a management group or to Azure itself.
import { fold, within } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { isAtScope } from '../../gateway/filter.ts';
import { parameter } from '../../gateway/request.ts';
import { type ArmObject, at, child, isObject, put, text } from '../../json.ts';
import { isAbove, scopeOfAssignment } from '../../policy/assigned.ts';
import { idOf } from '../../store/store.ts';
import type { ProviderType } from '../provider.ts';

const modes = ['Default', 'DoNotEnforce'];

export const policyAssignments: ProviderType = {
  type: 'Microsoft.Authorization/policyAssignments',
  versions: ['2024-05-01', '2023-04-01', '2019-09-01'],
  provisions: false,
  extension: true,
  created: 201,
  updated: 201,
  parting: true,
  settle(write, next) {
    const properties = child(next, 'properties');
    const definition = text(properties, 'policyDefinitionId') ?? '';
    if (!write.store.get(definition)) {
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

function definitions(type: string): ProviderType {
  return {
    type: `Microsoft.Authorization/${type}`,
    versions: ['2024-05-01', '2023-04-01', '2021-06-01'],
    provisions: false,
    created: 201,
    updated: 201,
    allows: { patch: false },
    settle: (_write, next) => checked(next, type),
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
