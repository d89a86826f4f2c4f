// What is done with a decision once it is made: decisions one after another, parts cut by their ends, parts written as rules; and the
// facts decisions rest on: special tags, service-tag documents, free blocks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Addresses, fixed, prefixesOf } from '../../src/net/addresses.ts';
import { contextOf } from '../../src/net/context.ts';
import { decide } from '../../src/net/decide.ts';
import { decisionOf, type FlowOutcome, type FlowPart, type Parts } from '../../src/net/decision.ts';
import {
  areApart,
  builtInTags,
  isPlatformTag,
  isSpecialTag,
  platformAddresses,
  publicSpace,
} from '../../src/net/facts.ts';
import { family4, family6 } from '../../src/net/family.ts';
import { blockAround, firstFree } from '../../src/net/free-range.ts';
import { allOf, cut, endsOf, inTurn, within } from '../../src/net/in-turn.ts';
import { type Block, formatBlock, type Ipv4Range } from '../../src/net/ipv4.ts';
import { rangesOf } from '../../src/net/ranges.ts';
import { codesOf, globalTagOf, readServiceTags, regionalTag } from '../../src/net/service-tags.ts';
import { holds } from '../../src/net/sets.ts';

const part = (
  outcome: FlowOutcome,
  destination: readonly number[],
  more: Partial<FlowPart<number>> = {},
): FlowPart<number> => ({
  ...{ family: family4, protocol: 'Tcp', outcome, by: [], unsure: [], pending: [] },
  box: { source: [0, 8], destination, sourcePorts: [0, 65536], destinationPorts: [80, 90] },
  ...more,
});
const six = (outcome: FlowOutcome): FlowPart<bigint> => ({
  ...{ family: family6, protocol: 'Tcp', outcome, by: [], unsure: [], pending: [] },
  box: { source: [0n, 4n], destination: [0n, 4n], sourcePorts: [0, 65536], destinationPorts: [80, 90] },
});
const told = (parts: Parts) =>
  parts.map(
    ({ outcome, protocol, family, box }) => `${outcome} ${family.name} ${protocol} ${box.destination.join('-')}`,
  );

test.each(['Tcp', 'Icmp', '*'] as const)('no port that can be read asks for no packet of %s', (protocol) => {
  const flow = { direction: 'Inbound' as const, protocol, source: { of: ['*'] }, destination: { of: ['10.0.0.4'] } };
  const packets = (destinationPorts: readonly string[], sourcePorts: readonly string[] = ['*']) =>
    decide({ ...flow, destinationPorts, sourcePorts }, {}, contextOf({})).parts.length;
  expect(packets(['443'])).toBeGreaterThan(0);
  expect(packets(['https'])).toBe(0);
  expect(packets(['443'], ['https'])).toBe(0);
});

describe('decisions about the same packets, one after another', () => {
  const outcomes: readonly FlowOutcome[] = ['allowed', 'denied', 'unknown'];
  test('what all allow is allowed, what one denies is denied, the rest is unknown', () => {
    const expected = {
      ...{ 'allowed allowed': 'allowed', 'allowed denied': 'denied', 'allowed unknown': 'unknown' },
      ...{ 'denied denied': 'denied', 'denied unknown': 'denied', 'unknown unknown': 'unknown' },
    } as const;
    for (const a of outcomes) {
      for (const b of outcomes) {
        const key = [a, b].toSorted().join(' ') as keyof typeof expected;
        expect(inTurn([[part(a, [0, 4])], [part(b, [0, 4])]]).map(({ outcome }) => outcome)).toEqual([expected[key]]);
      }
    }
  });

  test('parts meet where their boxes, protocols and families do; the owner is of the part that decides', () => {
    const owner = (label: string) => [{ label, place: 'subnet' as const, access: 'Allow' as const, rule: undefined }];
    const first: Parts = [
      part('allowed', [0, 4], { by: owner('a') }),
      part('denied', [4, 8], { by: owner('d') }),
      six('allowed'),
    ];
    const second: Parts = [part('allowed', [0, 6], { by: owner('b') }), part('unknown', [6, 8]), six('denied')];
    const udp = part('allowed', [0, 8], { protocol: 'Udp' });
    const met = inTurn([first, [...second, udp]]);
    expect(told(met)).toEqual(['allowed v4 Tcp 0-4', 'denied v4 Tcp 4-6', 'denied v4 Tcp 6-8', 'denied v6 Tcp 0-4']);
    expect(met.map(({ by }) => by.map(({ label }) => label))).toEqual([['a'], ['d'], ['d'], []]);
    expect(told(inTurn([second, first])).toSorted()).toEqual(told(met).toSorted());
    expect(inTurn([first])).toBe(first);
    expect(inTurn([])).toEqual([]);
    expect(told(inTurn([first, second, [part('unknown', [1, 2])]]))).toEqual(['unknown v4 Tcp 1-2']);
  });
});

