// Where requests are tried: for each resource type and kind of change that a plan sends, the smallest part of a world in which a
// command line sends it.
import { linkConnection } from './link-connection.ts';
import type { Wanted } from './request-worlds.ts';

export interface SceneSource extends Wanted {
  readonly name: string;
  readonly world: string;
  /** In place of a fix of the targets. */
  readonly line?: readonly string[];
  /** Fixes that a script makes one after another. */
  readonly script?: readonly Wanted[];
  /** A setting of another client vanishes during the fix, and is restored. */
  readonly isOverwritten?: true;
  /** What the scene is for: `create Microsoft.Network/natGateways`. */
  readonly about: readonly string[];
}

const scene = (
  about: string,
  world: string,
  targets: string,
  answers: Readonly<Record<string, string>> = {},
): SceneSource => ({
  name: `${world}: ${targets}`,
  world,
  targets: targets.split(' '),
  answers,
  about: about.split(', '),
});

const line = (about: string, world: string, words: string): SceneSource => ({
  ...scene(about, world, ''),
  name: `${world}: ${words}`,
  line: [...words.split(' '), '--yes'],
});
const script = (about: string, world: string, ...targets: readonly string[]): SceneSource => ({
  ...scene(about, world, ''),
  name: `${world}: run ${targets.join(', ')}`,
  script: targets.map((target) => ({ targets: [target] })),
});

const network = 'Microsoft.Network';
const learning = 'Microsoft.MachineLearningServices/workspaces';

