// Built-in policy definitions, which every tenant has and nobody creates: what their rules look at, after Azure/azure-policy at
// f4a50bacae07 (2026-04-29). Texts other than the display name are left out.
import { fold } from '../gateway/address.ts';
import { type ArmObject, json, object, type Plain } from '../json.ts';

const auditDeny = ['Audit', 'Deny', 'Disabled'];
const auditOnly = ['Audit', 'Disabled'];
const storage = 'Microsoft.Storage/storageAccounts';
const vault = 'Microsoft.KeyVault/vaults';
const registry = 'Microsoft.ContainerRegistry/registries';
const workspace = 'Microsoft.MachineLearningServices/workspaces';
const compute = `${workspace}/computes`;

interface Draft {
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly conditions: readonly Plain[];
  readonly effects?: readonly string[];
  readonly mode?: 'All';
  readonly effectParameter?: string;
  readonly parameters?: Readonly<Record<string, Plain>>;
  readonly details?: Plain;
}

/** No connection of the resource is approved. */
const noApproved = (type: string): Plain => ({
  count: {
    field: `${type}/privateEndpointConnections[*]`,
    where: {
      field: `${type}/privateEndpointConnections[*].privateLinkServiceConnectionState.status`,
      equals: 'Approved',
    },
  },
  less: 1,
});

/** Key vaults show publicNetworkAccess since this version; a rule looks at it only where the request names it or a later one. */
const vaultIsPublic: Plain = {
  anyOf: [
    { value: '[requestContext().apiVersion]', less: '2021-06-01-preview' },
    {
      allOf: [
        { value: '[requestContext().apiVersion]', greaterOrEquals: '2021-06-01-preview' },
        { field: `${vault}/publicNetworkAccess`, notEquals: 'Disabled' },
      ],
    },
  ],
};

