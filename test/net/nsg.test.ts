// Security rules as they are read from raw JSON: every form in which Azure writes one, what is wrong with a rule and what that makes
// of it, and the default rules.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRecord, listOf, memberOf, numberOf, textOf, textsOf } from '../../src/net/json-view.ts';
import { readAdminRules, readGroup, readRule, type SecurityRule } from '../../src/net/nsg.ts';

const base = {
  ...{ priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
  ...{ sourceAddressPrefix: '10.0.0.0/24', sourcePortRange: '*' },
  ...{ destinationAddressPrefix: 'VirtualNetwork', destinationPortRange: '443' },
};
const raw = (more: object = {}, name: unknown = 'r') => ({ name, properties: { ...base, ...more } });
const only = (more: object = {}): SecurityRule => {
  const { rules } = readRule(raw(more), false);
  expect(rules).toHaveLength(1);
  return rules[0] as SecurityRule;
};
const wrongs = (more: object) => readRule(raw(more), false).misreadings.map(({ member, value }) => [member, value]);

describe('a rule', () => {
  test('is read with every member, nested or flat', () => {
    const expected = {
      ...{ name: 'r', priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
      source: { prefixes: ['10.0.0.0/24'], groups: [] },
      destination: { prefixes: ['VirtualNetwork'], groups: [] },
      ...{ sourcePorts: [0, 65536], destinationPorts: [443, 444], doubtful: false, standard: false },
    };
    expect(readRule(raw(), false)).toEqual({ rules: [expected], misreadings: [] });
    expect(readRule({ name: 'r', ...base }, false)).toEqual({ rules: [expected], misreadings: [] });
    expect(readRule(raw(), true).rules).toEqual([{ ...expected, standard: true }]);
  });

  test.each([
    ['securityRules/web', 'web'],
    ['defaultSecurityRules/DenyAllInBound', 'DenyAllInBound'],
    ['my/securityRules/web', 'my/securityRules/web'],
    ['DefaultSecurityRules/x', 'DefaultSecurityRules/x'],
    [undefined, 'rule 7'],
    [7, 'rule 7'],
  ])('the name %j is %s', (name, expected) => {
    expect(readRule({ ...raw(), name }, false, 'rule 7').rules[0]?.name).toBe(expected);
  });

  test('the same object is read once, apart as a default rule; without a name it depends on its place', () => {
    const own = raw();
    expect(readRule(own, false)).toBe(readRule(own, false));
    expect(readRule(own, true)).not.toBe(readRule(own, false));
    expect(readRule(own, true).rules[0]?.standard).toBe(true);
    const unnamed = { properties: base };
    expect([
      readRule(unnamed, false, 'rule 1').rules[0]?.name,
      readRule(unnamed, false, 'rule 2').rules[0]?.name,
    ]).toEqual([...['rule 1', 'rule 2']]);
  });

  test.each<[string, object, readonly string[]]>([
    ['the singular member', {}, ['10.0.0.0/24']],
    [
      'the plural',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.0.0.1', 'Internet'] },
      ['10.0.0.1', 'Internet'],
    ],
    ['both', { sourceAddressPrefixes: ['10.0.1.0/24'] }, ['10.0.0.0/24', '10.0.1.0/24']],
    ['neither', { sourceAddressPrefix: null, sourceAddressPrefixes: [] }, []],
    ['none at all', { sourceAddressPrefix: undefined, sourceAddressPrefixes: null }, []],
    ['a number', { sourceAddressPrefix: 7 }, ['7']],
    [
      "Azure's expansion in place of the tag",
      { sourceAddressPrefix: 'Storage', expandedSourceAddressPrefix: ['203.0.113.0/28'] },
      ['203.0.113.0/28'],
    ],
    ['an empty expansion', { sourceAddressPrefix: 'Storage', expandedSourceAddressPrefix: [] }, ['Storage']],
    [
      'the expansion of a platform tag beside it',
      {
        sourceAddressPrefixes: ['AzurePlatformDNS', 'Storage'],
        expandedSourceAddressPrefix: ['168.63.129.16/32', '203.0.113.0/28'],
      },
      ['168.63.129.16/32', '203.0.113.0/28', 'AzurePlatformDNS'],
    ],
    [
      'the items of an admin rule',
      { sourceAddressPrefix: undefined, sources: [{ addressPrefix: '*' }, { addressPrefix: 'Internet' }, 7] },
      ['*', 'Internet'],
    ],
  ])('addresses: %s', (_name, more, expected) => {
    expect(only(more).source.prefixes).toEqual(expected);
  });

  test('the destination likewise, with its own members', () => {
    const { source, destination } = only({
      ...{ destinationAddressPrefix: undefined, destinationAddressPrefixes: ['10.9.0.0/24'] },
      ...{ destinations: [{ addressPrefix: '10.8.0.0/24' }], destinationApplicationSecurityGroups: [{ id: '/web' }] },
      sourceApplicationSecurityGroups: [{ id: '/a' }, { id: '/b' }],
    });
    expect(destination).toEqual({ prefixes: ['10.9.0.0/24', '10.8.0.0/24'], groups: ['/web'] });
    expect(source.groups).toEqual(['/a', '/b']);
    const expanded = only({ expandedDestinationAddressPrefix: ['10.7.0.0/24'] });
    expect([expanded.source.prefixes, expanded.destination.prefixes]).toEqual([['10.0.0.0/24'], ['10.7.0.0/24']]);
  });

  test.each<[string, object, readonly number[]]>([
    ['one', { destinationPortRange: '80-81' }, [80, 82]],
    ['a list', { destinationPortRange: '', destinationPortRanges: ['90', '80'] }, [80, 81, 90, 91]],
    ['both', { destinationPortRanges: ['80'] }, [80, 81, 443, 444]],
    ['numbers', { destinationPortRange: 80, destinationPortRanges: [81] }, [80, 82]],
    ['none', { destinationPortRange: null }, []],
  ])('ports: %s', (_name, more, expected) => {
    expect(only(more).destinationPorts).toEqual(expected);
  });
  test('of the source too', () => {
    expect(only({ sourcePortRange: undefined, sourcePortRanges: ['1-2', '4'] }).sourcePorts).toEqual([1, 3, 4, 5]);
  });

  test('words in any letter case; a priority as its source text', () => {
    expect(only({ direction: 'OUTBOUND', access: 'deny', protocol: 'uDP' })).toMatchObject({
      ...{ direction: 'Outbound', access: 'Deny', protocol: 'Udp' },
    });
    expect(only({ access: 'alwaysallow', protocol: 'All' })).toMatchObject({ access: 'AlwaysAllow', protocol: '*' });
    expect(only({ priority: { rawJSON: '1e2' } }).priority).toBe(100);
  });
});

describe('what is wrong with a rule', () => {
  test.each<[string, object, readonly (readonly [string, string])[]]>([
    ['the type of a member', { sourceAddressPrefix: { a: 1 } }, [['sourceAddressPrefix', '{"a":1}']]],
    ['no list', { sourceAddressPrefixes: 'Internet' }, [['sourceAddressPrefixes', 'Internet']]],
    [
      'an item',
      { destinationAddressPrefixes: [true, null] },
      [
        ['destinationAddressPrefixes', 'true'],
        ['destinationAddressPrefixes', 'null'],
      ],
    ],
    ['an expansion', { expandedSourceAddressPrefix: [{}] }, [['expanded', '{}']]],
    ['a group', { sourceApplicationSecurityGroups: [{}] }, [['sourceApplicationSecurityGroups', '{}']]],
    ['a port', { destinationPortRange: '443-80' }, [['destinationPortRange', '443-80']]],
    ['a source port', { sourcePortRanges: ['x'] }, [['sourcePortRange', 'x']]],
    ['no protocol', { protocol: undefined }, [['protocol', 'nothing']]],
    ['another protocol', { protocol: 'Gre' }, [['protocol', 'Gre']]],
    ['a priority', { priority: 100.5 }, [['priority', '100.5']]],
    ['no priority', { priority: 'x' }, [['priority', 'x']]],
  ])('%s makes it doubtful', (_name, more, expected) => {
    expect(wrongs(more)).toEqual(expected);
    expect(only(more).doubtful).toBe(true);
  });

  test('the reasons', () => {
    const reasons = (more: object) =>
      readRule(raw(more), false).misreadings.map(({ rule, reason }) => `${rule}: ${reason}`);
    expect(reasons({ protocol: 7, sourceAddressPrefix: true })).toEqual([
      'r: It is not of the right type.',
      'r: It is not a protocol of NSG rules.',
    ]);
    expect(reasons({ direction: 'In', access: 'Permit', priority: null, destinationPortRange: '65536' })).toEqual([
      'r: The highest port is 65535.',
      'r: It is neither Inbound nor Outbound.',
      'r: It is neither Allow nor Deny.',
      'r: It is not a whole number.',
    ]);
  });

  test('a malformed address makes its side unknown only: the rule is not doubtful', () => {
    const read = readRule(
      raw({ sourceAddressPrefix: '10.0.0.1/8', destinationAddressPrefixes: ['10.0.0.256'] }),
      false,
    );
    expect(read.misreadings.map(({ member, value, reason }) => [member, value, reason])).toEqual([
      ['sourceAddressPrefix', '10.0.0.1/8', 'Bits after the prefix are set: the block is 10.0.0.0/8.'],
      ['destinationAddressPrefix', '10.0.0.256', '256 is more than 255.'],
    ]);
    expect(read.rules.map(({ doubtful }) => doubtful)).toEqual([false]);
  });

  test('without a direction or an access it counts as each of them, before every other', () => {
    const ways = (more: object) =>
      readRule(raw(more), false).rules.map(({ direction, access, doubtful }) => [direction, access, doubtful]);
    expect(ways({ direction: 7 })).toEqual([
      ['Inbound', 'Allow', true],
      ['Outbound', 'Allow', true],
    ]);
    expect(ways({ access: null })).toEqual([
      ['Inbound', 'Allow', true],
      ['Inbound', 'Deny', true],
    ]);
    expect(ways({ access: null, direction: null })).toHaveLength(4);
    expect(only({ priority: 1.5 }).priority).toBe(Number.NEGATIVE_INFINITY);
    expect(only({ protocol: 'Gre' }).protocol).toBe('*');
  });
});

describe('a group', () => {
  const group = (properties: object) => readGroup({ name: 'n', properties });
  const told = ({ rules }: { rules: readonly SecurityRule[] }) =>
    rules.map(
      ({ name, direction, priority, standard }) => `${direction} ${priority} ${name}${standard ? ' (default)' : ''}`,
    );
  const defaults = [
    ...['Inbound 65000 AllowVnetInBound (default)', 'Outbound 65000 AllowVnetOutBound (default)'],
    ...['Inbound 65001 AllowAzureLoadBalancerInBound (default)', 'Outbound 65001 AllowInternetOutBound (default)'],
    ...['Inbound 65500 DenyAllInBound (default)', 'Outbound 65500 DenyAllOutBound (default)'],
  ];

  test('has its rules by priority and the six default rules', () => {
    expect(
      told(group({ securityRules: [raw({ priority: 300 }, 'b'), raw({ priority: 200, direction: 'Outbound' }, 'a')] })),
    ).toEqual([...['Outbound 200 a', 'Inbound 300 b', ...defaults]]);
    expect(told(group({}))).toEqual(defaults);
    expect(told(readGroup(null))).toEqual(defaults);
  });

  test('the default rules say what Azure documents', () => {
    expect(
      readGroup({}).rules.map(({ name, access, protocol, source, destination }) => [
        name,
        access,
        protocol,
        ...source.prefixes,
        ...destination.prefixes,
      ]),
    ).toEqual([
      ['AllowVnetInBound', 'Allow', '*', 'VirtualNetwork', 'VirtualNetwork'],
      ['AllowVnetOutBound', 'Allow', '*', 'VirtualNetwork', 'VirtualNetwork'],
      ['AllowAzureLoadBalancerInBound', 'Allow', '*', 'AzureLoadBalancer', '*'],
      ['AllowInternetOutBound', 'Allow', '*', '*', 'Internet'],
      ['DenyAllInBound', 'Deny', '*', '*', '*'],
      ['DenyAllOutBound', 'Deny', '*', '*', '*'],
    ]);
    for (const rule of readGroup({}).rules) {
      expect([rule.sourcePorts, rule.destinationPorts, rule.doubtful]).toEqual([[0, 65536], [0, 65536], false]);
    }
  });

  test('default rules that it holds itself are not added again', () => {
    const held = group({
      securityRules: [raw({ priority: 64999 }, 'late')],
      defaultSecurityRules: [raw({ priority: 65000, access: 'Deny' }, 'AllowVnetInBound')],
    });
    expect(told(held)).toEqual(['Inbound 64999 late', ...defaults]);
    expect(held.rules[1]?.access).toBe('Deny');
    const effective = readGroup({
      effectiveSecurityRules: [
        { name: 'securityRules/web', ...base },
        { name: 'defaultSecurityRules/AllowVnetInBound', ...base, priority: 65000 },
      ],
      securityRules: [raw({}, 'not this')],
    });
    expect(told(effective)).toEqual(['Inbound 100 web', 'Inbound 65000 AllowVnetInBound', ...defaults.slice(1)]);
  });

  test('gathers what is wrong with its rules, called by name or by number, and is read once', () => {
    const body = {
      properties: {
        securityRules: [raw({ access: 'Permit' }, 'x'), { properties: { ...base, protocol: 7 } }],
        defaultSecurityRules: [raw({ priority: 65000, direction: 'In' }, 'd')],
      },
    };
    expect(readGroup(body).misreadings.map(({ rule, member }) => [rule, member])).toEqual([
      ...[
        ['x', 'access'],
        ['rule 2', 'protocol'],
        ['d', 'direction'],
      ],
    ]);
    expect(readGroup(body)).toBe(readGroup(body));
  });
});

test('admin rules: by priority, called by name or by the end of the id, Any for every protocol, no default rules', () => {
  const admin = (more: object, top: object = {}) => ({
    id: '/m/rules/by-id',
    properties: { ...base, ...more },
    ...top,
  });
  const { rules, misreadings } = readAdminRules([
    admin({ priority: 20, protocol: 'any' }),
    admin({ priority: 10, access: 'AlwaysAllow' }, { name: 'named' }),
    { ...base, priority: 30, id: 7 },
    'no rule',
  ]);
  expect(rules.slice(-3).map(({ name, priority, protocol, access }) => [name, priority, protocol, access])).toEqual([
    ['named', 10, 'Tcp', 'AlwaysAllow'],
    ['by-id', 20, '*', 'Allow'],
    ['rule 3', 30, 'Tcp', 'Allow'],
  ]);
  expect(rules.slice(0, -3).every(({ name, doubtful }) => name === 'rule 4' && doubtful)).toBe(true);
  expect(misreadings.every(({ rule }) => rule === 'rule 4')).toBe(true);
  expect(readAdminRules({})).toEqual({ rules: [], misreadings: [] });
});

describe('raw JSON', () => {
  test('a member is one of an object, and its own', () => {
    expect(memberOf({ a: 1 }, 'a')).toBe(1);
    for (const value of [undefined, null, 7, 'a', ['x'], Object.create({ a: 1 })])
      expect(memberOf(value, 'a')).toBeUndefined();
    expect([memberOf(['x'], 'length'), memberOf({}, 'toString'), memberOf(['x'], '0')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([{}, [], null, 'x', 7, undefined].map(isRecord)).toEqual([true, false, false, false, false, false]);
  });
  test('lists, texts and numbers, or nothing', () => {
    expect([listOf([1]), listOf({ length: 1 }), textOf('a'), textOf(7), textsOf(['a', 7, 'b']), textsOf('a')]).toEqual([
      ...[[1], [], 'a', undefined, ['a', 'b'], []],
    ]);
    expect([7, { rawJSON: '1e2' }, { rawJSON: '' }, { rawJSON: 7 }, '7', null].map(numberOf)).toEqual([
      ...[7, 100, undefined, undefined, undefined, undefined],
    ]);
  });
  test('nothing throws, whatever a group is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readGroup(value).rules.length).toBeGreaterThanOrEqual(6);
        expect(
          readGroup({ properties: { securityRules: [value, { name: 'x', properties: value }] } }).rules.length,
        ).toBeGreaterThan(6);
        expect(Array.isArray(readAdminRules([value]).rules)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
