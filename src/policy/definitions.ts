// The policy definitions that hold a fixed setting: Azure's built-in ones where one says the same, else our own. Sources, each with
// the commit that was read on 2026-11-28: Azure/azure-policy f4a50bacae07 (2026-04-29), Azure/Community-Policy dd8c58d0ab18
// (2026-06-22), Azure/Enterprise-Scale dbd9bd216948 (2026-08-19); Microsoft's list of policy aliases of 2019; the Cloud Adoption
// Framework, "Policies in cloud-scale analytics". `aliases` says for each alias which of them names it.
import type { Json, JsonObject } from '../model/json.ts';

export type PolicyEffect = 'Audit' | 'Deny';
export const policyEffects: readonly [PolicyEffect, ...PolicyEffect[]] = ['Audit', 'Deny'];

interface Definition {
  /** The GUID of a built-in definition, else the name of our own. */
  readonly name: string;
  readonly displayName: string;
  /** What it does not hold, in a sentence. */
  readonly limit?: string;
}

/** A definition that every tenant has. */
export interface BuiltInPolicy extends Definition {
  readonly kind: 'built-in';
  readonly version: string;
  /** The file in Azure/azure-policy, below `built-in-policies/policyDefinitions`. */
  readonly file: string;
  /** Effects that evaluate the resource itself; `Audit` alone where the definition offers no other. */
  readonly effects: readonly PolicyEffect[];
  /** The parameter that takes the effect, and its value where that is not the effect's own name. */
  readonly effectParameter: string;
  readonly audit?: string;
}

export type PolicyParameterType = 'String' | 'Array' | 'Integer';

/** A definition of our own, created in the subscription of what it is assigned to. */
export interface CustomPolicy extends Definition {
  readonly kind: 'custom';
  readonly description: string;
  readonly category: string;
  readonly parameters: Readonly<Record<string, PolicyParameterType>>;
  /** The `if` of the rule: true of what must not be. */
  readonly condition: Json;
}
export type PolicyDefinition = BuiltInPolicy | CustomPolicy;

const builtIn = (
  name: string,
  displayName: string,
  file: string,
  version: string,
  more: Partial<Pick<BuiltInPolicy, 'effects' | 'effectParameter' | 'audit' | 'limit'>> = {},
): BuiltInPolicy => ({
  ...{ kind: 'built-in', name, displayName, file, version },
  ...{ effects: policyEffects, effectParameter: 'effect', ...more },
});

const anyEndpoint = 'It checks that there is an approved private endpoint, not which one, nor its DNS records.';

