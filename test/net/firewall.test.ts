// What an Azure Firewall lets pass: the order in which it tries its rules, its host names, tags and groups that are not known,
// and a packet-by-packet model beside the decision over sets.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextOf } from '../../src/net/context.ts';
import {
  asPrefixes,
  broughtIn,
  decideFirewall,
  type FirewallQuestion,
  holdsHost,
  readClassicRules,
  readHost,
  readPolicyRules,
} from '../../src/net/firewall/index.ts';
import type { Protocol } from '../../src/net/ports.ts';
import { portTexts } from '../../src/net/ports.ts';

// biome-ignore lint/suspicious/noExplicitAny: raw JSON as it comes
type Raw = any;
const network = (name: string, more: Raw = {}): Raw => ({
  ruleType: 'NetworkRule',
  name,
  ipProtocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: ['*'],
  destinationPorts: ['443'],
  ...more,
});
const application = (name: string, hosts: readonly string[], more: Raw = {}): Raw => ({
  ruleType: 'ApplicationRule',
  name,
  sourceAddresses: ['10.0.0.0/16'],
  protocols: [{ protocolType: 'Https', port: 443 }],
  targetFqdns: hosts,
  ...more,
});
const collection = (name: string, priority: number, action: string, rules: readonly Raw[]): Raw => ({
  ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
  ...{ name, priority, action: { type: action }, rules },
});
const group = (name: string, priority: number, collections: readonly Raw[]) => ({
  resource: `/${name}`,
  body: { properties: { priority, ruleCollections: collections } },
});
const policy = (...collections: readonly Raw[]) => readPolicyRules([[group('g', 100, collections)]]);
const bare = contextOf({});
const ask = (more: Partial<FirewallQuestion>): FirewallQuestion => ({
  ...{ source: ['10.0.1.0/24'], protocol: 'Tcp', ports: ['443'] },
  ...more,
});
const decided = (rules: ReturnType<typeof policy>, more: Partial<FirewallQuestion>, context = bare) =>
  decideFirewall(ask(more), rules, context);

describe('the order of rules', () => {
  // The example of azure/firewall/rule-processing: the parent first, groups, collections, network before application.
  const parent = [
    group('BaseRCG1', 200, [collection('NetworkRC1', 800, 'Allow', [network('NetworkRC1')])]),
    group('BaseRCG2', 300, [
      collection('AppRC2', 1200, 'Allow', [application('AppRC2', ['*'])]),
      collection('NetworkRC2', 1300, 'Allow', [network('NetworkRC2')]),
    ]),
  ];
  const child = [
    group('ChildRCG2', 650, [
      collection('ChNetRC2', 1100, 'Allow', [network('ChNetRC2')]),
      collection('ChAppRC2', 2000, 'Allow', [application('ChAppRC2', ['*'])]),
    ]),
    group('ChildRCG1', 300, [
      collection('ChAppRC1', 900, 'Allow', [application('ChAppRC1', ['*'])]),
      collection('ChNetRC1', 700, 'Allow', [network('ChNetRC1')]),
    ]),
  ];
  test('is the one of the example', () => {
    const rules = readPolicyRules([parent, child]);
    expect(rules.network.map(({ name }) => name)).toEqual(['NetworkRC1', 'NetworkRC2', 'ChNetRC1', 'ChNetRC2']);
    expect(rules.application.map(({ name }) => name)).toEqual(['AppRC2', 'ChAppRC1', 'ChAppRC2']);
  });
  test('a network rule ends it before any application rule', () => {
    const rules = policy(
      collection('app', 100, 'Allow', [application('app', ['*'])]),
      collection('net', 60000, 'Deny', [network('net')]),
    );
    const answer = decided(rules, { hosts: ['ml.azure.com'] });
    expect([answer.verdict, answer.deniedBy.map(({ name }) => name)]).toEqual(['denied', ['net']]);
    expect(answer.deniedBy[0]?.pointer).toBe('/properties/ruleCollections/1/rules/0');
  });
  test('nothing allowed is denied by default', () => {
    const answer = decided(policy(), { to: ['8.8.8.8'] });
    expect([answer.verdict, answer.byDefault, answer.deniedBy]).toEqual(['denied', true, []]);
  });
  test.each(['Tcp', 'Udp', 'Icmp'] as const)('%s from every source port, where there are ports', (protocol) => {
    const answer = decided(policy(), { to: ['8.8.8.8'], protocol });
    const ports = protocol === 'Icmp' ? [0, 1] : [0, 65536];
    expect(answer.parts.map(({ box }) => box.sourcePorts)).toEqual([ports]);
  });
  test('a collection without a readable action decides nothing', () => {
    const rules = policy(collection('odd', 100, 'Perhaps', [network('odd')]));
    expect(decided(rules, { to: ['8.8.8.8'] }).verdict).toBe('unknown');
  });
});

