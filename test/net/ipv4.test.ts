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
  scanBlock,
  sizeOf,
  sizeOfUnion,
  subtract,
  union,
  unionOfScanned,
  withoutHostBits,
  writeBlocks,
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

test('a block with host bits stands for the one that holds its address, and any other text for itself', () => {
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 32 }), (value, prefix) => {
      const text = withoutHostBits(`${formatAddress(value)}/${prefix}`);
      const block = parseBlock(text);
      if (!block.ok) throw new Error(block.reason);
      expect(block.value.prefix).toBe(prefix);
      expect(block.value.first <= value && value <= block.value.last).toBe(true);
      expect(withoutHostBits(text)).toBe(text);
    }),
  );
  for (const text of [
    '203.0.113.7',
    '203.0.113.7/33',
    '203.0.113/24',
    '1.2.3.4/8/8',
    '::1/64',
    '1.2.3.4-1.2.3.9',
    '/8',
    '',
  ]) {
    expect(withoutHostBits(text)).toBe(text);
  }
});

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

/** Four numbers without leading zeros, none above 255. */
const slowRead = (text: string): number | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
};
const piece = fc.constantFrom(
  '0',
  '1',
  '9',
  '10',
  '99',
  '127',
  '128',
  '255',
  '256',
  '00',
  '01',
  '300',
  '1000',
  '',
  '-1',
  ':',
  '/',
  'a',
);
const nearly = fc.oneof(
  fc.array(piece, { minLength: 4, maxLength: 4 }).map((pieces) => pieces.join('.')),
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('.')),
  address.map(formatAddress),
);
const prefixText = fc.oneof(fc.nat(40).map(String), fc.constantFrom('', '00', '08', '1a', '+1', '/', ':', '320', '3 '));

