// Facts of a few lines, each at both sides of what it depends on: peers, delegations, certain tunnels, whole tags, inheritance.
import { describe, expect, test } from 'vitest';
import { containerSubnets, usesAci } from '../../src/facts/container-instances.ts';
import { zoneStanding } from '../../src/facts/dns.ts';
import { unseenConnections } from '../../src/facts/endpoints.ts';
import { firewallRulesOf } from '../../src/facts/firewall.ts';
import { layerFor, subnetPrefixes } from '../../src/facts/flows.ts';
import { namesOf } from '../../src/facts/live.ts';
import { peersOf } from '../../src/facts/path/connection.ts';
import { pairedRegion } from '../../src/facts/region-pairs.ts';
import { serviceTagsOf, wholeTag } from '../../src/facts/service-tags.ts';
import { sharers } from '../../src/facts/training-subnets.ts';
import { isTunnelled, tunnelOf } from '../../src/facts/tunnel.ts';
import type { LiveNic } from '../../src/model/live.ts';
import { indexSnapshot, type SnapshotIndex } from '../../src/model/snapshot-index.ts';
import { vnetView } from '../../src/resource-types/network-view.ts';
import { route, tabled } from '../rules/samples-udr.ts';
import { ids, type Loose, type Scene, snapshotOf, subnet, withZone, zoneId } from '../support/snapshot.ts';
import { firewallId, guardedBy, network, put } from './path-scenes.ts';

type Change = (scene: Scene) => void;
const indexOf = (change: Change): SnapshotIndex => indexSnapshot(snapshotOf(change));

test('only connected peers count, in any letter case, and a network that is not there has none', () => {
  const peered = indexOf((scene) => {
    const states = ['Connected', 'Initiated', 'Disconnected', 'connected'];
    scene.bodies[ids.vnet].properties.virtualNetworkPeerings = states.map((peeringState, at) => ({
      name: `to-${at}`,
      properties: { peeringState, remoteVirtualNetwork: { id: `${ids.vnet}-${at}` } },
    }));
  });
  expect(peersOf(ids.vnet, peered)).toEqual([`${ids.vnet}-0`, `${ids.vnet}-3`]);
  expect(peersOf(ids.farVnet, peered)).toEqual([]);
});

test('ranges that IPAM pools gave are those of a network and of a subnet that state none', () => {
  // As api-version 2024-05-01 shows them (Microsoft.Network, virtual networks).
  const given = (...ranges: readonly string[]) => [{ pool: { id: '/pools/one' }, allocatedAddressPrefixes: ranges }];
  const index = indexOf((scene) => {
    const { properties } = scene.bodies[ids.vnet];
    properties.addressSpace = { ipamPoolPrefixAllocations: given('10.0.0.0/16') };
    const train = properties.subnets.find((one: Loose) => one.id === ids.train).properties;
    train.addressPrefix = undefined;
    train.ipamPoolPrefixAllocations = given('10.0.1.0/25', '10.0.1.128/25');
  });
  const vnet = index.get(ids.vnet);
  expect(vnet && vnetView(vnet).prefixes).toEqual(['10.0.0.0/16']);
  expect(subnetPrefixes(ids.train, index)).toEqual(['10.0.1.0/25', '10.0.1.128/25']);
  expect(subnetPrefixes(ids.second, index)).not.toEqual([]);
});

test('a security group is shared by what it names, and by subnets that name it', () => {
  const groupId = ids.vnet.replace('virtualNetworks/vnet-ml', 'networkSecurityGroups/nsg-ml');
  const nic = `${ids.vnet}-nic`;
  const far = `${ids.farVnet}/subnets/snet-far`;
  const named = (properties: Loose): readonly string[] =>
    sharers(
      groupId,
      indexOf((scene) => {
        const { bodies } = scene;
        bodies[groupId] = { id: groupId, type: 'Microsoft.Network/networkSecurityGroups', name: 'nsg-ml', properties };
        bodies[ids.vnet].properties.subnets[0].properties.networkSecurityGroup = { id: groupId.toUpperCase() };
      }),
    );
  const train = ids.train.toUpperCase();
  expect(named({}).map((id) => id.toUpperCase())).toEqual([train]);
  const both = named({ subnets: [{ id: far }, { id: ids.train }], networkInterfaces: [{ id: nic }] });
  expect(both.map((id) => id.toUpperCase()).sort()).toEqual([far.toUpperCase(), train, nic.toUpperCase()].sort());
});