describe('classic rules', () => {
  const body = {
    properties: {
      networkRuleCollections: [
        {
          name: 'net',
          properties: {
            priority: 200,
            action: { type: 'allow' },
            rules: [
              {
                ...{ name: 'dns', protocols: ['UDP', 'Any'], sourceAddresses: ['10.0.1.4-10.0.1.9'] },
                ...{ destinationAddresses: ['*'], destinationPorts: ['53'] },
              },
            ],
          },
        },
      ],
    },
  };
  const rules = readClassicRules({ resource: '/fw', body });
  test('a range of sources is exact', () => {
    const from = (source: string) => decided(rules, { source: [source], ports: ['53'], to: ['8.8.8.8'] }).verdict;
    expect([from('10.0.1.4'), from('10.0.1.9'), from('10.0.1.10'), from('10.0.1.0/24')]).toEqual([
      ...['allowed', 'allowed', 'denied', 'partly'],
    ]);
  });
  test('the rule is pointed at', () => {
    const [rule] = decided(rules, { source: ['10.0.1.5'], ports: ['53'], to: ['8.8.8.8'] }).allowedBy;
    expect([rule?.resource, rule?.pointer]).toEqual(['/fw', '/properties/networkRuleCollections/0/properties/rules/0']);
  });
});

describe('what a rule says', () => {
  const one = (rule: Raw, more: Raw = {}) => {
    const { network: some, application: web } = policy({ ...collection('c', 100, 'Allow', [rule]), ...more });
    return [...some, ...web][0];
  };
  test('is read with every member, and where it is', () => {
    expect(
      one(network('n', { destinationFqdns: ['a.b'], sourceIpGroups: ['/g'], destinationIpGroups: ['/h'] })),
    ).toMatchObject({
      ...{ kind: 'network', name: 'n', collection: 'c', priority: 100, access: 'Allow', resource: '/g' },
      ...{
        pointer: '/properties/ruleCollections/0/rules/0',
        doubtful: false,
        selective: false,
        translatedPort: undefined,
      },
      source: { prefixes: ['*'], groups: ['/g'] },
      destination: { prefixes: ['*'], groups: ['/h'] },
      ...{ hosts: [{ suffix: 'a.b', open: false }], protocols: ['Tcp'], ports: [443, 444] },
    });
    expect(
      one(
        application('a', ['*.b'], {
          protocols: [
            { protocolType: 'http', port: 80 },
            { protocolType: 'MSSQL', port: 1433 },
          ],
        }),
      ),
    ).toMatchObject({
      ...{
        kind: 'application',
        hosts: [{ suffix: '.b', open: true }],
        protocols: ['Tcp'],
        ports: [80, 81, 1433, 1434],
        doubtful: false,
      },
      destination: { prefixes: [], groups: [] },
    });
    expect(one(network('x', { name: undefined }))?.name).toBe('rule 1');
    expect(one(network('x'), { name: undefined })?.collection).toBe('a collection without a name');
    expect(one(network('x', { destinationPorts: [443, '80'] }))?.ports).toEqual([80, 81, 443, 444]);
    expect(one(network('x', { ipProtocols: undefined, protocols: ['Any', 'icmp'] }))?.protocols).toEqual(['*', 'Icmp']);
  });
  test.each<[string, Raw]>([
    ['no rule', 7],
    ['an address', network('n', { sourceAddresses: ['10.0.0.256'] })],
    ['a destination', network('n', { destinationAddresses: ['10.0.0.1/8'] })],
    ['no list', network('n', { sourceAddresses: '*' })],
    ['an item', network('n', { sourceAddresses: [{}] })],
    ['an IP group', network('n', { sourceIpGroups: [{ id: '/g' }] })],
    ['a name', network('n', { destinationFqdns: ['a.*.b'] })],
    ['a protocol', network('n', { ipProtocols: ['GRE'] })],
    ['a port', network('n', { destinationPorts: ['x'] })],
    ['a web protocol', application('a', ['b'], { protocols: [{ protocolType: 'Ftp', port: 21 }] })],
    ['no web port', application('a', ['b'], { protocols: [{ protocolType: 'Http' }] })],
    ['half a web port', application('a', ['b'], { protocols: [{ protocolType: 'Http', port: 80.5 }] })],
    ['a target', application('a', ['https://b'])],
  ])('%s makes it doubtful', (_name, rule) => {
    expect(one(rule)?.doubtful).toBe(true);
  });
  test('a collection without a priority comes first and decides nothing; one without an action counts as both', () => {
    const rules = policy(collection('b', 100, 'Allow', [network('b')]), {
      ...collection('a', 0, 'Deny', [network('a')]),
      priority: 'x',
    });
    expect(rules.network.map(({ name, priority, doubtful }) => [name, priority, doubtful])).toEqual([
      ...[
        ['a', Number.NEGATIVE_INFINITY, true],
        ['b', 100, false],
      ],
    ]);
    const odd = policy({ ...collection('c', 100, 'Allow', [network('c')]), action: {} });
    expect(odd.network.map(({ access, doubtful }) => [access, doubtful])).toEqual([
      ['Allow', true],
      ['Deny', true],
    ]);
    expect(
      policy(collection('d', 1, 'DENY', [network('d')])).network.map(({ access, doubtful }) => [access, doubtful]),
    ).toEqual([['Deny', false]]);
  });
  test.each(['fqdnTags', 'webCategories', 'targetUrls'])('%s make an application rule selective', (member) => {
    expect(one(application('a', [], { [member]: ['x'] }))?.selective).toBe(true);
    expect(one(application('a', ['b'], { [member]: [] }))?.selective).toBe(false);
  });
  test('classic collections of each kind, properties nested or flat', () => {
    const flat = (name: string, more: Raw = {}): Raw => ({
      name,
      priority: 100,
      action: { type: 'Allow' },
      rules: [network(name), { ...network(`${name}2`), ...more }],
    });
    const {
      nat,
      network: some,
      application: web,
    } = readClassicRules({
      resource: '/fw',
      body: {
        properties: {
          natRuleCollections: [{ name: 'n', properties: { ...flat('n'), action: { type: 'Dnat' } } }],
          networkRuleCollections: [flat('w')],
          applicationRuleCollections: [{ name: 'a', properties: flat('a') }],
        },
      },
    });
    const places = [nat, some, web].map((rules) =>
      rules.map(({ kind, name, access, pointer }) => [kind, name, access, pointer].join(' ')),
    );
    expect(places).toEqual([
      [
        'nat n Allow /properties/natRuleCollections/0/properties/rules/0',
        'nat n2 Allow /properties/natRuleCollections/0/properties/rules/1',
      ],
      [
        'network w Allow /properties/networkRuleCollections/0/rules/0',
        'network w2 Allow /properties/networkRuleCollections/0/rules/1',
      ],
      [
        'application a Allow /properties/applicationRuleCollections/0/properties/rules/0',
        'application a2 Allow /properties/applicationRuleCollections/0/properties/rules/1',
      ],
    ]);
  });
  test.each([
    ['10.0.0.1-10.0.0.2', ['10.0.0.1', '10.0.0.2']],
    ['10.0.0.0 - 10.0.0.3', ['10.0.0.0/30']],
    ['10.0.0.2-10.0.0.1', ['10.0.0.2-10.0.0.1']],
    ['10.0.0.1', ['10.0.0.1']],
    ['Azure-Cloud', ['Azure-Cloud']],
  ])('the range %s is %j', (text, expected) => {
    expect(asPrefixes(text)).toEqual(expected);
  });
});

