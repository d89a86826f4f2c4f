// What follows from verdicts: the leak of limited outbound, the numbers of new rules, service tags.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextOf } from '../../src/net/context.ts';
import { decide } from '../../src/net/decide.ts';
import { allowedTags, leak } from '../../src/net/leak.ts';
import { readGroup } from '../../src/net/nsg.ts';
import { freeBelow, priorityAfter, priorityBefore } from '../../src/net/priority.ts';
import { readServiceTags, regionalTag } from '../../src/net/service-tags.ts';
import type { RawRule } from './parts/oracle.ts';

const rule = (name: string, priority: number, access: string, more: object = {}): RawRule => ({
  name,
  properties: {
    priority,
    access,
    direction: 'Outbound',
    protocol: '*',
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
    ...more,
  },
});
const group = (...securityRules: RawRule[]) => ({ name: 'n', properties: { securityRules } });
const network = ['10.1.0.0/16', '168.63.129.16/32'];
const known = contextOf({
  virtualNetwork: network,
  tags: { Storage: ['203.0.113.0/28'], AzureActiveDirectory: ['198.51.100.0/28'] },
});
/** Nothing but names. */
const named = contextOf({ virtualNetwork: network });
const storage = rule('st', 200, 'Allow', {
  protocol: 'Tcp',
  destinationAddressPrefix: 'Storage',
  destinationPortRange: '443',
});
const deny = rule('deny', 4000, 'Deny', { destinationAddressPrefix: 'Internet' });
const source = ['10.1.1.0/24'];

describe('the leak', () => {
  test.each([
    ['with addresses', known],
    ['by names alone', named],
  ])('none when all but the named tags is denied, %s', (_name, context) => {
    const subnetNsg = group(storage, deny);
    expect(allowedTags(subnetNsg)).toEqual(['Storage']);
    expect(leak({ source, allowed: ['Storage'] }, { subnetNsg }, context)).toMatchObject({
      verdict: 'denied',
      count: 0n,
      ranges: [],
    });
    expect(leak({ source, allowed: [] }, { subnetNsg }, context).verdict).toBe(
      context === known ? 'partly' : 'unknown',
    );
  });

  test('is told in prefixes and ports, with the rules it runs through', () => {
    const subnetNsg = group(
      rule('web', 300, 'Allow', {
        protocol: 'Tcp',
        destinationAddressPrefix: '203.0.113.64/26',
        destinationPortRange: '80',
      }),
      storage,
      deny,
    );
    const found = leak({ source, allowed: ['Storage'] }, { subnetNsg }, known);
    expect(found).toMatchObject({ verdict: 'partly', allowedBy: ['subnet/web'], count: 256n * 64n * 65536n });
    expect(found.ranges).toEqual([
      {
        direction: 'Outbound',
        protocol: 'Tcp',
        sources: source,
        destinations: ['203.0.113.64/26'],
        sourcePorts: ['*'],
        destinationPorts: ['80'],
      },
    ]);
  });

  test('a deny of one protocol leaves the others open', () => {
    const found = leak(
      { source, allowed: [] },
      { subnetNsg: group(rule('d', 100, 'Deny', { protocol: 'Tcp' })) },
      known,
    );
    expect(new Set(found.ranges.map(({ protocol }) => protocol))).toEqual(new Set(['Udp', 'Icmp', 'Esp', 'Ah']));
  });

  test('a tag that may be reached is left out with its regions; of a region alone the rest may leak', () => {
    const regional = rule('st', 200, 'Allow', { protocol: 'Tcp', destinationAddressPrefix: 'Storage.WestEurope' });
    const verdict = (allow: string, ...rules: RawRule[]) =>
      leak({ source, allowed: [allow] }, { subnetNsg: group(...rules, deny) }, named).verdict;
    expect([
      verdict('Storage', regional),
      verdict('Storage.WestEurope', regional),
      verdict('Storage', storage),
    ]).toEqual(['denied', 'denied', 'denied']);
    expect(verdict('Storage.WestEurope', storage)).toBe('unknown');
  });

  test('no group at all is open, and a network that is not known leaves it unknown', () => {
    expect(leak({ source, allowed: [] }, {}, known).verdict).toBe('allowed');
    expect(leak({ source, allowed: [] }, { subnetNsg: group(deny) }, contextOf({})).verdict).toBe('unknown');
  });
});