export const builtIns = {
  storageDeniesByDefault: builtIn(
    '34c877ad-507e-4c82-993e-3452a6e0ad3c',
    'Storage accounts should restrict network access',
    'Storage/Storage_NetworkAcls_Audit.json',
    '1.1.1',
  ),
  storageTrustedServices: builtIn(
    'c9d007d0-c057-4772-b18c-01e546713bcd',
    'Storage accounts should allow access from trusted Microsoft services',
    'Storage/StorageAccess_TrustedMicrosoftServices_Audit.json',
    '1.0.0',
  ),
  storagePublicAccessDisabled: builtIn(
    'b2982f36-99f2-4db5-8eff-283140c09693',
    'Storage accounts should disable public network access',
    'Storage/StoragePublicNetworkAccess_AuditDeny.json',
    '1.0.1',
  ),
  storagePrivateLink: builtIn(
    '6edd7eda-6dd8-40f7-810d-67160c639cd9',
    'Storage accounts should use private link',
    'Storage/StorageAccountPrivateEndpointEnabled_Audit.json',
    '2.0.0',
    {
      effects: ['Audit'],
      audit: 'AuditIfNotExists',
      limit: 'It checks that the account has an approved private endpoint, not one for each sub-resource in use.',
    },
  ),
  vaultFirewall: builtIn(
    '55615ac9-af46-4a59-874e-391cc3dfb490',
    'Azure Key Vault should have firewall enabled or public network access disabled',
    'Key Vault/FirewallEnabled_Audit.json',
    '3.3.0',
  ),
  vaultPublicAccessDisabled: builtIn(
    '405c5871-3e91-4644-8a63-58e19d68ff5b',
    'Azure Key Vault should disable public network access',
    'Key Vault/PublicNetworkAccess_Audit.json',
    '1.1.0',
  ),
  vaultPrivateLink: builtIn(
    'a6abeaec-4d90-4a02-805f-6b26c4d3fbe9',
    'Azure Key Vaults should use private link',
    'Key Vault/Should_Use_PrivateEndpoint_Audit.json',
    '1.2.1',
    { effects: ['Audit'], effectParameter: 'audit_effect', limit: anyEndpoint },
  ),
  workspacePublicAccessDisabled: builtIn(
    '438c38d2-3772-465a-a9cc-7a6666a275ce',
    'Azure Machine Learning Workspaces should disable public network access',
    'Machine Learning/Workspace_PublicNetworkAccessDisabled_Audit.json',
    '2.0.1',
  ),
  workspacePrivateLink: builtIn(
    '45e05259-1eb5-4f70-9574-baf73e9d219b',
    'Azure Machine Learning workspaces should use private link',
    'Machine Learning/Workspace_PrivateEndpoint_Audit_V2.json',
    '1.0.0',
    { effects: ['Audit'], limit: anyEndpoint },
  ),
  workspaceIsolationMode: builtIn(
    '6ddb1705-c8cf-450e-aa4b-19ad6703c440',
    'Azure Machine Learning and Ai Studio should use Allow Only Approved Outbound Managed Vnet mode',
    'Machine Learning/ManagedNetworkIsolationMode_Audit.json',
    '1.0.0',
  ),
  computeInNetwork: builtIn(
    '7804b5c7-01dc-4723-969b-ae300cc07ff1',
    'Azure Machine Learning Computes should be in a virtual network',
    'Machine Learning/Vnet_Audit.json',
    '1.0.1',
    { effects: ['Audit'], limit: 'It checks that each compute is in a subnet, not in which one.' },
  ),
  registryNetworkAccess: builtIn(
    'd0793b48-0edc-4296-a390-4c75d1bdfd71',
    'Container registries should not allow unrestricted network access',
    'Container Registry/ACR_NetworkRulesExist_AuditDeny.json',
    '2.0.0',
  ),
  registryPremium: builtIn(
    'bd560fc0-3c69-498a-ae9f-aa8eb7de0e13',
    'Container registries should have SKUs that support Private Links',
    'Container Registry/ACR_SkuSupportsPrivateEndpoints_AuditDeny.json',
    '1.0.0',
  ),
  registryPrivateLink: builtIn(
    'e8eef0a8-67cf-4eb4-9386-14b0e78733d4',
    'Container registries should use private link',
    'Container Registry/ACR_PrivateEndpointEnabled_Audit.json',
    '1.0.1',
    { effects: ['Audit'], limit: anyEndpoint },
  ),
} satisfies Readonly<Record<string, BuiltInPolicy>>;

// The language of conditions.
const all = (...allOf: Json[]): JsonObject => ({ allOf });
const any = (...anyOf: Json[]): JsonObject => ({ anyOf });
const type = (equals: string): JsonObject => ({ field: 'type', equals });
const parameter = (name: string): string => `[parameters('${name}')]`;
const fieldIs = (field: string, equals: Json): JsonObject => ({ field, equals });
const fieldIsNot = (field: string, notEquals: Json): JsonObject => ({ field, notEquals });
const none = (field: string, where?: Json): JsonObject => ({
  count: { field, ...(where === undefined ? {} : { where }) },
  equals: 0,
});
const some = (field: string, where?: Json): JsonObject => ({
  count: { field, ...(where === undefined ? {} : { where }) },
  greater: 0,
});
/** Is an item of the parameter missing in the array, or as `member` of its items? At most 100 items (limits of `count`). */
const missingOf = (name: string, array: string, member = ''): JsonObject => ({
  count: {
    value: parameter(name),
    name: 'wanted',
    where: none(array, fieldIs(`${array}${member}`, "[current('wanted')]")),
  },
  greater: 0,
});
/** The items that one `count` over a parameter may look at. */
export const mostCounted = 100;

const storage = 'Microsoft.Storage/storageAccounts';
const vault = 'Microsoft.KeyVault/vaults';
const registry = 'Microsoft.ContainerRegistry/registries';
const workspace = 'Microsoft.MachineLearningServices/workspaces';
const compute = `${workspace}/computes`;
const network = 'Microsoft.Network/virtualNetworks';
const group = 'Microsoft.Network/networkSecurityGroups';
const routeTable = 'Microsoft.Network/routeTables';
const monitorScope = 'Microsoft.Insights/privateLinkScopes';

