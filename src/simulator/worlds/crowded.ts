// World "crowded": closed by service endpoints, with too little room for its computes, and a resource group with a lock, a policy,
// a quota and resources that a deleted instance left behind.
import { closedByServiceEndpoints } from './bases.ts';
import { etag, guidOf } from './bodies.ts';
import { ofCompute, ofWorkspace, setCompute, setSubnet } from './faults.ts';
import { devSubnet, gpuSubnet, group, inGroup, network, region, subscription, trainSubnet } from './names.ts';
import { faultsOf, type PlantedFault, world } from './world.ts';

const loose = ofCompute('loose-cluster');

/** How Azure Batch names the resources that it creates. */
const made = (what: string): string => `${guidOf('gone')}-azurebatch-cloudservice${what}`;
const balancer = inGroup('Microsoft.Network/loadBalancers', made('loadbalancer'));
const address = inGroup('Microsoft.Network/publicIPAddresses', made('publicip'));
const guard = inGroup('Microsoft.Network/networkSecurityGroups', made('networksecuritygroup'));
const frontend = `${balancer}/frontendIPConfigurations/frontend`;
const lockId = `${network}/providers/Microsoft.Authorization/locks/keep-network`;

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

/** Load balancers are denied in this group. */
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

const noPublicPath = 'The quiet cluster has no public address and no private endpoint to reach the workspace.';
const faults: readonly PlantedFault[] = [
  loose('compute.placed-in-vnet', 'It was created without a subnet.'),
  loose(
    'compute.ssh-public-access',
    'Port 22 is open to the Internet.',
    setCompute('loose-cluster', { ssh: 'Enabled' }),
  ),
  loose('compute.no-public-ip', 'It is in no subnet and has public addresses.'),
  loose(
    'compute.unusable-nodes',
    'One of its nodes is unusable.',
    setCompute('loose-cluster', { allocation: { current: 2, target: 4, idle: 1, unusable: 1 } }),
  ),
  loose('compute.partial-allocation', 'It is steady with two of four nodes.'),
  faultsOf(trainSubnet)(
    'compute.subnet-free-ips',
    'Two addresses are free, and the cluster may grow to eight nodes.',
    (draft) => {
      Object.assign(draft.subnet(trainSubnet), { prefix: '10.0.1.0/28', uses: 9 });
      draft.compute('cpu-cluster').maxNodes = 8;
    },
  ),
  faultsOf(gpuSubnet)(
    'compute.subnet-not-delegated',
    'It is delegated to App Service.',
    setSubnet(gpuSubnet, { delegation: 'Microsoft.Web/serverFarms' }),
  ),
  ofWorkspace('compute.locks', 'A lock prevents the service from deleting what it created.', (draft) =>
    draft.bodies.push(lock()),
  ),
  ofWorkspace('compute.policy', 'A policy denies load balancers in the resource group.', (draft) =>
    draft.bodies.push(...policy()),
  ),
  faultsOf(network)('compute.network-quota', 'The only load balancer of the quota is an orphaned one.', (draft) =>
    draft.bodies.push(quota('Microsoft.Network', 'LoadBalancers', 1)),
  ),
  ofCompute('gpu-cluster')('compute.core-quota', 'The quota is 6 cores; its two nodes need 12.', (draft) =>
    draft.bodies.push(quota('Microsoft.MachineLearningServices', 'standardNCSv3Family', 6)),
  ),
  ...[balancer, address, guard].map((resource) =>
    faultsOf(resource)('compute.orphaned-resources', 'Its compute was deleted.'),
  ),
  faultsOf(network)('compute.npip-private-endpoint', noPublicPath),
  ofWorkspace('workspace.private-endpoint', noPublicPath),
  faultsOf(devSubnet)(
    'compute.explicit-outbound',
    'The quiet cluster has no outbound access.',
    setSubnet(devSubnet, { defaultOutboundAccess: false }),
  ),
];

export const crowded = world({
  name: 'crowded',
  title: 'Too little room for its computes',
  base: closedByServiceEndpoints({
    accounts: ['stmlsim', 'stmldata'],
    computes: {
      'cpu-cluster': { subnet: trainSubnet },
      'gpu-cluster': { subnet: gpuSubnet, vmSize: 'STANDARD_NC6S_V3', maxNodes: 2 },
      'quiet-cluster': { subnet: devSubnet, vmSize: 'STANDARD_DS2_V2', maxNodes: 2, publicIp: false },
      'loose-cluster': { subnet: null, vmSize: 'STANDARD_DS2_V2' },
    },
  }),
  setup: (draft) => {
    draft.subnet(devSubnet).uses = 0;
    draft.bodies.push(...leftOver());
  },
  faults,
});