describe('parts', () => {
  const parts: Parts = [part('allowed', [0, 4]), part('denied', [4, 8]), six('unknown')];
  test('cut by the addresses at one end', () => {
    const { inside, outside } = cut(parts, 'destination', { v4: [2, 6], v6: [1n, 2n] }, 'unknown');
    expect(told(inside)).toEqual(['unknown v4 Tcp 2-4', 'unknown v4 Tcp 4-6', 'unknown v6 Tcp 1-2']);
    expect(told(outside)).toEqual(['allowed v4 Tcp 0-2', 'denied v4 Tcp 6-8', 'unknown v6 Tcp 0-1-2-4']);
    const bySource = cut(parts, 'source', { v4: [0, 8], v6: [] }, 'denied');
    expect(told(bySource.inside)).toEqual(['denied v4 Tcp 0-4', 'denied v4 Tcp 4-8']);
    expect(told(bySource.outside)).toEqual(['unknown v6 Tcp 0-4']);
  });
  test('within a box of one protocol, of IPv4 alone', () => {
    const box = { source: [0, 1], destination: [3, 5], sourcePorts: [0, 65536], destinationPorts: [85, 95] };
    const met = within([...parts, part('allowed', [0, 8], { protocol: 'Udp' })], 'Tcp', box, 'unknown');
    expect(told(met)).toEqual(['unknown v4 Tcp 3-4', 'unknown v4 Tcp 4-5']);
    expect(met.map((one) => [one.box.source, one.box.destinationPorts])).toEqual([
      [
        [0, 1],
        [85, 90],
      ],
      [
        [0, 1],
        [85, 90],
      ],
    ]);
    expect(within(parts, 'Tcp', { ...box, destinationPorts: [90, 95] }, 'denied')).toEqual([]);
  });
  test('all with one outcome, without the rules that decided otherwise', () => {
    const owner = { label: 'a', place: 'nic' as const, access: 'Deny' as const, rule: undefined };
    expect(allOf([part('denied', [0, 4], { by: [owner], unsure: [owner], pending: [owner] })], 'allowed')).toEqual([
      part('allowed', [0, 4]),
    ]);
  });
  test('every address at one end', () => {
    expect(endsOf(parts, 'destination')).toEqual({ v4: [0, 8], v6: [0n, 4n] });
    expect(endsOf([part('denied', [6, 9])], 'source')).toEqual({ v4: [0, 8], v6: [] });
    expect(endsOf([], 'source')).toEqual({ v4: [], v6: [] });
  });
  test('a decision adds them up', () => {
    const { measure, verdict, witness } = decisionOf(parts, []);
    expect(measure).toEqual({
      allowed: 8n * 4n * 10n * 65536n,
      denied: 8n * 4n * 10n * 65536n,
      unknown: 16n * 10n * 65536n,
    });
    expect([verdict, witness]).toEqual([
      'partly',
      {
        allowed: 'Tcp 0.0.0.0:0 -> 0.0.0.0:80',
        denied: 'Tcp 0.0.0.0:0 -> 0.0.0.4:80',
        unknown: 'Tcp [::]:0 -> [::]:80',
      },
    ]);
    const verdictOf = (...outcomes: FlowOutcome[]) =>
      decisionOf(
        outcomes.map((outcome) => part(outcome, [0, 4])),
        [],
      ).verdict;
    expect([verdictOf(), verdictOf('allowed'), verdictOf('denied'), verdictOf('unknown')]).toEqual([
      ...['unknown', 'allowed', 'denied', 'unknown'],
    ]);
    expect([
      verdictOf('allowed', 'denied', 'unknown'),
      verdictOf('denied', 'unknown'),
      verdictOf('allowed', 'unknown'),
    ]).toEqual([...['partly', 'unknown', 'unknown']]);
  });
});

