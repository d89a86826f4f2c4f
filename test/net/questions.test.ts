// Network questions answered in process: every case of the collection with every member of the contract, and for each wrong member
// its path and the reason.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { answerQuestion } from '../../src/net/questions/answer.ts';
import { readQuestions } from '../../src/net/questions/read.ts';
import { readServiceTags } from '../../src/net/service-tags.ts';
import { fixture } from '../support/outside.ts';

interface Case {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly expect: Readonly<Record<string, unknown>>;
}
const { cases } = JSON.parse(readFileSync(fixture('network-cases.json'), 'utf8')) as { cases: readonly Case[] };

describe('the cases', () => {
  test('there are some of each kind', () => {
    const kinds = ['nsg', 'route', 'subnetRoute', 'virtualNetworkTag', 'invalid'];
    expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(kinds));
  });
  test.each(cases)('$id: $title', (asked) => {
    const answer = answerQuestion(asked, 1, undefined) as unknown as Readonly<Record<string, unknown>>;
    // The collection writes IPv6 addresses in full: those of witnesses are held below.
    const { handMeasured: _how, witness, ...expected } = asked.expect;
    const told = Object.fromEntries(Object.keys(expected).map((member) => [member, answer[member]]));
    expect(told).toEqual(expected);
    if (witness !== undefined && !JSON.stringify(witness).includes(':0:0:')) expect(answer.witness).toEqual(witness);
    expect([answer.id, answer.kind]).toEqual([asked.id, asked.kind]);
  });
});

