// The samples of compute.endpoint-path: what may stop traffic between a subnet and a private endpoint, one change at a time.
import { firewalled, guardedBy, passing, routed } from '../facts/path-scenes.ts';
import { endpointId, group, ids, type Loose, refused, type Scene, subnet, withEndpoint } from '../support/snapshot.ts';
import { both, type Sample, type SampleChange, sampling } from './sampling.ts';

const name = 'pe-stmlsim-blob';
const privately: SampleChange = (scene) => {
  scene.intents.architecture = 'private-endpoint';
};
const { table, rule } = sampling(privately);
const pair = { on: ids.train, where: endpointId(name) };

const subnetAt = (scene: Scene, id: string): Loose =>
  scene.bodies[id.replace(/\/subnets\/.*/, '')].properties.subnets.find((one: Loose) => one.id === id).properties;
const near: SampleChange = (scene) => {
  withEndpoint(scene, ids.account, ['blob'], ids.pe);
};
const farAway: SampleChange = (scene) => {
  withEndpoint(scene, ids.account, ['blob'], ids.far);
};
/** The endpoint does not show its address, as in a template: it is somewhere in its subnet. */
const bare: SampleChange = (scene) => {
  delete scene.bodies[endpointId(name)].properties.customDnsConfigs;
};
const policies =
  (value: string, at: string = ids.pe): SampleChange =>
  (scene) => {
    subnetAt(scene, at).privateEndpointNetworkPolicies = value;
  };
const denied = guardedBy(ids.pe, 'Inbound Deny Tcp * * 443 200');
const peering = (remote: string, members: Loose): Loose => ({
  name: `to-${remote.split('/').at(-1)}`,
  properties: { peeringState: 'Connected', remoteVirtualNetwork: { id: remote }, ...members },
});
/** Both sides of a peering with the far network, one of them with other members. */
const peered =
  (here: Loose = {}, there: Loose | null = {}): SampleChange =>
  (scene) => {
    scene.bodies[ids.vnet].properties.virtualNetworkPeerings = [peering(ids.farVnet.toUpperCase(), here)];
    if (there) scene.bodies[ids.farVnet].properties.virtualNetworkPeerings = [peering(ids.vnet, there)];
  };
/** A route table as api-version 2025-07-01 shows it (Microsoft.Network, route tables). */
const peerless =
  (disablePeeringRoute: string): SampleChange =>
  (scene) => {
    const id = `${group}/providers/Microsoft.Network/routeTables/rt-peerless`;
    scene.bodies[id] = { name: 'rt-peerless', properties: { disablePeeringRoute, routes: [] } };
    subnetAt(scene, ids.train).routeTable = { id };
  };