test('an approved connection whose endpoint nobody listed is unseen; a pending one, a read one and a listed subscription are not', () => {
  const elsewhere = '/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers/Microsoft.Network';
  const connection = (id: string | undefined, status: string) => ({
    properties: {
      ...(id === undefined ? {} : { privateEndpoint: { id } }),
      privateLinkServiceConnectionState: { status },
    },
  });
  const unseen = (...connections: readonly object[]) =>
    unseenConnections(
      ids.workspace,
      indexOf(({ bodies }) => {
        bodies[ids.workspace].properties.privateEndpointConnections = connections;
      }),
    ).map(({ endpointId }) => endpointId);
  const far = `${elsewhere}/privateEndpoints/pe-far`;
  expect(unseen(connection(far, 'Approved'))).toEqual([far]);
  expect(unseen(connection(far, 'Pending'), connection(undefined, 'Approved'))).toEqual([]);
  // Endpoints of this subscription were listed, so this one is gone.
  expect(unseen(connection(ids.vnet.replace(/virtualNetworks.*/, 'privateEndpoints/pe-gone'), 'Approved'))).toEqual([]);
});

describe('container instances', () => {
  const delegated =
    (...services: readonly string[]): Change =>
    (scene) => {
      for (const [at, serviceName] of services.entries()) {
        const one = scene.bodies[ids.vnet].properties.subnets[at];
        one.properties.delegations = [{ name: 'one', properties: { serviceName } }];
      }
    };
  const containers = 'Microsoft.ContainerInstance/containerGroups';
  test.each<[string, readonly string[], boolean | undefined, number, boolean]>([
    ['no delegation', [], undefined, 0, false],
    ['another service', ['Microsoft.Web/serverFarms'], undefined, 0, false],
    ['one subnet', [containers], undefined, 1, true],
    ['two, in lower case', [containers.toLowerCase(), containers], undefined, 2, true],
    ['one, and the operator says no', [containers], false, 1, false],
    ['none, and the operator says yes', [], true, 0, true],
  ])('%s', (_why, services, assumed, subnets, uses) => {
    const index = indexOf((scene) => {
      delegated(...services)(scene);
      if (assumed !== undefined) scene.intents.usesAci = assumed;
    });
    expect([containerSubnets(index).length, usesAci(index)]).toEqual([subnets, uses]);
  });
});

describe('a tunnel is certain by user routes and by routes that a gateway has taught, once they were read', () => {
  const gateway: Change = (scene) =>
    scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27'));
  const live = (...routes: readonly Loose[]): LiveNic => ({
    ...{ subnet: ids.train, card: 'nic', machine: 'vm', address: '10.0.1.4', at: '2026-01-01T00:00:00Z' },
    ...{ group: null, groups: null, routes: { value: [...routes] }, flows: [], gaps: [] },
  });
  const learnt = {
    ...{ source: 'VirtualNetworkGateway', state: 'Active', addressPrefix: ['0.0.0.0/0'] },
    nextHopType: 'VirtualNetworkGateway',
  };
  test.each<[string, Change, LiveNic | undefined, string, boolean]>([
    ['nothing', () => {}, undefined, 'none', false],
    ['a user route', tabled([route('all', '0.0.0.0/0', 'VirtualAppliance')]), undefined, 'udr', true],
    ['a gateway whose routes were not read', gateway, undefined, 'suspectedBgp', false],
    ['a gateway that has taught nothing', gateway, live(), 'none', false],
    ['a gateway that has taught a default route', gateway, live(learnt), 'bgp', true],
  ])('%s', (_why, change, card, kind, certain) => {
    const snapshot = snapshotOf(change);
    const index = indexSnapshot(
      card === undefined ? snapshot : { ...snapshot, live: { questions: 1, nowhere: [], cards: [card] } },
    );
    expect([tunnelOf(ids.train, index).kind, isTunnelled(ids.train, index)]).toEqual([kind, certain]);
  });
});

test('a tag includes its regions, and is unknown only where neither it nor a region of it is known', () => {
  const named = (name: string, ...addressPrefixes: readonly string[]): Loose => ({
    ...{ name, id: name },
    properties: { addressPrefixes },
  });
  const tags = serviceTagsOf(
    indexOf((scene) => {
      scene.tags = {
        values: [
          named('Storage', '20.1.0.0/16'),
          named('Storage.WestEurope', '20.1.0.0/16', '20.2.0.0/16'),
          named('Sql.WestEurope', '20.3.0.0/16'),
          named('StorageMover', '20.4.0.0/16'),
        ],
      };
    }),
  );
  const whole = wholeTag(tags);
  expect(['Storage', 'storage', 'Storage.WestEurope', 'Sql', 'AzureMonitor'].map(whole)).toEqual([
    ['20.1.0.0/16', '20.2.0.0/16'],
    ['20.1.0.0/16', '20.2.0.0/16'],
    ['20.1.0.0/16', '20.2.0.0/16'],
    ['20.3.0.0/16'],
    undefined,
  ]);
  expect(wholeTag(undefined)('Storage')).toBeUndefined();
});

test('policies that inherit from each other end', () => {
  const index = indexOf((scene) => {
    const [one, two] = ['one', 'two'].map((name) => network('firewallPolicies', name)) as [string, string];
    put(scene, one, { basePolicy: { id: two } });
    put(scene, two, { basePolicy: { id: one } });
    put(scene, firewallId, { firewallPolicy: { id: one }, ipConfigurations: [] });
  });
  const firewall = index.get(firewallId);
  expect(firewall && firewallRulesOf(firewall, index)).toBeDefined();
});