describe('names', () => {
  test.each([
    ['*.azureml.ms', 'a.azureml.ms', true],
    ['*.azureml.ms', 'a.b.azureml.ms', true],
    ['*.azureml.ms', 'azureml.ms', false],
    ['*azureml.ms', 'azureml.ms', true],
    ['*azureml.ms', 'notazureml.ms', true],
    ['*', 'azureml.ms', true],
    ['ml.azure.com', 'ML.Azure.com', true],
    ['ml.azure.com', '*.ml.azure.com', false],
    ['*.ms', '*.azureml.ms', true],
    ['*.azureml.ms', '*.ms', false],
    ['*.azureml.ms', '*azureml.ms', false],
  ])('%s holds %s: %s', (outer, inner, holds) => {
    const [a, b] = [readHost(outer), readHost(inner)];
    expect(a && b && holdsHost(a, b)).toBe(holds);
  });
  test.each(['a.*.com', 'a.*', '', '.', '*.', 'https://a', 'a b', 'a/b', '\u001b[2J'])('%j is no name', (text) => {
    expect(readHost(text)).toBeUndefined();
  });

  const storage = ['*.blob.core.windows.net', 'other.core.windows.net'];
  const rules = policy(collection('app', 100, 'Allow', [application('app', storage)]));
  test('a wildcard is met by itself and by a wider one', () => {
    expect(decided(rules, { hosts: ['*.blob.core.windows.net'] }).verdict).toBe('allowed');
    expect(decided(rules, { hosts: ['x.blob.core.windows.net'] }).verdict).toBe('allowed');
    expect(decided(rules, { hosts: ['blob.core.windows.net'] }).verdict).toBe('denied');
  });
  test('one that is met in part is told by name', () => {
    const answer = decided(rules, { hosts: ['*.core.windows.net'] });
    expect(answer.verdict).toBe('partly');
    const named = (outcome: string) =>
      answer.parts.filter((part) => part.outcome === outcome).flatMap(({ hosts }) => hosts);
    expect(named('allowed')).toEqual(['*.blob.core.windows.net', 'other.core.windows.net']);
    expect(named('denied')).toEqual(['*.core.windows.net']);
  });
  test('ports and sources count', () => {
    expect(decided(rules, { hosts: ['a.blob.core.windows.net'], ports: ['80'] }).verdict).toBe('denied');
    expect(decided(rules, { hosts: ['a.blob.core.windows.net'], ports: ['80', '443'] }).verdict).toBe('partly');
    expect(decided(rules, { hosts: ['a.blob.core.windows.net'], source: ['10.1.0.4'] }).verdict).toBe('denied');
    expect(decided(rules, { hosts: ['a.blob.core.windows.net'], protocol: 'Udp' }).verdict).toBe('denied');
  });
  test('web categories may let a name pass', () => {
    const selective = application('web', [], { webCategories: ['news'] });
    const answer = decided(policy(collection('app', 100, 'Allow', [selective])), { hosts: ['ml.azure.com'] });
    expect([answer.verdict, answer.unsure.map(({ name }) => name)]).toEqual(['unknown', ['web']]);
  });
  test('a network rule resolves exactly its own names', () => {
    const named = network('kms', { destinationAddresses: [], destinationFqdns: ['kms.core.windows.net'] });
    const kms = policy(collection('net', 100, 'Allow', [named]));
    expect(decided(kms, { hosts: ['kms.core.windows.net'] }).verdict).toBe('allowed');
    expect(decided(kms, { hosts: ['ml.azure.com'] }).verdict).toBe('denied');
    expect(decided(kms, { to: ['20.1.2.3'] }).verdict).toBe('unknown');
  });
  test('by address an application rule decides for every name alone', () => {
    const verdict = (hosts: readonly string[], more: Raw = {}) =>
      decided(policy(collection('app', 100, 'Allow', [application('a', hosts, more)])), { to: ['20.1.2.3'] }).verdict;
    expect([
      verdict(['*']),
      verdict(['*.b', '*']),
      verdict(['*.b']),
      verdict(['b']),
      verdict(['*'], { fqdnTags: ['x'] }),
    ]).toEqual([...['allowed', 'allowed', 'unknown', 'unknown', 'unknown']]);
  });
  test('by name a network rule decides for all addresses alone', () => {
    const verdict = (...destinationAddresses: string[]) =>
      decided(policy(collection('net', 100, 'Allow', [network('n', { destinationAddresses })])), { hosts: ['a.b'] })
        .verdict;
    expect([verdict('*'), verdict('0.0.0.0/0'), verdict('0.0.0.0/1', '128.0.0.0/1')]).toEqual([
      'allowed',
      'allowed',
      'allowed',
    ]);
    expect([verdict('128.0.0.0/1'), verdict('0.0.0.0/1'), verdict('20.0.0.0/8')]).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
    expect([verdict('10.0.0.0/8'), verdict('10.0.0.0/8', '192.168.0.0/16')]).toEqual(['denied', 'denied']);
  });
  test('with its address beside it, network rules are exact', () => {
    const some = policy(
      collection('net', 100, 'Deny', [network('some', { destinationAddresses: ['20.1.0.0/16'] })]),
      collection('app', 200, 'Allow', [application('all', ['*'])]),
    );
    expect(decided(some, { hosts: ['ml.azure.com'] }).verdict).toBe('unknown');
    expect(decided(some, { hosts: ['ml.azure.com'], to: ['20.1.0.4'] }).verdict).toBe('denied');
    expect(decided(some, { hosts: ['ml.azure.com'], to: ['20.2.0.4'] }).verdict).toBe('allowed');
  });
});