const custom = (
  name: string,
  category: string,
  displayName: string,
  description: string,
  condition: Json,
  more: Partial<Pick<CustomPolicy, 'parameters' | 'limit'>> = {},
): CustomPolicy => ({
  ...{ kind: 'custom', name: `bastide-${name}`, category, displayName, description, condition },
  ...{ parameters: {}, ...more },
});

/** A subnet is written alone or within its network: the condition on one is put for both. */
const subnetIs = (where: (alias: string) => Json): Json =>
  any(
    all(
      type(network),
      some(
        `${network}/subnets[*]`,
        all(fieldIs(`${network}/subnets[*].name`, parameter('subnetName')), where(`${network}/subnets[*].`)),
      ),
    ),
    all(type(`${network}/subnets`), fieldIs('name', parameter('subnetName')), where(`${network}/subnets/`)),
  );
const noDelete = 'A deletion is audited, not denied.';

const subnetRule = (name: string, of: string, category: string, called: string): CustomPolicy =>
  custom(
    `${name}-subnet-rule`,
    category,
    `${called} should allow the subnet`,
    `The firewall of the ${called.toLowerCase()} has a virtual network rule for the subnet.`,
    all(type(of), missingOf('subnetIds', `${of}/networkAcls.virtualNetworkRules[*]`, '.id')),
    { parameters: { subnetIds: 'Array' } },
  );
const addressRule = (name: string, of: string, category: string, called: string): CustomPolicy =>
  custom(
    `${name}-ip-rule`,
    category,
    `${called} should allow the IP addresses`,
    `The firewall of the ${called.toLowerCase()} has an IP rule with each of the values.`,
    all(type(of), missingOf('values', `${of}/networkAcls.ipRules[*]`, '.value')),
    { parameters: { values: 'Array' } },
  );
const publicAccessKept = (name: string, of: string, category: string, called: string): CustomPolicy =>
  custom(
    `${name}-public-network-access`,
    category,
    `${called} should not disable public network access`,
    'Virtual network rules and IP rules are about the public endpoint: without it, compute that they allow is blocked.',
    all(type(of), fieldIs(`${of}/publicNetworkAccess`, 'Disabled')),
  );

/** Sources that stand for the whole Internet. */
export const wholeInternet = ['*', 'Internet', 'Any', '0.0.0.0/0'];

const ruleParts = ['access', 'direction', 'protocol', 'sourceAddressPrefix', 'destinationAddressPrefix'] as const;
/** One security rule as it is, no later in the order than today; `of` is the alias up to the rule's own members. */
const securityRuleHolds = (of: string): Json =>
  all(
    { field: `${of}priority`, lessOrEquals: parameter('priority') },
    ...ruleParts.map((part) => any({ value: parameter(part), equals: '' }, fieldIs(of + part, parameter(part)))),
    any(
      { value: parameter('destinationPortRange'), equals: '' },
      fieldIs(`${of}destinationPortRange`, parameter('destinationPortRange')),
    ),
    ...['sourceAddressPrefixes', 'destinationAddressPrefixes', 'destinationPortRanges'].map((part) => ({
      not: missingOf(part, `${of}${part}[*]`),
    })),
  );

/** Does a rule name any source, and this port or all? */
const opensPort = (of: string): Json =>
  all(
    fieldIs(`${of}access`, 'Allow'),
    fieldIs(`${of}direction`, 'Inbound'),
    any(
      { field: `${of}sourceAddressPrefix`, in: wholeInternet },
      some(`${of}sourceAddressPrefixes[*]`, { field: `${of}sourceAddressPrefixes[*]`, in: wholeInternet }),
    ),
    any(
      ...[parameter('port'), '*'].map((port) => fieldIs(`${of}destinationPortRange`, port)),
      some(
        `${of}destinationPortRanges[*]`,
        any(...[parameter('port'), '*'].map((port) => fieldIs(`${of}destinationPortRanges[*]`, port))),
      ),
    ),
  );

