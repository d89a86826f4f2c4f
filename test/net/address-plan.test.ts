// Addresses of subnets: what there is, what is free, what will be asked for.
import { expect, test } from 'vitest';
import {
  addressDemand,
  aksAddresses,
  freeAddresses,
  reservedPerSubnet,
  usableAddresses,
} from '../../src/net/address-plan.ts';

test.each([
  [['10.0.0.0/29'], 3],
  [['10.0.0.0/24'], 251],
  [['10.0.0.0/24', '10.0.2.0/28'], 251 + 11],
  [['10.0.0.0/24', 'fd00::/64'], 251],
  [['10.0.0.0/31'], 0],
  [['10.0.0.1/24'], undefined],
  [['fd00::/64'], undefined],
  [[], undefined],
])('%j has %s usable', (prefixes, expected) => {
  expect(usableAddresses(prefixes)).toBe(expected);
});

test.each([
  [
    { currentValue: 40, limit: 251 },
    { count: 211, approximate: false },
  ],
  [
    { currentValue: -1, limit: 251 },
    { count: 241, approximate: true },
  ],
  [
    { currentValue: 3, limit: -1 },
    { count: 241, approximate: true },
  ],
  [
    { currentValue: 0, limit: 251 },
    { count: 251, approximate: false },
  ],
  [
    { currentValue: 0, limit: 0 },
    { count: 0, approximate: false },
  ],
  [undefined, { count: 241, approximate: true }],
])('usage %j', (usage, expected) => {
  expect(freeAddresses({ prefixes: ['10.0.0.0/24'], usage, configurations: 10 })).toEqual(expected);
});

test('free addresses of invalid prefixes are not known, unless they were counted', () => {
  const prefixes = ['10.0.0.1/24'];
  expect(freeAddresses({ prefixes, configurations: 1 })).toBeUndefined();
  expect(freeAddresses({ prefixes, usage: { currentValue: 1, limit: 3 }, configurations: 1 })?.count).toBe(2);
  expect(reservedPerSubnet).toBe(5);
});

test('AKS: every pod of a flat network has an address', () => {
  expect(aksAddresses({ nodes: 50, flat: true })).toBe(51 + 51 * 30);
  expect(aksAddresses({ nodes: 3, surge: 0, maxPods: 110, flat: true })).toBe(4 + 4 * 110);
  expect(aksAddresses({ nodes: 50, surge: 5, flat: false })).toBe(55);
  expect(aksAddresses({ nodes: 0, flat: true })).toBe(31);
});

test('demand still to come', () => {
  const clusters = [
    { maxNodes: 10, currentNodes: 4 },
    { maxNodes: 2, currentNodes: 5 },
  ];
  const pools = [{ now: { nodes: 3, flat: true }, planned: { nodes: 5, flat: true } }];
  expect(addressDemand({ clusters, instances: 2, pools })).toBe(6 + 2 + 2 * 31);
  expect(addressDemand({ pools: [{ now: undefined, planned: { nodes: 5, flat: false } }] })).toBe(6);
  expect(
    addressDemand({ pools: [{ now: { nodes: 9, flat: true }, planned: { nodes: 5, flat: true } }], instances: 1 }),
  ).toBe(1);
  expect(addressDemand({})).toBe(0);
});