describe('tags and groups', () => {
  const tagged = policy(
    collection('net', 100, 'Allow', [network('aml', { destinationAddresses: ['AzureMachineLearning'] })]),
  );
  test('a tag without data decides by its name', () => {
    expect(decided(tagged, { to: ['azuremachinelearning'] }).verdict).toBe('allowed');
    expect(decided(tagged, { to: ['AzureMachineLearning.westeurope'] }).verdict).toBe('allowed');
    expect(decided(tagged, { to: ['BatchNodeManagement'] }).verdict).toBe('denied');
    expect(decided(tagged, { to: ['8.8.8.8'] }).verdict).toBe('unknown');
  });
  test('a tag with data is its addresses', () => {
    const context = contextOf({ tags: { AzureMachineLearning: ['20.0.0.0/24'] } });
    expect(decided(tagged, { to: ['20.0.0.0/23'] }, context).verdict).toBe('partly');
  });
  const ids = { sourceAddresses: [], sourceIpGroups: ['/ipGroups/Nodes'] };
  const grouped = policy(collection('net', 100, 'Allow', [network('nodes', ids)]));
  test('an IP group that was not read makes it unknown, one that was read decides', () => {
    expect(decided(grouped, { to: ['8.8.8.8'] }).verdict).toBe('unknown');
    const context = contextOf({ groups: { '/ipGroups/nodes': ['10.0.1.0/25'] } });
    expect(decided(grouped, { to: ['8.8.8.8'] }, context).verdict).toBe('partly');
  });
});

