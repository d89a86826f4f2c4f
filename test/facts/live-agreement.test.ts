// The model beside Azure's answers about an interface: the model's own answer, told as Azure tells it, agrees; any change of it differs.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { subnetsToAsk } from '../../src/audit/live.ts';
import { agreementAt, type LiveComparison } from '../../src/facts/live-agreement.ts';
import { packetsOf } from '../../src/facts/live-packets.ts';
import { routesAt } from '../../src/facts/routes.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { LiveFlow, LiveNic } from '../../src/model/live.ts';
import { indexSnapshot, type SnapshotIndex } from '../../src/model/snapshot-index.ts';
import { rules } from '../../src/rules/index.ts';
import { grouped, into, nsg, out } from '../rules/samples-nsg.ts';
import { route, table, tabled } from '../rules/samples-udr.ts';
import { group, ids, type Loose, refused, type Scene, snapshotOf } from '../support/snapshot.ts';

const nic = `${group}/providers/Microsoft.Network/networkInterfaces/nic-live`;
const asked: LiveNic = {
  ...{ subnet: ids.train, card: nic, machine: 'vm-live', address: '10.0.1.4', at: '2026-01-01T12:00:00Z' },
  ...{ group: null, groups: null, routes: null, flows: [], gaps: [] },
};
const indexOf = (change: (scene: Scene) => void): SnapshotIndex => indexSnapshot(snapshotOf(change));
const compared = (about: LiveComparison['about'], card: Partial<LiveNic>, index: SnapshotIndex): LiveComparison => {
  const found = agreementAt({ ...asked, ...card }, index).find((one) => one.about === about);
  if (!found) throw new Error(`nothing is compared about ${about}`);
  return found;
};
const verdict = ({ agrees, model, azure }: LiveComparison) => ({ agrees, model, azure });

test('what was not asked is not compared', () => {
  expect(
    agreementAt(
      asked,
      indexOf(() => {}),
    ),
  ).toEqual([]);
});

