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

describe('groups', () => {
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
});