const ofSubnets = (local: readonly string[], remote: readonly string[]): Loose => ({
  ...{ peerCompleteVnets: false, localSubnetNames: [...local], remoteSubnetNames: [...remote] },
});
const hub = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-hub`;
const spokesOf =
  (network: string): SampleChange =>
  (scene) => {
    for (const id of [ids.vnet, ids.farVnet])
      scene.bodies[id].properties.virtualNetworkPeerings = [peering(network, {})];
  };
const gateway: SampleChange = (scene) =>
  scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27'));
const mesh =
  (topology: string, connectivity: string, ...networks: readonly string[]): SampleChange =>
  (scene) => {
    for (const network of networks) {
      const id = `${network}/listNetworkManagerEffectiveConnectivityConfigurations`;
      const applied = {
        networkGroupId: `${group}/networkGroups/g`,
        groupConnectivity: connectivity,
        isGlobal: 'False',
      };
      const properties = { connectivityTopology: topology, isGlobal: 'False', appliesToGroups: [applied] };
      scene.bodies[id] = { id, value: [{ id: 'mesh', properties }] };
    }
  };
const encrypted: SampleChange = (scene) => {
  scene.bodies[ids.vnet].properties.encryption = { enabled: true, enforcement: 'DropUnencrypted' };
};

rule('compute.endpoint-path', (add) => {
  add('pass', 'an endpoint in the same network', near, pair);
  add('pass', 'one that shows no address', both(near, bare), pair);
  const half = guardedBy(ids.pe, 'Inbound Deny Tcp * 10.0.2.0/25 443 200');
  add('fail', 'an NSG that denies its address', both(near, half, policies('Enabled')), pair);
  add('unknown', 'an NSG that denies half of a subnet, no address', both(near, bare, half, policies('Enabled')), pair);
  add('fail', 'an NSG of the endpoint that network policies enforce', both(near, denied, policies('Enabled')), {
    ...pair,
    severity: 'high',
  });
  add('fail', 'the same, for NSGs alone', both(near, denied, policies('networkSecurityGroupEnabled')), pair);
  add('pass', 'the same NSG without network policies', both(near, denied, policies('Disabled')), pair);
  add('pass', 'the same NSG with policies for routes alone', both(near, denied, policies('RouteTableEnabled')), pair);
  add('unknown', 'an NSG of the endpoint that may not be read', both(near, policies('Enabled'), unreadGroup), pair);
  add('fail', 'an NSG of the subnet', both(near, guardedBy(ids.train, 'Outbound Deny * * 10.0.0.0/8 * 200')), pair);
  add(
    'fail',
    'an NSG that denies some of the subnet',
    both(near, guardedBy(ids.train, 'Outbound Deny * 10.0.1.0/26 * * 200')),
    pair,
  );
  add('fail', 'a network that nothing connects', farAway, pair);
  add('pass', 'a peered network', both(farAway, peered()), pair);
  add('pass', 'a peering whose other side is not listed', both(farAway, peered({}, null)), pair);
  add('fail', 'a route table that leaves out the routes of peerings', both(farAway, peered(), peerless('All')), pair);
  add('pass', 'a route table that leaves none out', both(farAway, peered(), peerless('None')), pair);
  add('pass', 'the same table, an endpoint in the same network', both(near, peered(), peerless('All')), pair);
  add('fail', 'a peering that is cut off', both(farAway, peered({ peeringState: 'Disconnected' })), pair);
  add('fail', 'a peering without access here', both(farAway, peered({ allowVirtualNetworkAccess: false })), pair);
  add('fail', 'a peering without access there', both(farAway, peered({}, { allowVirtualNetworkAccess: false })), pair);
  add(
    'pass',
    'forwarded traffic does not matter between peers',
    both(farAway, peered({ allowForwardedTraffic: false })),
    pair,
  );
  add('fail', 'a peering for IPv6 only', both(farAway, peered({ enableOnlyIPv6Peering: true })), pair);
  const listed = ofSubnets(['SNET-TRAIN'], ['snet-far']);
  add(
    'pass',
    'a peering of these subnets',
    both(farAway, peered(listed, ofSubnets(['snet-far'], ['snet-train']))),
    pair,
  );
  add('fail', 'a peering of other subnets here', both(farAway, peered(ofSubnets(['snet-second'], ['snet-far']))), pair);
  add(
    'fail',
    'a peering of other subnets there',
    both(farAway, peered({}, ofSubnets(['snet-far'], ['snet-second']))),
    pair,
  );
  add('unknown', 'a peering that one side declares', both(farAway, peered({ peeringState: undefined }, null)), pair);
  add(
    'pass',
    'a peering that both sides declare',
    both(farAway, peered({ peeringState: undefined }, { peeringState: undefined })),
    pair,
  );
  add('unknown', 'a hub that was not read', both(farAway, spokesOf(hub)), pair);
  add('unknown', 'a hub of virtual WAN', both(farAway, spokesOf(hub.replace('vnet-hub', 'hv_hub-we'))), pair);
  add('unknown', 'a gateway', both(farAway, gateway), pair);
  add('unknown', 'a gateway of a peer', both(farAway, peeredHub({ useRemoteGateways: true })), pair);
  add('fail', 'a hub that was read and has no route', both(farAway, peeredHub({})), pair);
  const groups = [ids.vnet, ids.farVnet];
  add('unknown', 'a mesh', both(farAway, mesh('Mesh', 'None', ...groups)), pair);
  add(
    'unknown',
    'spokes that are connected directly',
    both(farAway, mesh('HubAndSpoke', 'DirectlyConnected', ...groups)),
    pair,
  );
  add('fail', 'spokes that are not', both(farAway, mesh('HubAndSpoke', 'None', ...groups)), pair);
  add('fail', 'a mesh of regions, and another region', both(farAway, mesh('Mesh', 'None', ...groups), elsewhere), pair);
  add('unknown', 'a network that drops unencrypted traffic', both(near, encrypted), pair);
  add('unknown', 'an appliance on the route', both(farAway, routed(ids.train, '10.9.0.0/16 10.0.9.9')), pair);
  const through = both(farAway, routed(ids.train, '10.9.0.0/16 10.0.9.4'));
  add(
    'pass',
    'a firewall that allows it',
    both(
      through,
      firewalled({ network: [passing('10.9.0.0/16', '443')] }),
      peered({}, { allowForwardedTraffic: true }),
    ),
    pair,
  );
  add(
    'fail',
    'a firewall that denies it',
    both(through, firewalled({ network: [passing('10.9.0.0/16', '22')] })),
    pair,
  );
  add(
    'fail',
    'a firewall beyond which nothing leads there',
    both(through, firewalled({ network: [passing('*', '443')] }), peered({ peeringState: 'Initiated' })),
    pair,
  );
  add('unknown', 'the endpoint may not be read', both(near, gap(endpointId(name))), pair);
  add('unknown', 'the network may not be read', both(near, gap(ids.vnet)), pair);
  add('pass', 'another endpoint of the account is reached', both(farAway, second), pair);
  add('notApplicable', 'no private endpoint', () => {}, { on: ids.train });
  add(
    'notApplicable',
    'service endpoints',
    both(near, (scene) => {
      scene.intents.architecture = 'service-endpoint';
    }),
    pair,
  );
});

function unreadGroup(scene: Scene): void {
  const id = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-pe`;
  subnetAt(scene, ids.pe).networkSecurityGroup = { id };
  scene.gaps.push(refused(id));
}
function gap(id: string): SampleChange {
  return (scene) => {
    delete scene.bodies[id];
    scene.gaps.push(refused(id));
  };
}
function elsewhere(scene: Scene): void {
  scene.bodies[ids.farVnet].location = 'northeurope';
}
function second(scene: Scene): void {
  const account = scene.bodies[ids.account].properties;
  const first = account.privateEndpointConnections;
  const other = `${name}-2`;
  const copy = structuredClone(scene.bodies[endpointId(name)]);
  scene.bodies[endpointId(other)] = { ...copy, id: endpointId(other), name: other };
  scene.bodies[endpointId(other)].properties.subnet = { id: ids.pe };
  account.privateEndpointConnections = [...first, { ...structuredClone(first[0]), id: `${first[0].id}2`, name: other }];
  account.privateEndpointConnections[1].properties.privateEndpoint = { id: endpointId(other) };
}
function peeredHub(members: Loose): SampleChange {
  return (scene) => {
    spokesOf(hub)(scene);
    Object.assign(scene.bodies[ids.vnet].properties.virtualNetworkPeerings[0].properties, members);
    scene.bodies[hub] = {
      id: hub,
      name: 'vnet-hub',
      location: 'westeurope',
      properties: { addressSpace: { addressPrefixes: ['10.8.0.0/16'] }, subnets: [], virtualNetworkPeerings: [] },
    };
  };
}

export const endpointPathSamples: readonly Sample[] = table;