describe('parts written as rules', () => {
  const end4 = 2 ** 32;
  test('prefixes and names of tags, ports where the protocol has them, as many prefixes as asked for', () => {
    const box = {
      ...{
        source: [0x0a000000, 0x0a000004, 0x0a000008, 0x0a000009],
        destination: [0x0a000100, 0x0a000200, end4 + 1, end4 + 2],
      },
      ...{ sourcePorts: [0, 65536], destinationPorts: [80, 82] },
    };
    const some: Parts = [part('allowed', [], { box }), part('allowed', [], { box, protocol: 'Icmp' })];
    const [tcp, icmp] = rangesOf(some, 'Outbound', ['A', 'B', 'C']);
    expect(tcp).toEqual({
      ...{
        direction: 'Outbound',
        protocol: 'Tcp',
        sources: ['10.0.0.0/30', '10.0.0.8'],
        destinations: ['10.0.1.0/24', 'B'],
      },
      ...{ sourcePorts: ['*'], destinationPorts: ['80-81'] },
    });
    expect([icmp?.protocol, icmp?.sourcePorts, icmp?.destinationPorts]).toEqual(['Icmp', ['*'], ['*']]);
    const [short] = rangesOf(some, 'Inbound', ['A', 'B'], 1);
    expect([short?.direction, short?.sources, short?.destinations]).toEqual([
      'Inbound',
      ['10.0.0.0/30'],
      ['10.0.1.0/24', 'B'],
    ]);
  });
  test('of IPv6, its points too', () => {
    const [range] = rangesOf(
      [{ ...six('denied'), box: { ...six('denied').box, destination: [4n, 8n, 1n << 128n, (1n << 128n) + 1n] } }],
      'Inbound',
      ['A', 'B'],
    );
    expect([range?.sources, range?.destinations]).toEqual([['::/126'], ['::4/126', 'A']]);
  });
});

