// What Azure was recorded to say of what is not there, by type. What is in no row is refused as ARM itself does.
// Sources as in recorded.ts: azure-cli, azure-cli-extensions and azure-service-operator.
import { type Address, fold } from '../gateway/address.ts';
import { ArmError, networkError } from '../gateway/answer.ts';

interface Missing {
  readonly of: RegExp;
  readonly error: (address: Address, id: string) => ArmError;
}

const last = (names: readonly string[]): string => names.at(-1) ?? '';
const named = ({ namespace, types, names }: Address): string =>
  `${namespace}/${types.map((type, index) => `${type}/${names[index] ?? ''}`).join('/')}`;

const byArm = (address: Address): ArmError =>
  new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${named(address)}' under resource group '${address.group ?? ''}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    { gateway: true },
  );

const rows: readonly Missing[] = [
  // azure-cli: a link that is not there.
  { of: /^microsoft\.network\/privatednszones\//, error: byArm },
  // azure-cli-extensions: an association that is not there.
  {
    of: /^microsoft\.network\/networksecurityperimeters\//,
    error: (_address, id) => networkError(404, 'NotFound', `Resource [${id}] not found.`),
  },
  // azure-service-operator: a peering that is not there.
  {
    of: /^microsoft\.network\/[^/]+\//,
    error: (_address, id) => networkError(404, 'NotFound', `Resource ${id} not found.`),
  },
  // azure-cli and azure-service-operator: 3.
  {
    of: /^microsoft\.authorization\/roleassignments$/,
    error: ({ names }) =>
      new ArmError(404, 'RoleAssignmentNotFound', `The role assignment '${last(names)}' is not found.`),
  },
  // azure-service-operator: 15.
  {
    of: /^microsoft\.keyvault\/locations\/deletedvaults$/,
    error: ({ names }) =>
      new ArmError(
        404,
        'DeletedVaultNotFound',
        `The specified deleted vault '${last(names)}' does not exist. Ensure that the vault was indeed deleted and that it is in recoverable state. If soft delete was not enabled then the vault is permanently deleted. Follow this link for more information: https://go.microsoft.com/fwlink/?linkid=2149745`,
      ),
  },
  // azure-service-operator: 2; the error is the whole body.
  {
    of: /^microsoft\.containerservice\/managedclusters\/agentpools$/,
    error: ({ names, subscription, group }) =>
      new ArmError(
        404,
        'NotFound',
        `Could not find the agentpool: ${last(names)} in subscription: ${subscription}, resourceGroup: ${group}, resourceName: ${names[0]}.`,
        { bare: true },
      ),
  },
];

export function missingResource(type: string, address: Address, id: string): ArmError {
  const row = rows.find(({ of }) => of.test(fold(type)));
  return row ? row.error(address, id) : byArm(address);
}

/** Parts whose parent is missed in words of their own; of all others ARM names the parent as what is not there. */
const missingParents: readonly {
  readonly verb: string;
  readonly of: RegExp;
  readonly message: (address: Address, parent: string) => string;
}[] = [
  // azure-cli: a record set that is put into a zone that is not there.
  {
    ...{ verb: 'PUT', of: /^microsoft\.network\/privatednszones\/[a-z]+$/ },
    message: ({ names }) =>
      `Can not perform requested operation on nested resource. Parent resource '${names[0]}' not found.`,
  },
  // azure-service-operator: a record set 1, computes 2.
  {
    ...{ verb: 'DELETE', of: /^microsoft\.(network\/privatednszones|machinelearningservices\/workspaces)\/[a-z]+$/ },
    message: ({ types }, parent) =>
      `Failed to perform 'delete' on resource(s) of type '${types.join('/')}', because the parent resource '${parent}' could not be found.`,
  },
];

export function missingParent(verb: string, address: Address, parent: string): ArmError | undefined {
  const row = missingParents.find((one) => one.verb === verb && one.of.test(fold(address.type ?? '')));
  return row && new ArmError(404, 'ParentResourceNotFound', row.message(address, parent), { gateway: true });
}
