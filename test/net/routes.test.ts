// Routes: the choice against an independent slow chooser, the sweep against the choice, and what a subnet's table holds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressText, readPrefixes } from '../../src/net/addresses.ts';
import { peeredSpace } from '../../src/net/peering.ts';
import { chooseRoute, prefixInterval, readRoutes, sweepRoutes, tagPrefixes } from '../../src/net/routes.ts';
import { readServiceTags } from '../../src/net/service-tags.ts';
import { subnetTable } from '../../src/net/subnet-table.ts';
import { notLeavingBy, routingOf } from '../../src/net/tag-routes.ts';
import { virtualNetworkTag } from '../../src/net/virtual-network-tag.ts';

interface RawRoute {
  readonly name: string;
  readonly source: string;
  readonly addressPrefix: readonly string[];
  readonly nextHopType: string;
  readonly serviceTag?: string | undefined;
  readonly hasBgpOverride?: boolean | undefined;
  readonly endpoint?: { readonly policies: string; readonly vnetPrefixLength: number } | undefined;
}
const prefix4 = fc
  .tuple(fc.integer({ min: 24, max: 32 }), fc.nat(255))
  .map(([length, last]) => `10.0.0.${last - (last % 2 ** (32 - length))}/${length}`);
const prefix = fc.oneof(
  { weight: 5, arbitrary: prefix4 },
  { weight: 1, arbitrary: fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/23') },
);
const user = fc.record({
  source: fc.constant('User'),
  addressPrefix: fc.uniqueArray(prefix, { minLength: 1, maxLength: 2 }),
  nextHopType: fc.constantFrom('VirtualAppliance', 'Internet', 'None', 'VnetLocal'),
  serviceTag: fc.constantFrom(
    undefined,
    undefined,
    'Storage',
    'Storage.WestEurope',
    'AzureCloud',
    'AzureCloud.westeurope',
  ),
  hasBgpOverride: fc.constantFrom(undefined, false, true),
});
const learnt = fc.record({
  source: fc.constant('VirtualNetworkGateway'),
  addressPrefix: prefix.map((one) => [one]),
  nextHopType: fc.constant('VirtualNetworkGateway'),
});
const system = fc.record({
  source: fc.constant('Default'),
  addressPrefix: prefix.map((one) => [one]),
  nextHopType: fc.constantFrom('VnetLocal', 'VNetPeering', 'VirtualNetworkServiceEndpoint', 'None', 'Internet'),
});
const endpoint = fc.record({
  source: fc.constant('Default'),
  addressPrefix: fc.nat(255).map((last) => [`10.0.0.${last}/32`]),
  nextHopType: fc.constant('InterfaceEndpoint'),
  endpoint: fc.record({
    policies: fc.constantFrom('Disabled', 'Enabled', 'RouteTableEnabled', 'NetworkSecurityGroupEnabled'),
    vnetPrefixLength: fc.integer({ min: 23, max: 28 }),
  }),
});
const tables = fc
  .tuple(
    fc.array(user, { maxLength: 6 }),
    fc.array(learnt, { maxLength: 4 }),
    fc.array(system, { maxLength: 5 }),
    fc.array(endpoint, { maxLength: 2 }),
  )
  .map((groups): RawRoute[] => groups.flat().map((route, index) => ({ name: `r${index}`, ...route })));

const numberOf = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Scores every route by itself and takes the best: nothing of the code under test. */
function slowChoice(routes: readonly RawRoute[], address: number): string {
  const all = routes
    .flatMap((route) =>
      route.addressPrefix.map((text) => {
        const [base = '', bits] = text.split('/');
        const length = Number(bits);
        const size = 2 ** (32 - length);
        return { route, text, length, covers: Math.floor(address / size) * size === numberOf(base) };
      }),
    )
    .filter(({ covers }) => covers);
  const shortcut = all.find(({ route }) => route.nextHopType === 'InterfaceEndpoint');
  if (shortcut?.route.endpoint) {
    const { policies, vnetPrefixLength } = shortcut.route.endpoint;
    const mayYield = policies === 'Enabled' || policies === 'RouteTableEnabled';
    const narrow = all.some(({ route, length }) => route.source === 'User' && length >= vnetPrefixLength);
    if (!mayYield || !narrow) return `${shortcut.route.name} ${shortcut.text}`;
  }
  const bgpOut = all.some(
    ({ route }) =>
      (route.source === 'User' && route.hasBgpOverride === true) ||
      (route.source === 'Default' &&
        ['VnetLocal', 'VNetPeering', 'VirtualNetworkServiceEndpoint', 'InterfaceEndpoint'].includes(route.nextHopType)),
  );
  const tagOrder = [undefined, 'Storage.WestEurope', 'Storage', 'AzureCloud.westeurope', 'AzureCloud'];
  const score = ({ route, length }: (typeof all)[number]) =>
    length * 100 +
    { User: 20, VirtualNetworkGateway: 10, Default: 0 }[route.source as 'User'] -
    tagOrder.indexOf(route.serviceTag);
  let best: (typeof all)[number] | undefined;
  for (const one of all) {
    if (one === shortcut || (bgpOut && one.route.source === 'VirtualNetworkGateway')) continue;
    if (!best || score(one) > score(best)) best = one;
  }
  return best ? `${best.route.name} ${best.text}` : 'none';
}

describe('the choice', () => {
  test('is that of the slow chooser, for every address near the routes', () => {
    fc.assert(
      fc.property(tables, fc.uniqueArray(fc.nat(1023), { minLength: 12, maxLength: 12 }), (table, lasts) => {
        const { routes } = readRoutes(table, 'Default');
        for (const last of lasts) {
          const address = numberOf('10.0.0.0') + last - 256;
          const chosen = chooseRoute(routes, addressText(address));
          expect(chosen.ok && (chosen.value ? `${chosen.value.name} ${chosen.value.prefix}` : 'none')).toBe(
            slowChoice(table, address),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the sweep cuts both families into stretches that each take the route the choice takes', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { routes } = readRoutes(table, 'Default');
        const stretches = sweepRoutes(routes);
        for (const family of [4, 6] as const) {
          const own = stretches.filter((stretch) => stretch.family === family);
          expect(own[0]?.low).toBe(0n);
          expect(own.at(-1)?.high).toBe(family === 4 ? 1n << 32n : 1n << 128n);
          for (const [index, stretch] of own.entries()) {
            if (index > 0) expect(own[index - 1]?.high).toBe(stretch.low);
            for (const at of [stretch.low, stretch.high - 1n]) {
              const chosen = chooseRoute(routes, addressText(family === 4 ? Number(at) : at));
              expect(chosen.ok && chosen.value).toBe(stretch.route);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('reading routes', () => {
  test.each([
    ['10.0.0.0/8', { low: 0x0a000000n, high: 0x0b000000n, family: 4, length: 8 }],
    ['10.0.0.4', { low: 0x0a000004n, high: 0x0a000005n, family: 4, length: 32 }],
    ['10.0.0.4-10.0.0.7', { low: 0x0a000004n, high: 0x0a000008n, family: 4, length: 30 }],
    ['0.0.0.0/0', { low: 0n, high: 1n << 32n, family: 4, length: 0 }],
    ['::/0', { low: 0n, high: 1n << 128n, family: 6, length: 0 }],
    ['::4/126', { low: 4n, high: 8n, family: 6, length: 126 }],
    ['10.0.0.4-10.0.0.6', 'It is a range, not a CIDR block.'],
    ['x', 'It is not an IPv4 address of four numbers.'],
  ])('the prefix %s', (text, expected) => {
    const interval = prefixInterval(text);
    expect(interval.ok ? interval.value : interval.reason).toEqual(expected);
  });

  test('every member, with what is left out', () => {
    const one = (more: object) => readRoutes([{ addressPrefix: '10.0.0.0/8', ...more }], 'User').routes[0];
    expect(one({})).toEqual({
      ...{
        name: undefined,
        source: 'User',
        prefix: '10.0.0.0/8',
        low: 0x0a000000n,
        high: 0x0b000000n,
        family: 4,
        length: 8,
      },
      ...{
        nextHopType: 'None',
        nextHopIpAddress: undefined,
        serviceTag: undefined,
        overridesBgp: false,
        endpoint: undefined,
      },
    });
    expect(one({ source: 'DEFAULT' })?.source).toBe('Default');
    expect(one({ source: 'virtualNetworkGateway' })?.source).toBe('VirtualNetworkGateway');
    expect(one({ source: 'Odd' })?.source).toBe('User');
    expect(
      [
        one({ nextHopIpAddress: '10.0.0.9' }),
        one({ nextHopIpAddress: ['10.0.0.9', 'x'] }),
        one({ nextHopIpAddress: [] }),
      ].map((route) => route?.nextHopIpAddress),
    ).toEqual([...['10.0.0.9', '10.0.0.9', undefined]]);
    expect(
      [one({ hasBgpOverride: true }), one({ hasBgpOverride: 'true' })].map((route) => route?.overridesBgp),
    ).toEqual([true, false]);
    expect(one({ serviceTag: 'Storage' })?.serviceTag).toBe('Storage');
    const policies = ['Enabled', 'routeTableEnabled', 'Disabled', undefined].map(
      (text) => one({ endpoint: { policies: text, vnetPrefixLength: 16 } })?.endpoint,
    );
    expect(policies.map((endpoint) => endpoint?.routeTables)).toEqual([true, true, false, false]);
    expect(policies.every((endpoint) => endpoint?.networkLength === 16)).toBe(true);
    expect(one({ endpoint: {} })?.endpoint).toEqual({ routeTables: false, networkLength: undefined });
    expect(
      readRoutes([{ addressPrefixes: ['10.0.0.0/8', '::/0'], state: 'Active' }], 'User').routes.map(
        ({ family }) => family,
      ),
    ).toEqual([4, 6]);
    expect(readRoutes([{ addressPrefix: '10.0.0.0/8', state: 'INVALID' }], 'User').routes).toEqual([]);
    expect(readRoutes([{ addressPrefix: [7, null] }], 'User').refused).toEqual([
      { text: '7', reason: 'A route needs an address prefix.' },
      { text: 'null', reason: 'A route needs an address prefix.' },
    ]);
    expect(readRoutes({}, 'User')).toEqual({ routes: [], refused: [], unknownTags: [] });
  });

  test('a tag from a file of service tags', () => {
    const tags = tagPrefixes(
      readServiceTags({ values: [{ name: 'Storage', properties: { addressPrefixes: ['203.0.113.0/28'] } }] }),
    );
    expect([tags('STORAGE'), tags('Other'), tagPrefixes(undefined)('Storage')]).toEqual([
      ['203.0.113.0/28'],
      undefined,
      undefined,
    ]);
  });

  test('one address has a route, a block has none', () => {
    const { routes } = readRoutes([{ addressPrefix: '10.0.0.0/8' }], 'User');
    expect(chooseRoute(routes, '10.0.0.0/31')).toEqual({ ok: false, reason: 'It is not one address.' });
    expect(chooseRoute(routes, 'x')).toEqual({ ok: false, reason: 'It is not an IPv4 address of four numbers.' });
    expect(chooseRoute(routes, '11.0.0.0')).toEqual({ ok: true, value: undefined });
    expect(chooseRoute(routes, '10.255.255.255')).toEqual({ ok: true, value: routes[0] });
    expect(chooseRoute(routes, '::a00:1')).toEqual({ ok: true, value: undefined });
  });

  test("a private endpoint gives way to what is as specific as its network, by the endpoint or by the network's routes", () => {
    const at = (length: number, networkLength: number | undefined, more: object[] = []) => {
      const { routes } = readRoutes(
        [
          {
            source: 'Default',
            addressPrefix: '10.0.0.4/32',
            nextHopType: 'InterfaceEndpoint',
            endpoint: { policies: 'Enabled', vnetPrefixLength: networkLength },
          },
          { source: 'User', addressPrefix: `10.0.0.0/${length}`, nextHopType: 'VirtualAppliance' },
          ...more,
        ],
        'User',
      );
      const chosen = chooseRoute(routes, '10.0.0.4');
      return chosen.ok && chosen.value?.nextHopType;
    };
    const network = [
      { source: 'Default', addressPrefix: '10.0.0.0/16', nextHopType: 'VnetLocal' },
      { source: 'Default', addressPrefix: '10.0.0.0/24', nextHopType: 'VNetGlobalPeering' },
      { source: 'Default', addressPrefix: '10.0.0.0/30', nextHopType: 'Internet' },
    ];
    expect([at(16, 16), at(15, 16), at(24, undefined, network), at(23, undefined, network)]).toEqual([
      ...['VirtualAppliance', 'InterfaceEndpoint', 'VirtualAppliance', 'InterfaceEndpoint'],
    ]);
    expect([at(24, undefined), at(8, 0)]).toEqual(['InterfaceEndpoint', 'InterfaceEndpoint']);
  });

  test('as ARM has them, as effective routes, losers left out, tags from data', () => {
    const read = readRoutes(
      [
        { name: 'a', properties: { addressPrefix: '10.0.0.0/8', nextHopType: 'None' } },
        { name: null, source: 'User', state: 'Invalid', addressPrefix: ['10.0.0.0/8'], nextHopType: 'None' },
        {
          name: 'b',
          source: 'VirtualNetworkGateway',
          state: 'Active',
          addressPrefix: ['192.168.0.0/24', '2001:db8::/32'],
          nextHopType: 'VirtualNetworkGateway',
          nextHopIpAddress: ['10.0.0.1'],
        },
        { name: 'c', properties: { addressPrefix: 'Storage', nextHopType: 'Internet' } },
        { name: 'd', properties: { addressPrefix: 'Nobody.Knows', nextHopType: 'Internet' } },
        { name: 'e', properties: { addressPrefix: '10.0.0.1/8' } },
        null,
      ],
      'User',
      (name) => (name === 'Storage' ? ['203.0.113.0/28'] : undefined),
    );
    expect(read.routes.map(({ name, source, prefix: at, serviceTag }) => [name, source, at, serviceTag])).toEqual([
      ['a', 'User', '10.0.0.0/8', undefined],
      ['b', 'VirtualNetworkGateway', '192.168.0.0/24', undefined],
      ['b', 'VirtualNetworkGateway', '2001:db8::/32', undefined],
      ['c', 'User', '203.0.113.0/28', 'Storage'],
    ]);
    expect(read.unknownTags).toEqual(['Nobody.Knows']);
    expect(read.refused.map(({ text }) => text)).toEqual(['10.0.0.1/8', 'nothing']);
  });
});

const hop = (input: Parameters<typeof subnetTable>[0], destination: string) => {
  const chosen = chooseRoute(subnetTable(input).routes, destination);
  return chosen.ok ? (chosen.value?.nextHopType ?? 'no route') : chosen.reason;
};
const toAppliance = [
  {
    name: 'all',
    properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.1.0.100' },
  },
];

describe("a subnet's table", () => {
  test.each([
    ['own network', {}, '10.1.2.3', 'VnetLocal'],
    ['the internet', {}, '203.0.113.1', 'Internet'],
    ['unused private space', {}, '10.9.0.1', 'None'],
    ['carrier space', {}, '100.64.0.1', 'None'],
    ['unused private space behind an appliance', { userRoutes: toAppliance }, '10.9.0.1', 'VirtualAppliance'],
    [
      'unused private space behind a default that drops',
      { userRoutes: [{ properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'None' } }] },
      '192.168.0.1',
      'None',
    ],
    ['a network as wide as the reserved block', { addressSpace: ['10.0.0.0/8'] }, '10.9.0.1', 'VnetLocal'],
    ['a peer as wide as the reserved block', { peered: ['192.168.0.0/16'] }, '192.168.1.1', 'VNetPeering'],
    [
      'a service endpoint under an appliance',
      { userRoutes: toAppliance, serviceEndpointPrefixes: ['203.0.113.0/24'] },
      '203.0.113.9',
      'VirtualNetworkServiceEndpoint',
    ],
    [
      'learnt routes',
      { gatewayRoutes: [{ addressPrefix: ['172.20.0.0/16'], nextHopType: 'VirtualNetworkGateway' }] },
      '172.20.0.1',
      'VirtualNetworkGateway',
    ],
    [
      'learnt routes, stopped',
      {
        gatewayRoutes: [{ addressPrefix: ['172.20.0.0/16'], nextHopType: 'VirtualNetworkGateway' }],
        disableBgpRoutePropagation: true,
      },
      '172.20.0.1',
      'None',
    ],
    [
      'a private endpoint',
      { privateEndpoints: [{ address: '10.1.3.10' }], userRoutes: toAppliance },
      '10.1.3.10',
      'InterfaceEndpoint',
    ],
    [
      'a private endpoint, network routed to an appliance, policies on',
      {
        privateEndpoints: [{ address: '10.1.3.10', policies: 'Enabled' }],
        userRoutes: [{ properties: { addressPrefix: '10.1.0.0/16', nextHopType: 'VirtualAppliance' } }],
      },
      '10.1.3.10',
      'VirtualAppliance',
    ],
    ['IPv6 with a network of both', { addressSpace: ['10.1.0.0/16', 'fd00:1::/48'] }, '2001:db8::1', 'Internet'],
    ['IPv6 without', {}, '2001:db8::1', 'no route'],
    ['IPv4 with a network of both', { addressSpace: ['10.1.0.0/16', 'fd00:1::/48'] }, '8.8.8.8', 'Internet'],
    ['IPv6 with a peer of both', { peered: ['fd00:2::/48'] }, '2001:db8::1', 'Internet'],
    ['a network narrower than the reserved block', { addressSpace: ['10.0.0.0/9'] }, '10.200.0.1', 'None'],
    [
      'unused private space behind half a default',
      { userRoutes: [{ addressPrefix: '0.0.0.0/1', nextHopType: 'VirtualAppliance' }] },
      '10.9.0.1',
      'None',
    ],
    [
      'unused private space behind a default of IPv6',
      { userRoutes: [{ addressPrefix: '::/0', nextHopType: 'VirtualAppliance' }] },
      '10.9.0.1',
      'None',
    ],
  ])('%s', (_name, input, destination, expected) => {
    expect(hop({ addressSpace: ['10.1.0.0/16'], ...input }, destination)).toBe(expected);
  });

  test('of IPv6 too, and of what no route covers', () => {
    const { routes } = readRoutes(
      [
        { addressPrefix: ['fd00::/120'], nextHopType: 'VirtualAppliance' },
        { addressPrefix: '10.0.0.0/30', nextHopType: 'Internet' },
      ],
      'User',
    );
    const { addresses } = readPrefixes(['fd00::/119', '10.0.0.0/29']);
    expect(
      routingOf(addresses, routes).map(({ nextHopType, route, prefixes }) => [nextHopType, route?.prefix, prefixes]),
    ).toEqual([
      ['Internet', '10.0.0.0/30', ['10.0.0.0/30']],
      ['None', undefined, ['10.0.0.4/30', 'fd00::100/120']],
      ['VirtualAppliance', 'fd00::/120', ['fd00::/120']],
    ]);
    expect(notLeavingBy(addresses, routes, 'INTERNET', 'none')).toEqual(['fd00::/120']);
    expect(notLeavingBy(addresses, routes)).toHaveLength(4);
  });

  test('reserved blocks that the network or a peer holds whole are not dropped', () => {
    const dropped = (addressSpace: string[], peered: string[] = []) =>
      subnetTable({ addressSpace, peered }).routes.flatMap(({ nextHopType, prefix: at }) =>
        nextHopType === 'None' ? [at] : [],
      );
    expect(dropped(['10.0.0.0/8'], ['192.168.0.0/15'])).toEqual(['172.16.0.0/12', '100.64.0.0/10']);
    expect(dropped(['0.0.0.0/0'])).toEqual([]);
    expect(dropped(['10.0.0.0/9', '::/0'])).toEqual(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']);
  });

  test('tells which of its prefixes are wrong and which tags are unknown', () => {
    const table = subnetTable({
      ...{
        addressSpace: ['10.0.0.1/8'],
        peered: ['10.0.0.2/8'],
        serviceEndpointPrefixes: ['10.0.0.3/8'],
        privateEndpoints: [{ address: '10.0.0.4/8' }],
      },
      userRoutes: [
        { addressPrefix: '1.2.3.4/8' },
        { addressPrefix: 'Storage' },
        { addressPrefix: 'Known', nextHopType: 'Internet' },
      ],
      gatewayRoutes: [{ addressPrefix: '1.2.3.5/8' }],
      tags: (name) => (name === 'Known' ? ['203.0.113.0/28'] : undefined),
    });
    expect(table.refused.map(({ text }) => text)).toEqual([
      '10.0.0.1/8',
      '10.0.0.2/8',
      '10.0.0.3/8',
      '10.0.0.4/8',
      '1.2.3.4/8',
      '1.2.3.5/8',
    ]);
    expect(table.unknownTags).toEqual(['Storage']);
    expect(table.routes.map(({ source, prefix, nextHopType }) => [source, prefix, nextHopType])).toEqual([
      ['User', '203.0.113.0/28', 'Internet'],
      ['Default', '0.0.0.0/0', 'Internet'],
      ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map((prefix) => [
        'Default',
        prefix,
        'None',
      ]),
    ]);
  });

  test.each([
    [
      'connected',
      { peeringState: 'CONNECTED', remoteAddressSpace: { addressPrefixes: ['10.2.0.0/16', 7] } },
      ['10.2.0.0/16'],
    ],
    [
      'by its other member',
      { peeringState: 'Connected', remoteVirtualNetworkAddressSpace: { addressPrefixes: ['10.3.0.0/16'] } },
      ['10.3.0.0/16'],
    ],
    ['a plain list', { peeringState: 'Connected', remoteAddressSpace: ['10.4.0.0/16'] }, ['10.4.0.0/16']],
    [
      'with access allowed',
      { peeringState: 'Connected', allowVirtualNetworkAccess: true, remoteAddressSpace: ['10.4.0.0/16'] },
      ['10.4.0.0/16'],
    ],
    [
      'without access',
      { peeringState: 'Connected', allowVirtualNetworkAccess: false, remoteAddressSpace: ['10.4.0.0/16'] },
      [],
    ],
    ['initiated', { peeringState: 'Initiated', remoteAddressSpace: ['10.4.0.0/16'] }, []],
    ['without a state', { remoteAddressSpace: ['10.4.0.0/16'] }, []],
    ['without a space', { peeringState: 'Connected' }, []],
  ])('the space of a peer, %s', (_name, peering, expected) => {
    expect(peeredSpace([{ properties: peering }])).toEqual(expected);
    expect(peeredSpace([peering])).toEqual(expected);
  });

  test('what a forced tunnel swallows of a tag, to the address', () => {
    const { routes } = subnetTable({
      addressSpace: ['10.1.0.0/16'],
      userRoutes: [
        ...toAppliance,
        { name: 'batch', properties: { addressPrefix: '203.0.113.16/28', nextHopType: 'Internet' } },
      ],
    });
    const { addresses } = readPrefixes(['203.0.113.16/28', '203.0.113.64/28']);
    expect(notLeavingBy(addresses, routes, 'internet')).toEqual(['203.0.113.64/28']);
    expect(routingOf(addresses, routes).map(({ nextHopType, prefixes }) => [nextHopType, prefixes])).toEqual([
      ['Internet', ['203.0.113.16/28']],
      ['VirtualAppliance', ['203.0.113.64/28']],
    ]);
  });
});

describe('VirtualNetwork', () => {
  const tag = (input: object) => virtualNetworkTag({ addressSpace: ['10.1.0.0/16'], ...input });
  const peer = (more: object) => [
    { properties: { peeringState: 'Connected', remoteAddressSpace: { addressPrefixes: ['10.2.0.0/16'] }, ...more } },
  ];
  const route = (addressPrefix: string, nextHopType: string) => [{ properties: { addressPrefix, nextHopType } }];
  const host = '168.63.129.16/32';
  test.each([
    ['a peer', { peerings: peer({}) }, ['10.1.0.0/16', '10.2.0.0/16', host], []],
    ['a peer without access', { peerings: peer({ allowVirtualNetworkAccess: false }) }, ['10.1.0.0/16', host], []],
    ['a peer cut off', { peerings: peer({ peeringState: 'Disconnected' }) }, ['10.1.0.0/16', host], []],
    ['on-premises', { gatewayPrefixes: ['192.168.0.0/16'] }, ['10.1.0.0/16', '192.168.0.0/16', host], []],
    ['forced tunnelling', { userRoutes: route('0.0.0.0/0', 'VirtualAppliance') }, ['0.0.0.0/0'], []],
    ['forced to the gateway', { userRoutes: route('0.0.0.0/0', 'virtualnetworkgateway') }, ['0.0.0.0/0'], []],
    ['a default to Internet', { userRoutes: route('0.0.0.0/0', 'Internet') }, ['10.1.0.0/16', host], ['0.0.0.0/0']],
    ['a route inside the network', { userRoutes: route('10.1.2.0/24', 'None') }, ['10.1.0.0/16', host], []],
    [
      'both families, one forced',
      { addressSpace: ['10.1.0.0/16', 'fd00:1::/48'], userRoutes: route('0.0.0.0/0', 'VirtualAppliance') },
      ['fd00:1::/48', '0.0.0.0/0'],
      [],
    ],
    [
      'both families forced',
      {
        addressSpace: ['10.1.0.0/16', 'fd00:1::/48'],
        userRoutes: [...route('0.0.0.0/0', 'VirtualAppliance'), ...route('::/0', 'VirtualNetworkGateway')],
      },
      ['0.0.0.0/0', '::/0'],
      [],
    ],
    [
      'a route to an appliance joins, each prefix once',
      { userRoutes: [{ addressPrefixes: ['10.9.0.0/16', '10.1.0.0/16'], nextHopType: 'VirtualAppliance' }] },
      ['10.1.0.0/16', '10.9.0.0/16', host],
      [],
    ],
    [
      'a route by tag, known and unknown',
      {
        userRoutes: [...route('Storage', 'Internet'), ...route('Other', 'Internet'), ...route('Storage', 'None')],
        tags: (name: string) => (name === 'Storage' ? ['203.0.113.0/28'] : undefined),
      },
      ['10.1.0.0/16', host],
      ['203.0.113.0/28', 'Other'],
    ],
    ['a route partly inside', { userRoutes: route('10.0.0.0/15', 'None') }, ['10.1.0.0/16', host], ['10.0.0.0/15']],
    [
      'a route without a next hop',
      { userRoutes: [{ addressPrefix: '10.9.0.0/16' }] },
      ['10.1.0.0/16', host],
      ['10.9.0.0/16'],
    ],
    ['nothing that can be read', { peerings: [null, 7], userRoutes: [{}] }, ['10.1.0.0/16', host], []],
  ])('%s', (_name, input, inside, maybe) => {
    expect(tag(input)).toEqual({ in: inside, maybe });
  });
});