describe('facts', () => {
  const isPublic = (address: string) => {
    const { v4, v6 } = fixed(address);
    return v4[0] === undefined ? holds(publicSpace.v6, v6[0] as bigint) : holds(publicSpace.v4, v4[0]);
  };
  test.each([
    ['0.255.255.255', '1.0.0.0', '9.255.255.255', '10.0.0.0'],
    ['10.255.255.255', '11.0.0.0', '100.63.255.255', '100.64.0.0'],
    ['100.127.255.255', '100.128.0.0', '126.255.255.255', '127.0.0.0'],
    ['127.255.255.255', '128.0.0.0', '169.253.255.255', '169.254.0.0'],
    ['169.254.255.255', '169.255.0.0', '172.15.255.255', '172.16.0.0'],
    ['172.31.255.255', '172.32.0.0', '192.167.255.255', '192.168.0.0'],
    ['192.168.255.255', '192.169.0.0', '198.17.255.255', '198.18.0.0'],
    ['198.19.255.255', '198.20.0.0', '223.255.255.255', '224.0.0.0'],
    ['1fff:ffff::', '2000::', '3fff:ffff::', '4000::'],
    ['255.255.255.255', '168.63.129.16', '8.8.8.8', 'fd00::1'],
  ])('%s is not public, %s and %s are, %s is not', (before, first, last, after) => {
    expect([before, first, last, after].map(isPublic)).toEqual([false, true, true, false]);
  });

  test('special names, in any letter case, and what the built-in ones mean', () => {
    const special = [
      '*',
      'INTERNET',
      'VirtualNetwork',
      'AzureLoadBalancer',
      'azurePlatformDNS',
      'AzurePlatformIMDS',
      'AzurePlatformLKM',
    ];
    expect(special.map(isSpecialTag)).toEqual(special.map(() => true));
    expect(['Storage', 'AzureCloud', ''].map(isSpecialTag)).toEqual([false, false, false]);
    expect(['AzurePlatformDNS', 'azureplatformlkm', 'Storage', 'x.AzurePlatformDNS'].map(isPlatformTag)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(Object.fromEntries([...builtInTags].map(([name, addresses]) => [name, prefixesOf(addresses)]))).toEqual({
      ...{
        azureloadbalancer: ['168.63.129.16'],
        azureplatformdns: ['168.63.129.16'],
        azureplatformimds: ['169.254.169.254'],
      },
      azureplatformlkm: ['20.118.99.224', '23.102.135.246', '40.83.235.53'],
    });
    expect(prefixesOf(platformAddresses)).toEqual(['168.63.129.16', '169.254.169.254']);
  });

  test('services known to share no address, each with every other', () => {
    const names = [
      ...[
        'azuremachinelearning',
        'batchnodemanagement',
        'storage',
        'azurecontainerregistry',
        'microsoftcontainerregistry',
      ],
      ...['azureactivedirectory', 'azureresourcemanager', 'azurefrontdoor.firstparty', 'azurefrontdoor.frontend'],
      ...['azurefrontdoor.backend', 'azuremonitor', 'azurekeyvault'],
    ];
    for (const a of names) for (const b of names) expect(areApart(a, b)).toBe(a !== b);
    for (const a of names) expect([areApart(a, 'azurecloud'), areApart('azurecloud', a)]).toEqual([false, false]);
  });
});

describe('service tags', () => {
  const document = {
    ...{ changeNumber: 376, cloud: 'Public' },
    values: [
      {
        name: 'Storage',
        properties: { addressPrefixes: ['203.0.113.0/28', '::4/126'], networkFeatures: ['NSG', 7, 'UDR'] },
      },
      { name: 'Storage.WestEurope', properties: { addressPrefixes: [] } },
      { name: 'Storage.germanywc', properties: { addressPrefixes: [] } },
      { name: 'Odd', properties: { addressPrefixes: ['203.0.113.1/28'] } },
      { name: 'Mixed', properties: { addressPrefixes: ['203.0.113.0/28', 7] } },
      { name: 7, properties: { addressPrefixes: [] } },
      { name: 'None', properties: {} },
      null,
    ],
  };
  const tags = readServiceTags(document);

  test('are read by name in any letter case; what cannot be read is unknown, not empty', () => {
    expect([tags?.changeNumber, tags?.cloud, tags?.size]).toEqual(['376', 'Public', 4]);
    expect(tags?.get('STORAGE')).toEqual({
      name: 'Storage',
      prefixes: ['203.0.113.0/28', '::4/126'],
      features: ['NSG', 'UDR'],
    });
    expect(tags?.get('storage.westeurope')?.features).toBeUndefined();
    expect([...(tags?.all() ?? [])].map(({ name }) => name)).toEqual([
      'Storage',
      'Storage.WestEurope',
      'Storage.germanywc',
      'Odd',
    ]);
    expect(tags?.addressesOf('storage')).toEqual(fixed('203.0.113.0/28', '::4/126'));
    expect(tags?.addressesOf('storage')).toBe(tags?.addressesOf('STORAGE'));
    expect(['Odd', 'Odd', 'Mixed', 'None', 'Other'].map((name) => tags?.addressesOf(name))).toEqual(
      Array(5).fill(undefined),
    );
    expect(tags?.addressesOf('Storage.WestEurope')).toEqual({ v4: [], v6: [] });
    const bare = readServiceTags({ values: [], changeNumber: null, cloud: '3' });
    expect([bare?.changeNumber, bare?.cloud, bare?.size]).toEqual(['', '3', 0]);
    for (const wrong of [[], { values: {} }, Object.create({ values: [] }), 'x', null])
      expect(readServiceTags(wrong)).toBeUndefined();
  });

  test.each([
    ['Storage', 'Storage'],
    ['Storage.WestEurope', 'Storage'],
    ['AzureFrontDoor.FirstParty', 'AzureFrontDoor.FirstParty'],
    ['AzureFrontDoor.Backend', 'AzureFrontDoor.Backend'],
    ['azurefrontdoor.frontend', 'azurefrontdoor.frontend'],
    ['A.B.C', 'A.B'],
    ['.x', ''],
  ])('the global tag of %s is %s', (name, expected) => {
    expect(globalTagOf(name)).toBe(expected);
  });

  test("a region by ARM's name, by Microsoft's own code where the file holds that, in its spelling", () => {
    const regions = {
      ...{ brazilsoutheast: 'brazilse', chilecentral: 'chilec', eastusstg: 'usstagee', francecentral: 'centralfrance' },
      ...{
        francesouth: 'southfrance',
        germanynorth: 'germanyn',
        germanywestcentral: 'germanywc',
        norwayeast: 'norwaye',
      },
      ...{
        norwaywest: 'norwayw',
        southcentralusstg: 'usstagec',
        switzerlandnorth: 'switzerlandn',
        switzerlandwest: 'switzerlandw',
      },
    };
    for (const [name, code] of Object.entries(regions)) expect(codesOf(name)).toEqual([name, code]);
    expect([codesOf('West Europe'), codesOf('Germany West Central'), codesOf('toString')]).toEqual([
      ...[['westeurope'], ['germanywestcentral', 'germanywc'], ['tostring']],
    ]);
    const region = (location: string) => regionalTag(tags, 'Storage', location);
    expect([region('westeurope'), region('germanywestcentral'), region('norwayeast')]).toEqual([
      ...['Storage.WestEurope', 'Storage.germanywc', 'Storage.norwayeast'],
    ]);
    expect(regionalTag(undefined, 'Storage', 'West Europe')).toBe('Storage.westeurope');
  });
});

describe('names in a context', () => {
  const outcome = (input: Parameters<typeof contextOf>[0], to: string) =>
    decide(
      { direction: 'Outbound', protocol: 'Tcp', source: { of: ['10.0.0.4'] }, destination: { of: [to] } },
      { subnetNsg: { properties: { securityRules: [] } } },
      contextOf(input),
    );
  test.each<[string, Parameters<typeof contextOf>[0], string, string]>([
    ['what is public, outside the network', { virtualNetwork: ['10.0.0.0/16'] }, '8.8.8.8', 'allowed'],
    ['what is private, outside the network', { virtualNetwork: ['10.0.0.0/16'] }, '10.9.0.4', 'denied'],
    [
      'what may be of the network',
      { virtualNetwork: { in: ['10.0.0.0/16'], maybe: ['10.9.0.0/16'] } },
      '10.9.0.4',
      'unknown',
    ],
    ['an unknown network', {}, '10.9.0.4', 'unknown'],
    [
      'what is certainly of the Internet',
      { virtualNetwork: ['10.0.0.0/16'], internet: ['10.9.0.0/16'] },
      '10.9.0.4',
      'allowed',
    ],
    [
      'what is not, where the Internet is given',
      { virtualNetwork: ['10.0.0.0/16'], internet: ['10.9.0.0/16'] },
      '8.8.8.8',
      'denied',
    ],
    [
      'what may be of the Internet',
      { virtualNetwork: ['10.0.0.0/16'], internet: { maybe: ['8.0.0.0/8'] } },
      '8.8.8.8',
      'unknown',
    ],
    ['an invalid prefix of the network', { virtualNetwork: ['10.0.0.0/16', 'x'] }, '10.9.0.4', 'unknown'],
    [
      'two possible networks that agree',
      { virtualNetwork: ['10.0.0.0/16'], virtualNetworkMaybe: ['8.0.0.0/8'] },
      '8.8.8.8',
      'allowed',
    ],
    [
      'two that do not',
      { virtualNetwork: ['10.0.0.0/16'], virtualNetworkMaybe: ['10.9.0.0/16'] },
      '10.9.0.4',
      'unknown',
    ],
    ['forced tunnelling', { virtualNetwork: ['0.0.0.0/0'] }, '10.9.0.4', 'allowed'],
  ])('%s', (_name, input, to, verdict) => {
    expect(outcome(input, to).verdict).toBe(verdict);
  });

  test('an invalid prefix of the network leaves both families unknown', () => {
    const context = contextOf({ virtualNetwork: ['10.0.0.0/16', 'x'] });
    const of = (source: string, to: string) =>
      decide(
        { direction: 'Inbound', protocol: 'Tcp', source: { of: [source] }, destination: { of: [to] } },
        { nicNsg: {} },
        context,
      ).verdict;
    expect([of('10.9.0.4', '10.0.0.4'), of('fd00::9', 'fd00::4')]).toEqual(['unknown', 'unknown']);
  });

  test('tags of the question take precedence over the file', () => {
    const serviceTags = readServiceTags({
      values: [{ name: 'Storage', properties: { addressPrefixes: ['203.0.113.0/28'] } }],
    });
    const count = (input: Parameters<typeof contextOf>[0]) =>
      outcome({ virtualNetwork: ['10.0.0.0/16'], ...input }, 'STORAGE').measure.allowed / 65536n ** 2n;
    expect([count({ serviceTags }), count({ serviceTags, tags: { storage: ['203.0.113.0/30'] } }), count({})]).toEqual([
      16n,
      4n,
      0n,
    ]);
  });
});

describe('admin rules that only may match', () => {
  const admin = (name: string, access: string, source: string, priority: number) => ({
    name,
    properties: {
      ...{ access, priority, direction: 'Inbound', protocol: 'Any', sources: [{ addressPrefix: source }] },
      ...{ destinations: [{ addressPrefix: '*' }], sourcePortRanges: ['*'], destinationPortRanges: ['*'] },
    },
  });
  const denied = { properties: { securityRules: [] } };
  const told = (subnetNsg: unknown, ...adminRules: unknown[]) => {
    const flow = {
      direction: 'Inbound',
      protocol: 'Tcp',
      source: { of: ['10.9.0.4'] },
      destination: { of: ['10.0.0.4'] },
    } as const;
    const { verdict, allowedBy, deniedBy, unsure } = decide(
      flow,
      { subnetNsg, adminRules },
      contextOf({ virtualNetwork: ['10.0.0.0/16'] }),
    );
    return [verdict, ...allowedBy, ...deniedBy, ...unsure];
  };
  const maybe = 'Nobody.Knows';
  test.each<[string, unknown, readonly unknown[], readonly string[]]>([
    ['a certain deny is final', undefined, [admin('d', 'Deny', '*', 1)], ['denied', 'admin/d']],
    ['a certain always-allow is final', denied, [admin('a', 'AlwaysAllow', '*', 1)], ['allowed', 'admin/a']],
    ['an allow leaves it to the groups', denied, [admin('a', 'Allow', '*', 1)], ['denied', 'subnet/DenyAllInBound']],
    ['no match too', denied, [admin('a', 'AlwaysAllow', '10.8.0.0/16', 1)], ['denied', 'subnet/DenyAllInBound']],
    [
      'a deny that may match, where the groups deny as well',
      denied,
      [admin('d', 'Deny', maybe, 1)],
      ['denied', 'subnet/DenyAllInBound'],
    ],
    [
      'a deny that may match, where nothing else does',
      undefined,
      [admin('d', 'Deny', maybe, 1)],
      ['unknown', 'admin/d'],
    ],
    [
      'an always-allow that may match before a deny of the groups',
      denied,
      [admin('a', 'AlwaysAllow', maybe, 1)],
      ['unknown', 'admin/a'],
    ],
    [
      'an always-allow that may match before an allow',
      denied,
      [admin('a', 'AlwaysAllow', maybe, 1), admin('b', 'Allow', '*', 2)],
      ['unknown', 'admin/a'],
    ],
    [
      'an allow that may match before an always-allow',
      denied,
      [admin('b', 'Allow', maybe, 1), admin('a', 'AlwaysAllow', '*', 2)],
      ['unknown', 'admin/a', 'admin/b'],
    ],
    [
      'an allow that may match before an always-allow, without a group',
      undefined,
      [admin('b', 'Allow', maybe, 1), admin('a', 'AlwaysAllow', '*', 2)],
      ['allowed'],
    ],
    [
      'a deny that may match before an always-allow',
      denied,
      [admin('d', 'Deny', maybe, 1), admin('a', 'AlwaysAllow', '*', 2)],
      ['unknown', 'admin/d'],
    ],
    [
      'one of each kind',
      denied,
      [admin('a', 'AlwaysAllow', maybe, 1), admin('d', 'Deny', maybe, 2)],
      ['unknown', 'admin/a', 'admin/d'],
    ],
    [
      'a deny that may match before a deny',
      denied,
      [admin('d', 'Deny', maybe, 1), admin('e', 'Deny', '*', 2)],
      ['denied', 'admin/e'],
    ],
  ])('%s', (_name, subnetNsg, adminRules, expected) => {
    expect(told(subnetNsg, ...adminRules)).toEqual(expected);
  });
});

describe('free blocks', () => {
  const range = (text: string): Ipv4Range => blockAround(text) as Ipv4Range;
  const first = (spaces: readonly string[], taken: readonly string[], prefix: number) => {
    const block = firstFree(spaces.map(range), taken.map(range), prefix);
    return block && formatBlock(block);
  };
  test('the lowest one that is aligned and inside', () => {
    expect(first(['10.0.0.0/16'], [], 24)).toBe('10.0.0.0/24');
    expect(first(['10.0.0.0/16'], ['10.0.0.0/24'], 24)).toBe('10.0.1.0/24');
    expect(first(['10.0.0.0/16'], ['10.0.0.0/26'], 24)).toBe('10.0.1.0/24');
    expect(first(['10.0.0.0/24'], ['10.0.0.0/25'], 25)).toBe('10.0.0.128/25');
    expect(first(['10.0.0.0/24'], ['10.0.0.4/32'], 24)).toBeUndefined();
    expect(first(['10.0.0.0/25', '10.0.0.128/25'], [], 24)).toBe('10.0.0.0/24');
    expect(first(['10.0.1.0/24', '10.0.0.0/24'], [], 25)).toBe('10.0.0.0/25');
    expect(first([], [], 24)).toBeUndefined();
  });
  test('whatever is taken, it is free, and none before it is', () => {
    const small = fc
      .tuple(fc.nat(255), fc.integer({ min: 26, max: 32 }))
      .map(([at, prefix]) => range(`10.0.0.${at}/${prefix}`));
    fc.assert(
      fc.property(fc.array(small, { maxLength: 8 }), fc.integer({ min: 26, max: 30 }), (taken, prefix) => {
        const size = 2 ** (32 - prefix);
        const base = range('10.0.0.0/24').first;
        const isFree = (at: number) => !taken.some((one) => one.first < at + size && at <= one.last);
        const found = Array.from({ length: 256 / size }, (_, at) => base + at * size).find(isFree);
        const expected: Block | undefined =
          found === undefined ? undefined : { first: found, last: found + size - 1, prefix, bare: false };
        expect(firstFree([range('10.0.0.0/24')], taken, prefix)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
  test.each([
    ['172.17.0.1/16', 0xac110000, 2 ** 16],
    [' 10.0.0.4/32 ', 0x0a000004, 1],
    ['10.0.0.5/30', 0x0a000004, 4],
    ['1.2.3.4/0', 0, 2 ** 32],
    ['1.2.3.4/9', 0x01000000, 2 ** 23],
  ])('the block around %s', (text, low, size) => {
    expect(blockAround(text)).toEqual({ first: low, last: low + size - 1 });
  });
  test.each(['10.0.0.4', '10.0.0.4/', '10.0.0.4/33', '10.0.0.4/08', '10.0.0.256/8', '10.0.0.0/8/8', 'x/8', ''])(
    '%j has none',
    (text) => {
      expect(blockAround(text)).toBeUndefined();
    },
  );
});

test('addresses that a family picks and wraps', () => {
  const both: Addresses = { v4: [1, 2], v6: [3n, 5n] };
  expect([family4.pick(both), family6.pick(both), family4.wrap([1, 2]), family6.wrap([3n, 5n])]).toEqual([
    ...[[1, 2], [3n, 5n], { v4: [1, 2], v6: [] }, { v4: [], v6: [3n, 5n] }],
  ]);
  const operand = { in: both, maybe: { v4: [2, 4], v6: [5n, 6n] } };
  expect([family4.whole(operand), family6.whole(operand), family4.count([1, 3]), family6.count([1n, 4n])]).toEqual([
    ...[[1, 4], [3n, 6n], 2n, 3n],
  ]);
});