describe('what NAT rules bring in', () => {
  const nat = (ports: readonly string[], to: string, source = '*') => ({
    ruleCollectionType: 'FirewallPolicyNatRuleCollection',
    ...{ name: 'nat', priority: 100, action: { type: 'DNAT' } },
    rules: [
      {
        ...{ ruleType: 'NatRule', name: 'nat', ipProtocols: ['TCP'], sourceAddresses: [source] },
        ...{ destinationAddresses: ['203.0.113.9'], destinationPorts: ports, translatedAddress: '10.0.1.4' },
        translatedPort: to,
      },
    ],
  });
  const outcomes = (item: Raw) =>
    broughtIn(policy(item).nat, ['BatchNodeManagement'], [29876, 29877], bare).map(({ outcome }) => outcome);
  test('the rules are named; what may do it is unknown, what cannot be read too', () => {
    const item = nat(['29876-29877'], '29877');
    const [rule] = item.rules;
    const told = (more: Raw, context = bare, rules = [{ ...rule, ...more }]) =>
      broughtIn(policy({ ...item, rules }).nat, ['20.0.0.0/24'], [29876, 29877], context).map(({ port, outcome, by }) =>
        `${port} ${outcome} ${by.map(({ name }) => name).join(' ')}`.trim(),
      );
    expect(told({})).toEqual(['29876 no', '29877 yes nat']);
    expect(told({ ipProtocols: ['Any'] })[1]).toBe('29877 yes nat');
    expect(told({ ipProtocols: ['UDP'] })[1]).toBe('29877 no');
    expect(told({ translatedPort: 29877 })[1]).toBe('29877 yes nat');
    expect(told({ translatedPort: '29877.0' })[1]).toBe('29877 no');
    expect(told({ sourceAddresses: ['Storage'] })[1]).toBe('29877 unknown nat');
    expect(told({ sourceAddresses: ['20.0.0.0/25'] })[1]).toBe('29877 no');
    expect(
      told({}, bare, [
        { ...rule, name: 'a', sourceAddresses: ['20.0.0.0/25'] },
        { ...rule, name: 'b', sourceAddresses: ['20.0.0.128/25'] },
      ])[1],
    ).toBe('29877 yes a b');
    expect(told({ sourceAddresses: ['20.0.0.256'], name: 'odd' })).toEqual(['29876 unknown odd', '29877 unknown odd']);
    expect(told({}, { worlds: [] })).toEqual(['29876 unknown', '29877 unknown']);
  });

  test('the port must stay what it was, and the callers must be allowed', () => {
    expect(outcomes(nat(['29876'], '29876'))).toEqual(['yes', 'no']);
    expect(outcomes(nat(['29876'], '22'))).toEqual(['no', 'no']);
    expect(outcomes(nat(['29876'], '29876', '10.0.0.0/8'))).toEqual(['no', 'no']);
    expect(outcomes(nat(['29877'], '29877', '20.0.0.0/8'))).toEqual(['no', 'unknown']);
  });
});

