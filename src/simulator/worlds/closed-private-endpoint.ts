// World "closed-private-endpoint": everything right by private endpoints ("rules-catalogue", 3.13). The workspace, the accounts,
// the vault and the registry are reached at private addresses of the computes' network alone, the zones are linked to it, no
// compute has a public address, and all of them go out through a NAT gateway. Nothing is planted.

import {
  insightsBody,
  kubernetesBody,
  list,
  registryBody,
  resourceGroup,
  storageAccount,
  vaultBody,
} from './bodies.ts';
import {
  account,
  computeSubnets,
  devSubnet,
  gpuSubnet,
  inGroup,
  network,
  principal,
  registry,
  subnet,
  trainSubnet,
  vault,
  workspace,
  zoneGroup,
  zoneId,
} from './names.ts';
import { natGateway, networkBody, subnetBody } from './network-bodies.ts';
import {
  connectionsOf,
  type EndpointConnectionSpec,
  endpointId,
  left,
  readerOn,
  wireBodies,
  zoneBodies,
  zonesOf,
} from './private-endpoint-bodies.ts';
import {
  clusterCompute,
  datastore,
  defaultDatastores,
  instanceCompute,
  workspaceBody,
  workspaceConnections,
} from './workspace-bodies.ts';
import type { WorldFile } from './world.ts';

const endpointSubnet = subnet('snet-pe');
const serverlessSubnet = subnet('snet-serverless');
const gateway = inGroup('Microsoft.Network/natGateways', 'nat-ml');

/** Endpoints of the workspace and all it stands on, in one subnet, each with its zones. Addresses follow the order. */
export function wiresIn(where: string, firstAddress: number, space: string): EndpointConnectionSpec[] {
  const wanted: readonly (readonly [target: string, group: string, addresses: number])[] = [
    [workspace, 'amlworkspace', 3],
    [account('stmlsim'), 'blob', 1],
    [account('stmlsim'), 'file', 1],
    [account('stmldata'), 'blob', 1],
    [account('stmldata'), 'file', 1],
    [account('lakemlsim'), 'blob', 1],
    [account('lakemlsim'), 'file', 1],
    [account('lakemlsim'), 'dfs', 1],
    [vault, 'vault', 1],
    [registry, 'registry', 2],
  ];
  let next = firstAddress;
  return wanted.map(([target, group, addresses]) => {
    const address = `${space}.${next}`;
    next += addresses;
    const name = `pe-${target.slice(target.lastIndexOf('/') + 1)}-${group}`;
    return { name, target, group, subnet: where, address, zones: zonesOf(group).map(zoneId) };
  });
}

const wires = wiresIn(endpointSubnet, 4, '10.0.4');
const zones = [...new Set(wires.flatMap((wire) => wire.zones ?? []))];

export const closedPrivateEndpoint: WorldFile = {
  name: 'closed-private-endpoint',
  aliases: ['private'],
  title: 'Everything right, by private endpoints',
  faults: [],
  intents: { devClientIps: [] },
  resources: () =>
    list([
      resourceGroup(),
      resourceGroup(zoneGroup),
      workspaceBody(
        `, "imageBuildCompute": "cpu-cluster", ${workspaceConnections(connectionsOf(workspace, wires))},
          "serverlessComputeSettings": {"serverlessComputeCustomSubnet": "${serverlessSubnet}", "serverlessComputeNoPublicIP": true}`,
        { publicNetworkAccess: 'Disabled' },
      ),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4, { publicIp: false }),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2, { publicIp: false }),
      instanceCompute('ci-anna', devSubnet, { publicIp: false }),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      datastore('lake', 'AzureDataLakeGen2', 'lakemlsim', 'raw'),
      ...['stmlsim', 'stmldata', 'lakemlsim'].map((name) =>
        storageAccount(
          name,
          { bypass: 'AzureServices', defaultAction: 'Deny' },
          {
            hierarchical: name === 'lakemlsim',
            publicNetworkAccess: 'Disabled',
            connections: connectionsOf(account(name), wires),
          },
        ),
      ),
      vaultBody({ bypass: 'AzureServices', defaultAction: 'Deny' }, { connections: connectionsOf(vault, wires) }),
      registryBody('Premium', [], { publicNetworkAccess: 'Disabled', connections: connectionsOf(registry, wires) }),
      insightsBody(),
      kubernetesBody(),
      networkBody(network, '10.0.0.0/16', [
        ...[...computeSubnets, serverlessSubnet].map((id, index) =>
          subnetBody(id, `10.0.${[1, 2, 3, 5][index]}.0/24`, {
            uses: id === trainSubnet ? 2 : id === devSubnet ? 1 : 0,
            extra: `, "natGateway": {"id": "${gateway}"}, "defaultOutboundAccess": false`,
          }),
        ),
        subnetBody(endpointSubnet, '10.0.4.0/24', { endpoints: left(endpointSubnet, wires) }),
        subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
      ]),
      ...natGateway(gateway, '203.0.113.20', [...computeSubnets, serverlessSubnet]),
      ...wires.flatMap(wireBodies),
      ...wires
        .filter(({ target }) => target.includes('/storageAccounts/'))
        .map((wire) => readerOn(endpointId(wire), principal)),
      ...zones.flatMap((zone) => zoneBodies(zone, [network], wires)),
    ]),
};
