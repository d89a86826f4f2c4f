// Small networks with a question each, by what is in the way: from the cluster, and to it.
import type { PathAnswer } from '../../src/model/path.ts';
import { ids, missing, refused, subnet, withAdminRules, zoneId } from '../support/snapshot.ts';
import {
  admits,
  both,
  connectedByAzure,
  firewallAddress,
  firewalled,
  guardedBy,
  machine,
  managed,
  network,
  nothing,
  passing,
  peered,
  privately,
  put,
  recorded,
  routed,
  rule,
  type SceneChange,
  subnetIn,
  tunnel,
  withoutEndpoint,
} from './path-scenes.ts';

/** What is there, the change, the other end, the verdict, the hop that stops it, and the port. */
export type PathRow = readonly [string, SceneChange, string, PathAnswer['verdict'], PathAnswer['stoppedBy'], string?];
export const fromTrain: readonly PathRow[] = [
  ['nothing in the way', nothing, 'internet', 'allowed', null],
  ['a route that drops', routed(ids.train, '0.0.0.0/0 None'), 'internet', 'denied', 'route'],
  ['half of the Internet dropped', routed(ids.train, '0.0.0.0/1 None'), 'internet', 'partly', 'route'],
  ['an appliance that nobody knows', tunnel, 'internet', 'unknown', 'firewall'],
  ['a gateway', routed(ids.train, '0.0.0.0/0 VirtualNetworkGateway'), 'internet', 'unknown', 'firewall'],
  [
    'a gateway that may have learnt a default route',
    (scene) =>
      scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27')),
    'internet',
    'unknown',
    'route',
  ],
  ['a firewall that allows the name', both(tunnel, firewalled({ hosts: ['pypi.org'] })), 'pypi.org', 'allowed', null],
  [
    'a firewall that allows another name',
    both(tunnel, firewalled({ hosts: ['pypi.org'] })),
    'evil.example',
    'denied',
    'firewall',
  ],
  [
    'a firewall that allows the address',
    both(tunnel, firewalled({ network: [passing('192.0.2.0/24', '443')] })),
    '192.0.2.7',
    'allowed',
    null,
  ],
  [
    'a firewall that allows half of it',
    both(tunnel, firewalled({ network: [passing('192.0.2.0/25', '443')] })),
    '192.0.2.0/24',
    'partly',
    'firewall',
  ],
  [
    'a firewall on another port',
    both(tunnel, firewalled({ network: [passing('*', '443')] })),
    '192.0.2.7',
    'denied',
    'firewall',
    '22',
  ],
  [
    'a private subnet',
    (scene) => {
      subnetIn(scene, ids.train).properties.defaultOutboundAccess = false;
    },
    'internet',
    'allowed',
    null,
  ],
  [
    'a private subnet without public nodes',
    (scene) => {
      subnetIn(scene, ids.train).properties.defaultOutboundAccess = false;
      scene.bodies[`${ids.workspace}/computes/cpu-cluster`].properties.properties.enableNodePublicIp = false;
    },
    'internet',
    'denied',
    'wayOut',
  ],
  ['a service endpoint past the tunnel', both(tunnel, firewalled({})), 'stmlsim', 'allowed', null],
  ['no service endpoint', withoutEndpoint(ids.train), 'stmlsim', 'denied', 'service'],
  [
    'a vault that admits the firewall by its public address',
    both(
      tunnel,
      withoutEndpoint(ids.train),
      firewalled({ hosts: ['*.vault.azure.net'] }),
      admits(ids.vault, 'ipRules', [{ value: '203.0.113.9' }]),
    ),
    'kv-mlsim',
    'allowed',
    null,
  ],
  [
    'a vault that admits another address',
    both(
      tunnel,
      withoutEndpoint(ids.train),
      firewalled({ hosts: ['*.vault.azure.net'] }),
      admits(ids.vault, 'ipRules', [{ value: '203.0.113.10' }]),
    ),
    'kv-mlsim',
    'denied',
    'service',
  ],
  ['another network', nothing, 'snet-far', 'denied', 'route'],
  ['a peered network', peered(), 'snet-far', 'allowed', null],
  ['a peering that is not connected', peered({ peeringState: 'Disconnected' }), 'snet-far', 'denied', 'route'],
  ['a peering without access', peered({ allowVirtualNetworkAccess: false }), 'snet-far', 'denied', 'route'],
  [
    'a group at the destination',
    guardedBy(ids.second, 'Inbound Deny Tcp * * 22 100'),
    'snet-second',
    'denied',
    'destinationSubnet',
    '22',
  ],
  [
    'some ports at the destination',
    guardedBy(ids.second, 'Inbound Deny Tcp * * 22 100'),
    'snet-second',
    'partly',
    'destinationSubnet',
    '20-30',
  ],
  [
    'some ports here, the others there',
    both(
      guardedBy(ids.train, 'Outbound Deny Tcp * * 1-22 100'),
      guardedBy(ids.second, 'Inbound Deny Tcp * * 23-99 100'),
    ),
    'snet-second',
    'denied',
    'destinationSubnet',
    '20-30',
  ],
  [
    'an answer past the firewall that the question went through',
    both(routed(ids.train, `10.0.3.0/24 ${firewallAddress}`), firewalled({ network: [passing('*', '443')] })),
    'snet-second',
    'denied',
    'reply',
  ],
  [
    'an answer through the same firewall',
    both(
      routed(ids.train, `10.0.3.0/24 ${firewallAddress}`),
      routed(ids.second, `10.0.1.0/24 ${firewallAddress}`),
      firewalled({ network: [passing('*', '443')] }),
    ),
    'snet-second',
    'allowed',
    null,
  ],
  [
    'an answer through an appliance that nobody knows',
    routed(ids.second, '10.0.1.0/24 10.0.9.9'),
    'snet-second',
    'unknown',
    'reply',
  ],
  ['an appliance in no network it reaches', routed(ids.train, '0.0.0.0/0 10.9.0.4'), 'internet', 'denied', 'route'],
  [
    'an appliance in a peered network',
    both(peered(), routed(ids.train, '0.0.0.0/0 10.9.0.4')),
    'internet',
    'unknown',
    'firewall',
  ],
  [
    'an appliance behind a peering whose state is not shown',
    both(peered({ peeringState: undefined }), routed(ids.train, '0.0.0.0/0 10.9.0.4')),
    'internet',
    'unknown',
    'firewall',
  ],
  [
    'a security admin rule that denies it',
    (scene) => withAdminRules(scene, ids.vnet, 'Outbound Deny Tcp * Internet 443 100'),
    'internet',
    'denied',
    'adminRules',
  ],
  [
    'a security admin rule that denies some of the ports',
    (scene) => withAdminRules(scene, ids.vnet, 'Outbound Deny Tcp * Internet 22 100'),
    'internet',
    'partly',
    'adminRules',
    '20-30',
  ],
  [
    'a security admin rule that always allows it, whatever the group denies',
    both(guardedBy(ids.train, 'Outbound Deny * * * 0-65535 100'), (scene) =>
      withAdminRules(scene, ids.vnet, 'Outbound AlwaysAllow Tcp * Internet 443 100'),
    ),
    'internet',
    'allowed',
    null,
  ],
  [
    'a security admin rule that allows it, and a group that denies it',
    both(guardedBy(ids.train, 'Outbound Deny * * * 0-65535 100'), (scene) =>
      withAdminRules(scene, ids.vnet, 'Outbound Allow Tcp * Internet 443 100'),
    ),
    'internet',
    'denied',
    'sourceSubnet',
  ],
  [
    'security admin rules that may not be read',
    (scene) => scene.gaps.push(refused(`${ids.vnet}/listNetworkManagerEffectiveSecurityAdminRules`)),
    'internet',
    'unknown',
    'adminRules',
  ],
  ['a private endpoint', privately(2), 'stmlsim', 'allowed', null],
  ['a linked zone without a record', privately(1, false), 'stmlsim', 'denied', 'name'],
  [
    'a linked zone without a record, a link that redirects (resolutionPolicy)',
    (scene) => {
      privately(1, false)(scene);
      for (const [id, body] of Object.entries(scene.bodies))
        if (/virtualNetworkLinks/i.test(id)) body.properties.resolutionPolicy = 'NxDomainRedirect';
    },
    'stmlsim',
    'allowed',
    null,
  ],
  [
    'a linked zone whose records were not read, the same either way',
    privately(undefined, false),
    'stmlsim',
    'allowed',
    null,
  ],
  [
    'a linked zone whose record was read',
    both(privately(undefined, false), recorded('10.0.2.5')),
    'stmlsim',
    'allowed',
    null,
  ],
  [
    'a record that leads elsewhere',
    both(privately(undefined, false), recorded('10.0.2.6')),
    'stmlsim',
    'denied',
    'name',
  ],
  [
    'a record that is not there',
    both(privately(undefined, false), (scene) =>
      scene.gaps.push(missing(`${zoneId('privatelink.blob.core.windows.net')}/A/stmlsim`)),
    ),
    'stmlsim',
    'denied',
    'name',
  ],
  [
    'the same, and public access off',
    both(privately(undefined, false), (scene) => {
      scene.bodies[ids.account].properties.publicNetworkAccess = 'Disabled';
    }),
    'stmlsim',
    'unknown',
    'name',
  ],
  [
    'own DNS servers, and public access off',
    both(privately(2), (scene) => {
      scene.bodies[ids.account].properties.publicNetworkAccess = 'Disabled';
      scene.bodies[ids.vnet].properties.dhcpOptions = { dnsServers: ['10.0.0.53'] };
    }),
    'stmlsim',
    'unknown',
    'name',
  ],
  [
    'a group that counts at the endpoint',
    both(privately(2), guardedBy(ids.pe, 'Inbound Deny * * * 0-65535 100'), (scene) => {
      subnetIn(scene, ids.pe).properties.privateEndpointNetworkPolicies = 'Enabled';
    }),
    'stmlsim',
    'denied',
    'destinationSubnet',
  ],
  [
    'a group that does not count there',
    both(privately(2), guardedBy(ids.pe, 'Inbound Deny * * * 0-65535 100')),
    'stmlsim',
    'allowed',
    null,
  ],
  [
    'a perimeter',
    (scene) => {
      scene.bodies[ids.account].properties.publicNetworkAccess = 'SecuredByPerimeter';
    },
    'stmlsim',
    'unknown',
    'service',
  ],
  [
    'a card with a group',
    both(machine({ networkSecurityGroup: { id: network('networkSecurityGroups', 'nsg-card') } }), (scene) =>
      put(scene, network('networkSecurityGroups', 'nsg-card'), {
        securityRules: [rule('Inbound Deny Tcp * * 22 100')],
      }),
    ),
    'vm-one',
    'denied',
    'destinationCard',
    '22',
  ],
  ['a card without one', machine(), '10.0.3.7', 'allowed', null, '22'],
  [
    'a policy that does not admit the account',
    (scene) => {
      const policy = put(scene, network('serviceEndpointPolicies', 'sep'), {
        serviceEndpointPolicyDefinitions: [
          { name: 'd', properties: { service: 'Microsoft.Storage', serviceResources: [ids.lake] } },
        ],
      });
      subnetIn(scene, ids.train).properties.serviceEndpointPolicies = [{ id: policy }];
    },
    'stmlsim',
    'denied',
    'endpointPolicy',
  ],
  ['no network at all', managed(undefined), 'internet', 'allowed', null],
  ['a managed network that allows the Internet', managed('AllowInternetOutbound'), 'internet', 'allowed', null],
  ['a managed network without a rule', managed('AllowOnlyApprovedOutbound'), 'pypi.org', 'denied', 'managedNetwork'],
  [
    'a managed network with a rule for the host',
    managed('AllowOnlyApprovedOutbound', 'pypi FQDN pypi.org', 'other FQDN example.org'),
    'pypi.org',
    'allowed',
    null,
  ],
  [
    'a rule for the host, and a port of no web server',
    managed('AllowOnlyApprovedOutbound', 'pypi FQDN pypi.org'),
    'pypi.org',
    'denied',
    'managedNetwork',
    '22',
  ],
  [
    'a rule for all names below another',
    managed('AllowOnlyApprovedOutbound', 'below FQDN *.example.org'),
    'files.example.org',
    'allowed',
    null,
  ],
  [
    'a rule for a service tag',
    managed('AllowOnlyApprovedOutbound', 'db ServiceTag Sql Tcp 1433,11000-11999'),
    'Sql',
    'allowed',
    null,
    '1433',
  ],
  [
    'a rule for a service tag, on some of the ports',
    managed('AllowOnlyApprovedOutbound', 'db ServiceTag Sql Tcp 1433'),
    'Sql',
    'partly',
    'managedNetwork',
    '1430-1433',
  ],
  [
    'a rule for another service tag',
    managed('AllowOnlyApprovedOutbound', 'db ServiceTag Sql Tcp 1433'),
    'AzureActiveDirectory',
    'denied',
    'managedNetwork',
  ],
  [
    'a rule for a tag whose addresses are not known',
    managed('AllowOnlyApprovedOutbound', 'db ServiceTag Sql Tcp 1433'),
    '20.1.2.3',
    'unknown',
    'managedNetwork',
    '1433',
  ],
  [
    'a managed network that allows a tag with known addresses, and a host',
    both(managed('AllowOnlyApprovedOutbound', 'db ServiceTag Sql Tcp 443'), (scene) => {
      scene.tags = { values: [{ name: 'Sql', id: 'Sql', properties: { addressPrefixes: ['20.3.0.0/16'] } }] };
    }),
    'pypi.org',
    'unknown',
    'managedNetwork',
  ],
  ['a managed network, and a subnet', managed('AllowInternetOutbound'), 'snet-second', 'denied', 'managedNetwork'],
  [
    'a private endpoint of the managed network',
    both(
      managed('AllowOnlyApprovedOutbound', `blob PrivateEndpoint ${ids.account} blob`),
      connectedByAzure(ids.account, 'Approved'),
    ),
    'stmlsim',
    'allowed',
    null,
  ],
  [
    'a private endpoint of the managed network that waits',
    both(
      managed('AllowOnlyApprovedOutbound', `blob PrivateEndpoint ${ids.account} blob`),
      connectedByAzure(ids.account, 'Pending'),
    ),
    'stmlsim',
    'denied',
    'service',
  ],
  [
    'a private endpoint of the managed network that the account does not show',
    managed('AllowOnlyApprovedOutbound', `blob PrivateEndpoint ${ids.account} blob`),
    'stmlsim',
    'unknown',
    'service',
  ],
  [
    'a private endpoint of the managed network that failed',
    managed('AllowOnlyApprovedOutbound', `blob PrivateEndpoint ${ids.account} blob Failed`),
    'stmlsim',
    'denied',
    'managedNetwork',
  ],
  [
    'a private endpoint of the managed network that is not there yet',
    managed('AllowOnlyApprovedOutbound', `blob PrivateEndpoint ${ids.account} blob Inactive`),
    'stmlsim',
    'unknown',
    'managedNetwork',
  ],
  [
    'a managed network, and an account without its endpoint',
    managed('AllowInternetOutbound'),
    'stmlsim',
    'denied',
    'service',
  ],
  [
    'an account that is open to all',
    both(managed('AllowInternetOutbound'), admits(ids.account, 'defaultAction', 'Allow')),
    'stmlsim',
    'allowed',
    null,
  ],
  [
    'a vault that is open to all',
    both(withoutEndpoint(ids.train), admits(ids.vault, 'defaultAction', 'Allow')),
    'kv-mlsim',
    'allowed',
    null,
  ],
  [
    'an account without public access',
    (scene) => {
      scene.bodies[ids.account].properties.publicNetworkAccess = 'Disabled';
    },
    'stmlsim',
    'denied',
    'service',
  ],
  ['the default route to a tag', tunnel, 'Sql', 'unknown', 'firewall'],
  ['a route for half of the Internet, to a tag', routed(ids.train, '0.0.0.0/1 None'), 'Sql', 'unknown', 'route'],
  [
    'two routes for halves, to a tag',
    routed(ids.train, '0.0.0.0/1 None', '128.0.0.0/1 None', '0.0.0.0/0 None'),
    'Sql',
    'denied',
    'route',
  ],
  [
    'a route of the tag past the tunnel',
    routed(ids.train, `0.0.0.0/0 ${firewallAddress}`, 'Sql Internet'),
    'Sql',
    'allowed',
    null,
  ],
  [
    'a route of the tag past the tunnel, to its part in a region',
    routed(ids.train, `0.0.0.0/0 ${firewallAddress}`, 'Sql Internet'),
    'Sql.WestEurope',
    'allowed',
    null,
  ],
  [
    'a route of a part of the tag',
    routed(ids.train, `0.0.0.0/0 ${firewallAddress}`, 'Sql.WestEurope Internet'),
    'Sql',
    'unknown',
    'route',
  ],
  ['a route of another tag', routed(ids.train, 'AzureMonitor None'), 'Sql', 'unknown', 'route'],
  [
    'a security admin rule about a tag, to an address',
    (scene) => withAdminRules(scene, ids.vnet, 'Outbound Deny Tcp * Sql 443 100'),
    '20.1.2.3',
    'unknown',
    'adminRules',
  ],
  [
    'a group about a tag, to an address',
    guardedBy(ids.train, 'Outbound Deny Tcp * Sql 443 100'),
    '20.1.2.3',
    'unknown',
    'sourceSubnet',
  ],
  [
    'a group about some ports and half of the addresses',
    guardedBy(ids.train, 'Outbound Deny Tcp * 20.0.0.0/9 400-443 100'),
    '20.0.0.0/8',
    'partly',
    'sourceSubnet',
    '440-450',
  ],
];

