// Every rule, in the order of reports and docs. A rule that is not listed here does not exist.

import { aciDelegationServiceExact, aciSubnetDelegated } from './aci/delegation.ts';
import { aciDelegationRemovable } from './aci/delegation-removable.ts';
import { aciDeploymentTarget, aciPrivateEndpointConflict, aciSubnetExclusive } from './aci/deployments.ts';
import { aksDnsServiceIp, aksDockerBridge, aksReservedRanges, aksServiceCidrNoOverlap } from './aks/address-ranges.ts';
import { aksPublicApiServer } from './aks/alone.ts';
import { aksApiServerAccess } from './aks/api-server-access.ts';
import {
  aksAttached,
  aksBasicLoadBalancer,
  aksPrivateLinkUnsupported,
  aksRegionWithWorkspaceEndpoint,
  aksSameRegionAsVnet,
  aksSubnetAssigned,
  aksSubnetNotDelegated,
} from './aks/cluster.ts';
import { aksDependenciesSameVnet, aksStorageSameVnet } from './aks/dependencies.ts';
import { aksIdentityNetworkContributor } from './aks/identity-network-contributor.ts';
import { aksIpPlan } from './aks/ip-plan.ts';
import { aksIlbCapacity, aksIlbTwoStep, aksInternalLoadBalancer } from './aks/load-balancer.ts';
import { aksOutboundAcr, aksOutboundDefault } from './aks/outbound.ts';
import { aksScoringInbound } from './aks/scoring-inbound.ts';
import { computeEndpointPath } from './compute/endpoint-path.ts';
import { computeLocks } from './compute/locks.ts';
import { computePartialAllocation, computeUnusableNodes } from './compute/nodes.ts';
import { computeCallerCanJoin, computePolicy } from './compute/permissions.ts';
import {
  computeManagedNetworkConflict,
  computePlacedInVnet,
  computeVnetSameRegion,
  computeVnetSameSubscription,
} from './compute/placement.ts';
import { computeNoPublicIp, computeSshPublicAccess } from './compute/public-ip.ts';
import { computeCoreQuota, computeNetworkQuota } from './compute/quota.ts';
import {
  computeAutoResources,
  computeBatchNsgUntouched,
  computeOrphanedResources,
} from './compute/service-resources.ts';
import { computeSubnetFreeIps, computeSubnetNotDelegated } from './compute/subnets.ts';
import { computeExplicitOutbound, computeNpipPrivateEndpoint } from './compute/without-public-ip.ts';
import { databricksPublicEndpoint } from './databricks/alone.ts';
import {
  databricksNoPrivateEndpointPath,
  databricksVnetInjected,
  databricksVnetSameSubscriptionRegion,
} from './databricks/network.ts';
import { databricksStorageSameVnet } from './databricks/storage-same-vnet.ts';
import { databricksDefaultSubnet, databricksSubnetShape, databricksWorkspaceSubnets } from './databricks/subnets.ts';
import { dnsEndpointCollision, dnsEndpointRecord } from './dns/endpoint-records.ts';
import { firewallInboundDnat } from './firewall/inbound-dnat.ts';
import { firewallApplicationRules, firewallCurrentRules, firewallInPathRule } from './firewall/required-rules.ts';
import { nsgAllowBeforeDeny } from './nsg/allow-before-deny.ts';
import { nsgInboundAny, nsgManagementPorts } from './nsg/alone.ts';
import { nsgRuleCapacity, nsgSubnetNsgState } from './nsg/group-state.ts';
import { nsgInboundBatchObsolete } from './nsg/inbound-batch-obsolete.ts';
import { nsgInboundSsh } from './nsg/inbound-ssh.ts';
import { nsgOutboundDenyInternet, nsgOutboundInternetOpen } from './nsg/outbound-internet.ts';
import { requiredFlowRules } from './nsg/required-flows.ts';
import type { Rule } from './rule.ts';
import {
  keyvaultOperatorAccess,
  storageAdls2DatasetValidate,
  storageDevClientIp,
} from './services/client-addresses.ts';
import {
  acrDefaultActionDeny,
  keyvaultDefaultActionDeny,
  storageDefaultActionDeny,
} from './services/default-action.ts';
import { acrEndpointKindsExclusive, storageOneEndpointKind } from './services/endpoint-kinds.ts';
import { storageExfiltrationPolicy } from './services/exfiltration-policy.ts';
import { acrBuildClusterCpu, acrImageBuildCompute, acrWorkspaceHasCluster } from './services/image-build.ts';
import { acrBuildClusterEgress, acrBuildClusterSameSubnet, acrSameVnetSubnet } from './services/image-build-network.ts';
import { keyvaultIpRulesLegal, storageIpRulesLegal } from './services/ip-rules.ts';
import { acrResolved, keyvaultResolved, storageDefaultAccount } from './services/linked-resources.ts';
import {
  storageAdls2Hierarchical,
  storageAdls2NetworkRules,
  storageNondefaultAccounts,
} from './services/other-accounts.ts';
import { keyvaultPerimeterOverride, storagePerimeterOverride } from './services/perimeter-override.ts';
import {
  acrPrivateEndpoint,
  keyvaultPrivateEndpoint,
  storagePrivateDns,
  storagePrivateEndpoints,
} from './services/private-endpoints.ts';
import {
  acrPublicEndpointKept,
  keyvaultPublicNetworkAccess,
  storagePublicNetworkAccess,
} from './services/public-network-access.ts';
import { acrSkuPremium, acrWorkspaceEnterprise } from './services/registry-tier.ts';
import { acrRuleCapacity, storageRuleCapacity } from './services/rule-capacity.ts';
import { storageAdls2ComputeSameVnet, storageSameVnetAsCompute } from './services/same-network.ts';
import {
  acrServiceEndpointClients,
  acrServiceEndpointPreview,
  acrSubnetServiceEndpoint,
  keyvaultSubnetServiceEndpoint,
  storageSubnetServiceEndpoint,
} from './services/service-endpoints.ts';
import { storageSharedKeyAccess } from './services/shared-keys.ts';
import { acrSharedPrivateLink, acrSharedPrivateLinkApproved } from './services/shared-private-link.ts';
import { storageDesignerProfileError, storageStudioColocation } from './services/studio.ts';
import {
  acrVnetRuleComputeSubnet,
  keyvaultVnetRuleComputeSubnet,
  storageVnetRuleComputeSubnet,
  storageVnetRuleState,
} from './services/subnet-rules.ts';
import {
  acrTasksBypass,
  acrTrustedServices,
  keyvaultBypassAzureServices,
  storageBypassAzureServices,
  storageResourceInstanceRule,
} from './services/trusted-services.ts';
import { keyvaultHoldsCredentials } from './services/vault-notes.ts';
import { udrRoutesValid } from './udr/alone.ts';
import { udrAzuremlPrefixes, udrAzuremlSecondaryRegion, udrBatchPrefixes } from './udr/service-coverage.ts';
import { udrNextHopInternet, udrServiceTagRoutes } from './udr/service-routes.ts';
import { udrNotNeeded, udrPrefixDrift } from './udr/stale-routes.ts';
import { udrStorageReachable } from './udr/storage-reachable.ts';
import { udrTableOnComputeSubnet } from './udr/table-on-compute-subnet.ts';
import { udrForcedTunnel, udrRouteCapacity } from './udr/table-state.ts';
import { vmHdinsightManagementInbound } from './vm/hdinsight-management-inbound.ts';
import { vmAttached, vmInVnet, vmUbuntuOnly } from './vm/machine.ts';
import { vmOutboundDefault, vmOutboundLimited } from './vm/outbound.ts';
import { vmHdinsightSameRules, vmSshInboundAzureml, vmSshPortMatches } from './vm/ssh.ts';
import { workspaceAccessScope } from './workspace/access-scope.ts';
import { workspaceDockerRange } from './workspace/docker-range.ts';
import { workspaceExists, workspaceNetworkPreexists } from './workspace/existence.ts';
import { workspaceManagedNetworkMode, workspaceManagedNetworkProvisioned } from './workspace/managed-network.ts';
import { workspaceMonitorPrivateOnly } from './workspace/monitor-private-only.ts';
import { workspaceManagedNetworkApprover } from './workspace/network-approver.ts';
import { workspaceOnlineEndpointAccess } from './workspace/online-endpoint-access.ts';
import { workspacePrivateDns, workspacePrivateEndpoint } from './workspace/private-endpoint.ts';
import { workspaceIpAllowlist, workspacePublicNetworkAccess } from './workspace/public-access.ts';
import { workspaceServerlessSubnet } from './workspace/serverless-subnet.ts';
import { workspaceDiagnose, workspaceToolingRetired } from './workspace/service-notes.ts';
import { workspaceStudioBlockedBySecuredStorage } from './workspace/studio.ts';
import { workspaceV1LegacyMode } from './workspace/v1-legacy-mode.ts';

