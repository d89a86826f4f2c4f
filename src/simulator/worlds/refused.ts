// World "refused": right in most things, and looked at by somebody with gaps. The caller may not read the vault, the datastores,
// the online endpoints and the private endpoints, may not bring a subnet into a firewall, and meets a lock and a policy.
//
//   stmlsim     default account: a subnet is missing, and a read-only lock with a note lies on it
//   stmldata    account of the training data: a subnet and the operator's address are missing; a policy forbids addresses
//   hdi-spark   attached cluster: its provider is not registered any more, so nobody can say where it sits

import {
  insightsBody,
  list,
  registryBody,
  resourceGroup,
  storageAccount,
  storageRule,
  vaultBody,
  vaultRule,
} from './bodies.ts';
import {
  account,
  computeSubnets,
  devSubnet,
  gpuSubnet,
  inGroup,
  network,
  registry,
  services,
  subnet,
  subscription,
  trainSubnet,
  workspace,
  zoneGroup,
  zoneId,
} from './names.ts';
import { networkBody, subnetBody } from './network-bodies.ts';
import {
  connectionsOf,
  type EndpointConnectionSpec,
  left,
  serviceMade,
  wireBodies,
  zoneBodies,
  zonesOf,
} from './private-endpoint-bodies.ts';
import {
  attachedCompute,
  clusterCompute,
  datastore,
  defaultDatastores,
  instanceCompute,
  sharedLink,
  workspaceBody,
  workspaceConnections,
} from './workspace-bodies.ts';
import type { WorldFile } from './world.ts';

const main = account('stmlsim');
const data = account('stmldata');
const endpointSubnet = subnet('snet-pe');
const admitted = [trainSubnet, devSubnet, endpointSubnet];
const operator = '203.0.113.77';
const scope = `/subscriptions/${subscription}`;

const door: EndpointConnectionSpec = {
  name: 'pe-mlw-sim',
  target: workspace,
  group: 'amlworkspace',
  subnet: endpointSubnet,
  address: '10.0.4.4',
  zones: zonesOf('amlworkspace').map(zoneId),
};

const lock = (): string =>
  `{"properties": {"level": "ReadOnly", "notes": "Frozen until the audit of 30 June is closed. Ask data-office@example.org first."},
    "id": "${main}/providers/Microsoft.Authorization/locks/audit-freeze", "type": "Microsoft.Authorization/locks", "name": "audit-freeze"}`;

/** No storage account may list an address; said once in earnest, and once only to be counted. */
function policies(): string[] {
  const definition = `${scope}/providers/Microsoft.Authorization/policyDefinitions/no-storage-addresses`;
  const assignment = (name: string, title: string, mode: string): string =>
    `{"id": "${scope}/providers/Microsoft.Authorization/policyAssignments/${name}", "type": "Microsoft.Authorization/policyAssignments",
      "name": "${name}", "properties": {"displayName": "${title}", "policyDefinitionId": "${definition}", "scope": "${scope}", "notScopes": [],
        "parameters": {"effect": {"value": "Deny"}}, "metadata": {"createdBy": "77777777-7777-7777-7777-777777777777"}, "enforcementMode": "${mode}"}}`;
  return [
    `{"id": "${definition}", "type": "Microsoft.Authorization/policyDefinitions", "name": "no-storage-addresses",
      "properties": {"displayName": "Storage accounts list no addresses", "policyType": "Custom", "mode": "All",
        "description": "Reach storage through the network, not from single machines.", "metadata": {"category": "Storage", "version": "1.0.0"},
        "parameters": {"effect": {"type": "String", "allowedValues": ["Deny", "Audit", "Disabled"], "defaultValue": "Audit"}},
        "policyRule": {"if": {"allOf": [{"field": "type", "equals": "Microsoft.Storage/storageAccounts"},
          {"count": {"field": "Microsoft.Storage/storageAccounts/networkAcls.ipRules[*]"}, "greater": 0}]},
          "then": {"effect": "[parameters('effect')]"}}}}`,
    assignment('no-addresses', 'Storage accounts list no addresses', 'Default'),
    assignment('no-addresses-soon', 'Storage accounts list no addresses (trial)', 'DoNotEnforce'),
  ];
}

export const refused: WorldFile = {
  name: 'refused',
  aliases: [],
  title: 'A caller with gaps, a lock and a policy',
  faults: [
    { rule: 'compute.caller-can-join', resource: network, says: 'The caller may not bring a compute into one subnet.' },
    {
      rule: 'storage.vnet-rule-compute-subnet',
      resource: main,
      where: gpuSubnet,
      says: 'The account does not name this compute subnet, and is locked.',
    },
    {
      rule: 'storage.vnet-rule-compute-subnet',
      resource: data,
      where: gpuSubnet,
      says: 'The account does not name this compute subnet, which the caller may not bring in.',
    },
    { rule: 'storage.nondefault-accounts', resource: data, says: 'A compute subnet is not admitted.' },
    {
      rule: 'storage.dev-client-ip',
      resource: data,
      says: `${operator} is in no rule, and a policy forbids it.`,
      needsIntent: 'devClientIps',
    },
  ],
  intents: { devClientIps: [operator], storageAccounts: [data] },
  permissions: [
    {
      scope,
      actions: ['*'],
      notActions: [
        'Microsoft.KeyVault/vaults/read',
        'Microsoft.MachineLearningServices/workspaces/datastores/read',
        'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read',
        'Microsoft.Network/privateEndpoints/read',
        'Microsoft.Network/virtualNetworks/subnets/join/action',
        'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action',
        'Microsoft.Authorization/*/write',
        'Microsoft.Authorization/*/delete',
      ],
    },
    // What is admitted already may be named again; the other subnets may not.
    ...admitted.map((where) => ({
      scope: where,
      actions: ['Microsoft.Network/virtualNetworks/subnets/*'],
      notActions: [],
    })),
  ],
  unregistered: ['Microsoft.HDInsight'],
  resources: () =>
    list([
      resourceGroup(),
      resourceGroup(zoneGroup),
      workspaceBody(
        `, "imageBuildCompute": "cpu-cluster", ${workspaceConnections(connectionsOf(workspace, [door]))}, ${sharedLink('Approved')}`,
      ),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet),
      attachedCompute('hdi-spark', 'HDInsight', inGroup('Microsoft.HDInsight/clusters', 'hdi-spark')),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      storageAccount('stmlsim', {
        bypass: 'AzureServices',
        defaultAction: 'Deny',
        rules: admitted.map((where) => storageRule(where)),
        addresses: [operator],
      }),
      storageAccount('stmldata', {
        bypass: 'AzureServices',
        defaultAction: 'Deny',
        rules: admitted.map((where) => storageRule(where)),
      }),
      vaultBody({
        bypass: 'AzureServices',
        defaultAction: 'Deny',
        rules: computeSubnets.map((where) => vaultRule(where)),
        addresses: [operator],
      }),
      registryBody('Premium', [...computeSubnets, endpointSubnet], {
        connections: serviceMade(registry, ['registry']),
      }),
      insightsBody(),
      lock(),
      ...policies(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', { services, uses: 2 }),
        subnetBody(gpuSubnet, '10.0.2.0/24', { services }),
        subnetBody(devSubnet, '10.0.3.0/24', { services, uses: 1 }),
        subnetBody(endpointSubnet, '10.0.4.0/24', { services, endpoints: left(endpointSubnet, [door]) }),
      ]),
      ...wireBodies(door),
      ...zonesOf('amlworkspace').flatMap((zone) => zoneBodies(zoneId(zone), [network], [door])),
    ]),
};
