// Refusals of writes in Azure's own words, as public recordings have them, about resources of the simulator. A check beside the recordings
// compares the words. `again`: may the same write be sent again once the resource was read?
export interface RecordedRefusal {
  readonly code: string;
  /** Of HTTP; 200 where the operation says it at its end. */
  readonly status: number;
  readonly body: object;
  readonly retryAfter?: number;
  readonly again: 'busy' | 'throttled' | 'changed' | null;
  /** Of the recording; `documents` where none has it. */
  readonly source: 'azure-cli' | 'azure-cli-extensions' | 'azure-service-operator' | 'documents';
}

const subscription = '/subscriptions/22222222-2222-2222-2222-222222222222';
const group = `${subscription}/resourceGroups/rg-ml-sim`;
const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml`;
const operation = '491a4e2d-77e7-4aa6-9035-c0d24adea440';
const at = '2026-12-01T08:00:00Z';
const error = (code: string, message: string, details?: readonly object[]): object => ({
  error: { code, message, ...(details === undefined ? {} : { details }) },
});
/** The end of an operation: HTTP 200, and its status says Failed. */
const ended = (code: string, message: string): object => ({
  ...{ id: `${subscription}/providers/Microsoft.Network/locations/westeurope/operationStatuses/${operation}` },
  ...{ name: operation, startTime: at, endTime: at, status: 'Failed' },
  error: { details: null, code, message, target: null },
});
const policy = { policyDefinitionId: `${subscription}/providers/Microsoft.Authorization/policyDefinitions/no-change` };

export const recordedRefusals: readonly RecordedRefusal[] = [
  {
    ...{ code: 'AnotherOperationInProgress', status: 409, again: 'busy', source: 'azure-service-operator' },
    body: error(
      'AnotherOperationInProgress',
      `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: https://management.azure.com${subscription}/providers/Microsoft.Network/locations/westeurope/operations/${operation}?api-version=2020-11-01.`,
      [],
    ),
  },
  {
    ...{ code: 'RetryableError', status: 429, retryAfter: 11, again: 'busy', source: 'azure-service-operator' },
    body: error('RetryableError', 'A retryable error occurred.', [
      {
        code: 'RetryableErrorDueToAnotherOperation',
        message: `Operation PutSubnetOperation (${operation}) is updating resource ${network}. The call can be retried in 11 seconds.`,
      },
    ]),
  },
  {
    ...{ code: 'ReferencedResourceNotProvisioned', status: 400, again: 'busy', source: 'azure-service-operator' },
    body: error(
      'ReferencedResourceNotProvisioned',
      `Cannot proceed with operation because resource ${network} used by resource ${network}/virtualNetworkPeerings/to-hub is not in Succeeded state. Resource is in Updating state and the last operation that updated/is updating the resource is PutSubnetOperation.`,
      [],
    ),
  },
  {
    ...{ code: 'StorageAccountIsNotProvisioned', status: 409, again: 'busy', source: 'azure-service-operator' },
    body: error(
      'StorageAccountIsNotProvisioned',
      "The storage account provisioning state must be 'Succeeded' before executing the operation.",
    ),
  },
  {
    ...{ code: 'StorageAccountOperationInProgress', status: 409, again: 'busy', source: 'documents' },
    body: error(
      'StorageAccountOperationInProgress',
      'An operation is currently performing on this storage account that requires exclusive access.',
    ),
  },
  {
    ...{ code: 'PrincipalNotFound', status: 400, again: 'busy', source: 'azure-service-operator' },
    body: error(
      'PrincipalNotFound',
      'Principal 886f851f845a47a28b6cfa7d7e213179 does not exist in the directory 11111111-1111-1111-1111-111111111111. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype',
    ),
  },
  {
    ...{ code: 'Conflict', status: 200, again: 'busy', source: 'azure-service-operator' },
    body: ended('Conflict', 'Another operation is pending on the specified resource.'),
  },
  {
    ...{ code: 'PreconditionFailed', status: 412, again: 'changed', source: 'azure-cli' },
    body: {
      code: 'PreconditionFailed',
      message: 'The Record set stmlsim has been modified (etag mismatch).',
    },
  },
  {
    ...{ code: 'PreconditionFailed', status: 200, again: 'changed', source: 'azure-cli' },
    body: ended('PreconditionFailed', 'The Zone zone.example.com exists already and hence cannot be created again.'),
  },
  {
    ...{ code: 'RequestDisallowedByPolicy', status: 403, again: null, source: 'documents' },
    body: {
      error: {
        ...{ code: 'RequestDisallowedByPolicy', target: 'snet-train' },
        message: `Resource 'snet-train' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"no-change","id":"${group}/providers/Microsoft.Authorization/policyAssignments/no-change"},"policyDefinition":{"name":"no-change","id":"${policy.policyDefinitionId}"}}]'.`,
        additionalInfo: [
          {
            type: 'PolicyViolation',
            info: {
              ...policy,
              ...{ policyDefinitionName: 'no-change', policyAssignmentName: 'no-change' },
              policyAssignmentId: `${group}/providers/Microsoft.Authorization/policyAssignments/no-change`,
            },
          },
        ],
      },
    },
  },
  {
    ...{ code: 'ScopeLocked', status: 409, again: null, source: 'documents' },
    body: error(
      'ScopeLocked',
      `The scope '${network}' cannot perform write operation because following scope(s) are locked: '${group}'. Please remove the lock and try again.`,
    ),
  },
  {
    ...{ code: 'AuthorizationFailed', status: 403, again: null, source: 'azure-cli' },
    body: error(
      'AuthorizationFailed',
      `The client 'user@example.com' with object id 'e3e7ef9f-eacd-4446-8eb4-f6d27f7f4f32' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '${group}/providers/Microsoft.Authorization/roleAssignments/4f8fbecc-f88b-492a-b86c-a1f456529944' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),
  },
  {
    ...{ code: 'PublicIPCountLimitReached', status: 400, again: null, source: 'documents' },
    body: error(
      'PublicIPCountLimitReached',
      'Cannot create more than 20 public IP addresses for this subscription in this region.',
      [],
    ),
  },
  {
    ...{ code: 'ParentResourceNotFound', status: 404, again: null, source: 'azure-cli' },
    body: error(
      'ParentResourceNotFound',
      "Can not perform requested operation on nested resource. Parent resource 'zone.example.com' not found.",
    ),
  },
  {
    ...{ code: 'ResourceNotFound', status: 404, again: null, source: 'azure-service-operator' },
    body: error(
      'ResourceNotFound',
      "The Resource 'Microsoft.Network/virtualNetworks/vnet-ml' under resource group 'rg-ml-sim' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    ),
  },
  {
    ...{ code: 'RoleAssignmentExists', status: 409, again: null, source: 'azure-service-operator' },
    body: error('RoleAssignmentExists', 'The role assignment already exists.'),
  },
  {
    ...{ code: 'CannotDeleteResource', status: 409, again: null, source: 'azure-service-operator' },
    body: error(
      'CannotDeleteResource',
      "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: 'Microsoft.Network/privateDnsZones/zone.example.com/virtualNetworkLinks/zone.example.com-link'. Please delete all nested resources before deleting this resource.",
    ),
  },
  {
    ...{ code: 'FailedIdentityOperation', status: 400, again: null, source: 'azure-service-operator' },
    body: error(
      'FailedIdentityOperation',
      `Identity operation for resource '${group}/providers/Microsoft.Storage/storageAccounts/stmlsim' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: '{"error":{"code":"BadRequest","message":"Resource '${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-ml' was not found."}}'.'.`,
    ),
  },
  {
    ...{ code: 'InvalidResourceReference', status: 400, again: null, source: 'azure-service-operator' },
    body: error(
      'InvalidResourceReference',
      `Resource ${network}/subnets/azurefirewallsubnet referenced by resource ${group}/providers/Microsoft.Network/azureFirewalls/fw was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
      [],
    ),
  },
  {
    ...{ code: 'UserError', status: 400, again: null, source: 'azure-cli-extensions' },
    body: {
      error: {
        ...{ code: 'UserError', severity: null, details: [], innerError: null, target: null },
        message: "Provided EnableNodePublicIp 'False' requires workspace private endpoint.",
      },
      ...{ environment: 'westeurope', location: 'westeurope', componentName: 'machinelearningcompute' },
    },
  },
  {
    ...{ code: 'ServiceUnavailable', status: 503, again: 'throttled', source: 'azure-service-operator' },
    body: error('ServiceUnavailable', 'The service is unavailable now. Please retry the request later.'),
  },
];