export const customs = {
  storageSubnetRule: subnetRule('storage', storage, 'Storage', 'Storage account'),
  vaultSubnetRule: subnetRule('keyvault', vault, 'Key Vault', 'Key vault'),
  storageAddressRule: addressRule('storage', storage, 'Storage', 'Storage account'),
  vaultAddressRule: addressRule('keyvault', vault, 'Key Vault', 'Key vault'),
  storagePublicAccess: publicAccessKept('storage', storage, 'Storage', 'Storage account'),
  vaultPublicAccess: publicAccessKept('keyvault', vault, 'Key Vault', 'Key vault'),
  registryPublicAccess: publicAccessKept('registry', registry, 'Container Registry', 'Container registry'),
  storageResourceRule: custom(
    'storage-resource-rule',
    'Storage',
    'Storage account should allow the workspace',
    'The firewall of the storage account has a resource instance rule for the workspace, or allows trusted Azure services.',
    all(
      type(storage),
      none(
        `${storage}/networkAcls.resourceAccessRules[*]`,
        fieldIs(`${storage}/networkAcls.resourceAccessRules[*].resourceId`, parameter('resourceId')),
      ),
    ),
    { parameters: { resourceId: 'String' } },
  ),
  storageNoSubnetRules: custom(
    'storage-no-subnet-rules',
    'Storage',
    'Storage account with private endpoints should have no virtual network rules',
    'An account is reached through private endpoints or through virtual network rules, not through both.',
    all(type(storage), some(`${storage}/networkAcls.virtualNetworkRules[*]`)),
  ),
  vaultTrustedServices: custom(
    'keyvault-trusted-services',
    'Key Vault',
    'Key vault should allow trusted Azure services',
    'The exceptions (bypass) of the key vault firewall are AzureServices.',
    all(
      type(vault),
      { field: `${vault}/networkAcls.bypass`, exists: 'true' },
      { field: `${vault}/networkAcls.bypass`, notContains: 'AzureServices' },
    ),
  ),
  registryTrustedServices: custom(
    'registry-trusted-services',
    'Container Registry',
    'Container registry should allow trusted Azure services',
    'networkRuleBypassOptions of the container registry is AzureServices.',
    all(type(registry), fieldIs(`${registry}/networkRuleBypassOptions`, 'None')),
  ),
  subnetServiceEndpoint: custom(
    'subnet-service-endpoint',
    'Network',
    'Subnet should have the service endpoint',
    'The subnet has the service endpoint that virtual network rules of a service need.',
    subnetIs((of) => fieldIsNot(`${of}serviceEndpoints[*].service`, parameter('service'))),
    { parameters: { subnetName: 'String', service: 'String' }, limit: noDelete },
  ),
  subnetRouteTable: custom(
    'subnet-route-table',
    'Network',
    'Subnet should be associated with the route table',
    'The subnet is associated with the route table.',
    subnetIs((of) => fieldIsNot(`${of}routeTable.id`, parameter('routeTableId'))),
    { parameters: { subnetName: 'String', routeTableId: 'String' }, limit: noDelete },
  ),
  subnetNotDelegated: custom(
    'subnet-not-delegated',
    'Network',
    'Subnet for compute should not be delegated',
    'A subnet that is delegated to a service cannot hold compute of Azure Machine Learning.',
    subnetIs((of) => some(`${of}delegations[*]`)),
    { parameters: { subnetName: 'String' } },
  ),
  subnetDelegated: custom(
    'subnet-delegated',
    'Network',
    'Subnet for container groups should be delegated',
    'The subnet for container groups has a delegation.',
    // In its network it must be there, too.
    any(
      all(
        type(network),
        none(
          `${network}/subnets[*]`,
          all(
            fieldIs(`${network}/subnets[*].name`, parameter('subnetName')),
            some(`${network}/subnets[*].delegations[*]`),
          ),
        ),
      ),
      all(
        type(`${network}/subnets`),
        fieldIs('name', parameter('subnetName')),
        none(`${network}/subnets/delegations[*]`),
      ),
    ),
    {
      parameters: { subnetName: 'String' },
      limit: `It checks that the subnet is delegated, not to which service: no published definition names that alias. ${noDelete}`,
    },
  ),
  securityRule: custom(
    'security-rule',
    'Network',
    'Network security group should keep the security rule',
    'The network security group has the security rule as it is: access, direction, protocol, addresses, ports, and a priority number that is not higher.',
    any(
      all(
        type(group),
        none(
          `${group}/securityRules[*]`,
          all(
            fieldIs(`${group}/securityRules[*].name`, parameter('ruleName')),
            securityRuleHolds(`${group}/securityRules[*].`),
          ),
        ),
      ),
      all(type(`${group}/securityRules`), fieldIs('name', parameter('ruleName')), {
        not: securityRuleHolds(`${group}/securityRules/`),
      }),
    ),
    {
      parameters: {
        ruleName: 'String',
        priority: 'Integer',
        ...{ access: 'String', direction: 'String', protocol: 'String' },
        ...{ sourceAddressPrefix: 'String', sourceAddressPrefixes: 'Array' },
        ...{ destinationAddressPrefix: 'String', destinationAddressPrefixes: 'Array' },
        ...{ destinationPortRange: 'String', destinationPortRanges: 'Array' },
      },
      limit:
        'It checks this rule, not whether a rule with a lower priority number overrides it. Deleting the rule by itself is audited, not denied.',
    },
  ),
  noOpenPort: custom(
    'no-inbound-from-internet',
    'Network',
    'Network security group should not allow the port from the Internet',
    'No inbound security rule allows the port from any source.',
    any(
      all(type(group), some(`${group}/securityRules[*]`, opensPort(`${group}/securityRules[*].`))),
      all(type(`${group}/securityRules`), opensPort(`${group}/securityRules/`)),
    ),
    {
      parameters: { port: 'String' },
      limit:
        'Policy compares texts: it does not see ranges of ports (20-30) or addresses that include the port or the Internet.',
    },
  ),
  routes: custom(
    'routes-to-internet',
    'Network',
    'Route table should keep its routes to the Internet',
    'The route table has a route with next hop Internet for each of the prefixes.',
    all(type(routeTable), {
      count: {
        value: parameter('prefixes'),
        name: 'prefix',
        where: none(
          `${routeTable}/routes[*]`,
          all(
            fieldIs(`${routeTable}/routes[*].addressPrefix`, "[current('prefix')]"),
            fieldIs(`${routeTable}/routes[*].nextHopType`, 'Internet'),
          ),
        ),
      },
      greater: 0,
    }),
    {
      parameters: { prefixes: 'Array' },
      limit: 'A route that is written or deleted by itself is audited, not denied.',
    },
  ),
  workspaceAcceptsV2: custom(
    'workspace-v2-api',
    'Machine Learning',
    'Workspace should accept the v2 API',
    'v1LegacyMode of the workspace is not true.',
    all(type(workspace), fieldIs(`${workspace}/v1LegacyMode`, 'true')),
  ),
  computeNoPublicAddress: custom(
    'compute-no-public-ip',
    'Machine Learning',
    'Compute of the workspace should have no public IP address',
    'enableNodePublicIp of each compute cluster and compute instance is false.',
    all(
      type(compute),
      { field: `${compute}/computeType`, in: ['AmlCompute', 'ComputeInstance'] },
      fieldIsNot(`${compute}/enableNodePublicIp`, 'false'),
    ),
  ),
  computeNoPublicSsh: custom(
    'compute-no-public-ssh',
    'Machine Learning',
    'Compute clusters of the workspace should have no public SSH access',
    'remoteLoginPortPublicAccess of each compute cluster is not Enabled.',
    all(
      type(compute),
      fieldIs(`${compute}/computeType`, 'AmlCompute'),
      fieldIs(`${compute}/remoteLoginPortPublicAccess`, 'Enabled'),
    ),
    { limit: 'It is about clusters: no published definition names the alias of the SSH setting of compute instances.' },
  ),
  monitorScopeOpen: custom(
    'monitor-scope-open',
    'Monitoring',
    'Azure Monitor private link scope should be in Open mode',
    'Both access modes of the scope are Open, so that resources outside it stay reachable.',
    all(
      type(monitorScope),
      any(
        ...['ingestionAccessMode', 'queryAccessMode'].map((mode) =>
          fieldIs(`${monitorScope}/accessModeSettings.${mode}`, 'PrivateOnly'),
        ),
      ),
    ),
    { limit: 'Exceptions for single private endpoints (exclusions) are not checked.' },
  ),
} satisfies Readonly<Record<string, CustomPolicy>>;