describe('names decide what names can', () => {
  const ask = (of: string, ...rules: RawRule[]) =>
    decide(
      {
        direction: 'Outbound',
        protocol: 'Tcp',
        source: { of: source },
        destination: { of: [of] },
        destinationPorts: ['443'],
      },
      { subnetNsg: group(...rules) },
      named,
    );
  const deny443 = (tag: string) => rule('d', 100, 'Deny', { destinationAddressPrefix: tag });
  test.each([
    ['its own name', ask('storage', storage, deny), 'allowed'],
    ['the global tag holds the regional', ask('Storage.WestEurope', storage, deny), 'allowed'],
    [
      'the regional tag is only part of the global',
      ask('Storage', rule('st', 200, 'Allow', { destinationAddressPrefix: 'Storage.WestEurope' }), deny),
      'unknown',
    ],
    ['another tag may share addresses', ask('Storage', deny443('AzureCloud')), 'unknown'],
    ['the required tags do not', ask('Storage', deny443('AzureKeyVault.WestEurope')), 'allowed'],
    ['the Internet holds every service', ask('Storage', deny443('Internet')), 'denied'],
    ['private space holds none', ask('Storage', deny443('10.0.0.0/8')), 'allowed'],
    ['public space may', ask('Storage', deny443('203.0.113.0/24')), 'unknown'],
    ['all of it does', ask('Storage', deny443('0.0.0.0/0')), 'denied'],
    ['the network does not', ask('Storage', deny443('VirtualNetwork')), 'allowed'],
    ['the probes do not', ask('Storage', deny443('AzureLoadBalancer')), 'allowed'],
  ])('%s', (_name, decision, verdict) => {
    expect(decision.verdict).toBe(verdict);
    expect(decision.measure).toEqual({ allowed: 0n, denied: 0n, unknown: 0n });
    expect(decision.uncounted).toHaveLength(1);
  });

  test('forced tunnelling makes a service part of the network', () => {
    const forced = contextOf({ virtualNetwork: ['0.0.0.0/0'] });
    const flow = {
      direction: 'Outbound',
      protocol: 'Tcp',
      source: { of: source },
      destination: { of: ['Storage'] },
    } as const;
    expect(decide(flow, { subnetNsg: group(deny) }, forced).verdict).toBe('unknown');
    expect(decide(flow, { subnetNsg: group() }, forced)).toMatchObject({
      verdict: 'allowed',
      allowedBy: ['subnet/AllowVnetOutBound'],
    });
  });
});

describe('numbers of new rules', () => {
  const rules = (...numbers: number[]) =>
    readGroup(group(...numbers.map((number) => rule(`r${number}`, number, 'Allow')))).rules;
  test.each([
    [[], 65500, 4090],
    [[4000], 4000, 3990],
    [[110, 120], 121, 100],
    [[100, 110, 120], 125, 124],
    [[100], 101, undefined],
    [[100, 101], 101, undefined],
  ])('%j before %i: %s', (taken, before, expected) => {
    expect(priorityBefore(rules(...taken), 'Outbound', before)).toBe(expected);
    expect(priorityBefore(rules(...taken), 'Inbound', 65500)).toBe(4090);
  });
  test('as many are free as can be taken one after the other', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 95, max: 125 })),
        fc.integer({ min: 90, max: 130 }),
        (own, before) => {
          const used = [...own];
          const free = freeBelow(rules(...used), 'Outbound', before);
          for (let count = 0; count < free; count += 1) {
            const number = priorityBefore(rules(...used), 'Outbound', before);
            expect(number).toBeLessThan(before);
            used.push(number as number);
          }
          expect(priorityBefore(rules(...used), 'Outbound', before)).toBeUndefined();
        },
      ),
    );
    expect(freeBelow(rules(4096), 'Outbound', 65500)).toBe(3996);
    expect(freeBelow(rules(), 'Outbound', Number.NEGATIVE_INFINITY)).toBe(0);
  });
  test('the last free one', () => {
    expect(priorityAfter(rules(200, 4096), 'Outbound', 200)).toBe(4095);
    expect(priorityAfter(rules(4096), 'Outbound', 4096)).toBeUndefined();
  });
});

describe('service tags', () => {
  const tags = readServiceTags({
    values: [{ name: 'Storage.WestEurope', properties: { addressPrefixes: [] } }, { name: 'Broken' }, null],
  });
  test('an entry without addresses is unknown, a list without any is empty', () => {
    expect(tags?.size).toBe(1);
    expect(tags?.addressesOf('BROKEN')).toBeUndefined();
    expect(tags?.addressesOf('storage.westeurope')).toEqual({ v4: [], v6: [] });
    for (const document of [null, 7, [], {}, { values: {} }]) expect(readServiceTags(document)).toBeUndefined();
  });
  test('a region by its ARM name', () => {
    expect(regionalTag(tags, 'Storage', 'westeurope')).toBe('Storage.WestEurope');
    expect(regionalTag(tags, 'Storage', 'North Europe')).toBe('Storage.northeurope');
  });
});
