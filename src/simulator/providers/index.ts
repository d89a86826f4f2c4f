// The list of resource types that behave in a way of their own, and of the paths ARM serves itself. Everything else is
// stored and given back as it is.
import { fold, typeOf } from '../gateway/address.ts';
import { locks } from './microsoft.authorization/locks.ts';
import { permissions } from './microsoft.authorization/permissions.ts';
import { policyAssignments, policyDefinitions, policySetDefinitions } from './microsoft.authorization/policies.ts';
import { denyAssignments, roleAssignments } from './microsoft.authorization/role-assignments.ts';
import { roleDefinitions } from './microsoft.authorization/role-definitions.ts';
import { instanceViews, virtualMachines } from './microsoft.compute/virtual-machines.ts';
import { serviceAssociationLinks } from './microsoft.containerinstance/association-links.ts';
import { containerGroups } from './microsoft.containerinstance/container-groups.ts';
import { registries } from './microsoft.containerregistry/registries.ts';
import { agentPools } from './microsoft.containerservice/agent-pools.ts';
import { managedClusters } from './microsoft.containerservice/managed-clusters.ts';
import { trustedAccessBindings } from './microsoft.containerservice/trusted-access.ts';
import { databricksWorkspaces } from './microsoft.databricks/workspaces.ts';
import { hdinsightClusters } from './microsoft.hdinsight/clusters.ts';
import { deletedVaults, vaults } from './microsoft.keyvault/vaults.ts';
import { assets } from './microsoft.machinelearningservices/assets.ts';
import { computes } from './microsoft.machinelearningservices/computes.ts';
import { connections, datastores } from './microsoft.machinelearningservices/datastores.ts';
import { coreUsages, machineSizes } from './microsoft.machinelearningservices/machine-sizes.ts';
import { onlineDeployments } from './microsoft.machinelearningservices/online-deployments.ts';
import { onlineEndpoints } from './microsoft.machinelearningservices/online-endpoints.ts';
import { outboundDependencies } from './microsoft.machinelearningservices/outbound-dependencies.ts';
import { outboundRules } from './microsoft.machinelearningservices/outbound-rules.ts';
import { workspaces } from './microsoft.machinelearningservices/workspaces.ts';
import { azureFirewalls, firewallPolicies } from './microsoft.network/azure-firewalls.ts';
import { loadBalancerParts } from './microsoft.network/load-balancer-parts.ts';
import { loadBalancers } from './microsoft.network/load-balancers.ts';
import { natGateways } from './microsoft.network/nat-gateways.ts';
import { networkInterfaces } from './microsoft.network/network-interfaces.ts';
import { networkManagers } from './microsoft.network/network-managers.ts';
import { networkSecurityGroups } from './microsoft.network/network-security-groups.ts';
import { networkWatchers } from './microsoft.network/network-watchers.ts';
import { perimeterTypes } from './microsoft.network/perimeters.ts';
import { privateDnsZoneGroups } from './microsoft.network/private-dns-zone-groups.ts';
import { privateDnsZones } from './microsoft.network/private-dns-zones.ts';
import { privateEndpoints } from './microsoft.network/private-endpoints.ts';
import { publicAddresses } from './microsoft.network/public-ip-addresses.ts';
import { recordSetTypes } from './microsoft.network/record-sets.ts';
import { routes, routeTables } from './microsoft.network/route-tables.ts';
import { ruleCollectionGroups } from './microsoft.network/rule-collection-groups.ts';
import { securityRules } from './microsoft.network/security-rules.ts';
import {
  serviceEndpointPolicies,
  serviceEndpointPolicyDefinitions,
} from './microsoft.network/service-endpoint-policies.ts';
import { serviceTags } from './microsoft.network/service-tag-list.ts';
import { subnets } from './microsoft.network/subnets.ts';
import { networkUsages, virtualNetworkUsages } from './microsoft.network/usages.ts';
import { hubVirtualNetworkConnections } from './microsoft.network/virtual-hub-connections.ts';
import { virtualNetworkLinks } from './microsoft.network/virtual-network-links.ts';
import { virtualNetworkPeerings } from './microsoft.network/virtual-network-peerings.ts';
import { virtualNetworks } from './microsoft.network/virtual-networks.ts';
import { policyInsightsRoutes } from './microsoft.policyinsights/policy-states.ts';
import { deployments } from './microsoft.resources/deployments.ts';
import { providerRoutes } from './microsoft.resources/providers.ts';
import { resourceGraphRoutes } from './microsoft.resources/resource-graph.ts';
import { resourceGroupRoutes } from './microsoft.resources/resource-groups.ts';
import { resourceRoutes } from './microsoft.resources/resources.ts';
import { subscriptionRoutes } from './microsoft.resources/subscriptions.ts';
import { storageAccounts } from './microsoft.storage/storage-accounts.ts';
import { privateEndpointConnections } from './private-link/connection-types.ts';
import { privateLinkResources } from './private-link/link-resources.ts';
import type { ProviderType } from './provider.ts';
import type { HttpRoute } from './route.ts';

export const providerTypes: readonly ProviderType[] = [
  agentPools,
  ...assets,
  trustedAccessBindings,
  azureFirewalls,
  computes,
  connections,
  containerGroups,
  coreUsages,
  databricksWorkspaces,
  datastores,
  deletedVaults,
  deployments,
  firewallPolicies,
  hdinsightClusters,
  hubVirtualNetworkConnections,
  instanceViews,
  ...loadBalancerParts,
  loadBalancers,
  locks,
  machineSizes,
  managedClusters,
  natGateways,
  networkInterfaces,
  networkManagers,
  networkSecurityGroups,
  networkUsages,
  networkWatchers,
  onlineDeployments,
  onlineEndpoints,
  outboundDependencies,
  outboundRules,
  ...perimeterTypes,
  permissions,
  policyAssignments,
  policyDefinitions,
  policySetDefinitions,
  privateDnsZoneGroups,
  privateDnsZones,
  ...privateEndpointConnections,
  privateEndpoints,
  ...privateLinkResources,
  ...recordSetTypes,
  publicAddresses,
  registries,
  denyAssignments,
  roleAssignments,
  roleDefinitions,
  routes,
  routeTables,
  ruleCollectionGroups,
  securityRules,
  serviceAssociationLinks,
  serviceEndpointPolicies,
  serviceEndpointPolicyDefinitions,
  serviceTags,
  storageAccounts,
  subnets,
  vaults,
  virtualMachines,
  virtualNetworkLinks,
  virtualNetworkPeerings,
  virtualNetworks,
  virtualNetworkUsages,
  workspaces,
];

export const armRoutes: readonly HttpRoute[] = [
  ...subscriptionRoutes,
  ...resourceGroupRoutes,
  ...resourceRoutes,
  ...resourceGraphRoutes,
  ...policyInsightsRoutes(() => providerTypes),
  ...providerRoutes(() => providerTypes),
];

const byType: ReadonlyMap<string, ProviderType> = new Map(
  providerTypes.map((provider) => [fold(provider.type), provider]),
);

/** Of a type without a file: one that keeps what it is given. */
export function providerOfType(type: string): ProviderType {
  return byType.get(fold(type)) ?? { type, long: { put: 'async', patch: 'async', delete: 'location' } };
}

export function providerOf(id: string): ProviderType {
  return providerOfType(typeOf(id));
}
