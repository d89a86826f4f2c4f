// World "registry": closed by service endpoints, the registry too, and nobody thought of what that takes: the workspace has no
// cluster that could build images, and its own link to the registry still waits for approval.

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
import { devSubnet, network, registry, services, subnet, workspace, zoneGroup, zoneId } from './names.ts';
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
  defaultDatastores,
  instanceCompute,
  sharedLink,
  workspaceBody,
  workspaceConnections,
} from './workspace-bodies.ts';
import type { WorldFile } from './world.ts';

const endpointSubnet = subnet('snet-pe');
const door: EndpointConnectionSpec = {
  name: 'pe-mlw-sim',
  target: workspace,
  group: 'amlworkspace',
  subnet: endpointSubnet,
  address: '10.0.4.4',
  zones: zonesOf('amlworkspace').map(zoneId),
};
const admitted = [devSubnet, endpointSubnet];

export const registryWorld: WorldFile = {
  name: 'registry',
  aliases: [],
  title: 'A closed registry, and nobody to build its images',
  faults: [
    { rule: 'acr.workspace-has-cluster', resource: registry, says: 'The workspace has an instance and no cluster.' },
    { rule: 'acr.image-build-compute', resource: registry, says: 'No compute is set to build images.' },
    { rule: 'acr.shared-private-link-approved', resource: registry, says: 'The link of the workspace waits.' },
  ],
  intents: { devClientIps: [] },
  resources: () =>
    list([
      resourceGroup(),
      resourceGroup(zoneGroup),
      workspaceBody(`, ${sharedLink('Pending')}, ${workspaceConnections(connectionsOf(workspace, [door]))}`),
      instanceCompute('ci-anna', devSubnet),
      ...defaultDatastores(),
      storageAccount('stmlsim', {
        bypass: 'AzureServices',
        defaultAction: 'Deny',
        rules: admitted.map((where) => storageRule(where)),
      }),
      vaultBody({ bypass: 'AzureServices', defaultAction: 'Deny', rules: [vaultRule(devSubnet)] }),
      registryBody('Premium', [devSubnet], { connections: serviceMade(registry, ['registry'], 'Pending') }),
      insightsBody(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(devSubnet, '10.0.3.0/24', { services, uses: 1 }),
        subnetBody(endpointSubnet, '10.0.4.0/24', { services, endpoints: left(endpointSubnet, [door]) }),
      ]),
      ...wireBodies(door),
      ...zonesOf('amlworkspace').flatMap((zone) => zoneBodies(zoneId(zone), [network], [door])),
    ]),
};
