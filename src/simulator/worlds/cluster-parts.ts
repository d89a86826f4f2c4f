// The bodies of Kubernetes clusters and of the computes that lead to them, as JSON text.
import { stringifyJson } from '../json.ts';
import {
  addressDocument,
  balancerDocument,
  groupDocument,
} from '../providers/microsoft.containerservice/node-balancer-documents.ts';
import { cluster, region, subscription, tenant, workspace } from './names.ts';
import { guidOf, list, name } from './parts.ts';

/** Object id of the identity of the cluster. */
export const clusterPrincipal = 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb';
/** Where scoring is called from outside: of the range for documentation (RFC 5737). */
export const scoringAddress = '203.0.113.80';
/** The address that the nodes of a cluster go out with. */
const outboundAddress = '203.0.113.81';

export interface PoolText {
  readonly name: string;
  readonly subnet: string;
  readonly count: number;
  /** It grows by itself up to this. */
  readonly maxCount: number;
}

const poolMembers = ({ subnet, count, maxCount }: PoolText): string =>
  `"count": ${count}, "vmSize": "Standard_DS2_v2", "osDiskSizeGB": 128, "maxPods": 30, "enableAutoScaling": true, "minCount": 1,
    "maxCount": ${maxCount}, "mode": "System", "type": "VirtualMachineScaleSets", "osType": "Linux", "vnetSubnetID": "${subnet}",
    "orchestratorVersion": "1.29", "currentOrchestratorVersion": "1.29.7", "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202410.15.0",
    "upgradeSettings": {"maxSurge": "1"}, "provisioningState": "Succeeded", "unknownToClients": {"weight": 1.0}`;

/** What the cluster has in the resource group of its nodes while scoring is met in public. */
function nodeGroupBodies(id: string, groupId: string): string[] {
  const group = { id: groupId, region, newId: guidOf };
  const [wayOut, front] = [guidOf(`${id} way out`), `a${guidOf(`${id} scoring`).replaceAll('-', '').slice(0, 31)}`];
  return [
    groupDocument(group, id),
    addressDocument(group, wayOut, outboundAddress),
    addressDocument(group, front, scoringAddress),
    balancerDocument(group, 'public', [{ name: front, met: 'public' }], wayOut),
  ].map((body) => stringifyJson(body));
}

/** A cluster with flat networking, each of its pools, and the group of its nodes: its body and theirs. */
export function clusterBodies(id: string, pools: readonly PoolText[]): string[] {
  const profiles = pools.map((pool) => `{"name": "${pool.name}", ${poolMembers(pool)}}`);
  return [
    `{"id": "${id}", "name": "${name(id)}", "type": "Microsoft.ContainerService/managedClusters", "location": "${region}",
      "tags": {}, "sku": {"name": "Base", "tier": "Free"},
      "identity": {"type": "SystemAssigned", "principalId": "${clusterPrincipal}", "tenantId": "${tenant}"},
      "properties": {"provisioningState": "Succeeded", "powerState": {"code": "Running"}, "kubernetesVersion": "1.29", "dnsPrefix": "aksmlsim",
        "fqdn": "aksmlsim.hcp.westeurope.azmk8s.io", "nodeResourceGroup": "MC_rg-ml_${name(id)}_${region}", "agentPoolProfiles": ${list(profiles)},
        "networkProfile": {"networkPlugin": "azure", "loadBalancerSku": "standard", "serviceCidr": "10.200.0.0/16", "dnsServiceIP": "10.200.0.10",
          "outboundType": "loadBalancer"}}}`,
    ...pools.map(
      (pool) =>
        `{"id": "${id}/agentPools/${pool.name}", "name": "${pool.name}", "type": "Microsoft.ContainerService/managedClusters/agentPools",
          "properties": {${poolMembers(pool)}}}`,
    ),
    ...nodeGroupBodies(id, `/subscriptions/${subscription}/resourceGroups/MC_rg-ml_${name(id)}_${region}`),
  ];
}

/** The compute of the workspace that leads to a cluster, with a public front end. */
export const clusterAttached = (compute: string, id = cluster): string =>
  `{"id": "${workspace}/computes/${compute}", "name": "${compute}", "type": "Microsoft.MachineLearningServices/workspaces/computes",
    "location": "${region}", "tags": {}, "properties": {"createdOn": "2024-03-06T07:01:02.0000000+00:00",
      "modifiedOn": "2024-03-06T07:04:02.0000000+00:00", "disableLocalAuth": false, "description": null, "resourceId": "${id}",
      "computeType": "AKS", "computeLocation": "${region}", "provisioningState": "Succeeded", "provisioningErrors": null,
      "isAttachedCompute": true, "properties": {"clusterFqdn": "aksmlsim.hcp.westeurope.azmk8s.io", "agentCount": 1,
        "agentVmSize": "Standard_DS2_v2", "clusterPurpose": "FastProd", "sslConfiguration": {"status": "Disabled"},
        "aksNetworkingConfiguration": null,
        "systemServices": [{"systemServiceType": "ScoringFrontend", "publicIpAddress": "${scoringAddress}", "version": "1"}]}}}`;

/** A built-in role for the identity of the cluster. */
export const clusterRole = (scope: string, role: string, assignment: string): string =>
  `{"id": "${scope}/providers/Microsoft.Authorization/roleAssignments/${assignment}", "name": "${assignment}",
    "type": "Microsoft.Authorization/roleAssignments", "properties": {"scope": "${scope}", "principalId": "${clusterPrincipal}",
      "principalType": "ServicePrincipal", "roleDefinitionId": "${scope.slice(0, scope.indexOf('/resourceGroups/'))}/providers/Microsoft.Authorization/roleDefinitions/${role}"}}`;
