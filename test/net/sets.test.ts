// The algebra of interval sets: its laws, for numbers and for bigints, and against plain sets of points.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressText,
  anywhere,
  count4,
  count6,
  countOf,
  END4,
  END6,
  fixed,
  looksLiteral,
  nowhere,
  parseAddresses,
  prefixesOf,
  readPrefixes,
} from '../../src/net/addresses.ts';
import { formatAddress6, parseAddress6, parseBlock6 } from '../../src/net/ipv6.ts';
import { hasPorts, isAllPorts, parsePorts, portTexts, readPorts, readProtocol } from '../../src/net/ports.ts';
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

describe('sets of many pieces', () => {
  const many = (minLength: number, maxLength: number, most: number) =>
    fc
      .array(fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most })), { minLength, maxLength })
      .map((list) => {
        let at = -1;
        return list.flatMap(([space, size]) => {
          const low = at + space;
          at = low + size;
          return [low, at];
        });
      });
  /** As many points as the longest of them may reach. */
  const reach = 1500;
  const flags = (one: Intervals<number>): boolean[] => {
    const found = new Array<boolean>(reach).fill(false);
    for (let index = 0; index < one.length; index += 2) found.fill(true, one[index], one[index + 1]);
    return found;
  };
  const fromFlags = (found: readonly boolean[]): number[] =>
    found.flatMap((here, at) => (here === (found[at - 1] ?? false) ? [] : [at]));

  test('are searched and cut as short ones are, whichever is the longer', () => {
    fc.assert(
      fc.property(
        many(60, 150, 5),
        fc.oneof(many(0, 7, 60), many(33, 40, 12)),
        fc.nat(reach - 1),
        (long, short, at) => {
          const [inLong, inShort] = [flags(long), flags(short)];
          const both = fromFlags(inLong.map((here, index) => here && inShort[index] === true));
          expect(unite(long, short)).toEqual(fromFlags(inLong.map((here, index) => here || inShort[index] === true)));
          expect(intersect(long, short)).toEqual(both);
          expect(intersect(short, long)).toEqual(both);
          expect([meets(long, short), meets(short, long)]).toEqual([both.length > 0, both.length > 0]);
          expect(minus(long, short)).toEqual(fromFlags(inLong.map((here, index) => here && inShort[index] !== true)));
          expect(minus(short, long)).toEqual(fromFlags(inShort.map((here, index) => here && inLong[index] !== true)));
          expect(holds(long, at)).toBe(inLong[at]);
          expect(minus(long.map(BigInt), short.map(BigInt))).toEqual(minus(long, short).map(BigInt));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('stay the same object where nothing of them is cut off', () => {
    const long = Array.from({ length: 200 }, (_, at) => at * 3);
    expect(minus(long, [1000, 1010])).toBe(long);
    expect(intersect(long, [0, 600])).toBe(long);
    expect(intersect(long, [0, 597])).toBe(long);
    expect(intersect([0, 600], long)).toBe(long);
    expect(unite(long, [])).toBe(long);
    expect(unite([], long)).toBe(long);
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
    expect(count4([0, 2, 5, 6, 9, 12])).toBe(6);
    expect(count6([0n, 2n, 5n, 6n, 9n, 12n])).toBe(6n);
    expect(prefixesOf({ v4: [END4 - 1, END4 + 2], v6: [END6, END6 + 1n] })).toEqual(['255.255.255.255']);
    expect(prefixesOf({ v4: [0, END4], v6: [] }, 1)).toEqual(['0.0.0.0/0']);
  });

  test('of both families are read apart, wrong ones are refused in order with the reason', () => {
    const { addresses, refused } = readPrefixes([
      '10.0.0.4/30',
      'x',
      '::2',
      '10.0.0.8',
      '::3/128',
      '10.0.0.1/8',
      '10.0.0.0/29',
    ]);
    expect(addresses).toEqual({ v4: [0x0a000000, 0x0a000009], v6: [2n, 4n] });
    expect(refused).toEqual([
      { text: 'x', reason: 'It is not an IPv4 address of four numbers.' },
      { text: '10.0.0.1/8', reason: 'Bits after the prefix are set: the block is 10.0.0.0/8.' },
    ]);
    expect(countOf(addresses)).toBe(11n);
    expect([anywhere, nowhere]).toEqual([fixed('0.0.0.0/0', '::/0'), fixed()]);
    expect(fixed('10.0.0.0/31', '::/127')).toEqual({ v4: [0x0a000000, 0x0a000002], v6: [0n, 2n] });
    expect(() => fixed('10.0.0.0/31', '::/129')).toThrow('::/129: /129 is not a prefix length from 0 to 128.');
  });

  test('one prefix, or a range of IPv4', () => {
    const read = (text: string) => {
      const parsed = parseAddresses(text);
      return parsed.ok ? parsed.value : parsed.reason;
    };
    expect(read('10.0.0.4')).toEqual({ v4: [0x0a000004, 0x0a000005], v6: [] });
    expect(read('10.0.0.4 - 10.0.0.6')).toEqual({ v4: [0x0a000004, 0x0a000007], v6: [] });
    expect(read('10.0.0.0/24')).toEqual({ v4: [0x0a000000, 0x0a000100], v6: [] });
    expect(read('::/126')).toEqual({ v4: [], v6: [0n, 4n] });
    expect(read('::1-::2')).toBe('It has :: twice.');
    expect(read('1:2-1:3')).toBe('It is not an IPv6 address of eight groups.');
    expect(read('10.0.0.9-10.0.0.8')).toBe('The range ends before it starts.');
    expect(read('10.0.0.9-x')).toBe('It is not an IPv4 address of four numbers.');
  });

  test('at most as many are written as asked for, IPv4 first', () => {
    const some = { v4: [1, 4, 9, 10], v6: [1n, 4n, 9n, 10n] };
    const all = ['0.0.0.1', '0.0.0.2/31', '0.0.0.9', '::1', '::2/127', '::9'];
    expect(prefixesOf(some)).toEqual(all);
    for (let limit = 0; limit < 7; limit += 1) expect(prefixesOf(some, limit)).toEqual(all.slice(0, limit));
    expect([addressText(0x0a000004), addressText(4n)]).toEqual(['10.0.0.4', '::4']);
  });

  test.each([
    ['10.0.0.0/8', true],
    ['10', true],
    ['::1', true],
    ['fd00::', true],
    ['', true],
    ['a/b', true],
    ['a,b', true],
    ['a b', true],
    ['Storage.WestEurope', false],
    ['*', false],
    ['x1', false],
  ])('%j looks like a literal: %s', (text, expected) => {
    expect(looksLiteral(text)).toBe(expected);
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
  test.each([
    ['*', [0, 65536]],
    ['0', [0, 1]],
    ['65535', [65535, 65536]],
    ['0-65535', [0, 65536]],
    ['443-443', [443, 444]],
    ['00080', [80, 81]],
  ] as const)('"%s" is read', (text, value) => {
    expect(parsePorts(text)).toEqual({ ok: true, value });
  });
  test.each([
    ['65536', 'The highest port is 65535.'],
    ['65536-65537', 'The highest port is 65535.'],
    ['1-65536', 'The highest port is 65535.'],
    ['81-80', 'The range ends before it starts.'],
    ['x', 'It is neither *, a port nor a range of ports.'],
  ])('"%s" is refused since: %s', (text, reason) => {
    expect(readPorts([text, '80'])).toEqual({ ports: [80, 81], refused: [{ text, reason }] });
  });
  test.each([
    ['TCP', 'Tcp'],
    ['udp', 'Udp'],
    ['Icmp', 'Icmp'],
    ['esp', 'Esp'],
    ['AH', 'Ah'],
    ['*', '*'],
    ['All', '*'],
    ['Any', undefined],
    ['', undefined],
    [6, undefined],
  ])('the protocol %j is %s', (text, expected) => {
    expect(readProtocol(text)).toBe(expected);
    expect(expected !== undefined && expected !== '*' && hasPorts(expected as 'Tcp')).toBe(
      expected === 'Tcp' || expected === 'Udp',
    );
  });
  test('a union is written in order', () => {
    expect(portTexts(readPorts(['443', '80-90', '85-95', '96']).ports)).toEqual(['80-96', '443']);
    expect(portTexts(readPorts(['0-100', '101-65535']).ports)).toEqual(['*']);
    expect(portTexts(readPorts(['1-65535']).ports)).toEqual(['1-65535']);
    expect([isAllPorts([0, 65536]), isAllPorts([0, 65535]), isAllPorts([])]).toEqual([true, false, false]);
  });
});