export const rules: readonly Rule[] = [
  workspaceExists,
  workspaceNetworkPreexists,
  workspaceStudioBlockedBySecuredStorage,
  workspacePrivateEndpoint,
  workspacePublicNetworkAccess,
  workspaceIpAllowlist,
  workspacePrivateDns,
  workspaceManagedNetworkMode,
  workspaceManagedNetworkProvisioned,
  workspaceManagedNetworkApprover,
  workspaceMonitorPrivateOnly,
  workspaceDockerRange,
  workspaceServerlessSubnet,
  workspaceOnlineEndpointAccess,
  workspaceV1LegacyMode,
  workspaceDiagnose,
  workspaceToolingRetired,
  workspaceAccessScope,
  storageDefaultAccount,
  storageDefaultActionDeny,
  storageVnetRuleComputeSubnet,
  storageVnetRuleState,
  storageSubnetServiceEndpoint,
  storageSameVnetAsCompute,
  storageBypassAzureServices,
  storageDevClientIp,
  storageIpRulesLegal,
  storageSharedKeyAccess,
  storagePerimeterOverride,
  storageRuleCapacity,
  storageNondefaultAccounts,
  storageAdls2Hierarchical,
  storageAdls2NetworkRules,
  storageAdls2ComputeSameVnet,
  storageAdls2DatasetValidate,
  storageDesignerProfileError,
  storagePublicNetworkAccess,
  storageResourceInstanceRule,
  storagePrivateEndpoints,
  storagePrivateDns,
  storageOneEndpointKind,
  storageStudioColocation,
  storageExfiltrationPolicy,
  keyvaultResolved,
  keyvaultHoldsCredentials,
  keyvaultDefaultActionDeny,
  keyvaultVnetRuleComputeSubnet,
  keyvaultSubnetServiceEndpoint,
  keyvaultBypassAzureServices,
  keyvaultIpRulesLegal,
  keyvaultOperatorAccess,
  keyvaultPublicNetworkAccess,
  keyvaultPrivateEndpoint,
  keyvaultPerimeterOverride,
  dnsEndpointRecord,
  dnsEndpointCollision,
  computePlacedInVnet,
  computeVnetSameSubscription,
  computeVnetSameRegion,
  computeSubnetFreeIps,
  computeLocks,
  computePolicy,
  computeNetworkQuota,
  computeCoreQuota,
  computeAutoResources,
  computeOrphanedResources,
  computeUnusableNodes,
  computePartialAllocation,
  computeSshPublicAccess,
  computeBatchNsgUntouched,
  computeSubnetNotDelegated,
  computeCallerCanJoin,
  computeNoPublicIp,
  computeNpipPrivateEndpoint,
  computeEndpointPath,
  computeExplicitOutbound,
  computeManagedNetworkConflict,
  nsgSubnetNsgState,
  requiredFlowRules['nsg.inbound-batch'],
  requiredFlowRules['nsg.inbound-azureml-44224'],
  nsgInboundSsh,
  requiredFlowRules['nsg.outbound-vnet'],
  nsgOutboundInternetOpen,
  nsgOutboundDenyInternet,
  requiredFlowRules['nsg.outbound-storage'],
  requiredFlowRules['nsg.outbound-acr'],
  requiredFlowRules['nsg.outbound-azureml'],
  requiredFlowRules['nsg.outbound-arm'],
  requiredFlowRules['nsg.outbound-entra'],
  requiredFlowRules['nsg.outbound-mcr'],
  nsgAllowBeforeDeny,
  nsgRuleCapacity,
  nsgInboundBatchObsolete,
  nsgManagementPorts,
  nsgInboundAny,
  requiredFlowRules['nsg.outbound-azureml-ports'],
  requiredFlowRules['nsg.outbound-batchnodemanagement'],
  requiredFlowRules['nsg.outbound-frontdoor-frontend'],
  requiredFlowRules['nsg.outbound-frontdoor-firstparty'],
  requiredFlowRules['nsg.outbound-azuremonitor'],
  requiredFlowRules['nsg.outbound-keyvault-hbi'],
  requiredFlowRules['nsg.outbound-storage-445'],
  udrForcedTunnel,
  udrTableOnComputeSubnet,
  udrBatchPrefixes,
  udrAzuremlPrefixes,
  udrNextHopInternet,
  udrPrefixDrift,
  udrStorageReachable,
  udrRouteCapacity,
  udrServiceTagRoutes,
  udrAzuremlSecondaryRegion,
  udrNotNeeded,
  udrRoutesValid,
  databricksVnetInjected,
  databricksVnetSameSubscriptionRegion,
  databricksStorageSameVnet,
  databricksWorkspaceSubnets,
  databricksDefaultSubnet,
  databricksSubnetShape,
  databricksNoPrivateEndpointPath,
  databricksPublicEndpoint,
  vmUbuntuOnly,
  vmInVnet,
  vmSshInboundAzureml,
  vmSshPortMatches,
  vmOutboundDefault,
  vmOutboundLimited,
  vmAttached,
  vmHdinsightSameRules,
  vmHdinsightManagementInbound,
  aksSubnetAssigned,
  aksSameRegionAsVnet,
  aksStorageSameVnet,
  aksPrivateLinkUnsupported,
  aksServiceCidrNoOverlap,
  aksDnsServiceIp,
  aksDockerBridge,
  aksReservedRanges,
  aksIpPlan,
  aksIdentityNetworkContributor,
  aksSubnetNotDelegated,
  aksScoringInbound,
  aksApiServerAccess,
  aksPublicApiServer,
  aksOutboundDefault,
  aksAttached,
  aksInternalLoadBalancer,
  aksIlbTwoStep,
  aksIlbCapacity,
  aksOutboundAcr,
  aksDependenciesSameVnet,
  aksRegionWithWorkspaceEndpoint,
  aksBasicLoadBalancer,
  aciSubnetDelegated,
  aciDelegationServiceExact,
  aciSubnetExclusive,
  aciDeploymentTarget,
  aciDelegationRemovable,
  aciPrivateEndpointConflict,
  firewallInPathRule,
  firewallInboundDnat,
  firewallApplicationRules,
  firewallCurrentRules,
  acrResolved,
  acrWorkspaceEnterprise,
  acrSkuPremium,
  acrSameVnetSubnet,
  acrWorkspaceHasCluster,
  acrDefaultActionDeny,
  acrVnetRuleComputeSubnet,
  acrSubnetServiceEndpoint,
  acrImageBuildCompute,
  acrBuildClusterSameSubnet,
  acrSharedPrivateLink,
  acrSharedPrivateLinkApproved,
  acrEndpointKindsExclusive,
  acrPublicEndpointKept,
  acrRuleCapacity,
  acrPrivateEndpoint,
  acrTrustedServices,
  acrTasksBypass,
  acrBuildClusterCpu,
  acrBuildClusterEgress,
  acrServiceEndpointClients,
  acrServiceEndpointPreview,
];
