// What Azure would refuse: each code for what it is about, nothing for what Azure takes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { standardRules } from '../../src/net/nsg.ts';
import { refusals, routeRefusals } from '../../src/net/refusals.ts';

const base = {
  direction: 'Inbound',
  priority: 100,
  access: 'Allow',
  protocol: 'Tcp',
  sourceAddressPrefix: '*',
  sourcePortRange: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: '443',
};
const rule = (name: string, more: object) => ({ name, properties: { ...base, ...more } });
const codes = (...rules: object[]) => refusals({ properties: { securityRules: rules } }).map(({ code }) => code);
const PREFIX = 'SecurityRuleInvalidAddressPrefix';
const PORT = 'SecurityRuleInvalidPortRange';
const PLURAL = 'SecurityRuleParameterContainsUnsupportedValue';

/** What is refused of one rule, but for its code: the names, the member, the value. */
const told = (more: object) =>
  refusals({ properties: { securityRules: [rule('a', more)] } }).map(({ names, member, value }) => [
    ...names,
    member,
    value,
  ]);

describe('groups', () => {
  test.each<[string, object, string, string]>([
    ['a prefix', { sourceAddressPrefix: '10.0.0.1/24' }, 'sourceAddressPrefix', '10.0.0.1/24'],
    ['a prefix that is no text', { destinationAddressPrefix: ['x'] }, 'destinationAddressPrefix', '["x"]'],
    ['no address', { destinationAddressPrefix: null }, 'destinationAddressPrefix', ''],
    [
      'a tag in a list',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['Internet'] },
      'sourceAddressPrefixes',
      'Internet',
    ],
    [
      'an item',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.0.0.1/8'] },
      'sourceAddressPrefixes',
      '10.0.0.1/8',
    ],
    [
      'a name that is none',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['a-b'] },
      'sourceAddressPrefixes',
      'a-b',
    ],
    [
      'an overlap',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.0.1.0/24', '::/0', '10.0.0.0/16'] },
      'sourceAddressPrefixes',
      '10.0.1.0/24',
    ],
    ['a port', { sourcePortRange: 'x' }, 'sourcePortRange', 'x'],
    ['no port', { sourcePortRange: '', sourcePortRanges: [] }, 'sourcePortRange', ''],
    [
      'a port of a list',
      { destinationPortRange: '', destinationPortRanges: ['80', '9-8'] },
      'destinationPortRanges',
      '9-8',
    ],
    ['a star among ports', { sourcePortRange: '', sourcePortRanges: ['*'] }, 'sourcePortRanges', '*'],
    ['a priority', { priority: 99 }, 'priority', '99'],
    ['a priority that is missing', { priority: undefined }, 'priority', ''],
    ['an access', { access: 'AlwaysAllow' }, 'access', 'AlwaysAllow'],
    ['a direction', { direction: 7 }, 'direction', '7'],
    ['a protocol', { protocol: 'Gre' }, 'protocol', 'Gre'],
  ])('%s is named with its value', (_name, more, member, value) => {
    expect(told(more)).toEqual([['a', member, value]]);
  });

  test('every item that is wrong is named, and an overlap of those that are right', () => {
    const sourceAddressPrefixes = ['10.0.0.0/24', '*', '10.0.0.256', '10.0.0.128/25'];
    expect(told({ sourceAddressPrefix: '', sourceAddressPrefixes }).map(([, , value]) => value)).toEqual([
      ...['*', '10.0.0.256', '10.0.0.128/25'],
    ]);
  });

  test.each([
    [['10.0.0.0/8', '10.0.0.0/24']],
    [['10.0.0.0/24', '10.0.0.0/8']],
    [['10.9.0.0/16', '10.0.0.0/24', '::/0', '10.0.0.0/16', '9.0.0.0/8']],
  ])('of %j the narrower one of the lowest pair overlaps', (sourceAddressPrefixes) => {
    expect(told({ sourceAddressPrefix: '', sourceAddressPrefixes }).map(([, , value]) => value)).toEqual([
      '10.0.0.0/24',
    ]);
  });

  test('a rule is read nested or flat; without a name or with no rules nothing throws', () => {
    const flat = { name: 'f', ...base, priority: 1 };
    expect(refusals({ securityRules: [flat] }).map(({ names }) => names)).toEqual([['f']]);
    expect(refusals({ properties: { securityRules: [{ properties: { ...base, priority: 1 } }] } })[0]?.names).toEqual([
      '',
    ]);
    expect([refusals({}), refusals({ properties: {} }), refusals(7)]).toEqual([[], [], []]);
  });

  test('three rules of one priority: each later one beside the first; without a direction none', () => {
    const same = (...directions: unknown[]) =>
      refusals({ properties: { securityRules: directions.map((direction, at) => rule(`r${at}`, { direction })) } })
        .filter(({ code }) => code === 'SecurityRuleConflict')
        .map(({ names }) => names);
    expect(same('Inbound', 'Inbound', 'INBOUND')).toEqual([
      ['r0', 'r1'],
      ['r0', 'r2'],
    ]);
    expect(same(undefined, undefined)).toEqual([]);
  });

  test.each([
    ['host bits', { sourceAddressPrefix: '10.0.0.1/24' }, PREFIX],
    ['octet', { sourceAddressPrefix: '10.0.0.256' }, PREFIX],
    ['leading zero', { sourceAddressPrefix: '010.0.0.1' }, PREFIX],
    ['list in the singular field', { destinationAddressPrefix: '10.0.0.0/24,10.1.0.0/24' }, PREFIX],
    ['classic tag', { sourceAddressPrefix: 'VIRTUAL_NETWORK' }, PREFIX],
    ['host bits in the list', { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.0.0.1/24'] }, PREFIX],
    ['tag in the list', { sourceAddressPrefix: null, sourceAddressPrefixes: ['Internet'] }, PLURAL],
    ['star in the list', { sourceAddressPrefix: null, sourceAddressPrefixes: ['*'] }, PLURAL],
    ['star in the list of ports', { destinationPortRange: '', destinationPortRanges: ['*'] }, PLURAL],
    [
      'overlap',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.0.0.128/25', '10.0.0.0/8'] },
      'OverlappingSubnetsNotPermittedInSecurityRule',
    ],
    [
      'the same twice',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.0.0.1', '10.0.0.1/32'] },
      'OverlappingSubnetsNotPermittedInSecurityRule',
    ],
    [
      'overlap of IPv6',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['2001:db8::/32', '2001:db8:1::/48'] },
      'OverlappingSubnetsNotPermittedInSecurityRule',
    ],
    ['no tag in the list', { sourceAddressPrefix: '', sourceAddressPrefixes: ['a-b'] }, PREFIX],
    ['ports backwards', { destinationPortRange: '443-80' }, PORT],
    ['port too high', { destinationPortRange: '65536' }, PORT],
    ['file name for a star', { destinationPortRange: 'README.md' }, PORT],
    ['list of ports in the singular field', { destinationPortRange: '80,443' }, PORT],
    ['no port', { destinationPortRange: undefined }, PORT],
    ['no source', { sourceAddressPrefix: undefined }, 'SecurityRuleMissingAddress'],
    ['only empty ones', { destinationAddressPrefix: '', destinationAddressPrefixes: [] }, 'SecurityRuleMissingAddress'],
    ['priority too low', { priority: 99 }, 'SecurityRuleInvalidPriority'],
    ['priority too high', { priority: 4097 }, 'SecurityRuleInvalidPriority'],
    ['no priority', { priority: undefined }, 'SecurityRuleInvalidPriority'],
    ['priority between numbers', { priority: 100.5 }, 'SecurityRuleInvalidPriority'],
    ['protocol', { protocol: 'Gre' }, 'InvalidRequestFormat'],
    ['access', { access: 'Permit' }, 'InvalidRequestFormat'],
  ])('%s', (_name, more, code) => {
    expect(codes(rule('a', more))).toEqual([code]);
  });

  test.each([
    ['tag in other case', { sourceAddressPrefix: 'INTERNET' }],
    ['regional tag', { sourceAddressPrefix: 'Storage.WestEurope' }],
    [
      'list without overlap',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.0.0.0/24', '10.0.1.0/24', '2001:db8::/32'] },
    ],
    ['group', { sourceAddressPrefix: undefined, sourceApplicationSecurityGroups: [{ id: '/a' }] }],
    ['the lowest number', { priority: 100 }],
    ['a tag of digits and dots', { sourceAddressPrefix: 'AzureFrontDoor.FirstParty' }],
    ['only a list', { sourceAddressPrefix: undefined, sourceAddressPrefixes: ['10.0.0.0/8'] }],
    ['a star on one side', { destinationAddressPrefix: '*' }],
    ['only a list of ports', { sourcePortRange: undefined, sourcePortRanges: ['1-2', '4'] }],
    ['neighbours', { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.0.1.0/24', '10.0.0.0/24', '::/0'] }],
    ['ends of the numbers', { priority: 4096, destinationPortRange: '0-65535', protocol: '*' }],
    ['enum in other case', { direction: 'INBOUND', access: 'deny', protocol: 'TCP' }],
  ])('%s is taken', (_name, more) => {
    expect(codes(rule('a', more))).toEqual([]);
  });

  test('one number twice in a direction, whatever its case, not across directions', () => {
    expect(refusals({ properties: { securityRules: [rule('a', {}), rule('b', { direction: 'inbound' })] } })).toEqual([
      { code: 'SecurityRuleConflict', names: ['a', 'b'], member: 'priority', value: '100' },
    ]);
    expect(codes(rule('a', {}), rule('b', { direction: 'Outbound' }))).toEqual([]);
  });

  test('nothing throws, whatever the rules are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (raw, inner) => {
        expect(Array.isArray(refusals(raw))).toBe(true);
        expect(Array.isArray(refusals({ properties: { securityRules: [inner, { properties: raw }] } }))).toBe(true);
        expect(Array.isArray(routeRefusals({ properties: { routes: [inner] } }))).toBe(true);
      }),
    );
    expect(standardRules).toHaveLength(6);
  });
});