export const scenes: readonly SceneSource[] = [
  scene('create Microsoft.Authorization/roleAssignments', 'kubernetes', 'aks.identity-network-contributor'),
  scene(
    'create Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings',
    'kubernetes',
    'aks.api-server-access',
  ),
  scene('edit Microsoft.ContainerService/managedClusters/agentPools', 'kubernetes', 'aks.ip-plan', { nodes: '2' }),
  scene(`create ${learning}/computes`, 'registry', 'acr.workspace-has-cluster', {
    cluster: 'builder',
    size: 'STANDARD_DS3_V2',
  }),
  scene(`delete ${learning}/computes, create ${learning}/computes`, 'drifted', 'compute.placed-in-vnet', {
    subnet: 'snet-dev',
    delete: 'yes',
  }),
  scene(`edit ${learning}/computes`, 'crowded', 'compute.subnet-free-ips'),
  scene(`create ${learning}/outboundRules`, 'managed', 'acr.private-endpoint', { sku: 'Premium', subnet: 'snet-pe' }),
  scene(`edit ${learning}/onlineEndpoints`, 'managed', 'workspace.online-endpoint-access'),
  scene(`edit ${learning}`, 'neglected', 'workspace.ip-allowlist'),
  scene(`edit ${learning}`, 'drifted', 'workspace.serverless-subnet'),
  scene(`edit ${learning}`, 'registry', 'workspace.v1-legacy-mode'),
  scene(`edit ${learning}/privateEndpointConnections`, 'managed', 'workspace.private-endpoint', { subnet: 'snet-pe' }),
  scene(
    `create ${network}/firewallPolicies/ruleCollectionGroups, edit ${network}/azureFirewalls`,
    'firewalled',
    'firewall.current-rules',
  ),
  scene(`edit ${network}/azureFirewalls`, 'tunnelled', 'firewall.current-rules'),
  scene(
    `create ${network}/natGateways, create ${network}/publicIPAddresses, edit ${network}/virtualNetworks/subnets`,
    'drifted',
    'compute.explicit-outbound',
  ),
  scene(`create ${network}/networkSecurityGroups`, 'machines', 'vm.ssh-inbound-azureml', { group: 'make' }),
  scene(`create ${network}/networkSecurityGroups/securityRules`, 'drifted', 'nsg.outbound-internet-open'),
  scene(`create ${network}/networkSecurityGroups/securityRules`, 'limited', 'nsg.outbound-vnet'),
  scene(`delete ${network}/networkSecurityGroups/securityRules`, 'limited', 'nsg.inbound-ssh'),
  scene(`edit ${network}/networkSecurityGroups/securityRules`, 'limited', 'nsg.outbound-storage'),
  scene(`create ${network}/networkSecurityPerimeters/profiles/accessRules`, 'perimeter', 'storage.perimeter-override', {
    way: 'rule',
  }),
  scene(
    `create ${network}/privateDnsZones, create ${network}/privateDnsZones/virtualNetworkLinks, create ${network}/privateEndpoints/privateDnsZoneGroups`,
    'mixed',
    'workspace.private-dns',
  ),
  scene(`create ${network}/privateDnsZones/virtualNetworkLinks`, 'drifted', 'workspace.private-dns'),
  scene(`create ${network}/privateEndpoints`, 'limited', 'workspace.private-endpoint', { subnet: 'vnet-ml/snet-pe' }),
  scene(`create ${network}/privateEndpoints/privateDnsZoneGroups`, 'records', 'storage.private-dns'),
  scene(
    `delete ${network}/privateEndpoints, delete ${network}/privateEndpoints/privateDnsZoneGroups, create ${network}/privateDnsZones/A`,
    'records',
    'dns.endpoint-collision',
    { keep: 'pe-stmldata-blob' },
  ),
  scene(`edit ${network}/privateDnsZones/A`, 'records', 'keyvault.private-endpoint'),
  scene(`create ${network}/routeTables`, 'tunnelled', 'udr.table-on-compute-subnet'),
  scene(`create ${network}/routeTables/routes`, 'firewalled', 'udr.azureml-prefixes'),
  scene(`delete ${network}/routeTables/routes`, 'tunnelled', 'udr.prefix-drift'),
  scene(`edit ${network}/routeTables/routes`, 'tunnelled', 'udr.next-hop-internet'),
  scene(`create ${network}/serviceEndpointPolicies`, 'everything', 'storage.exfiltration-policy'),
  scene(`create ${network}/virtualNetworks/subnets`, 'databricks', 'databricks.default-subnet', {
    prefix: '10.1.2.0/26',
  }),
  scene(`edit ${network}/virtualNetworks/subnets`, 'mixed', 'keyvault.subnet-service-endpoint'),
  scene(`edit ${network}/virtualNetworks/subnets`, 'containers', 'aci.subnet-delegated'),
  scene(`edit ${network}/virtualNetworks/virtualNetworkPeerings`, 'hub-spoke', 'compute.endpoint-path'),
  scene(
    `delete ${network}/loadBalancers, delete ${network}/networkSecurityGroups, delete ${network}/publicIPAddresses`,
    'crowded',
    'compute.orphaned-resources',
    { unused: '1f62aaae-184d-faf3-f607-d80426f38071-azurebatch-cloudservicenetworksecuritygroup' },
  ),
  scene('delete Microsoft.Authorization/locks', 'crowded', 'compute.locks', { lock: 'keep-network' }),
  scene('edit Microsoft.ContainerRegistry/registries', 'drifted', 'acr.trusted-services'),
  scene('edit Microsoft.ContainerRegistry/registries', 'open', 'acr.sku-premium', { sku: 'Premium' }),
  scene(
    'edit Microsoft.ContainerRegistry/registries/privateEndpointConnections',
    'registry',
    'acr.shared-private-link-approved',
    { connection: linkConnection },
  ),
  scene('edit Microsoft.Insights/privateLinkScopes', 'limited', 'workspace.monitor-private-only'),
  scene('edit Microsoft.KeyVault/vaults', 'mixed', 'keyvault.bypass-azure-services'),
  scene('edit Microsoft.KeyVault/vaults', 'mixed', 'keyvault.operator-access'),
  {
    ...scene('edit Microsoft.Storage/storageAccounts', 'mixed', 'storage.resource-instance-rule'),
    isOverwritten: true,
  },
  scene('edit Microsoft.Storage/storageAccounts', 'drifted', 'storage.bypass-azure-services'),
  scene('edit Microsoft.Storage/storageAccounts', 'drifted', 'storage.public-network-access', { way: 'open' }),
  scene('edit Microsoft.Storage/storageAccounts/privateEndpointConnections', 'drifted', 'storage.studio-colocation', {
    way: 'admit',
  }),
  line(`create ${learning}/computes`, 'mixed', 'create cluster cpu-night --subnet vnet-ml/snet-train --max 2'),
  line(
    `create ${network}/virtualNetworks/subnets`,
    'mixed',
    'create aci-subnet snet-aci --vnet vnet-ml --prefix 10.0.12.0/24',
  ),
  line('edit Microsoft.Storage/storageAccounts', 'mixed', 'path --source gpu-cluster --destination stmlsim --fix'),
  script(
    'edit Microsoft.Storage/storageAccounts, edit Microsoft.KeyVault/vaults',
    'mixed',
    'storage.resource-instance-rule',
    'keyvault.bypass-azure-services',
  ),
  script(
    `create ${network}/networkSecurityGroups/securityRules, delete ${network}/networkSecurityGroups/securityRules`,
    'limited',
    'nsg.outbound-vnet',
    'nsg.inbound-ssh',
  ),
];
