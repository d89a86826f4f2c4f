import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  legalizeStorageIp,
  parseClientAddress,
  refusedClients,
  reservedFamilies,
  storageIpLegality,
  vaultIpLegality,
} from '../../src/net/ip-rules.ts';
import { coveredBy, parseBlock, parseRange, union } from '../../src/net/ipv4.ts';

const reason = (verdict: { legal: boolean; reason?: string }) => (verdict.legal ? 'legal' : (verdict.reason ?? ''));
const block = fc
  .tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 32 }))
  .map(([value, prefix]) => {
    const size = 2 ** (32 - prefix);
    const first = value - (value % size);
    const dotted = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
    return `${dotted}/${prefix}`;
  });

describe('what a firewall takes', () => {
  test.each([
    ['203.0.113.7', 'legal', 'legal'],
    ['198.51.100.0/24', 'legal', 'legal'],
    ['198.51.100.0/30', 'legal', 'legal'],
    ['203.0.113.7/32', 'rejects /32: use the address without a prefix length.', 'legal'],
    ['203.0.113.6/31', 'rejects /31: use the two single addresses.', 'legal'],
    ['10.1.2.3', 'private', 'private'],
    ['172.31.0.0/16', 'private', 'private'],
    ['192.168.1.1', 'private', 'private'],
    ['100.64.0.1', 'CGNAT', 'CGNAT'],
    ['127.0.0.1', 'loopback', 'loopback'],
    ['169.254.169.254', 'link-local', 'link-local'],
    ['224.0.0.1', 'multicast', 'multicast'],
    ['0.0.0.0/0', 'all addresses', 'all addresses'],
    ['2001:db8::1', 'IPv4 only', 'IPv4 only'],
    // Recorded: a vault took and gave back ranges that merely contain a private one.
    ['128.0.0.0/1', 'private', 'legal'],
    ['0.0.0.0/2', 'private', 'legal'],
    ['198.51.100.1/24', 'Bits after the prefix', 'Bits after the prefix'],
  ])('%s', (value, storage, vault) => {
    expect(reason(storageIpLegality(value))).toContain(storage);
    expect(reason(vaultIpLegality(value))).toContain(vault);
  });

  test('what storage takes, a vault takes', () => {
    fc.assert(
      fc.property(block, (value) => {
        if (storageIpLegality(value).legal) expect(vaultIpLegality(value).legal).toBe(true);
      }),
    );
  });

  test('what is written instead is legal and holds the same addresses, or nothing of it was legal', () => {
    fc.assert(
      fc.property(block, (value) => {
        const instead = legalizeStorageIp(value);
        for (const one of instead) expect(storageIpLegality(one).legal).toBe(true);
        const ranges = instead.flatMap((one) => {
          const parsed = parseBlock(one);
          return parsed.ok ? [parsed.value] : [];
        });
        const whole = parseBlock(value);
        if (instead.length > 0 && whole.ok) {
          expect(union(ranges)).toEqual([{ first: whole.value.first, last: whole.value.last }]);
        }
      }),
    );
  });
});

describe('an address on the command line', () => {
  test.each([
    ['203.0.113.7', ['203.0.113.7']],
    [' 203.0.113.7/32 ', ['203.0.113.7']],
    ['203.0.113.6/31', ['203.0.113.6', '203.0.113.7']],
    ['203.0.113.0/29', ['203.0.113.0/29']],
    ['203.0.113.5-203.0.113.8', ['203.0.113.5', '203.0.113.6', '203.0.113.7', '203.0.113.8']],
  ])('%s', (text, value) => {
    expect(parseClientAddress(text)).toEqual({ ok: true, value });
  });

  test.each([
    ['10.0.0.1', 'private'],
    ['10.0.0.1/32', 'private'],
    ['2001:db8::1', 'IPv6'],
    ['mine', 'not an IPv4 address'],
    ['203.0.113.9-203.0.113.1', 'ends before it starts'],
    ['9.255.255.255-10.0.0.1', 'private'],
    ['0.0.0.0/0', 'all addresses'],
  ])('%s is refused with the reason', (text, part) => {
    const parsed = parseClientAddress(text);
    expect(parsed.ok ? '' : parsed.reason).toContain(part);
  });

  test('nothing reserved ever gets through', () => {
    const reserved = reservedFamilies.flatMap((family) => family.blocks);
    fc.assert(
      fc.property(block, (text) => {
        const parsed = parseClientAddress(text);
        if (!parsed.ok) return;
        for (const value of parsed.value) {
          const range = parseRange(value);
          if (range.ok) expect(coveredBy(range.value, reserved)).toBe(false);
        }
      }),
    );
  });
});

describe('what can be declared as the addresses of own clients', () => {
  test.each<[string, string]>([
    ['', 'taken'],
    ['203.0.113.7', 'taken'],
    ['203.0.0.0/17', 'taken'],
    ['20.0.0.1-20.0.0.9', 'taken'],
    ['2001:db8:1:2::/64', 'taken'],
    // What is not public is told by the rules.
    ['10.0.0.0/8', 'taken'],
    ['192.168.0.0/16', 'taken'],
    ['0.0.0.0/0', 'wide 0.0.0.0/0'],
    ['0.0.0.0/1 128.0.0.0/1', 'wide 0.0.0.0/1'],
    ['192.0.0.0/3', 'wide 192.0.0.0/3'],
    ['172.0.0.0/8', 'wide 172.0.0.0/8'],
    ['64.0.0.0/3', 'wide 64.0.0.0/3'],
    ['203.0.0.0/8', 'wide 203.0.0.0/8'],
    ['203.0.0.0/16', 'wide 203.0.0.0/16'],
    ['20.0.0.0-20.0.255.255', 'wide 20.0.0.0-20.0.255.255'],
    ['203.0.0.0/17 203.0.128.0/17', 'wide 203.0.0.0/17, 203.0.128.0/17'],
    ['203.0.0.0/17 203.0.0.0/17', 'taken'],
    ['::/0', 'wide ::/0'],
    ['2a00::/48', 'wide 2a00::/48'],
    // A rule of a security group takes these for all addresses.
    ['Internet', 'no-address Internet'],
    ['*', 'no-address *'],
    ['AzureCloud', 'no-address AzureCloud'],
    ['203.0.113.7/24', 'no-address 203.0.113.7/24'],
  ])('%s: %s', (values, said) => {
    const refused = refusedClients(values.split(' ').filter((one) => one !== ''));
    expect(refused === undefined ? 'taken' : `${refused.reason} ${refused.value}`).toBe(said);
  });
});
