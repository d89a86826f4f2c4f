// World "crowded": closed by service endpoints, and its computes do not fit where they were put.
//
//   snet-train     sixteen addresses, nine taken, and a cluster that may grow to eight nodes
//   snet-gpu       handed to web apps once, which never came
//   snet-dev       a cluster without public address, and no way out or in that anybody made
//   loose-cluster  in no subnet, open to SSH, stuck half way with a broken node
//   rg-ml          what a deleted instance left behind, a policy against load balancers, a quota of one of them, a lock

import { etag, guidOf, kubernetesBody, list, resourceGroup, shutBut } from './bodies.ts';
import {
  devSubnet,
  gpuSubnet,
  group,
  inGroup,
  network,
  region,
  services,
  subnet,
  subscription,
  trainSubnet,
  workspace,
} from './names.ts';
import { networkBody, subnetBody } from './network-bodies.ts';
import { clusterCompute, datastore, defaultDatastores, workspaceBody } from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const subnets = [trainSubnet, gpuSubnet, devSubnet];
const compute = (name: string): string => `${workspace}/computes/${name}`;
const loose = compute('loose-cluster');

/** What Azure Batch calls the things it makes. */
const made = (what: string): string => `${guidOf('gone')}-azurebatch-cloudservice${what}`;
const balancer = inGroup('Microsoft.Network/loadBalancers', made('loadbalancer'));
const address = inGroup('Microsoft.Network/publicIPAddresses', made('publicip'));
const guard = inGroup('Microsoft.Network/networkSecurityGroups', made('networksecuritygroup'));
const frontend = `${balancer}/frontendIPConfigurations/frontend`;
const lockId = `${network}/providers/Microsoft.Authorization/locks/keep-network`;

const faults: readonly WorldFault[] = [
  { rule: 'compute.placed-in-vnet', resource: loose, says: 'It was made without a subnet.' },
  { rule: 'compute.ssh-public-access', resource: loose, says: 'Anybody may try its port 22.' },
  { rule: 'compute.no-public-ip', resource: loose, says: 'In no subnet, and with public addresses.' },
  { rule: 'compute.unusable-nodes', resource: loose, says: 'The service cannot reach one of its nodes.' },
  { rule: 'compute.partial-allocation', resource: loose, says: 'It came to rest with two of four nodes.' },
  { rule: 'compute.subnet-free-ips', resource: trainSubnet, says: 'Two addresses are free, and eight nodes may come.' },
  { rule: 'compute.subnet-not-delegated', resource: gpuSubnet, says: 'It is handed to web apps.' },
  { rule: 'compute.locks', resource: workspace, says: 'A lock keeps what the service made from being taken away.' },
  { rule: 'compute.policy', resource: workspace, says: 'A policy forbids load balancers in the group.' },
  { rule: 'compute.network-quota', resource: network, says: 'The only load balancer there may be is a left-over.' },
  { rule: 'compute.core-quota', resource: compute('gpu-cluster'), says: 'Six cores for two nodes of six.' },
  ...[balancer, address, guard].map((resource) => ({
    rule: 'compute.orphaned-resources',
    resource,
    says: 'Its compute is gone.',
  })),
  { rule: 'compute.npip-private-endpoint', resource: network, says: 'The quiet cluster does not find the service.' },
  { rule: 'workspace.private-endpoint', resource: workspace, says: 'The quiet cluster does not find the service.' },
  { rule: 'compute.explicit-outbound', resource: devSubnet, says: 'The quiet cluster has no way out at all.' },
];

const quota = (namespace: string, name: string, limit: number): string =>
  `{"id": "/subscriptions/${subscription}/providers/${namespace}/locations/${region}/usages/${name}", "limit": ${limit}}`;