export const policyDefinitions: readonly PolicyDefinition[] = [...Object.values(builtIns), ...Object.values(customs)];

const azurePolicy = 'Azure/azure-policy';
const community = 'Azure/Community-Policy';
const enterpriseScale = 'Azure/Enterprise-Scale';
const list2019 = 'list of aliases, 2019';
const below = (of: string, source: string, names: readonly string[]): [string, string][] =>
  names.map((name) => [`${of}${name}`, source]);

/** Every alias that our own definitions use, and a published definition or list that names it. */
export const aliases: ReadonlyMap<string, string> = new Map([
  ...below(`${storage}/`, `${azurePolicy}: Storage/StorageAccountOnlyVnetRulesEnabled_Audit.json`, [
    'networkAcls.virtualNetworkRules[*]',
    'networkAcls.ipRules[*]',
  ]),
  ...below(`${storage}/`, `${azurePolicy}: Network/VirtualNetworkServiceEndpoint_StorageAccount_Audit.json`, [
    'networkAcls.virtualNetworkRules[*].id',
  ]),
  ...below(`${storage}/`, list2019, ['networkAcls.ipRules[*].value']),
  ...below(`${storage}/`, `${azurePolicy}: Storage/StoragePublicNetworkAccess_AuditDeny.json`, ['publicNetworkAccess']),
  ...below(`${storage}/networkAcls.`, `${enterpriseScale}: Deny-Storage-ResourceAccessRulesResourceId.json`, [
    'resourceAccessRules[*]',
    'resourceAccessRules[*].resourceId',
  ]),
  ...below(`${vault}/networkAcls.`, `${azurePolicy}: Key Vault/FirewallEnabled_Audit.json`, [
    'ipRules[*]',
    'ipRules[*].value',
  ]),
  ...below(`${vault}/`, `${azurePolicy}: Network/VirtualNetworkServiceEndpoint_KeyVault_Audit.json`, [
    'networkAcls.virtualNetworkRules[*]',
    'networkAcls.virtualNetworkRules[*].id',
  ]),
  ...below(`${vault}/`, `${azurePolicy}: Key Vault/PublicNetworkAccess_Audit.json`, ['publicNetworkAccess']),
  ...below(`${vault}/`, `${community}: Key Vault/prevent-key-vault-access-to-trusted-services`, ['networkAcls.bypass']),
  ...below(`${registry}/`, `${azurePolicy}: Container Registry/ACR_PublicNetworkAccess_AuditDeny.json`, [
    'publicNetworkAccess',
  ]),
  ...below(`${registry}/`, `${community}: Container Registry/container-registries-prevent-access-to-trusted-services`, [
    'networkRuleBypassOptions',
  ]),
  ...below(`${network}/subnets`, `${community}: Network/deny-service-endpoints-on-subnets-based-on-naming-convention`, [
    '/serviceEndpoints[*].service',
    '[*].serviceEndpoints[*].service',
    '[*].name',
    '[*]',
  ]),
  ...below(`${network}/subnets`, `${community}: Network/deny-subnet-delegation-on-subnets-containing-a-key-word`, [
    '/delegations[*]',
    '[*].delegations[*]',
  ]),
  ...below(`${network}/subnets`, `${azurePolicy}: samples/Network/enforce-route-table-on-subnet`, [
    '/routeTable.id',
    '[*].routeTable.id',
  ]),
  ...below(`${group}/securityRules[*]`, `${community}: Network/append-nsg-rule`, [
    '',
    ...['name', 'access', 'direction', 'protocol', 'priority'].map((name) => `.${name}`),
    ...['sourceAddressPrefix', 'destinationAddressPrefix', 'destinationPortRange'].map((name) => `.${name}`),
  ]),
  ...below(`${group}/securityRules[*]`, list2019, [
    ...['.sourceAddressPrefixes[*]', '.destinationAddressPrefixes[*]', '.destinationPortRanges[*]'],
  ]),
  ...below(`${group}/securityRules/`, list2019, [
    ...['access', 'direction', 'protocol', 'priority'],
    ...['sourceAddressPrefix', 'destinationAddressPrefix', 'destinationPortRange'],
    ...['sourceAddressPrefixes[*]', 'destinationAddressPrefixes[*]', 'destinationPortRanges[*]'],
  ]),
  ...below(`${routeTable}/routes[*]`, `${community}: Network/prevent-internet-routes-in-route-tables`, [
    '',
    '.addressPrefix',
    '.nextHopType',
  ]),
  ...below(`${workspace}/`, `${azurePolicy}: Machine Learning/Workspace_EnableV1LegacyMode_Audit.json`, [
    'v1LegacyMode',
  ]),
  ...below(`${compute}/`, `${azurePolicy}: Machine Learning/Vnet_Audit.json`, ['computeType']),
  ...below(`${compute}/`, 'Cloud Adoption Framework, Policies in cloud-scale analytics', ['enableNodePublicIp']),
  ...below(`${compute}/`, `${enterpriseScale}: Deny-MachineLearning-ComputeCluster-RemoteLoginPortPublicAccess.json`, [
    'remoteLoginPortPublicAccess',
  ]),
  ...below(
    `${monitorScope}/`,
    `${azurePolicy}: Monitoring/AzureMonitorPrivateLinkScopes_AccessModeSettings_Audit.json`,
    ['accessModeSettings.ingestionAccessMode', 'accessModeSettings.queryAccessMode'],
  ),
]);
