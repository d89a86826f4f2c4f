// Every resource type, and the one of an ARM type. Views over raw bodies are in the file of the type, in a file named
// `-view`, or in network-acls.ts; all of them use the tolerant readers of read.ts.
import type { Resource } from '../model/resource.ts';
import { fold, parentId, typeOf } from '../model/resource-id.ts';
import { agentPool } from './agent-pool.ts';
import { azureFirewall } from './azure-firewall.ts';
import { compute } from './compute.ts';
import { containerGroup } from './container-group.ts';
import { databricksWorkspace } from './databricks-workspace.ts';
import { datastore } from './datastore.ts';
import { firewallPolicy, ruleCollectionGroup } from './firewall-policy.ts';
import { genericResourceType } from './generic.ts';
import { hdinsightCluster } from './hdinsight-cluster.ts';
import { loadBalancer } from './load-balancer.ts';
import { lock } from './lock.ts';
import { managedCluster } from './managed-cluster.ts';
import { outboundRule, outboundRulesOf } from './managed-network.ts';
import { natGateway } from './nat-gateway.ts';
import { networkInterface } from './network-interface.ts';
import { networkSecurityGroup, securityRule } from './network-security-group.ts';
import { peeringsOf, subnetsOf } from './network-view.ts';
import { onlineEndpoint } from './online-endpoint.ts';
import { perimeterTypes } from './perimeter.ts';
import { aRecord, privateDnsZone, virtualNetworkLink } from './private-dns-zone.ts';
import { privateDnsZoneGroup } from './private-dns-zone-group.ts';
import { privateEndpoint } from './private-endpoint.ts';
import { privateEndpointConnections } from './private-endpoint-connection.ts';
import { connectionsOf } from './private-link.ts';
import { privateLinkScope } from './private-link-scope.ts';
import { publicAddress } from './public-ip-address.ts';
import { registry } from './registry.ts';
import type { ResourceType } from './resource-type.ts';
import { roleAssignment } from './role-assignment.ts';
import { route, routeTable } from './route-table.ts';
import { routesOf } from './route-view.ts';
import { securityRulesOf } from './security-group-view.ts';
import { serviceEndpointPolicy } from './service-endpoint-policy.ts';
import { storageAccount } from './storage-account.ts';
import { subnet } from './subnet.ts';
import { trustedAccessRoleBinding } from './trusted-access-role-binding.ts';
import { vault } from './vault.ts';
import { virtualMachine } from './virtual-machine.ts';
import { virtualNetwork } from './virtual-network.ts';
import { virtualNetworkPeering } from './virtual-network-peering.ts';
import { workspace } from './workspace.ts';

export { isClientAddress, refusedClients } from '../net/ip-rules.ts';
export * from './azure-firewall.ts';
export * from './cluster-view.ts';
export { computeType } from './compute.ts';
export {
  containerDelegation,
  containerGroupsOf,
  containerGroupType,
  containerGroupView,
} from './container-group.ts';
export { databricksType, databricksView } from './databricks-workspace.ts';
export { datastoreType } from './datastore.ts';
export { freeAddresses, freeBridgeRange, freeRange, freeServiceRange, refusesRange } from './free-ranges.ts';
export { loadBalancerType } from './load-balancer.ts';
export { locksOf } from './lock.ts';
export * from './looked-at.ts';
export * from './machine-view.ts';
export { clusterPlan, usualPods } from './managed-cluster.ts';
export * from './managed-cluster-view.ts';
export * from './managed-network.ts';
export * from './network-acls.ts';
export * from './network-view.ts';
export { onlineDeploymentType, onlineEndpointType, onlineEndpointView } from './online-endpoint.ts';
export { namesPublicAddresses, openAcls, openRulesOf } from './parts/firewall-write.ts';
export { hasOwnIdentity, holds } from './parts/normal.ts';
export * from './perimeter.ts';
export * from './placements.ts';
export * from './policy-view.ts';
export { labelIn, patternLabels, publicSuffix } from './private-dns-names.ts';
export { holdsLaterAddress, isWrittenFor, laterAddress } from './private-dns-records.ts';
export * from './private-dns-zone.ts';
export * from './private-dns-zone-group.ts';
export { addressesTaken, endpointAddresses } from './private-endpoint.ts';
export * from './private-link.ts';
export * from './private-link-scope.ts';
export { publicAddressType } from './public-ip-address.ts';
export * from './read.ts';
export * from './registry-view.ts';
export {
  assignedTo,
  assignmentsIn,
  ofPrincipal,
  refusedRole,
  roleAssignmentType,
  roleAssignmentView,
  roleNames,
} from './role-assignment.ts';
export * from './route-view.ts';
export * from './security-group-view.ts';
export * from './service-answers.ts';
export * from './service-tags-view.ts';
export * from './shared-private-link.ts';
export * from './storage-account.ts';
export { associationLinks, isContainerLink } from './subnet.ts';
export { tablesOf } from './tables.ts';
export * from './trusted-access-role-binding.ts';
export * from './vault.ts';
export { missingNames, subnetNameKey } from './virtual-network-peering.ts';
export * from './workspace-view.ts';

/** In the order of a resource tree. */
export const resourceTypes: readonly ResourceType[] = [
  workspace,
  outboundRule,
  compute,
  datastore,
  onlineEndpoint,
  storageAccount,
  vault,
  registry,
  managedCluster,
  agentPool,
  trustedAccessRoleBinding,
  virtualNetwork,
  subnet,
  virtualNetworkPeering,
  networkSecurityGroup,
  securityRule,
  virtualMachine,
  networkInterface,
  hdinsightCluster,
  routeTable,
  route,
  azureFirewall,
  firewallPolicy,
  ruleCollectionGroup,
  natGateway,
  publicAddress,
  loadBalancer,
  databricksWorkspace,
  containerGroup,
  serviceEndpointPolicy,
  privateEndpoint,
  privateDnsZoneGroup,
  ...privateEndpointConnections,
  privateDnsZone,
  virtualNetworkLink,
  privateLinkScope,
  aRecord,
  ...perimeterTypes,
  roleAssignment,
  lock,
];

const byType = new Map(resourceTypes.map((kind) => [fold(kind.type), kind]));

/** The resource type of an ARM type; a read-only one for types without a file. */
export const resourceTypeOf = (type: string): ResourceType => byType.get(fold(type)) ?? genericResourceType(type);

const counted: ReadonlySet<string> = new Set([securityRule, route].map(({ type }) => fold(type)));

/** The resource that a change is counted to: a security rule is part of its group, a route of its table. */
export const countedAs = (id: string): string => (counted.has(fold(typeOf(id))) ? (parentId(id) ?? id) : id);

/** The child resources that are also in the body of another resource. */
export const partsOf = (whole: Resource): Resource[] =>
  [subnetsOf, peeringsOf, connectionsOf, outboundRulesOf, securityRulesOf, routesOf].flatMap((parts) => parts(whole));
