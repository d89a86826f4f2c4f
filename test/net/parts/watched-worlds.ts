// Random small networks with one machine in them, as documents that both sides read: `src/net`, and the simulator's evaluator.
import fc from 'fast-check';

const base = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Network';
export const idOf = (type: string, name: string): string => `${base}/${type}/${name}`;
export const subnetId = `${idOf('virtualNetworks', 'v')}/subnets/s`;
export const own = '10.1.0.4';

/** Tags with a few prefixes each; the regional one is inside the global one, AzureCloud around both. */
export const tagData = {
  changeNumber: 1,
  cloud: 'Public',
  values: Object.entries({
    Storage: ['20.38.0.0/16', '52.239.0.0/20'],
    'Storage.westeurope': ['20.38.4.0/24'],
    AzureKeyVault: ['20.38.128.0/20', '40.74.0.0/24'],
    BatchNodeManagement: ['13.64.0.0/24', '20.38.4.128/25'],
    'AzureCloud.westeurope': ['20.38.0.0/17'],
    AzureCloud: ['20.0.0.0/8', '13.64.0.0/11'],
  }).map(([name, addressPrefixes]) => ({ name, id: name, properties: { addressPrefixes } })),
};
const tagNames = tagData.values.map(({ name }) => name);
/** One that no list holds. */
export const unheardOf = 'Unheard.Of';

const literals = [
  ...['10.1.0.0/24', own, '10.1.0.0/16', '10.2.0.0/16', '10.0.0.0/8', '192.168.1.0/24', '8.8.8.0/24', '8.8.8.8'],
  ...['20.38.4.0/24', '20.38.0.0/15', '168.63.129.16', '169.254.169.254', '0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1'],
  ...['100.64.0.0/10', '172.16.0.0/12', '::/0', 'fd00::/48'],
];
const names = ['*', 'VirtualNetwork', 'internet', 'AzureLoadBalancer', 'AzurePlatformDNS', 'AzurePlatformIMDS'];
const groups = ['asg-a', 'asg-b'].map((name) => idOf('applicationSecurityGroups', name));

/** One side of a rule: a name or prefix, several prefixes, or application security groups. */
const side = (which: 'source' | 'destination') =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(...names, ...tagNames, ...literals).map((one) => ({ [`${which}AddressPrefix`]: one })),
    },
    {
      weight: 2,
      arbitrary: fc
        .subarray(literals, { minLength: 1, maxLength: 3 })
        .map((some) => ({ [`${which}AddressPrefixes`]: some })),
    },
    {
      weight: 1,
      arbitrary: fc
        .subarray(groups, { minLength: 1 })
        .map((some) => ({ [`${which}ApplicationSecurityGroups`]: some.map((id) => ({ id })) })),
    },
    { weight: 1, arbitrary: fc.constant({ [`${which}AddressPrefix`]: unheardOf }) },
  );
const ports = (which: 'source' | 'destination') =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant({ [`${which}PortRange`]: '*' }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('443', '440-450', '22', '0-1023').map((one) => ({ [`${which}PortRange`]: one })),
    },
    {
      weight: 1,
      arbitrary: fc
        .subarray(['22', '443', '1024-65535'], { minLength: 1 })
        .map((some) => ({ [`${which}PortRanges`]: some })),
    },
  );
const rule = fc
  .tuple(
    side('source'),
    side('destination'),
    ports('source'),
    ports('destination'),
    fc.record({
      direction: fc.constantFrom('Inbound', 'Outbound', 'outbound'),
      access: fc.constantFrom('Allow', 'Deny'),
      protocol: fc.constantFrom('*', 'Tcp', 'UDP', 'Icmp'),
    }),
  )
  .map((parts) => Object.assign({}, ...parts) as Record<string, unknown>);
const securityGroup = (name: string) =>
  fc.array(rule, { maxLength: 5 }).map((rules) => ({
    id: idOf('networkSecurityGroups', name),
    name,
    properties: {
      securityRules: rules.map((one, index) => ({ name: `r${index}`, properties: { priority: 100 + index, ...one } })),
    },
  }));

const hops = ['VnetLocal', 'Internet', 'VirtualAppliance', 'VirtualNetworkGateway', 'None'];
const route = fc
  .record({
    addressPrefix: fc.constantFrom('0.0.0.0/0', ...literals.filter((one) => one.includes('/')), ...tagNames),
    nextHopType: fc.constantFrom(...hops, 'virtualappliance'),
    hasBgpOverride: fc.boolean(),
  })
  .map((one) => ({ ...one, ...(/appliance/i.test(one.nextHopType) ? { nextHopIpAddress: '10.1.7.4' } : {}) }));
const routeTable = fc
  .record({
    routes: fc.uniqueArray(route, { maxLength: 5, selector: ({ addressPrefix }) => addressPrefix }),
    disableBgpRoutePropagation: fc.boolean(),
  })
  .map(({ routes, ...more }) => ({
    id: idOf('routeTables', 'rt'),
    name: 'rt',
    properties: { ...more, routes: routes.map((properties, index) => ({ name: `u${index}`, properties })) },
  }));

const peering = fc.record({
  peeringState: fc.constantFrom('Connected', 'connected', 'Initiated'),
  allowVirtualNetworkAccess: fc.boolean(),
  remote: fc.constantFrom('10.2.0.0/16', '172.16.0.0/12', '192.168.0.0/16'),
});
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