describe('route tables', () => {
  const table = (...prefixes: string[]) => ({
    properties: {
      routes: prefixes.map((addressPrefix, index) => ({ name: `r${index}`, properties: { addressPrefix } })),
    },
  });
  test.each([
    [['10.0.0.0/8', 'Storage.WestEurope', '0.0.0.0/0'], []],
    [['10.0.0.1/8'], ['InvalidAddressPrefixFormat']],
    [['Internet'], ['InvalidAddressPrefixFormat']],
    [['AzurePlatformDNS'], ['InvalidAddressPrefixFormat']],
    [['10.0.0.0/8', '10.0.0.0/8'], ['RouteConflict']],
    [['Storage', 'storage'], ['RouteConflict']],
  ])('%j', (prefixes, expected) => {
    expect(routeRefusals(table(...prefixes)).map(({ code }) => code)).toEqual(expected);
  });

  test('the routes are named, both of a pair, and the value as written', () => {
    expect(routeRefusals(table('Storage', '10.0.0.1/8', 'storage', 'STORAGE'))).toEqual([
      { code: 'InvalidAddressPrefixFormat', names: ['r1'], member: 'addressPrefix', value: '10.0.0.1/8' },
      { code: 'RouteConflict', names: ['r0', 'r2'], member: 'addressPrefix', value: 'storage' },
      { code: 'RouteConflict', names: ['r2', 'r3'], member: 'addressPrefix', value: 'STORAGE' },
    ]);
    expect(routeRefusals({ routes: [{ addressPrefix: 'a b' }] })).toEqual([
      { code: 'InvalidAddressPrefixFormat', names: [''], member: 'addressPrefix', value: 'a b' },
    ]);
    expect(routeRefusals({ properties: { routes: [{ name: 'x' }] } }).map(({ value }) => value)).toEqual(['']);
  });
});