describe('beside a packet-by-packet model', () => {
  const octet = fc.integer({ min: 0, max: 3 });
  const address = (where: string) => octet.map((last) => `${where}.${last}`);
  const side = (where: string) =>
    fc.oneof(
      fc.constant('*'),
      address(where),
      fc.constantFrom(`${where}.0/31`, `${where}.2/31`, `${where}.0/30`, `${where}.1-${where}.2`),
    );
  const names = ['a.x', 'b.x', 'x', 'c.b.x', '*.x', '*x', '*.b.x', '*'] as const;
  const rule = fc.oneof(
    fc.record({
      ruleType: fc.constant('NetworkRule'),
      name: fc.constant('n'),
      ipProtocols: fc.subarray(['TCP', 'UDP', 'Any'], { minLength: 1 }),
      sourceAddresses: fc.array(side('10.0.0'), { minLength: 1, maxLength: 2 }),
      destinationAddresses: fc.array(side('20.0.0'), { minLength: 1, maxLength: 2 }),
      destinationPorts: fc.subarray(['80', '443', '440-450', '*'], { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      ruleType: fc.constant('ApplicationRule'),
      name: fc.constant('a'),
      sourceAddresses: fc.array(side('10.0.0'), { minLength: 1, maxLength: 2 }),
      protocols: fc.subarray(
        [
          { protocolType: 'Http', port: 80 },
          { protocolType: 'Https', port: 443 },
        ],
        { minLength: 1 },
      ),
      targetFqdns: fc.subarray([...names], { minLength: 1, maxLength: 3 }),
    }),
  );
  const collections = fc.array(
    fc.record({ action: fc.constantFrom('Allow', 'Deny'), rules: fc.array(rule, { minLength: 1, maxLength: 3 }) }),
    { maxLength: 4 },
  );
  interface Packet {
    readonly protocol: Protocol;
    readonly source: string;
    readonly to: string;
    readonly port: number;
    readonly host: string;
  }
  const last = (text: string) => Number(text.split('.')[3]?.split('/')[0]);
  const isIn = (text: string, at: string): boolean => {
    if (text === '*') return true;
    if (text.includes('-')) return last(at) >= 1 && last(at) <= 2;
    const [start, size = '32'] = text.split('/');
    return last(at) >= last(start ?? '') && last(at) < last(start ?? '') + 2 ** (32 - Number(size));
  };
  const isNamed = (pattern: string, host: string): boolean =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replace('*', pattern.startsWith('*.') ? '.+' : '.*')}$`).test(host);
  const portIn = (text: string, port: number) => {
    if (text === '*') return true;
    const [low, high = low] = text.split('-').map(Number);
    return port >= (low ?? 0) && port <= (high ?? 0);
  };
  function slowly(all: readonly Raw[], packet: Packet): boolean {
    const inTurn = all.flatMap(({ action, rules }) => rules.map((one: Raw) => ({ action: action.type, one })));
    const hits = (one: Raw): boolean => {
      if (!one.sourceAddresses.some((text: string) => isIn(text, packet.source))) return false;
      if (one.ruleType === 'ApplicationRule') {
        const port = one.protocols.some((item: Raw) => item.port === packet.port);
        const host = one.targetFqdns.some((text: string) => isNamed(text, packet.host));
        return packet.protocol === 'Tcp' && port && host;
      }
      const spoken = one.ipProtocols.some((text: string) => ['Any', packet.protocol.toUpperCase()].includes(text));
      const there = one.destinationAddresses.some((text: string) => isIn(text, packet.to));
      return spoken && there && one.destinationPorts.some((text: string) => portIn(text, packet.port));
    };
    for (const kind of ['NetworkRule', 'ApplicationRule']) {
      const first = inTurn.find(({ one }) => one.ruleType === kind && hits(one));
      if (first) return first.action === 'Allow';
    }
    return false;
  }
  const packets = fc.record({
    protocol: fc.constantFrom<Protocol>('Tcp', 'Udp'),
    source: address('10.0.0'),
    to: address('20.0.0'),
    port: fc.constantFrom(80, 443, 445, 22),
    host: fc.constantFrom('a.x', 'b.x', 'x', 'c.b.x', 'ax', 'y'),
  });
  const ruled = (raw: readonly Raw[]) =>
    raw.map((one, index) => collection(`c${index}`, 100 + index, one.action, one.rules));

  test('one packet', () => {
    fc.assert(
      fc.property(collections, packets, (raw, packet) => {
        const all = ruled(raw);
        const answer = decided(policy(...all), {
          ...{ source: [packet.source], protocol: packet.protocol, ports: [`${packet.port}`] },
          ...{ to: [packet.to], hosts: [packet.host] },
        });
        expect(answer.verdict).toBe(slowly(all, packet) ? 'allowed' : 'denied');
      }),
      { numRuns: 2000 },
    );
  });
  test('a set of packets: each is in a part that says of it what the model says', () => {
    fc.assert(
      fc.property(collections, packets, (raw, packet) => {
        const all = ruled(raw);
        const asked = { source: ['10.0.0.0/30'], protocol: '*', ports: ['*'], to: ['20.0.0.0/30'] } as const;
        const answer = decided(policy(...all), { ...asked, hosts: [packet.host] });
        const outcome = slowly(all, packet) ? 'allowed' : 'denied';
        const fitting = answer.parts.filter(
          (part) =>
            part.protocol === packet.protocol && portTexts(part.ports).some((text) => portIn(text, packet.port)),
        );
        expect(fitting.map((part) => part.outcome)).toContain(outcome);
        expect(answer.parts.every((part) => part.outcome !== 'unknown')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
  test('whatever is written, nothing throws', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 6 }), (raw) => {
        const body = { properties: { priority: 100, ruleCollections: [raw, { rules: [raw] }] } };
        const rules = readPolicyRules([[{ resource: '/g', body }]]);
        expect(['allowed', 'denied', 'partly', 'unknown']).toContain(decided(rules, { hosts: ['a.b'] }).verdict);
        readClassicRules({ resource: '/f', body: raw });
      }),
      { numRuns: 500 },
    );
  });
});