export const watchedWorld = fc
  .record({
    subnetGroup: optional(securityGroup('nsg-s')),
    nicGroup: optional(securityGroup('nsg-c')),
    table: optional(routeTable),
    peerings: fc.uniqueArray(peering, { maxLength: 2, selector: ({ remote }) => remote }),
    space: fc.constantFrom(['10.1.0.0/16'], ['10.0.0.0/8'], ['10.1.0.0/16', 'fd00::/48']),
    services: fc.subarray(['Microsoft.Storage', 'Microsoft.KeyVault']),
    sites: optional(fc.subarray(['192.168.1.0/24', '10.1.3.0/24', '8.8.8.0/24', '20.38.4.0/24', '0.0.0.0/0'])),
    policies: optional(fc.constantFrom('Disabled', 'Enabled', 'RouteTableEnabled', 'NetworkSecurityGroupEnabled')),
  })
  .map((world) => ({ ...world, endpoint: '10.1.9.9' }));
export type WatchedWorld = typeof watchedWorld extends fc.Arbitrary<infer T> ? T : never;

/** Where both sides' prefixes begin, end and lie: addresses that tell them apart. */
export const addresses = [
  ...[own, '10.1.0.5', '10.1.3.9', '10.1.9.9', '10.1.7.4', '10.2.0.1', '10.9.9.9', '172.16.5.5', '192.168.1.1'],
  ...['192.168.2.1', '100.64.1.1', '8.8.8.8', '8.8.9.9', '20.38.4.5', '20.38.4.200', '20.38.9.9', '20.38.130.1'],
  ...[
    '20.38.200.1',
    '20.39.0.1',
    '52.239.3.3',
    '40.74.0.9',
    '13.64.0.1',
    '13.70.0.1',
    '168.63.129.16',
    '169.254.169.254',
  ],
  ...['127.0.0.1', '224.0.0.1', '0.0.0.0', '255.255.255.255', '129.1.1.1'],
];
export const packet = fc.record({
  direction: fc.constantFrom('Inbound' as const, 'Outbound' as const),
  protocol: fc.constantFrom('Tcp' as const, 'Udp' as const),
  remote: fc.constantFrom(...addresses),
  localPort: fc.constantFrom(22, 443, 60000).map(Number),
  remotePort: fc.constantFrom(22, 443, 445, 60000).map(Number),
});
export type WatchedPacket = typeof packet extends fc.Arbitrary<infer T> ? T : never;

/** Members of the application security groups. */
export const members: Readonly<Record<string, readonly string[]>> = {
  [groups[0] ?? '']: [own],
  [groups[1] ?? '']: ['10.1.0.5'],
};

const ref = (id: string | undefined) => (id === undefined ? undefined : { id });
const card = (name: string, address: string, asg: string, more: object = {}, subnet = subnetId) => ({
  id: idOf('networkInterfaces', name),
  name,
  properties: {
    ...more,
    ipConfigurations: [
      {
        name: 'a',
        properties: {
          primary: true,
          privateIPAddress: address,
          subnet: { id: subnet },
          ...(asg === '' ? {} : { applicationSecurityGroups: [{ id: asg }] }),
        },
      },
    ],
  },
});

/** The documents of a world, as ARM would show them; undefined members are left out. */
export function documentsOf(world: WatchedWorld): unknown[] {
  const { nicGroup, endpoint, peerings, policies, services, sites, space, subnetGroup, table } = world;
  const endpoints = `${idOf('virtualNetworks', 'v')}/subnets/pe`;
  const gateways = `${idOf('virtualNetworks', 'v')}/subnets/GatewaySubnet`;
  const network = {
    id: idOf('virtualNetworks', 'v'),
    name: 'v',
    properties: {
      addressSpace: { addressPrefixes: space },
      virtualNetworkPeerings: peerings.map(({ remote, ...more }, index) => ({
        name: `p${index}`,
        properties: { ...more, remoteAddressSpace: { addressPrefixes: [remote] } },
      })),
      subnets: [
        {
          id: subnetId,
          name: 's',
          properties: {
            addressPrefix: '10.1.0.0/24',
            networkSecurityGroup: ref(subnetGroup?.id),
            routeTable: ref(table?.id),
            serviceEndpoints: services.map((service) => ({ service, locations: ['*'] })),
          },
        },
        {
          id: endpoints,
          name: 'pe',
          properties: { addressPrefix: '10.1.9.0/24', privateEndpointNetworkPolicies: policies },
        },
        { id: gateways, name: 'GatewaySubnet', properties: { addressPrefix: '10.1.255.0/27' } },
      ],
    },
  };
  const gateway = {
    id: idOf('virtualNetworkGateways', 'g'),
    name: 'g',
    properties: { ipConfigurations: [{ properties: { subnet: { id: gateways } } }] },
  };
  const site = {
    id: idOf('localNetworkGateways', 'l'),
    name: 'l',
    properties: { localNetworkAddressSpace: { addressPrefixes: sites } },
  };
  const connection = {
    id: idOf('connections', 'c'),
    name: 'c',
    properties: { virtualNetworkGateway1: { id: gateway.id }, localNetworkGateway2: { id: site.id } },
  };
  return [
    network,
    card('n', own, groups[0] ?? '', { networkSecurityGroup: ref(nicGroup?.id) }),
    card('other', '10.1.0.5', groups[1] ?? ''),
    ...(policies === undefined
      ? []
      : [card('pe', endpoint, '', { privateEndpoint: { id: idOf('privateEndpoints', 'pe') } }, endpoints)]),
    ...[subnetGroup, nicGroup, table].filter((one) => one !== undefined),
    ...(sites === undefined ? [] : [gateway, site, connection]),
  ];
}