const drafts: readonly Draft[] = [
  {
    name: '34c877ad-507e-4c82-993e-3452a6e0ad3c',
    displayName: 'Storage accounts should restrict network access',
    type: storage,
    conditions: [{ field: `${storage}/networkAcls.defaultAction`, notEquals: 'Deny' }],
  },
  {
    name: 'c9d007d0-c057-4772-b18c-01e546713bcd',
    displayName: 'Storage accounts should allow access from trusted Microsoft services',
    type: storage,
    conditions: [
      { field: `${storage}/networkAcls.bypass`, exists: 'true' },
      { field: `${storage}/networkAcls.bypass`, notContains: 'AzureServices' },
    ],
  },
  {
    name: 'b2982f36-99f2-4db5-8eff-283140c09693',
    displayName: 'Storage accounts should disable public network access',
    type: storage,
    mode: 'All',
    conditions: [{ field: `${storage}/publicNetworkAccess`, notEquals: 'Disabled' }],
  },
  {
    name: '6edd7eda-6dd8-40f7-810d-67160c639cd9',
    displayName: 'Storage accounts should use private link',
    type: storage,
    conditions: [],
    effects: ['AuditIfNotExists', 'Disabled'],
    details: {
      type: `${storage}/privateEndpointConnections`,
      existenceCondition: {
        field: `${storage}/privateEndpointConnections/privateLinkServiceConnectionState.status`,
        equals: 'Approved',
      },
    },
  },
  {
    name: '55615ac9-af46-4a59-874e-391cc3dfb490',
    displayName: 'Azure Key Vault should have firewall enabled or public network access disabled',
    type: vault,
    parameters: {
      restrictIPAddresses: { type: 'String', defaultValue: 'No', allowedValues: ['Yes', 'No'] },
      allowedIPAddresses: { type: 'Array', defaultValue: [] },
      forbiddenIPAddresses: { type: 'Array', defaultValue: [] },
    },
    conditions: [
      { field: `${vault}/createMode`, notEquals: 'recover' },
      {
        anyOf: [
          { field: `${vault}/networkAcls.defaultAction`, notEquals: 'Deny' },
          {
            allOf: [
              { value: "[parameters('restrictIPAddresses')]", equals: 'Yes' },
              // Ranges of addresses are not compared here: with Yes the rule is not evaluated.
              { value: "[ipRangeContains(parameters('allowedIPAddresses'), '')]", equals: true },
            ],
          },
        ],
      },
      vaultIsPublic,
    ],
  },
  {
    name: '405c5871-3e91-4644-8a63-58e19d68ff5b',
    displayName: 'Azure Key Vault should disable public network access',
    type: vault,
    conditions: [{ not: { field: `${vault}/createMode`, equals: 'recover' } }, vaultIsPublic],
  },
  {
    name: 'a6abeaec-4d90-4a02-805f-6b26c4d3fbe9',
    displayName: 'Azure Key Vaults should use private link',
    type: vault,
    effects: auditOnly,
    effectParameter: 'audit_effect',
    conditions: [noApproved(vault)],
  },
  {
    name: '438c38d2-3772-465a-a9cc-7a6666a275ce',
    displayName: 'Azure Machine Learning Workspaces should disable public network access',
    type: workspace,
    conditions: [
      {
        anyOf: [
          { field: `${workspace}/publicNetworkAccess`, exists: 'false' },
          { field: `${workspace}/publicNetworkAccess`, notEquals: 'Disabled' },
        ],
      },
    ],
  },
  {
    name: '45e05259-1eb5-4f70-9574-baf73e9d219b',
    displayName: 'Azure Machine Learning workspaces should use private link',
    type: workspace,
    effects: auditOnly,
    conditions: [noApproved(workspace)],
  },
  {
    name: '6ddb1705-c8cf-450e-aa4b-19ad6703c440',
    displayName: 'Azure Machine Learning and Ai Studio should use Allow Only Approved Outbound Managed Vnet mode',
    type: workspace,
    parameters: {
      isolationMode: {
        type: 'String',
        defaultValue: 'Disabled',
        allowedValues: ['AllowInternetOutbound', 'AllowOnlyApprovedOutbound', 'Disabled'],
      },
    },
    conditions: [{ field: `${workspace}/managedNetwork.isolationMode`, notEquals: "[parameters('isolationMode')]" }],
  },
  {
    name: '7804b5c7-01dc-4723-969b-ae300cc07ff1',
    displayName: 'Azure Machine Learning Computes should be in a virtual network',
    type: compute,
    mode: 'All',
    effects: auditOnly,
    conditions: [
      { field: `${compute}/computeType`, in: ['AmlCompute', 'ComputeInstance'] },
      {
        anyOf: [
          { field: `${compute}/subnet.id`, exists: false },
          { value: `[empty(field('${compute}/subnet.id'))]`, equals: true },
        ],
      },
    ],
  },
  {
    name: 'd0793b48-0edc-4296-a390-4c75d1bdfd71',
    displayName: 'Container registries should not allow unrestricted network access',
    type: registry,
    conditions: [
      {
        anyOf: [
          { field: `${registry}/networkRuleSet.defaultAction`, exists: 'false' },
          { field: `${registry}/networkRuleSet.defaultAction`, equals: 'Allow' },
        ],
      },
      {
        anyOf: [
          { field: `${registry}/publicNetworkAccess`, exists: 'false' },
          { field: `${registry}/publicNetworkAccess`, equals: 'Enabled' },
        ],
      },
    ],
  },
  {
    name: 'bd560fc0-3c69-498a-ae9f-aa8eb7de0e13',
    displayName: 'Container registries should have SKUs that support Private Links',
    type: registry,
    conditions: [{ field: `${registry}/sku.name`, notEquals: 'Premium' }],
  },
  {
    name: 'e8eef0a8-67cf-4eb4-9386-14b0e78733d4',
    displayName: 'Container registries should use private link',
    type: registry,
    effects: auditOnly,
    conditions: [noApproved(registry)],
  },
];

const prefix = '/providers/Microsoft.Authorization/policyDefinitions/';

function definition(draft: Draft): ArmObject {
  const { name, displayName, conditions, effects = auditDeny, effectParameter = 'effect', parameters = {} } = draft;
  const effect = { type: 'String', defaultValue: effects[0], allowedValues: [...effects] };
  const only = { field: 'type', equals: draft.type };
  return object({
    properties: {
      ...{ displayName, policyType: 'BuiltIn', mode: draft.mode ?? 'Indexed' },
      parameters: { [effectParameter]: effect, ...parameters },
      policyRule: json({
        if: conditions.length === 0 ? only : { allOf: [only, ...conditions] },
        // biome-ignore lint/suspicious/noThenProperty: the member is Azure's.
        then: { effect: `[parameters('${effectParameter}')]`, details: draft.details },
      }),
    },
    id: `${prefix}${name}`,
    type: 'Microsoft.Authorization/policyDefinitions',
    name,
  });
}

const known: ReadonlyMap<string, ArmObject> = new Map(
  drafts.map((draft) => [fold(`${prefix}${draft.name}`), definition(draft)]),
);

/** The built-in definition with this id; undefined where it is none of those known here. */
export const builtInDefinition = (id: string): ArmObject | undefined => known.get(fold(id));
