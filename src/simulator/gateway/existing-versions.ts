// The api-versions that exist, of the types that Bastide reads or writes: every stable one, and the newest preview. Previews come and
// go, so older ones are taken for existing.
// Sources: Azure/terraform-provider-azapi internal/azure/generated (commit c43c57bbdd5e, 2026-08-13); newer ones are those that
// Microsoft's own clients send (azure-sdk-for-java and azure-sdk-for-js, November 2026).

const listed = (text: string): readonly string[] => text.trim().split(/\s+/);
const since = (first: string, all: readonly string[]): readonly string[] => all.filter((version) => version >= first);

const network = listed(`
  2026-05-01 2026-01-01 2025-09-01 2025-07-01 2025-05-01 2025-03-01 2025-01-01 2024-10-01 2024-07-01 2024-05-01
  2024-03-01 2024-01-01 2023-11-01 2023-09-01 2023-06-01 2023-05-01 2023-04-01 2023-02-01 2022-11-01 2022-09-01
  2022-07-01 2022-05-01 2022-01-01 2021-08-01 2021-05-01 2021-03-01 2021-02-01 2020-11-01 2020-08-01 2020-07-01
  2020-06-01 2020-05-01 2020-04-01 2020-03-01 2019-12-01 2019-11-01 2019-09-01 2019-08-01 2019-07-01 2019-06-01
  2019-04-01 2019-02-01 2018-12-01 2018-11-01 2018-10-01 2018-08-01 2018-07-01 2018-06-01 2018-04-01 2018-02-01
  2018-01-01 2017-11-01 2017-10-01 2017-09-01 2017-08-01 2017-06-01 2017-03-30 2017-03-01 2016-12-01 2016-09-01
  2016-06-01 2016-03-30 2015-06-15`);

export interface ExistingVersions {
  readonly types: readonly string[];
  /** Newest first. */
  readonly stable: readonly string[];
  readonly newestPreview: string | null;
}