describe('texts', () => {
  test('an address is read number by number, or refused', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const parsed = parseAddress(text);
        expect(parsed.ok ? parsed.value : undefined).toBe(slowRead(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('a block is read by its address and its length, both ways alike', () => {
    fc.assert(
      fc.property(nearly, fc.option(prefixText), fc.boolean(), (start, length, isClean) => {
        const value = slowRead(start);
        const bits = length !== null && /^(?:0|[1-9]|[12][0-9]|3[0-2])$/.test(length) ? Number(length) : undefined;
        const size = 2 ** (32 - (bits ?? 32));
        const first = value === undefined || !isClean ? value : Math.floor(value / size) * size;
        const head = first === undefined ? start : formatAddress(first);
        const text = length === null ? head : `${head}/${length}`;
        const isBlock = first !== undefined && (length === null || bits !== undefined) && first % size === 0;
        const parsed = parseBlock(text);
        expect(parsed.ok).toBe(isBlock);
        if (!isBlock || first === undefined) {
          expect(scanBlock(text)).toBe(-1);
          return;
        }
        const block = { first, last: first + size - 1, prefix: bits ?? 32, bare: length === null };
        expect(parsed).toEqual({ ok: true, value: block });
        expect(scanBlock(text)).toBe(first * 64 + block.prefix);
        expect(parseRange(text)).toEqual(parsed);
        expect(formatBlock(block)).toBe(block.prefix === 32 ? head : text);
      }),
      { numRuns: 1000 },
    );
  });

  test.each(['', ':', '/', 'a', '0a', '1:', '1/', ':1', '/1', '33', '40', '132', '00', '01', ' 8', '8 '])(
    '0.0.0.0/%s is no block',
    (length) => {
      expect(parseBlock(`0.0.0.0/${length}`)).toEqual({
        ok: false,
        reason: `/${length} is not a prefix length from 0 to 32.`,
      });
      expect(scanBlock(`0.0.0.0/${length}`)).toBe(-1);
    },
  );

  test('each length of a prefix', () => {
    for (let prefix = 0; prefix <= 32; prefix += 1) {
      const size = 2 ** (32 - prefix);
      const first = Math.floor(0xcafe_baff / size) * size;
      const text = `${formatAddress(first)}/${prefix}`;
      expect(parseBlock(text)).toEqual({ ok: true, value: { first, last: first + size - 1, prefix, bare: false } });
      if (prefix < 32) {
        const reason = `Bits after the prefix are set: the block is ${text}.`;
        expect(parseBlock(`${formatAddress(first + 1)}/${prefix}`)).toEqual({ ok: false, reason });
        expect(scanBlock(`${formatAddress(first + size / 2)}/${prefix}`)).toBe(-1);
      }
    }
  });

  test.each([
    ['1.2.3.4 - 1.2.3.6', { ok: true, value: { first: 0x01020304, last: 0x01020306 } }],
    ['1.2.3.4-x', { ok: false, reason: 'It is not an IPv4 address of four numbers.' }],
    ['x-1.2.3.4', { ok: false, reason: 'It is not an IPv4 address of four numbers.' }],
    ['1.2.3.4-::1', { ok: false, reason: 'It is an IPv6 address.' }],
    ['1.2.3.4-1.2.3.0/30', { ok: false, reason: 'It is not an IPv4 address of four numbers.' }],
  ])('the range %s', (text, expected) => {
    expect(parseRange(text)).toEqual(expected);
  });
  test.each([
    ['256.0.0', 'It is not an IPv4 address of four numbers.'],
    ['1.2.3.1000', 'It is not an IPv4 address of four numbers.'],
    ['1.2.3.00', '00 has a leading zero.'],
    ['0.0.0.0256', 'It is not an IPv4 address of four numbers.'],
    ['0.0.256.01', '256 is more than 255.'],
  ])('%s is refused with the first thing that is wrong', (text, reason) => {
    expect(parseAddress(text)).toEqual({ ok: false, reason });
  });
});

describe('sets of addresses', () => {
  test('the union of scanned blocks is that of their ranges, in whatever order they come', () => {
    const small = fc
      .tuple(fc.nat(63), fc.integer({ min: 26, max: 32 }))
      .map(([at, prefix]) => ({ first: at - (at % 2 ** (32 - prefix)), prefix }));
    fc.assert(
      fc.property(fc.array(small, { maxLength: 8 }), (blocks) => {
        const ranges = blocks.map(({ first, prefix }) => ({ first, last: first + 2 ** (32 - prefix) - 1 }));
        const flat = union(ranges).flatMap(({ first, last }) => [first, last + 1]);
        expect(unionOfScanned(blocks.map(({ first, prefix }) => first * 64 + prefix))).toEqual(flat);
      }),
      { numRuns: 500 },
    );
    expect(unionOfScanned([0])).toEqual([0, 2 ** 32]);
  });

  test('a range is written as the fewest blocks, up to the limit', () => {
    const slowBlocks = (first: number, end: number): string[] => {
      const found: string[] = [];
      for (let at = first; at < end; ) {
        let bits = 0;
        while (bits < 32 && at % 2 ** (bits + 1) === 0 && at + 2 ** (bits + 1) <= end) bits += 1;
        found.push(formatBlock({ first: at, prefix: 32 - bits }));
        at += 2 ** bits;
      }
      return found;
    };
    const end = fc.oneof(
      fc.nat(300),
      fc.nat(2 ** 32 - 1),
      fc.nat(32).map((bits) => 2 ** bits),
    );
    fc.assert(
      fc.property(fc.oneof(address, fc.constant(0)), end, fc.nat(6), (first, size, limit) => {
        const high = Math.min(first + size, 2 ** 32);
        const all = slowBlocks(first, high);
        const texts: string[] = [];
        writeBlocks(texts, first, high, Number.POSITIVE_INFINITY);
        expect(texts).toEqual(all);
        const some: string[] = [];
        writeBlocks(some, first, high, limit);
        expect(some).toEqual(all.slice(0, limit));
        if (size > 0) expect(blocksOf({ first, last: high - 1 }).map(formatBlock)).toEqual(all);
      }),
      { numRuns: 400 },
    );
  });

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
        for (const block of blocks) expect(parseBlock(formatBlock(block))).toEqual({ ok: true, value: block });
      }),
    );
  });

  test('contained, covered and overlapping mean what they say', () => {
    const small = fc.tuple(fc.nat(30), fc.nat(9)).map(([first, extra]): Ipv4Range => ({ first, last: first + extra }));
    fc.assert(
      fc.property(small, small, small, (a, b, c) => {
        const [inA, inB, inC] = [members([a]), members([b]), members([c])];
        expect(overlaps(a, b)).toBe([...inA].some((one) => inB.has(one)));
        expect(contains(a, b)).toBe([...inB].every((one) => inA.has(one)));
        expect(coveredBy(c, [a, b])).toBe([...inC].every((one) => inA.has(one) || inB.has(one)));
      }),
      { numRuns: 300 },
    );
  });
});
