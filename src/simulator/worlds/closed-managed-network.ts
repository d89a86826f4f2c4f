// World "closed-managed-network": everything right in Microsoft's own network ("rules-catalogue", 3.13). Computes sit there
// without public addresses, and reach the accounts, the vault and the registry by outbound rules. People come through an
// endpoint of the workspace in their own network, which holds endpoints of the default account as well. Nothing is planted.

import { insightsBody, list, registryBody, resourceGroup, storageAccount, vaultBody } from './bodies.ts';
import { account, clientNetwork, principal, registry, vault, workspace, zoneGroup, zoneId } from './names.ts';
import { networkBody, subnetBody } from './network-bodies.ts';
import {
  connectionsOf,
  type EndpointConnectionSpec,
  endpointId,
  left,
  readerOn,
  serviceMade,
  wireBodies,
  zoneBodies,
  zonesOf,
} from './private-endpoint-bodies.ts';
import {
  clusterCompute,
  datastore,
  defaultDatastores,
  endpointRule,
  hostRule,
  instanceCompute,
  type ManagedNetwork,
  managedNetworkMember,
  outboundRuleBodies,
  requiredTags,
  workspaceBody,
  workspaceConnections,
} from './workspace-bodies.ts';
import type { WorldFile } from './world.ts';

const clientSubnet = `${clientNetwork}/subnets/snet-pe`;

/** Groups of each resource that the managed network reaches. */
const reached: readonly (readonly [target: string, isRequired: boolean, ...groups: string[]])[] = [
  [account('stmlsim'), true, 'blob', 'file'],
  [account('stmldata'), false, 'blob', 'file'],
  [account('lakemlsim'), false, 'blob', 'file', 'dfs'],
  [vault, true, 'vault'],
  [registry, true, 'registry'],
  [workspace, true, 'amlworkspace'],
];

const managed: ManagedNetwork = {
  mode: 'AllowOnlyApprovedOutbound',
  status: 'Active',
  rules: [
    ...requiredTags(),
    ...reached.flatMap(([target, isRequired, ...groups]) =>
      groups.map((group) => endpointRule(target, group, isRequired)),
    ),
    hostRule('pypi', 'pypi.org'),
    hostRule('pypi-files', 'files.pythonhosted.org'),
  ],
};

const wires: readonly EndpointConnectionSpec[] = [
  { name: 'pe-mlw-sim', target: workspace, group: 'amlworkspace', address: '10.20.1.4' },
  { name: 'pe-stmlsim-blob', target: account('stmlsim'), group: 'blob', address: '10.20.1.7' },
  { name: 'pe-stmlsim-file', target: account('stmlsim'), group: 'file', address: '10.20.1.8' },
  { name: 'pe-stmldata-blob', target: account('stmldata'), group: 'blob', address: '10.20.1.9' },
  { name: 'pe-stmldata-file', target: account('stmldata'), group: 'file', address: '10.20.1.10' },
  { name: 'pe-lakemlsim-blob', target: account('lakemlsim'), group: 'blob', address: '10.20.1.11' },
  { name: 'pe-lakemlsim-file', target: account('lakemlsim'), group: 'file', address: '10.20.1.12' },
  { name: 'pe-lakemlsim-dfs', target: account('lakemlsim'), group: 'dfs', address: '10.20.1.13' },
].map((wire) => ({ ...wire, subnet: clientSubnet, zones: zonesOf(wire.group).map(zoneId) }));
const zones = [...new Set(wires.flatMap((wire) => wire.zones ?? []))];

/** What a resource shows: the endpoints of the customer, and those of the managed network. */
const shownBy = (target: string): string[] => [
  ...connectionsOf(target, wires),
  ...reached.flatMap(([other, , ...groups]) => (other === target ? serviceMade(target, groups) : [])),
];

export const closedManagedNetwork: WorldFile = {
  name: 'closed-managed-network',
  aliases: [],
  title: 'Everything right, in a managed network',
  faults: [],
  intents: { devClientIps: [] },
  resources: () =>
    list([
      resourceGroup(),
      resourceGroup(zoneGroup),
      workspaceBody(`, "imageBuildCompute": "cpu-cluster", ${workspaceConnections(shownBy(workspace))}`, {
        publicNetworkAccess: 'Disabled',
        managedNetwork: managedNetworkMember(managed),
      }),
      ...outboundRuleBodies(managed),
      clusterCompute('cpu-cluster', null, 'STANDARD_DS3_V2', 4, { publicIp: false }),
      clusterCompute('gpu-cluster', null, 'STANDARD_NC6S_V3', 2, { publicIp: false }),
      instanceCompute('ci-anna', null, { publicIp: false }),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      datastore('lake', 'AzureDataLakeGen2', 'lakemlsim', 'raw'),
      ...['stmlsim', 'stmldata', 'lakemlsim'].map((name) =>
        storageAccount(
          name,
          { bypass: 'AzureServices', defaultAction: 'Deny' },
          { hierarchical: name === 'lakemlsim', publicNetworkAccess: 'Disabled', connections: shownBy(account(name)) },
        ),
      ),
      vaultBody({ bypass: 'AzureServices', defaultAction: 'Deny' }, { connections: shownBy(vault) }),
      registryBody('Premium', [], { publicNetworkAccess: 'Disabled', connections: shownBy(registry) }),
      insightsBody(),
      networkBody(clientNetwork, '10.20.0.0/16', [
        subnetBody(clientSubnet, '10.20.1.0/24', { endpoints: left(clientSubnet, wires) }),
        subnetBody(`${clientNetwork}/subnets/snet-desks`, '10.20.2.0/24'),
      ]),
      ...wires.flatMap(wireBodies),
      ...wires
        .filter(({ target }) => target.includes('/storageAccounts/'))
        .map((wire) => readerOn(endpointId(wire), principal)),
      ...zones.flatMap((zone) => zoneBodies(zone, [clientNetwork], wires)),
    ]),
};
