// Samples of the rules for files without a workspace: one resource, and nothing that says what it is for.
import { group, type Loose, type Scene } from '../support/snapshot.ts';
import { type SampleChange, sampling } from './sampling.ts';

const at = (type: string, name: string): string => `${group}/providers/${type}/${name}`;
const only =
  (type: string, name: string, properties: Loose): SampleChange =>
  (scene: Scene) => {
    for (const id of Object.keys(scene.bodies)) delete scene.bodies[id];
    scene.workspace = null;
    scene.bodies[at(type, name)] = { id: at(type, name), name, type, location: 'westeurope', properties };
  };
const { table, rule } = sampling();

const groups = 'Microsoft.Network/networkSecurityGroups';
/** `Allow Inbound Tcp Internet 22`; priorities in order. */
const withRules = (...rules: readonly string[]): SampleChange =>
  only(groups, 'nsg', {
    securityRules: rules.map((text, index) => {
      const [access, direction, protocol, sourceAddressPrefix, destinationPortRange] = text.split(' ');
      return {
        name: `rule-${index}`,
        properties: {
          ...{ access, direction, protocol, sourceAddressPrefix, destinationPortRange, priority: 100 + index },
          ...{ sourcePortRange: '*', destinationAddressPrefix: '*' },
        },
      };
    }),
  });

rule('nsg.management-ports', (add) => {
  const on = { on: at(groups, 'nsg') };
  add('fail', 'SSH from everywhere', withRules('Allow Inbound Tcp * 22'), on);
  add('fail', 'RDP in a range of ports', withRules('Allow Inbound Tcp Internet 3000-4000'), on);
  add('fail', 'half of the Internet', withRules('Allow Inbound * 0.0.0.0/1 *'), on);
  add('pass', 'no rules', withRules(), on);
  add('pass', 'SSH from one network', withRules('Allow Inbound Tcp 203.0.113.0/24 22'), on);
  add('pass', 'SSH from a service', withRules('Allow Inbound Tcp AzureMachineLearning 22'), on);
  add('pass', 'SSH from inside', withRules('Allow Inbound Tcp VirtualNetwork 22'), on);
  const privately = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'];
  add('pass', 'SSH from private ranges', withRules(...privately.map((range) => `Allow Inbound Tcp ${range} 22`)), on);
  add('pass', 'denied before', withRules('Deny Inbound * * *', 'Allow Inbound Tcp * 22'), on);
  add('pass', 'outbound', withRules('Allow Outbound Tcp * 22'), on);
});
rule('nsg.inbound-any', (add) => {
  const on = { on: at(groups, 'nsg') };
  add('fail', 'everything', withRules('Allow Inbound * * *'), on);
  add('fail', 'every TCP port', withRules('Allow Inbound Tcp Internet 1-65535'), on);
  add('pass', 'one port', withRules('Allow Inbound Tcp * 443'), on);
  add('pass', 'one source', withRules('Allow Inbound * 10.0.0.0/8 *'), on);
  add('pass', 'denied before', withRules('Deny Inbound * Internet *', 'Allow Inbound * Internet *'), on);
});

const tables = 'Microsoft.Network/routeTables';
const withRoutes = (...routes: readonly (readonly [prefix: string, type: string, hop?: string])[]): SampleChange =>
  only(tables, 'rt', {
    routes: routes.map(([addressPrefix, nextHopType, nextHopIpAddress], index) => ({
      name: `route-${index}`,
      properties: { addressPrefix, nextHopType, ...(nextHopIpAddress === undefined ? {} : { nextHopIpAddress }) },
    })),
  });
rule('udr.routes-valid', (add) => {
  const on = { on: at(tables, 'rt') };
  add(
    'pass',
    'an appliance, a tag, a black hole',
    withRoutes(['0.0.0.0/0', 'VirtualAppliance', '10.0.0.4'], ['AzureCloud', 'Internet'], ['10.9.0.0/16', 'None']),
    on,
  );
  add('pass', 'none', withRoutes(), on);
  add('fail', 'an appliance without its address', withRoutes(['0.0.0.0/0', 'VirtualAppliance']), on);
  add('fail', 'an address without an appliance', withRoutes(['0.0.0.0/0', 'Internet', '10.0.0.4']), on);
  add('fail', 'host bits', withRoutes(['10.0.0.1/8', 'VnetLocal']), on);
  add('fail', 'a prefix twice', withRoutes(['10.0.0.0/8', 'VnetLocal'], ['10.0.0.0/8', 'None']), on);
  add('fail', 'a next hop of no kind', withRoutes(['10.0.0.0/8', 'Firewall']), on);
});

const clusters = 'Microsoft.ContainerService/managedClusters';
rule('aks.public-api-server', (add) => {
  const on = { on: at(clusters, 'aks') };
  const server = (apiServerAccessProfile: Loose) => only(clusters, 'aks', { apiServerAccessProfile });
  add('fail', 'no profile', only(clusters, 'aks', {}), on);
  add('fail', 'every address', server({ authorizedIPRanges: ['203.0.113.0/24', '0.0.0.0/0'] }), on);
  add('pass', 'some addresses', server({ authorizedIPRanges: ['203.0.113.0/24'] }), on);
  add('pass', 'a private cluster', server({ enablePrivateCluster: true }), on);
});

const bricks = 'Microsoft.Databricks/workspaces';
rule('databricks.public-endpoint', (add) => {
  const on = { on: at(bricks, 'dbx') };
  const parameters = { enableNoPublicIp: { value: true } };
  add('pass', 'neither', only(bricks, 'dbx', { parameters, publicNetworkAccess: 'Disabled' }), on);
  add('fail', 'public access', only(bricks, 'dbx', { parameters, publicNetworkAccess: 'Enabled' }), on);
  add('fail', 'addresses of nodes', only(bricks, 'dbx', { publicNetworkAccess: 'Disabled' }), on);
});

export const aloneSamples = table;
