// The algebra of interval sets: its laws, for numbers and for bigints, and against plain sets of points.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { count4, count6, END4, END6, parseAddresses, prefixesOf, readPrefixes } from '../../src/net/addresses.ts';
import { formatAddress6, parseAddress6, parseBlock6 } from '../../src/net/ipv6.ts';
import { parsePorts, portTexts, readPorts } from '../../src/net/ports.ts';
import { covers, holds, type Intervals, intersect, intervals, meets, minus, same, unite } from '../../src/net/sets.ts';

const LIMIT = 40;
const pairs = (maxLength: number) =>
  fc.array(
    fc
      .tuple(fc.nat(LIMIT - 1), fc.integer({ min: -2, max: 9 }))
      .map(([low, size]) => [low, Math.min(low + size, LIMIT)] as const),
    { maxLength },
  );
/** Short and long sets, so that both algorithms run. */
const set = fc.oneof(pairs(3), pairs(30)).map((list) => intervals(list));
const members = (one: Intervals<number>) => Array.from({ length: LIMIT }, (_, at) => at).filter((at) => holds(one, at));
const big = (one: Intervals<number>): Intervals<bigint> => one.map(BigInt);
const everything = intervals([[0, LIMIT]]);

describe('interval sets', () => {
  test('hold what they were made of, in the one normal form', () => {
    fc.assert(
      fc.property(pairs(30), (list) => {
        const made = intervals(list);
        const points = new Set(
          list.flatMap(([low, high]) => Array.from({ length: Math.max(0, high - low) }, (_, at) => low + at)),
        );
        expect(members(made)).toEqual([...points].sort((a, b) => a - b));
        for (let index = 1; index < made.length; index += 1)
          expect(made[index - 1]).toBeLessThan(made[index] as number);
      }),
    );
  });

  test('union, intersection and difference are those of the points, for bigints too', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const inA = members(a);
        const inB = members(b);
        expect(members(unite(a, b))).toEqual(members(everything).filter((at) => inA.includes(at) || inB.includes(at)));
        expect(members(intersect(a, b))).toEqual(inA.filter((at) => inB.includes(at)));
        expect(members(minus(a, b))).toEqual(inA.filter((at) => !inB.includes(at)));
        expect(meets(a, b)).toBe(inA.some((at) => inB.includes(at)));
        expect(covers(a, b)).toBe(inB.every((at) => inA.includes(at)));
        for (const operation of [unite, intersect, minus] as const) {
          expect(operation(big(a), big(b))).toEqual(big(operation(a, b)));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the laws', () => {
    fc.assert(
      fc.property(set, set, set, (a, b, c) => {
        const law = (left: Intervals<number>, right: Intervals<number>) => expect(left).toEqual(right);
        law(unite(a, b), unite(b, a));
        law(intersect(a, b), intersect(b, a));
        law(unite(a, unite(b, c)), unite(unite(a, b), c));
        law(intersect(a, intersect(b, c)), intersect(intersect(a, b), c));
        law(intersect(a, unite(b, c)), unite(intersect(a, b), intersect(a, c)));
        law(minus(everything, unite(a, b)), intersect(minus(everything, a), minus(everything, b)));
        law(minus(a, unite(b, c)), minus(minus(a, b), c));
        law(unite(minus(a, b), intersect(a, b)), a);
        law(unite(a, a), a);
        law(minus(a, a), []);
        expect(same(a, b)).toBe(covers(a, b) && covers(b, a));
      }),
      { numRuns: 500 },
    );
  });
});

describe('prefixes', () => {
  const address4 = fc.integer({ min: 0, max: END4 - 1 });
  const spans4 = fc
    .array(fc.tuple(address4, fc.oneof(fc.nat(600), fc.nat(END4 - 1))), { maxLength: 6 })
    .map((list) => intervals(list.map(([low, size]) => [low, Math.min(low + size, END4)] as const)));
  const capped = (end: bigint) => {
    if (end > END6) return END6;
    return end;
  };
  const address6 = fc.bigInt({ min: 0n, max: END6 - 1n });
  const spans6 = fc
    .array(fc.tuple(address6, fc.bigInt({ min: 0n, max: 1n << 40n })), { maxLength: 4 })
    .map((list) => intervals(list.map(([low, size]) => [low, capped(low + size)] as const)));

  test('written as CIDR blocks and read again, they are the same addresses', () => {
    fc.assert(
      fc.property(spans4, spans6, (v4, v6) => {
        const { addresses, refused } = readPrefixes(prefixesOf({ v4, v6 }));
        expect(refused).toEqual([]);
        expect(addresses).toEqual({ v4, v6 });
      }),
      { numRuns: 300 },
    );
  });

  test('points beyond the last address are neither counted nor written', () => {
    expect(count4([0, 2, END4, END4 + 3])).toBe(2);
    expect(count6([END6 - 1n, END6 + 2n])).toBe(1n);
    expect(prefixesOf({ v4: [END4 - 1, END4 + 2], v6: [END6, END6 + 1n] })).toEqual(['255.255.255.255']);
    expect(prefixesOf({ v4: [0, END4], v6: [] }, 1)).toEqual(['0.0.0.0/0']);
  });

  test.each([
    '10.0.0.256',
    '10.0.0',
    '010.0.0.1',
    '10.0.0.1/24',
    '10.0.0.0/33',
    '10.0.0.0/08',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '0x0a.0.0.1',
    '',
    '10.0.0.9-10.0.0.1',
    '1.2.3.4/',
    '::1::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
    '2001:db8::1/64',
    '2001:db8::/129',
    '12345::',
    '::/+0',
    ':',
    ':::',
    '1:2:3:4:5:6:7:8::',
  ])('"%s" is refused', (text) => {
    expect(parseAddresses(text).ok).toBe(false);
  });

  test.each([
    ['::', '::'],
    ['::1', '::1'],
    ['2001:0DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
    ['fd00::', 'fd00::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s is written %s', (text, written) => {
    const parsed = parseAddress6(text);
    expect(parsed.ok && formatAddress6(parsed.value)).toBe(written);
  });

  test('an IPv6 address survives being written and read', () => {
    fc.assert(
      fc.property(address6, (value) => {
        expect(parseAddress6(formatAddress6(value))).toEqual({ ok: true, value });
      }),
    );
    const block = parseBlock6('2001:db8::/32');
    expect(block.ok && block.value.high - block.value.low).toBe(1n << 96n);
  });
});

describe('ports', () => {
  test.each(['443-80', '65536', '-1', '1-', '1,2', '80 ', 'http', '', '0x50', '999999', '1-65536'])(
    '"%s" is refused',
    (text) => {
      expect(parsePorts(text).ok).toBe(false);
    },
  );
  test('a union is written in order', () => {
    expect(portTexts(readPorts(['443', '80-90', '85-95', '96']).ports)).toEqual(['80-96', '443']);
    expect(portTexts(readPorts(['0-100', '101-65535']).ports)).toEqual(['*']);
  });
});