const rule = (more: object = {}) => ({
  name: 'r',
  properties: {
    ...{ priority: 100, direction: 'Inbound', access: 'Allow', protocol: '*' },
    ...{ sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*' },
    ...more,
  },
});
const nsgWith = (more: object = {}) => ({ properties: { securityRules: [rule(more)] } });
const flow = (more: object = {}) => ({ protocol: 'Tcp', src: ['203.0.113.9'], dst: '10.0.0.4', ...more });
const nsg = (more: object = {}, flowMore: object = {}) => ({
  kind: 'nsg',
  input: { direction: 'Inbound', flow: flow(flowMore), ...more },
});
const route = (more: object) => ({ kind: 'route', input: { dst: '10.0.0.1', ...more } });
const subnetRoute = (vnet: unknown, more: object = {}) => ({
  kind: 'subnetRoute',
  input: { vnet, dst: '10.0.0.1', ...more },
});
const tag = (more: object) => ({ kind: 'virtualNetworkTag', input: { addressSpace: ['10.0.0.0/16'], ...more } });
const answered = (question: unknown, tags?: ReturnType<typeof readServiceTags>) =>
  answerQuestion(question, 3, tags) as unknown as Readonly<Record<string, unknown>>;

describe('a wrong member is named, with the reason', () => {
  test.each<[string, unknown, string, string]>([
    ['no object', 7, 'question', 'It is not an object.'],
    ['a list', [], 'question', 'It is not an object.'],
    ['no kind', {}, 'kind', 'It is not a string.'],
    ['another kind', { kind: 'dns' }, 'kind', 'It is not one of nsg, route, subnetRoute, virtualNetworkTag, invalid.'],
    ['no input', { kind: 'nsg' }, 'input', 'It is not an object.'],
    ['no flow', { kind: 'nsg', input: {} }, 'input.flow', 'It is not an object.'],
    ['a direction', nsg({ direction: 'In' }), 'input.direction', 'It is not one of Inbound, Outbound.'],
    ['a protocol', nsg({}, { protocol: 'gre' }), 'input.flow.protocol', 'It is not one of Tcp, Udp, Icmp, Esp, Ah, *.'],
    ['no source', nsg({}, { src: undefined }), 'input.flow.src', 'It is not a list.'],
    ['an empty source', nsg({}, { src: [] }), 'input.flow.src', 'It is empty.'],
    ['a source that is no text', nsg({}, { src: ['10.0.0.1', 7] }), 'input.flow.src[1]', 'It is not a string.'],
    ['a source without text', nsg({}, { src: [''] }), 'input.flow.src[0]', 'Nothing is not an address.'],
    ['an address', nsg({}, { dst: '10.0.0.256' }), 'input.flow.dst', '10.0.0.256 is not an address. 256 is more than'],
    ['no port', nsg({}, { dstPorts: [] }), 'input.flow.dstPorts', 'It is empty.'],
    ['a port', nsg({}, { srcPorts: [80, '80-'] }), 'input.flow.srcPorts[1]', '80- is not a port. It is neither *'],
    ['a port of another type', nsg({}, { dstPorts: true }), 'input.flow.dstPorts', 'It is not a string.'],
    ['a flag', nsg({}, { established: 'yes' }), 'input.flow.established', 'It is neither true nor false.'],
    ['a group', nsg({ subnetNsg: 'nsg' }), 'input.subnetNsg', 'It is not an object.'],
    [
      'a rule of a group',
      nsg({ nicNsg: nsgWith({ destinationPortRange: '443-80' }) }),
      'input.nicNsg: r.destinationPortRange',
      '443-80: The range ends before it starts.',
    ],
    [
      'an admin rule',
      nsg({ adminRules: [rule({ access: 'Perhaps' })] }),
      'input.adminRules: r.access',
      'Perhaps: It is neither Allow nor Deny.',
    ],
    ['an environment', nsg({ env: [] }), 'input.env', 'It is not an object.'],
    [
      'a prefix of the network',
      nsg({ env: { virtualNetwork: ['10.0.0.1/24'] } }),
      'input.env.virtualNetwork[0]',
      '10.0.0.1/24 is not an address prefix. Bits after',
    ],
    [
      'a possible prefix',
      nsg({ env: { internet: { maybe: ['x'] } } }),
      'input.env.internet.maybe[0]',
      'x is not an address prefix.',
    ],
    ['a table of tags', nsg({ env: { tags: [] } }), 'input.env.tags', 'It is not an object.'],
    ['a tag', nsg({ env: { tags: { Storage: 7 } } }), 'input.env.tags.Storage', 'It is not a list.'],
    ['routes', route({ routes: {} }), 'input.routes', 'It is not a list.'],
    ['a route', route({ routes: ['10.0.0.0/8'] }), 'input.routes[0]', 'It is not an object.'],
    [
      'the prefix of a route',
      route({ routes: [{ addressPrefix: '10.0.0.1/8' }] }),
      'input.routes[0].addressPrefix',
      '10.0.0.1/8 is not an address prefix. Bits after',
    ],
    [
      'a destination',
      route({ dst: '10.0.0.0/8' }),
      'input.dst',
      '10.0.0.0/8 is not an address. It is not one address.',
    ],
    ['no network', subnetRoute(undefined), 'input.vnet', 'It is not an object.'],
    ['its space', subnetRoute({ addressSpace: [7] }), 'input.vnet.addressSpace[0]', 'It is not a string.'],
    [
      'an endpoint',
      subnetRoute({ privateEndpoints: [{ address: '10.0.0.4', policies: 7 }] }),
      'input.vnet.privateEndpoints[0].policies',
      'It is not a string.',
    ],
    [
      'a flag of the table',
      subnetRoute({}, { disableBgpRoutePropagation: 1 }),
      'input.disableBgpRoutePropagation',
      'It is neither true nor false.',
    ],
    ['a peering', tag({ peerings: [7] }), 'input.peerings[0]', 'It is not an object.'],
    ['a gateway prefix', tag({ onPremises: ['10'] }), 'input.onPremises[0]', '10 is not an address prefix.'],
    [
      'nothing to check',
      { kind: 'invalid', input: {} },
      'input.nsg',
      'There is neither a group nor a route table to check.',
    ],
    ['a group to check', { kind: 'invalid', input: { nsg: [] } }, 'input.nsg', 'It is not an object.'],
    ['a table to check', { kind: 'invalid', input: { routeTable: 'x' } }, 'input.routeTable', 'It is not an object.'],
  ])('%s', (_name, question, member, reason) => {
    const { error } = answered(question) as { error: { member: string; reason: string } };
    expect(error.member).toBe(member);
    expect(error.reason.startsWith(reason)).toBe(true);
  });

  test('a question without an id is called by its position; an id may be a number', () => {
    expect([answered({ kind: 'nsg' }).id, answered({ kind: 7 }).kind]).toEqual(['question-3', '']);
    expect([answered({ id: 12 }).id, answered({ id: 'a' }).id, answered({ id: {} }).id]).toEqual([
      ...['12', 'a', 'question-3'],
    ]);
  });
});

describe('what a question may leave out or write shortly', () => {
  const tags = readServiceTags({ values: [{ name: 'Storage', properties: { addressPrefixes: ['203.0.113.0/28'] } }] });

  test('without groups all is allowed; texts, numbers and any letter case are taken', () => {
    expect(answered(nsg())).toMatchObject({
      ...{ verdict: 'allowed', allowedBy: [], deniedBy: [], unsure: [] },
      measure: { allowed: `${65536 ** 2}`, denied: '0', unknown: '0' },
      witness: { allowed: 'Tcp 203.0.113.9:0 -> 10.0.0.4:0' },
    });
    const narrow = answered(nsg({ direction: 'INBOUND' }, { protocol: 'udp', srcPorts: 53, dstPorts: ['80-81', 90] }));
    expect(narrow.measure).toEqual({ allowed: '3', denied: '0', unknown: '0' });
    expect(narrow).not.toHaveProperty('uncounted');
  });

  test('the witness is the lowest packet, IPv4 before IPv6', () => {
    const both = {
      src: ['fd00::9', '203.0.113.9', '203.0.113.7'],
      dst: ['fd00:0:0:1::/64', '10.0.0.4/31'],
      dstPorts: ['81-90', '80'],
    };
    const first = (more: object) => answered(nsg({}, { ...both, ...more })).witness;
    expect(first({})).toEqual({ allowed: 'Tcp 203.0.113.7:0 -> 10.0.0.4:80' });
    expect(first({ src: both.src[0] })).toEqual({ allowed: 'Tcp [fd00::9]:0 -> [fd00:0:0:1::]:80' });
    expect(first({ protocol: 'Icmp' })).toEqual({ allowed: 'Icmp 203.0.113.7:0 -> 10.0.0.4:0' });
    expect(first({ src: ['::9', '203.0.113.7'] })).toEqual({ allowed: 'Tcp 203.0.113.7:0 -> 10.0.0.4:80' });
    const closed = {
      subnetNsg: nsgWith({ access: 'Deny', destinationPortRange: '80-85', sourceAddressPrefix: '203.0.113.7' }),
    };
    expect(answered(nsg({ ...closed, env: { virtualNetwork: ['0.0.0.0/0', '::/0'] } }, both)).witness).toEqual({
      allowed: 'Tcp 203.0.113.7:0 -> 10.0.0.4:86',
      denied: 'Tcp 203.0.113.7:0 -> 10.0.0.4:80',
    });
  });

  test('packets of an established connection are allowed whatever the rules', () => {
    const deny = { subnetNsg: nsgWith({ access: 'Deny' }) };
    expect(answered(nsg(deny))).toMatchObject({ verdict: 'denied', deniedBy: ['subnet/r'] });
    expect(answered(nsg(deny, { established: true }))).toMatchObject({ verdict: 'allowed', allowedBy: ['state'] });
    expect(answered(nsg(deny, { established: false })).verdict).toBe('denied');
  });

  test('tags come from the question, then from the file; without addresses they are compared by name', () => {
    const outbound = (env: object, file?: typeof tags) =>
      answered(
        nsg(
          { direction: 'Outbound', env, subnetNsg: nsgWith({ direction: 'Outbound', access: 'Deny' }) },
          { src: '10.0.0.4', dst: ['Storage'] },
        ),
        file,
      );
    const ofAll = (addresses: number) => `${BigInt(addresses) * 65536n ** 2n}`;
    expect(outbound({ tags: { Storage: ['203.0.113.0/30'] } }, tags).measure).toMatchObject({ denied: ofAll(4) });
    expect(outbound({}, tags).measure).toMatchObject({ denied: ofAll(16) });
    expect(outbound({ tags: { Storage: null } })).toMatchObject({
      uncounted: ['Storage'],
      witness: { denied: 'Tcp 10.0.0.4:0 -> tag:0' },
    });
  });

  test('a tag without addresses is the witness of both families by its name', () => {
    const to = (src: string) =>
      answered(nsg({ direction: 'Outbound', env: {} }, { src, dst: ['Storage', 'Batch'] })).witness;
    expect(to('10.0.0.4')).toEqual({ allowed: 'Tcp 10.0.0.4:0 -> tag:0' });
    expect(to('fd00::9')).toEqual({ allowed: 'Tcp [fd00::9]:0 -> tag:0' });
  });

  test('groups by id, certain and possible addresses', () => {
    const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/web';
    const asked = (asgs: object) =>
      answered(
        nsg({
          env: { asgs, virtualNetwork: ['10.0.0.0/16'] },
          subnetNsg: nsgWith({
            ...{ destinationAddressPrefix: undefined, destinationApplicationSecurityGroups: [{ id }] },
          }),
        }),
      ).verdict;
    expect(asked({ [id.toUpperCase()]: ['10.0.0.4'] })).toBe('allowed');
    expect(asked({ [id]: { in: ['10.0.0.5'], maybe: [] } })).toBe('denied');
    expect(asked({ [id]: { in: [], maybe: ['10.0.0.0/24'] } })).toBe('unknown');
    expect(asked({})).toBe('unknown');
  });

  test('a route by its tag; where no route covers the address the packet is dropped', () => {
    const routes = [{ name: 's', addressPrefix: 'Storage', nextHopType: 'Internet', source: 'User' }];
    expect(answered({ id: 'a', kind: 'route', input: { dst: '203.0.113.1', routes } }, tags)).toEqual({
      ...{ id: 'a', kind: 'route', nextHopType: 'Internet', source: 'User', prefix: '203.0.113.0/28', name: 's' },
    });
    expect(answered(route({ routes }))).toMatchObject({
      ...{ nextHopType: 'None', source: null, prefix: null, unknownTags: ['Storage'] },
    });
    expect(answered(route({}))).toEqual({
      ...{ id: 'question-3', kind: 'route', nextHopType: 'None', source: null, prefix: null },
    });
  });

  test("a subnet's route: peers by prefix and by peering, endpoints, learnt routes", () => {
    const peering = {
      properties: { peeringState: 'Connected', remoteAddressSpace: { addressPrefixes: ['10.2.0.0/16'] } },
    };
    const vnet = {
      ...{ addressSpace: '10.0.0.0/16', peered: ['10.1.0.0/16'], peerings: [peering] },
      ...{
        serviceEndpointPrefixes: ['203.0.113.0/28'],
        privateEndpoints: [{ address: '10.1.0.9', policies: 'Enabled' }],
      },
    };
    const learnt = [{ addressPrefix: ['172.20.0.0/16'], nextHopType: 'VirtualNetworkGateway' }];
    const hop = (dst: string, more: object = {}) =>
      answered(subnetRoute(vnet, { dst, gatewayRoutes: learnt, ...more })).nextHopType;
    expect(
      ['10.0.0.1', '10.1.0.1', '10.2.0.1', '203.0.113.1', '10.1.0.9', '172.20.0.1', '8.8.8.8'].map((dst) => hop(dst)),
    ).toEqual([
      ...['VnetLocal', 'VNetPeering', 'VNetPeering', 'VirtualNetworkServiceEndpoint', 'InterfaceEndpoint'],
      ...['VirtualNetworkGateway', 'Internet'],
    ]);
    expect(hop('172.20.0.1', { disableBgpRoutePropagation: true })).toBe('None');
    const userRoutes = [{ properties: { addressPrefix: '10.1.0.0/16', nextHopType: 'VirtualAppliance' } }];
    expect(hop('10.1.0.9', { userRoutes })).toBe('VirtualAppliance');
  });

  test('VirtualNetwork: gateway prefixes as texts or as routes, under any of their names', () => {
    const host = '168.63.129.16/32';
    expect(answered(tag({ gatewayRoutes: [{ addressPrefix: ['192.168.0.0/24'] }] }))).toMatchObject({
      in: ['10.0.0.0/16', '192.168.0.0/24', host],
    });
    expect(
      answered(
        tag({ gatewayPrefixes: ['192.168.1.0/24'], gatewayRoutes: ['192.168.2.0/24'], onPremises: ['192.168.3.0/24'] }),
      ),
    ).toMatchObject({ in: ['10.0.0.0/16', '192.168.1.0/24', '192.168.2.0/24', '192.168.3.0/24', host], maybe: [] });
  });

  test('refusals of a group and of a table, their codes each once', () => {
    const nsg = { properties: { securityRules: [rule({ priority: 99 }), rule({ priority: 98, access: 'No' })] } };
    const routeTable = { properties: { routes: [{ name: 'x', properties: { addressPrefix: '10.0.0.1/8' } }] } };
    const { codes, refusals } = answered({ kind: 'invalid', input: { nsg, routeTable } });
    expect(codes).toEqual(['InvalidAddressPrefixFormat', 'InvalidRequestFormat', 'SecurityRuleInvalidPriority']);
    expect(refusals).toHaveLength(4);
    expect(answered({ kind: 'invalid', input: { routeTable } }).codes).toEqual(['InvalidAddressPrefixFormat']);
    expect(answered({ kind: 'invalid', input: { nsg: nsgWith() } }).codes).toEqual([]);
  });
});

describe('the questions of a document', () => {
  const read = (text: string) => readQuestions(text, JSON.parse);
  const reason = (text: string) => {
    try {
      return read(text).length;
    } catch (error) {
      return (error as Error).message;
    }
  };
  test.each<[string, number]>([
    ['{"kind": "nsg"}', 1],
    ['[{"kind": "nsg"}, 7]', 2],
    ['{"about": "", "cases": [1, 2, 3]}', 3],
    ['{"kind": "nsg"}\r\n\n{"kind": "route"}\n', 2],
    ['{"kind": "nsg", "cases": [1, 2]}', 1],
    ['[]', 0],
  ])('%j holds %i', (text, count) => {
    expect(read(text)).toHaveLength(count);
  });
  test.each<[string, string | RegExp]>([
    ['  \n', 'It is empty.'],
    ['7', 'It is neither a question nor a list of questions.'],
    ['{"cases": 7}', 'It has neither a kind nor cases.'],
    ['{"kind": "nsg"}\n{"kind":', /^Line 2: ./],
    ['{\n"kind": nsg}', /^(?!Line)./],
    ['kind: nsg\n{}', /^(?!Line)./],
    ['{\n}\n{', /^(?!Line)./],
    ['{} {}', /^(?!Line)./],
    ['{"kind"', /^(?!Line)./],
  ])('%j is refused', (text, expected) => {
    expect(reason(text)).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });
});