/** A load balancer whose pool is empty, the address in front of it, and a security group on nothing. */
const leftOver = (): string[] => [
  `{"name": "${made('loadbalancer')}", "id": "${balancer}", "etag": "${etag}", "type": "Microsoft.Network/loadBalancers",
    "location": "${region}", "sku": {"name": "Standard", "tier": "Regional"}, "properties": {"provisioningState": "Succeeded",
      "resourceGuid": "${guidOf(balancer)}", "frontendIPConfigurations": [{"name": "frontend", "id": "${frontend}",
        "properties": {"provisioningState": "Succeeded", "publicIPAddress": {"id": "${address}"}}}],
      "backendAddressPools": [{"name": "backendPool", "id": "${balancer}/backendAddressPools/backendPool",
        "properties": {"provisioningState": "Succeeded", "loadBalancerBackendAddresses": []}}],
      "loadBalancingRules": [], "probes": [], "inboundNatRules": [], "outboundRules": []}}`,
  `{"name": "${made('publicip')}", "id": "${address}", "etag": "${etag}", "type": "Microsoft.Network/publicIPAddresses",
    "location": "${region}", "sku": {"name": "Standard", "tier": "Regional"}, "properties": {"provisioningState": "Succeeded",
      "resourceGuid": "${guidOf(address)}", "ipAddress": "203.0.113.40", "publicIPAddressVersion": "IPv4",
      "publicIPAllocationMethod": "Static", "idleTimeoutInMinutes": 4, "ipTags": [], "ipConfiguration": {"id": "${frontend}"}}}`,
  `{"name": "${made('networksecuritygroup')}", "id": "${guard}", "etag": "${etag}", "type": "Microsoft.Network/networkSecurityGroups",
    "location": "${region}", "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(guard)}", "securityRules": []}}`,
];

/** Nobody makes load balancers in this group. */
function policy(): string[] {
  const definition = `/subscriptions/${subscription}/providers/Microsoft.Authorization/policyDefinitions/no-load-balancers`;
  return [
    `{"id": "${definition}", "type": "Microsoft.Authorization/policyDefinitions", "name": "no-load-balancers",
      "properties": {"displayName": "No load balancers", "policyType": "Custom", "mode": "All", "metadata": {"category": "Network"},
        "policyRule": {"if": {"field": "type", "equals": "Microsoft.Network/loadBalancers"}, "then": {"effect": "deny"}}}}`,
    `{"id": "${group}/providers/Microsoft.Authorization/policyAssignments/no-load-balancers",
      "type": "Microsoft.Authorization/policyAssignments", "name": "no-load-balancers", "properties": {"displayName": "No load balancers",
        "policyDefinitionId": "${definition}", "scope": "${group}", "notScopes": [], "enforcementMode": "Default"}}`,
  ];
}

const lock = (): string =>
  `{"properties": {"level": "CanNotDelete", "notes": "Shared with the data team."}, "id": "${lockId}",
    "type": "Microsoft.Authorization/locks", "name": "keep-network"}`;

/** A cluster that wants four nodes, has two, and one of them unusable. */
const stuck = (): string =>
  clusterCompute('loose-cluster', null, 'STANDARD_DS2_V2', 4, { ssh: 'Enabled' })
    .replace('"currentNodeCount": 0, "targetNodeCount": 0', '"currentNodeCount": 2, "targetNodeCount": 4')
    .replace('"idleNodeCount": 0, "unusableNodeCount": 0', '"idleNodeCount": 1, "unusableNodeCount": 1');

export const crowded: WorldFile = {
  name: 'crowded',
  aliases: [],
  title: 'Computes that do not fit',
  faults,
  intents: { devClientIps: [] },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(', "imageBuildCompute": "cpu-cluster"'),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 8),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      clusterCompute('quiet-cluster', devSubnet, 'STANDARD_DS2_V2', 2, { publicIp: false }),
      stuck(),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      ...shutBut(subnets, ['stmlsim', 'stmldata']),
      kubernetesBody(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/28', { services, uses: 9 }),
        subnetBody(gpuSubnet, '10.0.2.0/24', { services }).replace(
          '"delegations": []',
          `"delegations": [{"name": "web", "id": "${gpuSubnet}/delegations/web", "etag": "${etag}",
            "properties": {"provisioningState": "Succeeded", "serviceName": "Microsoft.Web/serverFarms",
              "actions": ["Microsoft.Network/virtualNetworks/subnets/action"]},
            "type": "Microsoft.Network/virtualNetworks/subnets/delegations"}]`,
        ),
        subnetBody(devSubnet, '10.0.3.0/24', { services, extra: ', "defaultOutboundAccess": false' }),
        subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
      ]),
      ...leftOver(),
      ...policy(),
      lock(),
      quota('Microsoft.Network', 'LoadBalancers', 1),
      quota('Microsoft.MachineLearningServices', 'standardNCSv3Family', 6),
    ]),
};