describe('security groups', () => {
  const rules = [out(200, 'Internet', '443', 'Tcp', 'Deny'), into(300, '10.0.0.0/8', '22')];
  const index = indexOf(grouped(rules));
  const ownGroup = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-nic`;
  const effective = (id: string, all: readonly Loose[]): Loose => ({
    networkSecurityGroup: { id },
    effectiveSecurityRules: [
      ...all.map(({ name, properties }) => ({ name: `securityRules/${name}`, ...properties })),
      { name: 'defaultSecurityRules/DenyAllInBound', direction: 'Inbound', priority: 65500, access: 'Deny' },
    ],
  });
  const agrees = (value: readonly Loose[], own: Loose = null): boolean | null =>
    compared('security groups', { groups: { value: [...value] }, group: own }, index).agrees;
  const [first, second] = rules as [Loose, Loose];
  const changed = (member: string, value: unknown) => ({
    ...first,
    properties: { ...first.properties, [member]: value },
  });

  test('the same custom rules agree, in any order and case of the ID, beside the rules of a network manager', () => {
    expect(agrees([effective(nsg, rules)])).toBe(true);
    expect(agrees([effective(nsg.toUpperCase(), rules.toReversed())])).toBe(true);
    const managed = { association: { networkManager: { id: 'avnm' } }, effectiveSecurityRules: [{ name: 'deny' }] };
    expect(agrees([managed, effective(nsg, rules)])).toBe(true);
    expect(agrees([effective(nsg, rules), effective(ownGroup, [first])], { ...group1([first]) })).toBe(true);
  });
  const group1 = (all: readonly Loose[]): Loose => ({ id: ownGroup, properties: { securityRules: [...all] } });

  test.each<[string, readonly Loose[], Loose?]>([
    ['a rule is missing', [effective(nsg, [first])]],
    ['a rule is new', [effective(nsg, [...rules, { ...first, name: 'more' }])]],
    ['a priority', [effective(nsg, [changed('priority', 201), second])]],
    ['an access', [effective(nsg, [changed('access', 'Allow'), second])]],
    ['a direction', [effective(nsg, [changed('direction', 'Inbound'), second])]],
    ['a name', [effective(nsg, [{ ...first, name: 'other' }, second])]],
    ['no group', []],
    ['another group', [effective(ownGroup, rules)]],
    ['one more group', [effective(nsg, rules), effective(ownGroup, [])]],
    ['the group of the interface is missing', [effective(nsg, rules)], group1([])],
    ['its rules differ', [effective(nsg, rules), effective(ownGroup, [first])], group1([second])],
  ])('differ: %s', (_why, value, own) => expect(agrees(value, own ?? null)).toBe(false));

  test('each side is told by its groups and how many custom rules they have', () => {
    const told = verdict(compared('security groups', { groups: { value: [effective(ownGroup, [first])] } }, index));
    expect(told).toEqual({
      agrees: false,
      model: 'nsg-train with 2 custom rules',
      azure: 'nsg-nic with 1 custom rule',
    });
    const none = compared(
      'security groups',
      { groups: { value: [] } },
      indexOf(() => {}),
    );
    expect(verdict(none)).toEqual({ agrees: true, model: 'no security group', azure: 'no security group' });
  });

  test('a group that could not be read is said, and decides nothing', () => {
    const unread = indexOf((scene) => {
      grouped(rules)(scene);
      scene.gaps.push(refused(nsg));
    });
    const told = verdict(compared('security groups', { groups: { value: [effective(nsg, rules)] } }, unread));
    expect(told).toEqual({
      agrees: null,
      model: 'not known: The caller may not read it.',
      azure: 'see the answer',
    });
  });
});

describe('VirtualNetwork', () => {
  const expanded = (...prefixes: readonly string[]): Loose => ({
    value: [
      {
        networkSecurityGroup: { id: nsg },
        effectiveSecurityRules: [
          {
            name: 'defaultSecurityRules/AllowVnetInBound',
            sourceAddressPrefix: 'VirtualNetwork',
            expandedSourceAddressPrefix: [...prefixes],
          },
        ],
      },
    ],
  });
  const index = indexOf(grouped([]));
  test.each<[readonly string[], boolean, string]>([
    [['10.0.0.0/16', '168.63.129.16/32'], true, '10.0.0.0/16, 168.63.129.16'],
    [['10.0.0.0/17', '10.0.128.0/17', '168.63.129.16/32'], true, '10.0.0.0/16, 168.63.129.16'],
    [['10.0.0.0/17', '168.63.129.16/32'], false, '10.0.0.0/17, 168.63.129.16'],
    [['10.0.0.0/16', '10.9.0.0/16', '168.63.129.16/32'], false, '10.0.0.0/16, 10.9.0.0/16, 168.63.129.16'],
    [
      ['10.0.0.0/16', '10.2.0.0/16', '10.4.0.0/16', '10.6.0.0/16', '168.63.129.16'],
      false,
      '10.0.0.0/16, 10.2.0.0/16, 10.4.0.0/16, 10.6.0.0/16 and more',
    ],
  ])('%j: %s', (prefixes, agrees, azure) => {
    expect(verdict(compared('VirtualNetwork', { groups: expanded(...prefixes) }, index))).toEqual({
      agrees,
      model: '10.0.0.0/16, 168.63.129.16',
      azure,
    });
  });

  test('a side of several names, of an address, or without an expansion tells nothing', () => {
    const rule = (more: Loose): Loose => ({ value: [{ effectiveSecurityRules: [more] }] });
    for (const groups of [
      rule({ sourceAddressPrefixes: ['VirtualNetwork', 'Internet'], expandedSourceAddressPrefix: ['10.0.0.0/16'] }),
      rule({ sourceAddressPrefix: '10.0.0.0/16', expandedSourceAddressPrefix: ['10.0.0.0/16'] }),
      rule({ sourceAddressPrefix: '*', expandedSourceAddressPrefix: ['0.0.0.0/0'] }),
      rule({ sourceAddressPrefix: 'VirtualNetwork', expandedSourceAddressPrefix: [] }),
    ]) {
      const about = agreementAt({ ...asked, groups }, index).map((one) => one.about);
      expect(about).toEqual(['security groups']);
    }
  });
});

describe('routes', () => {
  const bare = (scene: Scene): void => {
    for (const one of scene.bodies[ids.vnet].properties.subnets) one.properties.serviceEndpoints = [];
  };
  const own = route('all', '0.0.0.0/0', 'VirtualAppliance');
  const index = indexOf((scene) => {
    bare(scene);
    tabled([own])(scene);
  });
  /** The model's routes as Azure tells them. */
  const told = (of: SnapshotIndex): Loose[] =>
    routesAt(ids.train, of).routes.map(({ prefix, nextHopType, nextHopIpAddress, source }) => ({
      ...{ source, state: 'Active', addressPrefix: [prefix], nextHopType },
      nextHopIpAddress: nextHopIpAddress === undefined ? [] : [nextHopIpAddress],
    }));
  const all = told(index);
  const at = (value: readonly Loose[], of = index) => compared('routes', { routes: { value: [...value] } }, of);
  const changed = (prefix: string, change: Loose) =>
    all.map((one) => (one.addressPrefix[0] === prefix ? { ...one, ...change } : one));

  test('the model as Azure tells it agrees, with further system routes that drop packets too', () => {
    expect(all.map((one) => one.addressPrefix[0])).toEqual(expect.arrayContaining(['0.0.0.0/0', '10.0.0.0/16']));
    expect(at(all).agrees).toBe(true);
    const fringe = { source: 'Default', state: 'Active', addressPrefix: ['25.0.0.0/8'], nextHopType: 'None' };
    expect(at([...all, fringe]).agrees).toBe(true);
    expect(at([...all, { ...fringe, source: 'User' }]).agrees).toBe(false);
  });
  test.each<[string, Loose, boolean]>([
    ['10.0.0.0/16', { nextHopType: 'VirtualNetwork' }, true],
    ['10.0.0.0/16', { nextHopType: 'VNetPeering' }, false],
    ['10.0.0.0/16', { nextHopType: 'InterfaceEndpoint' }, true],
    ['10.0.0.0/16', { nextHopType: 'VirtualNetworkServiceEndpoint' }, false],
    ['0.0.0.0/0', { nextHopIpAddress: ['10.0.9.5'] }, false],
    ['0.0.0.0/0', { nextHopType: 'Internet', nextHopIpAddress: [] }, false],
  ])('%s with %j: %s', (prefix, change, agrees) => expect(at(changed(prefix, change)).agrees).toBe(agrees));

  test('where they differ, each stretch is told with both next hops', () => {
    expect(verdict(at(changed('10.0.0.0/16', { nextHopType: 'VNetPeering' })))).toEqual({
      agrees: false,
      model: '10.0.0.0/16 via VnetLocal',
      azure: '10.0.0.0/16 via VNetPeering',
    });
  });

  test('the addresses of a service endpoint are held only where its tag is known', () => {
    const known = indexOf((scene) => {
      bare(scene);
      tabled([])(scene);
      scene.tags = {
        values: [{ name: 'AzureKeyVault', id: 'AzureKeyVault', properties: { addressPrefixes: ['20.1.0.0/16'] } }],
      };
      scene.bodies[ids.vnet].properties.subnets[0].properties.serviceEndpoints = [
        { service: 'Microsoft.KeyVault', locations: ['*'], provisioningState: 'Succeeded' },
      ];
    });
    const unknown = indexOf((scene) => {
      scene.bodies[ids.vnet].properties.subnets[0].properties.serviceEndpoints = [
        { service: 'Microsoft.KeyVault', locations: ['*'], provisioningState: 'Succeeded' },
      ];
    });
    const endpoint = (prefix: string) => ({
      ...{ source: 'Default', state: 'Active', addressPrefix: [prefix] },
      nextHopType: 'VirtualNetworkServiceEndpoint',
    });
    expect(at([...told(known), endpoint('20.1.0.0/16')], known).agrees).toBe(true);
    expect(at(told(known), known).agrees).toBe(false);
    expect(at([...told(known), endpoint('20.1.0.0/16'), endpoint('20.9.0.0/16')], known).agrees).toBe(false);
    expect(at([...told(unknown), endpoint('20.9.0.0/16')], unknown).agrees).toBe(true);
  });

  const hop = (remote: string, answer: Loose, of = index) => {
    const packet = { direction: 'Outbound', protocol: 'Tcp', localPort: 60_000, remote, remotePort: 443 } as const;
    return compared('next hop', { flows: [{ packet, verdict: null, hop: answer }] }, of);
  };
  test.each<[string, Loose, boolean | null]>([
    ['10.0.1.9', { nextHopType: 'VnetLocal' }, true],
    ['10.0.1.9', { nextHopType: 'VirtualNetwork', routeTableId: 'System Route' }, true],
    ['10.0.1.9', { nextHopType: 'Internet' }, false],
    ['10.0.1.9', { nextHopType: 'InterfaceEndpoint' }, null],
    ['10.0.1.9', {}, null],
    ['20.0.0.1', { nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.9.4' }, true],
    ['20.0.0.1', { nextHopType: 'VirtualAppliance' }, true],
    ['20.0.0.1', { nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.9.5' }, false],
    ['20.0.0.1', { nextHopType: 'None', nextHopIpAddress: '10.0.9.4' }, true],
    ['20.0.0.1', { nextHopType: 'None', nextHopIpAddress: '10.0.9.5' }, false],
    ['20.0.0.1', { nextHopType: 'None' }, false],
  ])('next hop of %s, %j: %s', (remote, answer, agrees) => expect(hop(remote, answer).agrees).toBe(agrees));
  test('a next hop is told with its address and its route table', () => {
    const answer = { nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.9.5', routeTableId: '/a/b/rt-train' };
    expect(verdict(hop('20.0.0.1', answer))).toEqual({
      agrees: false,
      model: 'VirtualAppliance 10.0.9.4',
      azure: 'VirtualAppliance 10.0.9.5 by rt-train',
    });
    expect(hop('20.0.0.1', {}).azure).toBe('not told');
  });
});

test('a finding about the subnet, or what decides its traffic, is asked about there, and others are not', () => {
  const snapshot = snapshotOf((scene) => {
    grouped([])(scene);
    tabled([])(scene);
  });
  const [any] = audit(snapshot, rules).findings;
  const asksAt = (resource: string) => subnetsToAsk(snapshot, [{ ...any, resource, where: null } as Finding]);
  for (const place of [ids.train, nsg, table, ids.vnet]) expect([place, asksAt(place)]).toEqual([place, [ids.train]]);
  for (const place of [ids.second, ids.farVnet, ids.account]) expect([place, asksAt(place)]).toEqual([place, []]);
  expect(subnetsToAsk(snapshot)).toEqual([ids.train]);
});

describe('packets', () => {
  const index = indexOf(grouped([out(200, '20.0.0.0/8', '443', 'Tcp', 'Deny'), into(300, '30.0.0.0/8', '22')]));
  const flow = (direction: 'Inbound' | 'Outbound', remote: string, port: number, access: string | null): LiveFlow => ({
    packet: {
      ...{ direction, protocol: 'Tcp', remote },
      ...(direction === 'Inbound' ? { localPort: port, remotePort: 60_000 } : { localPort: 60_000, remotePort: port }),
    },
    verdict: access === null ? {} : { access, ruleName: 'securityRules/x' },
    hop: null,
  });
  test.each<[LiveFlow, boolean | null, RegExp]>([
    [flow('Outbound', '20.1.2.3', 443, 'Deny'), true, /^denied by /],
    [flow('Outbound', '20.1.2.3', 443, 'Allow'), false, /^denied by /],
    [flow('Outbound', '20.1.2.3', 80, 'Allow'), true, /^allowed by /],
    [flow('Outbound', '20.1.2.3', 80, 'Deny'), false, /^allowed by /],
    [flow('Inbound', '30.1.2.3', 22, 'Allow'), true, /^allowed by /],
    [flow('Inbound', '30.1.2.3', 23, 'Allow'), false, /^denied by /],
    [flow('Inbound', '30.1.2.3', 22, null), null, /^allowed by /],
    [flow('Inbound', '30.1.2.3', 22, 'Perhaps'), null, /^allowed by /],
  ])('%j: %s', (one, agrees, model) => {
    const told = compared('IP flow', { flows: [one] }, index);
    expect(told.agrees).toBe(agrees);
    expect(told.model).toMatch(model);
  });
  test('a packet is told from its source to its destination', () => {
    const words = (one: LiveFlow) => compared('IP flow', { flows: [one] }, index);
    expect(words(flow('Outbound', '20.1.2.3', 443, 'Deny'))).toMatchObject({
      asked: 'Tcp 10.0.1.4:60000 -> 20.1.2.3:443',
      azure: 'deny by securityRules/x',
    });
    expect(words(flow('Inbound', '30.1.2.3', 22, null))).toMatchObject({
      asked: 'Tcp 30.1.2.3:60000 -> 10.0.1.4:22',
      azure: 'no access',
    });
  });

  test('each outcome of a flow has one packet, to a usual port where the flow has it, and it is decided so', () => {
    const end = { subnet: ids.train, address: '10.0.1.4', group: null };
    for (const ports of [['443'], ['*'], ['80-8000'], ['100-400'], ['22', '444'], ['443-444'], ['0-443']]) {
      for (const direction of ['Inbound', 'Outbound'] as const) {
        const remote = ['20.1.0.0/16', '30.1.0.0/16'];
        const packets = packetsOf({ direction, protocol: '*', ports, remote }, end, index);
        expect(packets.length).toBeGreaterThan(0);
        const seen = packets.map((packet) => {
          const port = direction === 'Inbound' ? packet.localPort : packet.remotePort;
          const within = ports.some((text) => {
            const [low = 0, high = low] = text === '*' ? [0, 65_535] : text.split('-').map(Number);
            return low <= port && port <= high;
          });
          expect([packet, within]).toEqual([packet, true]);
          expect(direction === 'Inbound' ? packet.remotePort : packet.localPort).toBe(60_000);
          expect(packet.remote).toMatch(/^[23]0\.1\./);
          return compared('IP flow', { flows: [{ packet, verdict: { access: 'Allow' }, hop: null }] }, index).agrees;
        });
        expect(new Set(seen).size).toBe(seen.length);
      }
    }
    const to = (ports: readonly string[]) =>
      packetsOf({ direction: 'Outbound', protocol: 'Tcp', ports, remote: ['40.0.0.0/8'] }, end, index)[0]?.remotePort;
    expect([['0-443'], ['443-500'], ['0-442'], ['444-500'], ['22', '400-500']].map(to)).toEqual([
      443, 443, 0, 444, 443,
    ]);
  });
});