export const existing: readonly ExistingVersions[] = [
  {
    types: [
      'Microsoft.Network/virtualNetworks',
      'Microsoft.Network/virtualNetworks/subnets',
      'Microsoft.Network/networkSecurityGroups',
      'Microsoft.Network/networkSecurityGroups/securityRules',
      'Microsoft.Network/routeTables',
      'Microsoft.Network/routeTables/routes',
      'Microsoft.Network/publicIPAddresses',
      'Microsoft.Network/loadBalancers',
      'Microsoft.Network/networkInterfaces',
    ],
    stable: since('2015-06-15', network),
    newestPreview: '2015-05-01-preview',
  },
  {
    types: ['Microsoft.Network/virtualNetworks/virtualNetworkPeerings'],
    stable: since('2016-06-01', network),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Network/natGateways'],
    stable: since('2018-10-01', network),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Network/privateEndpoints'],
    stable: since('2018-10-01', network),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Network/privateEndpoints/privateDnsZoneGroups'],
    stable: since('2020-03-01', network),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Network/azureFirewalls'],
    stable: since('2018-04-01', network),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Network/firewallPolicies'],
    stable: since('2018-10-01', network),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Network/firewallPolicies/ruleCollectionGroups'],
    stable: since('2020-05-01', network),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Network/serviceEndpointPolicies'],
    stable: since('2018-07-01', network),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Network/networkWatchers'],
    stable: since('2016-09-01', network),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Network/networkManagers/verifierWorkspaces/reachabilityAnalysisIntents'],
    stable: since('2024-05-01', network),
    newestPreview: '2024-01-01-preview',
  },
  {
    types: [
      'Microsoft.Network/privateDnsZones',
      'Microsoft.Network/privateDnsZones/A',
      'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    ],
    stable: listed(`
    2024-06-01 2020-06-01 2020-01-01 2018-09-01`),
    newestPreview: null,
  },
  {
    types: [
      'Microsoft.Network/dnsResolvers',
      'Microsoft.Network/dnsResolvers/inboundEndpoints',
      'Microsoft.Network/dnsResolvers/outboundEndpoints',
      'Microsoft.Network/dnsForwardingRulesets',
      'Microsoft.Network/dnsForwardingRulesets/forwardingRules',
      'Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks',
    ],
    stable: listed(`
    2025-05-01 2022-07-01`),
    newestPreview: '2025-10-01-preview',
  },
  {
    types: [
      'Microsoft.Network/networkSecurityPerimeters',
      'Microsoft.Network/networkSecurityPerimeters/profiles',
      'Microsoft.Network/networkSecurityPerimeters/profiles/accessRules',
      'Microsoft.Network/networkSecurityPerimeters/resourceAssociations',
    ],
    stable: since('2024-07-01', network),
    newestPreview: '2024-06-01-preview',
  },
  {
    types: ['Microsoft.KeyVault/vaults'],
    stable: listed(`
    2026-02-01 2025-05-01 2024-11-01 2023-07-01 2023-02-01 2022-11-01 2022-07-01 2021-10-01 2019-09-01 2018-02-14
    2016-10-01 2015-06-01`),
    newestPreview: '2026-10-01-preview',
  },
  {
    types: ['Microsoft.KeyVault/vaults/privateEndpointConnections'],
    stable: listed(`
    2026-02-01 2025-05-01 2024-11-01 2023-07-01 2023-02-01 2022-11-01 2022-07-01 2021-10-01 2019-09-01 2018-02-14`),
    newestPreview: '2026-03-01-preview',
  },
  {
    types: ['Microsoft.KeyVault/vaults/networkSecurityPerimeterConfigurations'],
    stable: listed(`
    2026-04-01`),
    newestPreview: '2026-10-01-preview',
  },
  {
    types: ['Microsoft.Storage/storageAccounts'],
    stable: listed(`
    2026-09-01 2026-04-01 2025-08-01 2025-06-01 2025-01-01 2024-01-01 2023-05-01 2023-04-01 2023-01-01 2022-09-01
    2022-05-01 2021-09-01 2021-08-01 2021-06-01 2021-04-01 2021-02-01 2021-01-01 2019-06-01 2019-04-01 2018-11-01
    2018-07-01 2018-02-01 2017-10-01 2017-06-01 2016-12-01 2016-05-01 2016-01-01 2015-06-15`),
    newestPreview: '2020-08-01-preview',
  },
  {
    types: ['Microsoft.Storage/storageAccounts/networkSecurityPerimeterConfigurations'],
    stable: listed(`
    2026-09-01 2026-04-01 2025-08-01 2025-06-01 2025-01-01 2024-01-01 2023-05-01 2023-04-01`),
    newestPreview: null,
  },
  {
    types: ['Microsoft.ContainerRegistry/registries'],
    stable: listed(`
    2026-11-01 2025-11-01 2025-04-01 2023-07-01 2022-12-01 2021-09-01 2019-05-01 2017-10-01 2017-03-01`),
    newestPreview: '2026-03-01-preview',
  },
  {
    types: ['Microsoft.MachineLearningServices/workspaces', 'Microsoft.MachineLearningServices/workspaces/computes'],
    stable: listed(`
    2026-05-01 2026-03-01 2025-12-01 2025-09-01 2025-06-01 2025-04-01 2024-10-01 2024-04-01 2023-10-01 2023-04-01
    2022-10-01 2022-05-01 2021-07-01 2021-04-01 2021-01-01 2020-08-01 2020-06-01 2020-04-01 2020-03-01 2020-01-01
    2019-11-01 2019-06-01 2019-05-01 2018-11-19`),
    newestPreview: '2026-05-15-preview',
  },
  {
    types: ['Microsoft.MachineLearningServices/workspaces/outboundRules'],
    stable: listed(`
    2026-05-01 2026-03-01 2025-12-01 2025-09-01 2025-06-01 2025-04-01 2024-10-01 2024-04-01 2023-10-01`),
    newestPreview: '2026-05-15-preview',
  },
  {
    types: [
      'Microsoft.MachineLearningServices/workspaces/datastores',
      'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
      'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments',
      'Microsoft.MachineLearningServices/workspaces/batchEndpoints',
    ],
    stable: listed(`
    2026-05-01 2026-03-01 2025-12-01 2025-09-01 2025-06-01 2025-04-01 2024-10-01 2024-04-01 2023-10-01 2023-04-01
    2022-10-01 2022-05-01`),
    newestPreview: '2026-05-15-preview',
  },
  {
    types: ['Microsoft.MachineLearningServices/workspaces/connections'],
    stable: listed(`
    2026-05-01 2026-03-01 2025-12-01 2025-09-01 2025-06-01 2025-04-01 2024-10-01 2024-04-01 2023-10-01 2023-04-01
    2022-10-01 2022-05-01 2021-07-01 2021-04-01 2021-01-01 2020-08-01 2020-06-01`),
    newestPreview: '2026-05-15-preview',
  },
  {
    types: ['Microsoft.MachineLearningServices/registries'],
    stable: listed(`
    2026-05-01 2026-03-01 2025-12-01 2025-09-01 2025-06-01 2025-04-01 2024-10-01 2024-04-01 2023-10-01 2023-04-01`),
    newestPreview: '2026-05-15-preview',
  },
  {
    types: ['Microsoft.ContainerService/managedClusters'],
    stable: listed(`
    2026-06-01 2026-05-01 2026-04-01 2026-03-01 2026-02-01 2026-01-01 2025-10-01 2025-09-01 2025-08-01 2025-07-01
    2025-05-01 2025-04-01 2025-03-01 2025-02-01 2025-01-01 2024-10-01 2024-09-01 2024-08-01 2024-07-01 2024-05-01
    2024-02-01 2024-01-01 2023-11-01 2023-10-01 2023-09-01 2023-08-01 2023-07-01 2023-06-01 2023-05-01 2023-04-01
    2023-03-01 2023-02-01 2023-01-01 2022-11-01 2022-09-01 2022-07-01 2022-06-01 2022-04-01 2022-03-01 2022-02-01
    2022-01-01 2021-10-01 2021-09-01 2021-08-01 2021-07-01 2021-05-01 2021-03-01 2021-02-01 2020-12-01 2020-11-01
    2020-09-01 2020-07-01 2020-06-01 2020-04-01 2020-03-01 2020-02-01 2020-01-01 2019-11-01 2019-10-01 2019-08-01
    2019-06-01 2019-04-01 2019-02-01 2018-03-31 2017-08-31`),
    newestPreview: '2026-05-02-preview',
  },
  {
    types: ['Microsoft.ContainerService/managedClusters/agentPools'],
    stable: listed(`
    2026-06-01 2026-05-01 2026-04-01 2026-03-01 2026-02-01 2026-01-01 2025-10-01 2025-09-01 2025-08-01 2025-07-01
    2025-05-01 2025-04-01 2025-03-01 2025-02-01 2025-01-01 2024-10-01 2024-09-01 2024-08-01 2024-07-01 2024-05-01
    2024-02-01 2024-01-01 2023-11-01 2023-10-01 2023-09-01 2023-08-01 2023-07-01 2023-06-01 2023-05-01 2023-04-01
    2023-03-01 2023-02-01 2023-01-01 2022-11-01 2022-09-01 2022-07-01 2022-06-01 2022-04-01 2022-03-01 2022-02-01
    2022-01-01 2021-10-01 2021-09-01 2021-08-01 2021-07-01 2021-05-01 2021-03-01 2021-02-01 2020-12-01 2020-11-01
    2020-09-01 2020-07-01 2020-06-01 2020-04-01 2020-03-01 2020-02-01 2020-01-01 2019-11-01 2019-10-01 2019-08-01
    2019-06-01 2019-04-01 2019-02-01`),
    newestPreview: '2026-05-02-preview',
  },
  {
    types: ['Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings'],
    stable: listed(`
    2026-06-01 2026-05-01 2026-04-01 2026-03-01 2026-02-01 2026-01-01 2025-10-01 2025-09-01 2025-08-01 2025-07-01
    2025-05-01 2025-04-01 2025-03-01 2025-02-01 2025-01-01 2024-10-01 2024-09-01 2024-08-01 2024-07-01 2024-05-01
    2024-02-01 2024-01-01 2023-11-01 2023-10-01 2023-09-01`),
    newestPreview: '2026-05-02-preview',
  },
  {
    types: ['Microsoft.Insights/privateLinkScopes', 'Microsoft.Insights/privateLinkScopes/scopedResources'],
    stable: listed(`
    2021-09-01`),
    newestPreview: '2023-06-01-preview',
  },
  {
    types: ['Microsoft.Insights/components'],
    stable: listed(`
    2020-02-02 2015-05-01`),
    newestPreview: '2020-02-02-preview',
  },
  {
    types: ['Microsoft.OperationalInsights/workspaces'],
    stable: listed(`
    2025-07-01 2025-02-01 2023-09-01 2022-10-01 2021-06-01 2020-10-01 2020-08-01`),
    newestPreview: '2021-12-01-preview',
  },
  {
    types: ['Microsoft.HDInsight/clusters'],
    stable: listed(`
    2021-06-01`),
    newestPreview: '2025-01-15-preview',
  },
  {
    types: ['Microsoft.Databricks/workspaces'],
    stable: listed(`
    2026-01-01 2024-05-01 2023-02-01 2018-04-01`),
    newestPreview: '2025-10-01-preview',
  },
  {
    types: ['Microsoft.ContainerInstance/containerGroups'],
    stable: listed(`
    2026-07-01 2025-09-01 2023-05-01 2022-09-01 2021-10-01 2021-09-01 2021-07-01 2021-03-01 2020-11-01 2019-12-01
    2018-10-01 2018-09-01 2018-06-01 2018-04-01`),
    newestPreview: '2026-08-01-preview',
  },
  {
    types: ['Microsoft.Compute/virtualMachines'],
    stable: listed(`
    2026-04-01 2026-03-01 2025-11-01 2025-04-01 2024-11-01 2024-07-01 2024-03-01 2023-09-01 2023-07-01 2023-03-01
    2022-11-01 2022-08-01 2022-03-01 2021-11-01 2021-07-01 2021-04-01 2021-03-01 2020-12-01 2020-06-01 2019-12-01
    2019-07-01 2019-03-01 2018-10-01 2018-06-01 2018-04-01 2017-12-01 2017-03-30 2016-03-30 2015-06-15`),
    newestPreview: '2016-04-30-preview',
  },
  {
    types: ['Microsoft.Authorization/roleAssignments'],
    stable: listed(`
    2022-04-01 2015-07-01`),
    newestPreview: '2020-10-01-preview',
  },
  {
    types: ['Microsoft.Authorization/roleDefinitions'],
    stable: listed(`
    2022-04-01 2015-07-01`),
    newestPreview: '2022-05-01-preview',
  },
  {
    types: ['Microsoft.Authorization/locks'],
    stable: listed(`
    2020-05-01 2017-04-01 2016-09-01 2015-01-01`),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Authorization/policyAssignments'],
    stable: listed(`
    2026-07-01 2026-06-01 2025-11-01 2025-03-01 2025-01-01 2024-05-01 2024-04-01 2023-04-01 2022-06-01 2021-06-01
    2020-09-01 2020-03-01 2019-09-01 2019-06-01 2019-01-01 2018-05-01 2018-03-01 2016-12-01 2016-04-01 2015-11-01`),
    newestPreview: '2026-01-01-preview',
  },
  {
    types: ['Microsoft.Authorization/policyDefinitions'],
    stable: listed(`
    2026-07-01 2026-06-01 2025-11-01 2025-03-01 2025-01-01 2024-05-01 2023-04-01 2021-06-01 2020-09-01 2020-03-01
    2019-09-01 2019-06-01 2019-01-01 2018-05-01 2018-03-01 2016-12-01 2016-04-01 2015-11-01`),
    newestPreview: '2026-01-01-preview',
  },
  {
    types: ['Microsoft.Authorization/policySetDefinitions'],
    stable: listed(`
    2026-07-01 2026-06-01 2025-11-01 2025-03-01 2025-01-01 2024-05-01 2023-04-01 2021-06-01 2020-09-01 2020-03-01
    2019-09-01 2019-06-01 2019-01-01 2018-05-01 2018-03-01`),
    newestPreview: '2026-01-01-preview',
  },
  {
    types: ['Microsoft.Resources/deployments'],
    stable: listed(`
    2026-06-01 2025-04-01 2025-03-01 2024-11-01 2024-07-01 2024-03-01 2023-07-01 2022-09-01 2021-04-01 2021-01-01
    2020-10-01 2020-08-01 2020-06-01 2019-10-01 2019-08-01 2019-07-01 2019-05-10 2019-05-01 2019-03-01 2018-05-01
    2018-02-01 2017-05-10 2016-09-01 2016-07-01 2016-02-01 2015-11-01`),
    newestPreview: null,
  },
  {
    types: ['Microsoft.Resources/deploymentStacks'],
    stable: listed(`
    2026-06-01 2025-07-01 2024-03-01`),
    newestPreview: '2022-08-01-preview',
  },
  {
    types: ['Microsoft.CognitiveServices/accounts'],
    stable: listed(`
    2026-05-01 2026-03-01 2025-12-01 2025-09-01 2025-06-01 2024-10-01 2023-05-01 2022-12-01 2022-10-01 2022-03-01
    2021-10-01 2021-04-30 2017-04-18`),
    newestPreview: '2026-05-15-preview',
  },
  {
    types: ['Microsoft.Search/searchServices'],
    stable: listed(`
    2025-05-01 2023-11-01 2022-09-01 2020-08-01 2020-03-13 2015-08-19 2015-02-28`),
    newestPreview: '2026-09-01-preview',
  },
  {
    types: ['Microsoft.DocumentDB/databaseAccounts'],
    stable: listed(`
    2026-03-15 2025-10-15 2025-04-15 2024-11-15 2024-08-15 2024-05-15 2023-11-15 2023-09-15 2023-04-15 2023-03-15
    2022-11-15 2022-08-15 2022-05-15 2021-10-15 2021-06-15 2021-05-15 2021-04-15 2021-03-15 2021-01-15 2020-09-01
    2020-04-01 2020-03-01 2019-12-12 2019-08-01 2016-03-31 2016-03-19 2015-11-06 2015-04-08 2015-04-01`),
    newestPreview: '2026-04-01-preview',
  },
  {
    types: ['Microsoft.ManagedIdentity/userAssignedIdentities'],
    stable: listed(`
    2024-11-30 2023-01-31 2018-11-30`),
    newestPreview: '2025-05-31-preview',
  },
  {
    types: ['Microsoft.Batch/batchAccounts'],
    stable: listed(`
    2025-06-01 2024-07-01 2024-02-01 2023-11-01 2023-05-01 2022-10-01 2022-06-01 2022-01-01 2021-06-01 2021-01-01
    2020-09-01 2020-05-01 2020-03-01 2019-08-01 2019-04-01 2018-12-01 2017-09-01 2017-05-01 2017-01-01 2015-12-01`),
    newestPreview: null,
  },
];

/** No version of any type is newer. */
export const newestAnywhere = '2026-12-01';