test('a list of tags is read once for all snapshots that have it, and a group once for all of its traffic', () => {
  const snapshot = snapshotOf((scene) => {
    scene.tags = { values: [{ name: 'Sql', id: 'Sql', properties: { addressPrefixes: ['20.3.0.0/16'] } }] };
    guardedBy(ids.train, 'Outbound Deny Tcp * Internet 22 300')(scene);
  });
  const [one, other] = [indexSnapshot({ ...snapshot }), indexSnapshot({ ...snapshot })];
  expect(serviceTagsOf(one)).toBeDefined();
  expect(serviceTagsOf(one)).toBe(serviceTagsOf(other));
  const group = one.get(network('networkSecurityGroups', 'nsg-snet-train'));
  if (!group) throw new Error('the scene has no such group');
  const layers = [false, true].flatMap((restricted) =>
    (['subnet', 'nic'] as const).map((place) => () => layerFor(group, ids.train, one, restricted, place)),
  );
  for (const layer of layers) expect(layer()).toBe(layer());
  expect(new Set(layers.map((layer) => layer())).size).toBe(4);
  expect(
    layers.map((layer) => [layer().place, layer().group.rules.filter(({ standard }) => !standard).length]),
  ).toEqual([
    ['subnet', 1],
    ['nic', 1],
    ['subnet', 2],
    ['nic', 2],
  ]);
});

test('regions are paired both ways, but for those that are the pair of a region that has another', () => {
  const both =
    'eastasia southeastasia, australiaeast australiasoutheast, australiacentral australiacentral2, canadacentral canadaeast, chinanorth chinaeast, chinanorth2 chinaeast2, chinanorth3 chinaeast3, northeurope westeurope, francecentral francesouth, germanywestcentral germanynorth, centralindia southindia, japaneast japanwest, koreacentral koreasouth, norwayeast norwaywest, southafricanorth southafricawest, swedencentral swedensouth, switzerlandnorth switzerlandwest, uksouth ukwest, eastus westus, eastus2 centralus, northcentralus southcentralus, westus2 westcentralus, uaenorth uaecentral, usdodeast usdodcentral, usgovvirginia usgovtexas';
  for (const pair of both.split(', ')) {
    const [one = '', other = ''] = pair.split(' ');
    expect([pairedRegion(one), pairedRegion(other)]).toEqual([other, one]);
  }
  const oneWay =
    'brazilsouth southcentralus, brazilsoutheast brazilsouth, westindia southindia, westus3 eastus, usgovarizona usgovtexas';
  for (const pair of oneWay.split(', ')) {
    const [one = '', other = ''] = pair.split(' ');
    expect([pairedRegion(one), pairedRegion(other) === one]).toEqual([other, false]);
  }
  expect(pairedRegion('polandcentral')).toBeUndefined();
});

test.each([
  ['Succeeded', 'linked'],
  [undefined, 'linked'],
  ['InProgress', 'linked'],
  ['Failed', 'unlinked'],
  ['canceled', 'unlinked'],
  ['Deleting', 'unlinked'],
])('a link of a zone in state %s: %s', (provisioningState, state) => {
  const zone = 'privatelink.blob.core.windows.net';
  const index = indexOf((scene) => {
    withZone(scene, zone, [ids.vnet]);
    for (const id of Object.keys(scene.bodies))
      if (id.startsWith(`${zoneId(zone)}/virtualNetworkLinks/`))
        Object.assign(scene.bodies[id].properties, { provisioningState });
  });
  expect(zoneStanding(zone, ids.vnet, [], index).state).toBe(state);
});

test('names that Azure expanded at an interface: its networks, the Internet, and tags', () => {
  const rule = (side: 'source' | 'destination', name: string, ...prefixes: string[]) => ({
    [`${side}AddressPrefix`]: name,
    [`expanded${side === 'source' ? 'Source' : 'Destination'}AddressPrefix`]: prefixes,
  });
  const effectiveSecurityRules = [
    rule('source', 'VirtualNetwork', '10.0.0.0/16'),
    rule('destination', 'Internet', '1.0.0.0/8'),
    rule('destination', 'Storage.WestEurope', '20.1.0.0/16'),
    rule('destination', '*', '0.0.0.0/0'),
    rule('destination', '10.0.3.0/24', '10.0.3.0/24'),
    rule('destination', 'Sql'),
  ];
  const groups = { value: [{ effectiveSecurityRules }] };
  expect(namesOf({ groups } as unknown as LiveNic)).toEqual({
    ...{ virtualNetwork: ['10.0.0.0/16'], internet: ['1.0.0.0/8'] },
    tags: { 'storage.westeurope': ['20.1.0.0/16'] },
  });
});
