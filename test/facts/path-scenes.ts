// Small networks made for one question each: what may block packets, one change at a time.
import { pathThrough } from '../../src/audit/path.ts';
import type { Protocol } from '../../src/net/ports.ts';
import {
  endpointId,
  group,
  ids,
  type Loose,
  type Scene,
  snapshotOf,
  subnet,
  withEndpoint,
  withZone,
  zoneId,
} from '../support/snapshot.ts';

export const network = (type: string, name: string): string => `${group}/providers/Microsoft.Network/${type}/${name}`;
export const firewallAddress = '10.0.9.4';
export const firewallId = network('azureFirewalls', 'afw-hub');
export const firewallSubnet = `${ids.vnet}/subnets/AzureFirewallSubnet`;

export const subnetIn = (scene: Scene, id: string): Loose =>
  scene.bodies[id.replace(/\/subnets\/.*/, '')].properties.subnets.find((one: Loose) => one.id === id);
export const put = (scene: Scene, id: string, properties: Loose): string => {
  scene.bodies[id] = { id, name: id.split('/').at(-1), location: 'westeurope', properties };
  return id;
};
export type SceneChange = (scene: Scene) => void;
export const both =
  (...changes: readonly SceneChange[]): SceneChange =>
  (scene) => {
    for (const change of changes) change(scene);
  };

/** `10.0.3.0/24 10.0.9.4`, `0.0.0.0/0 None`: a route table at a subnet. */
export const routed =
  (at: string, ...routes: readonly string[]): SceneChange =>
  (scene) => {
    const table = network('routeTables', `rt-${at.split('/').at(-1)}`);
    const items = routes.map((text, index) => {
      const [addressPrefix = '', hop = ''] = text.split(' ');
      const appliance = /^\d/.test(hop) ? { nextHopIpAddress: hop } : {};
      const nextHopType = /^\d/.test(hop) ? 'VirtualAppliance' : hop;
      return {
        id: `${table}/routes/r${index}`,
        name: `r${index}`,
        properties: { addressPrefix, nextHopType, ...appliance },
      };
    });
    put(scene, table, { routes: items });
    subnetIn(scene, at).properties.routeTable = { id: table };
  };
/** `Outbound Deny Tcp 10.0.1.0/24 * 443 200` */
export const rule = (text: string, index = 0): Loose => {
  const [direction, access, protocol, source, destination, ports, priority] = text.split(' ');
  return {
    name: `rule-${index}`,
    properties: {
      ...{ direction, access, protocol, priority: Number(priority) },
      ...{ sourceAddressPrefix: source, sourcePortRange: '*', destinationAddressPrefix: destination },
      destinationPortRanges: ports?.split(','),
    },
  };
};
export const guardedBy =
  (at: string, ...rules: readonly string[]): SceneChange =>
  (scene) => {
    const name = network('networkSecurityGroups', `nsg-${at.split('/').at(-1)}`);
    put(scene, name, { securityRules: rules.map(rule) });
    subnetIn(scene, at).properties.networkSecurityGroup = { id: name };
  };
/** An Azure Firewall with its own rules: network rules by address, application rules by name. */
export const firewalled =
  (rules: { readonly network?: readonly Loose[]; readonly hosts?: readonly string[] }): SceneChange =>
  (scene) => {
    const publicId = put(scene, network('publicIPAddresses', 'pip-afw'), { ipAddress: '203.0.113.9' });
    scene.bodies[ids.vnet].properties.subnets.push(subnet(firewallSubnet, '10.0.9.0/26'));
    const configuration = {
      privateIPAddress: firewallAddress,
      subnet: { id: firewallSubnet },
      publicIPAddress: { id: publicId },
    };
    const collection = (name: string, items: readonly Loose[]) => [
      { name, properties: { priority: 200, action: { type: 'Allow' }, rules: items } },
    ];
    put(scene, firewallId, {
      ipConfigurations: [{ name: 'one', properties: configuration }],
      networkRuleCollections: collection('net', [...(rules.network ?? [])]),
      applicationRuleCollections:
        rules.hosts === undefined
          ? []
          : collection('web', [
              {
                ...{ name: 'hosts', sourceAddresses: ['*'], targetFqdns: [...rules.hosts] },
                protocols: [{ protocolType: 'Https', port: 443 }],
              },
            ]),
    });
  };
export const passing = (to: string, ports: string): Loose => ({
  ...{ name: `to-${ports}`, protocols: ['TCP'], sourceAddresses: ['*'] },
  ...{ destinationAddresses: [to], destinationPorts: [ports] },
});
export const withoutEndpoint =
  (at: string): SceneChange =>
  (scene) => {
    subnetIn(scene, at).properties.serviceEndpoints = [];
  };
export const peered =
  (more: Loose = {}): SceneChange =>
  (scene) => {
    const one = (remote: string, prefix: string) => ({
      name: 'peer',
      properties: {
        ...{ peeringState: 'Connected', allowVirtualNetworkAccess: true, remoteVirtualNetwork: { id: remote } },
        ...{ remoteAddressSpace: { addressPrefixes: [prefix] }, ...more },
      },
    });
    scene.bodies[ids.vnet].properties.virtualNetworkPeerings = [one(ids.farVnet, '10.9.0.0/16')];
    scene.bodies[ids.farVnet].properties.virtualNetworkPeerings = [one(ids.vnet, '10.0.0.0/16')];
  };
