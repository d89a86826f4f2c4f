import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blocksOf,
  contains,
  coveredBy,
  formatAddress,
  formatBlock,
  type Ipv4Range,
  overlaps,
  parseAddress,
  parseBlock,
  parseRange,
  sizeOf,
  sizeOfUnion,
  subtract,
  union,
} from '../../src/net/ipv4.ts';

const address = fc.integer({ min: 0, max: 0xffff_ffff });
const range = fc.tuple(address, fc.integer({ min: 0, max: 5000 })).map(
  ([first, extra]): Ipv4Range => ({
    first,
    last: Math.min(first + extra, 0xffff_ffff),
  }),
);
/** Ranges near each other, so that they often touch and overlap. */
const near = fc.array(
  fc.tuple(fc.nat(60), fc.nat(20)).map(([first, extra]): Ipv4Range => ({ first, last: first + extra })),
  { maxLength: 6 },
);
const members = (ranges: readonly Ipv4Range[]) =>
  new Set(ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index)));

describe('addresses', () => {
  test('a number survives being written and read', () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(parseAddress(formatAddress(value))).toEqual({ ok: true, value });
      }),
    );
  });

  test.each([
    ['10.0.0.256', '256 is more than 255.'],
    ['010.0.0.1', '010 has a leading zero.'],
    ['10.0.0', 'It is not an IPv4 address of four numbers.'],
    ['10.0.0.1.2', 'It is not an IPv4 address of four numbers.'],
    ['10.0.0.-1', 'It is not an IPv4 address of four numbers.'],
    ['10.0.0.1 ', 'It is not an IPv4 address of four numbers.'],
    ['0x0a.0.0.1', 'It is not an IPv4 address of four numbers.'],
    ['', 'It is not an IPv4 address of four numbers.'],
    ['::1', 'It is an IPv6 address.'],
  ])('%s is refused', (text, reason) => {
    expect(parseAddress(text)).toEqual({ ok: false, reason });
  });

  test.each([
    ['50.206.209.68/27', 'Bits after the prefix are set: the block is 50.206.209.64/27.'],
    ['1.2.3.4/33', '/33 is not a prefix length from 0 to 32.'],
    ['1.2.3.4/', '/ is not a prefix length from 0 to 32.'],
    ['1.2.3.4/08', '/08 is not a prefix length from 0 to 32.'],
  ])('the block %s is refused', (text, reason) => {
    expect(parseBlock(text)).toEqual({ ok: false, reason });
  });

  test('a range may not run backwards', () => {
    expect(parseRange('1.2.3.4-1.2.3.3')).toEqual({ ok: false, reason: 'The range ends before it starts.' });
    expect(parseRange('1.2.3.4-1.2.3.4')).toMatchObject({ ok: true });
  });
});

describe('sets of addresses', () => {
  test('union, subtract and size agree with counting one by one', () => {
    fc.assert(
      fc.property(near, near, (a, b) => {
        const [inA, inB] = [members(a), members(b)];
        expect(members(union(a))).toEqual(inA);
        expect(sizeOfUnion(a)).toBe(inA.size);
        expect(members(subtract(a, b))).toEqual(new Set([...inA].filter((one) => !inB.has(one))));
      }),
    );
  });

  test('a union is in order, disjoint, and no two of its ranges touch', () => {
    fc.assert(
      fc.property(near, (ranges) => {
        const joined = union(ranges);
        for (const [index, one] of joined.entries()) {
          const next = joined[index + 1];
          if (next) expect(next.first).toBeGreaterThan(one.last + 1);
        }
      }),
    );
  });

  test('the blocks of a range are canonical and hold exactly it', () => {
    fc.assert(
      fc.property(range, (one) => {
        const blocks = blocksOf(one);
        expect(union(blocks)).toEqual([one]);
        expect(blocks.reduce((sum, block) => sum + sizeOf(block), 0)).toBe(sizeOf(one));
        for (const block of blocks) expect(parseBlock(formatBlock(block))).toMatchObject({ ok: true });
      }),
    );
  });

  test('contained, covered and overlapping mean what they say', () => {
    fc.assert(
      fc.property(range, range, (a, b) => {
        if (contains(a, b)) expect(overlaps(a, b)).toBe(true);
        expect(coveredBy(b, [a])).toBe(contains(a, b));
        expect(overlaps(a, b)).toBe(overlaps(b, a));
      }),
    );
  });
});