export const toTrain: readonly PathRow[] = [
  ['nothing in the way', nothing, 'BatchNodeManagement', 'allowed', null],
  [
    'a group that lets Batch in',
    guardedBy(ids.train, 'Inbound Allow Tcp BatchNodeManagement * 29876-29877 100'),
    'BatchNodeManagement.westeurope',
    'allowed',
    null,
  ],
  [
    'a group that lets in one region',
    guardedBy(ids.train, 'Inbound Allow Tcp BatchNodeManagement.westeurope * 29876-29877 100'),
    'BatchNodeManagement',
    'unknown',
    'destinationSubnet',
  ],
  ['answers swallowed by a tunnel', tunnel, 'BatchNodeManagement', 'denied', 'reply'],
  [
    'answers past the tunnel',
    routed(ids.train, `0.0.0.0/0 ${firewallAddress}`, 'BatchNodeManagement Internet'),
    'BatchNodeManagement',
    'allowed',
    null,
  ],
  [
    'nodes without public addresses',
    (scene) => {
      scene.bodies[`${ids.workspace}/computes/cpu-cluster`].properties.properties.enableNodePublicIp = false;
    },
    'BatchNodeManagement',
    'denied',
    'wayIn',
  ],
  [
    'a security admin rule that denies Batch',
    (scene) => withAdminRules(scene, ids.vnet, 'Inbound Deny Tcp BatchNodeManagement * 29876-29877 100'),
    'BatchNodeManagement',
    'denied',
    'adminRules',
  ],
  ['answers by a route of another tag', routed(ids.train, 'Sql None'), 'BatchNodeManagement', 'unknown', 'reply'],
  ['an address to which nothing leads back', nothing, '192.168.4.4', 'denied', 'reply'],
  [
    'an address on premises, behind a gateway that may know the way back',
    (scene) =>
      scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27')),
    '192.168.4.4',
    'unknown',
    'wayIn',
  ],
];
