// World "managed": a managed network that was switched on and never finished.
//
//   mlw-sim     lets everything out, not provisioned, public door shut, its own endpoint waits for approval
//   stmlsim     default account: a subnet rule beside the rule for blob, none for files, the workspace may not pass
//   stmldata    account of the training data: open
//   lakemlsim   data lake: an endpoint in the clients' network whose zone is linked nowhere
//   kv-mlsim    vault: switched off, and nothing leads to it
//   acrmlsim    registry: Basic, and nothing leads to it
//   churn-sim   online endpoint that the Internet meets; fraud-sim beside it is met privately

import { insightsBody, list, registryBody, resourceGroup, storageAccount, storageRule, vaultBody } from './bodies.ts';
import { account, clientNetwork, registry, vault, workspace, zoneGroup, zoneId } from './names.ts';
import { networkBody, subnetBody } from './network-bodies.ts';
import { connectionsOf, type EndpointConnectionSpec, left, wireBodies, zoneBodies } from './private-endpoint-bodies.ts';
import { bornOpen } from './registry-faults.ts';
import {
  clusterCompute,
  datastore,
  defaultDatastores,
  endpointRule,
  instanceCompute,
  type ManagedNetwork,
  managedNetworkMember,
  onlineEndpoints,
  outboundRuleBodies,
  workspaceBody,
  workspaceConnections,
} from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const main = account('stmlsim');
const data = account('stmldata');
const lake = account('lakemlsim');
const endpointSubnet = `${clientNetwork}/subnets/snet-pe`;
const deskSubnet = `${clientNetwork}/subnets/snet-desks`;
const operator = '203.0.113.77';
const compute = (name: string): string => `${workspace}/computes/${name}`;

const managed: ManagedNetwork = {
  mode: 'AllowInternetOutbound',
  status: 'Inactive',
  rules: [endpointRule(main, 'blob', false, 'Inactive'), endpointRule(lake, 'dfs', false, 'Inactive')],
};
const blobZone = zoneId('privatelink.blob.core.windows.net');
const wires: readonly EndpointConnectionSpec[] = [
  {
    name: 'pe-mlw-sim',
    target: workspace,
    group: 'amlworkspace',
    subnet: endpointSubnet,
    address: '10.20.1.4',
    status: 'Pending',
  },
  {
    name: 'pe-lakemlsim-blob',
    target: lake,
    group: 'blob',
    subnet: endpointSubnet,
    address: '10.20.1.7',
    zones: [blobZone],
  },
];

const faults: readonly WorldFault[] = [
  {
    rule: 'workspace.studio-blocked-by-secured-storage',
    resource: workspace,
    says: 'The default account is closed, and nothing lets the workspace through.',
  },
  {
    rule: 'workspace.private-endpoint',
    resource: workspace,
    says: 'Shut to the public, and its endpoint waits for approval.',
  },
  {
    rule: 'workspace.managed-network-mode',
    resource: workspace,
    says: 'Everything may go out, where outbound traffic was to be limited.',
    needsIntent: 'outboundMode',
  },
  { rule: 'workspace.managed-network-provisioned', resource: workspace, says: 'It was never provisioned.' },
  { rule: 'compute.no-public-ip', resource: compute('cpu-cluster'), says: 'Its nodes have public addresses.' },
  { rule: 'compute.no-public-ip', resource: compute('ci-anna'), says: 'It has a public address.' },
  {
    rule: 'compute.managed-network-conflict',
    resource: compute('ci-anna'),
    says: 'It sits in a subnet of the customer.',
  },
  { rule: 'storage.default-action-deny', resource: data, says: 'It admits every network.' },
  { rule: 'storage.nondefault-accounts', resource: data, says: 'It is open.' },
  { rule: 'storage.nondefault-accounts', resource: lake, says: 'No rule that works leads to it.' },
  { rule: 'storage.adls2-network-rules', resource: lake, says: 'No rule that works leads to it.' },
  { rule: 'storage.bypass-azure-services', resource: main, says: 'Only logging and metrics may pass.' },
  {
    rule: 'storage.resource-instance-rule',
    resource: main,
    says: 'Neither a rule nor the bypass admits the workspace.',
  },
  { rule: 'storage.dev-client-ip', resource: main, says: `${operator} is in no rule.`, needsIntent: 'devClientIps' },
  { rule: 'storage.dev-client-ip', resource: lake, says: `${operator} is in no rule.`, needsIntent: 'devClientIps' },
  { rule: 'storage.private-endpoints', resource: main, says: 'The rule for blob is asleep, and none leads to files.' },
  { rule: 'storage.private-endpoints', resource: data, says: 'No rule leads to it.' },
  { rule: 'storage.private-endpoints', resource: lake, says: 'The rule for dfs is asleep.' },
  { rule: 'storage.private-dns', resource: lake, says: 'The blob zone is linked to no network.' },
  { rule: 'storage.one-endpoint-kind', resource: main, says: 'A subnet rule stands beside the endpoint rule.' },
  { rule: 'keyvault.private-endpoint', resource: vault, says: 'No rule leads to it.' },
  { rule: 'keyvault.public-network-access', resource: vault, says: 'Switched off, and nothing leads to it.' },
  ...bornOpen,
  { rule: 'acr.private-endpoint', resource: registry, says: 'No rule leads to it.' },
];

export const managedWorld: WorldFile = {
  name: 'managed',
  aliases: [],
  title: 'A managed network, never finished',
  faults,
  intents: { devClientIps: [operator], outboundMode: 'limited' },
  resources: () =>
    list([
      resourceGroup(),
      resourceGroup(zoneGroup),
      workspaceBody(`, ${workspaceConnections(connectionsOf(workspace, wires))}`, {
        publicNetworkAccess: 'Disabled',
        managedNetwork: managedNetworkMember(managed),
      }),
      ...outboundRuleBodies(managed),
      clusterCompute('cpu-cluster', null, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', null, 'STANDARD_NC6S_V3', 2, { publicIp: false }),
      instanceCompute('ci-anna', deskSubnet),
      ...onlineEndpoints({ 'churn-sim': 'Enabled', 'fraud-sim': 'Disabled' }),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      datastore('lake', 'AzureDataLakeGen2', 'lakemlsim', 'raw'),
      storageAccount('stmlsim', {
        bypass: 'Logging, Metrics',
        defaultAction: 'Deny',
        rules: [storageRule(deskSubnet)],
      }),
      storageAccount('stmldata', { bypass: 'AzureServices', defaultAction: 'Allow' }),
      storageAccount(
        'lakemlsim',
        { bypass: 'AzureServices', defaultAction: 'Deny' },
        { hierarchical: true, connections: connectionsOf(lake, wires) },
      ),
      vaultBody({ bypass: 'AzureServices', defaultAction: 'Deny' }, { publicNetworkAccess: 'Disabled' }),
      registryBody('Basic', null),
      insightsBody(),
      networkBody(clientNetwork, '10.20.0.0/16', [
        subnetBody(endpointSubnet, '10.20.1.0/24', { endpoints: left(endpointSubnet, wires) }),
        subnetBody(deskSubnet, '10.20.2.0/24', { services: ['Microsoft.Storage'], uses: 1 }),
      ]),
      ...wires.flatMap(wireBodies),
      ...zoneBodies(blobZone, [], wires),
    ]),
};