export const machine =
  (more: Loose = {}): SceneChange =>
  (scene) => {
    const card = put(scene, network('networkInterfaces', 'nic-one'), {
      ipConfigurations: [{ properties: { primary: true, privateIPAddress: '10.0.3.7', subnet: { id: ids.second } } }],
      ...more,
    });
    const vm = `${group}/providers/Microsoft.Compute/virtualMachines/vm-one`;
    put(scene, vm, { networkProfile: { networkInterfaces: [{ id: card }] } });
  };
/** A private endpoint of the account whose zone group writes its name into a zone linked to the network; the records are unread. */
export const privately =
  (records: number | undefined, written = true): SceneChange =>
  (scene) => {
    const zone = 'privatelink.blob.core.windows.net';
    const name = withEndpoint(scene, ids.account, ['blob'], ids.pe);
    withZone(scene, zone, [ids.vnet]);
    Reflect.deleteProperty(scene.bodies, `${zoneId(zone)}/A/stmlsim`);
    scene.unlisted.push(`${zoneId(zone)}/A`);
    scene.bodies[endpointId(name)].properties.customDnsConfigs = [];
    if (records !== undefined) scene.bodies[zoneId(zone)].properties.numberOfRecordSets = records;
    if (!written) {
      scene.bodies[endpointId(name)].properties.customDnsConfigs = [
        { fqdn: 'stmlsim.blob.core.windows.net', ipAddresses: ['10.0.2.5'] },
      ];
      return;
    }
    const config = {
      name: 'blob',
      properties: {
        privateDnsZoneId: zoneId(zone),
        recordSets: [{ recordType: 'A', recordSetName: 'stmlsim', ipAddresses: ['10.0.2.5'] }],
      },
    };
    put(scene, `${endpointId(name)}/privateDnsZoneGroups/default`, { privateDnsZoneConfigs: [config] });
  };
export const admits =
  (where: string, member: string, value: Loose): SceneChange =>
  (scene) => {
    scene.bodies[where].properties.networkAcls[member] = value;
  };

export function asked(
  change: SceneChange,
  source: string,
  destination: string,
  ports = '443',
  protocol: Protocol | '*' = 'Tcp',
) {
  const question = { source, destination, ports: ports.split(','), protocol };
  const result = pathThrough(snapshotOf(change), question);
  if (result.state !== 'answered') throw new Error(JSON.stringify(result));
  return result;
}
export const nothing: SceneChange = () => {};
export const tunnel = routed(ids.train, `0.0.0.0/0 ${firewallAddress}`);

/** A record of the account in the zone of its endpoints, as it is read. */
export const recorded =
  (...addresses: readonly string[]): SceneChange =>
  (scene) =>
    put(scene, `${zoneId('privatelink.blob.core.windows.net')}/A/stmlsim`, {
      aRecords: addresses.map((ipv4Address) => ({ ipv4Address })),
    });

/** The cluster in a managed network with these outbound rules: `mcr FQDN mcr.microsoft.com`, `db ServiceTag Sql Tcp 1433`. */
export const managed =
  (mode: string | undefined, ...rules: readonly string[]): SceneChange =>
  (scene) => {
    const { properties } = scene.bodies[ids.workspace];
    if (mode !== undefined) properties.managedNetwork = { isolationMode: mode, status: { status: 'Active' } };
    const cluster = scene.bodies[`${ids.workspace}/computes/cpu-cluster`].properties.properties;
    Reflect.deleteProperty(cluster, 'subnet');
    scene.listed.push(`${ids.workspace}/outboundRules`);
    for (const text of rules) {
      const [name, type, to = '', ...rest] = text.split(' ');
      const [protocol, portRanges] = rest;
      const [subresourceTarget, status = 'Active'] = rest;
      const destination = {
        FQDN: to,
        ServiceTag: { serviceTag: to, action: 'Allow', protocol, portRanges },
        PrivateEndpoint: { serviceResourceId: to, subresourceTarget },
      }[type as 'FQDN' | 'ServiceTag' | 'PrivateEndpoint'];
      put(scene, `${ids.workspace}/outboundRules/${name}`, { type, category: 'UserDefined', status, destination });
    }
  };
/** A connection of a private endpoint in a subscription of Azure's. */
export const connectedByAzure =
  (to: string, status: string): SceneChange =>
  (scene) => {
    const endpoint = to
      .replace(/22222222/, '99999999')
      .replace(/providers.*/, 'providers/Microsoft.Network/privateEndpoints/azure');
    scene.bodies[to].properties.privateEndpointConnections = [
      {
        id: `${to}/privateEndpointConnections/one`,
        name: 'one',
        properties: {
          privateEndpoint: { id: endpoint },
          groupIds: ['blob'],
          privateLinkServiceConnectionState: { status, description: '' },
        },
      },
    ];
  };
