// IPv6 addresses and blocks against slow references: reading group by group from the text, writing as RFC 5952 requires, and the
// fewest blocks of a range found one by one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress6, parseAddress6, parseBlock6, scanBlock6, writeBlocks6 } from '../../src/net/ipv6.ts';

const END = 1n << 128n;

/** RFC 4291, 2.2, without embedded IPv4: eight groups, or fewer around one `::`. */
function slowRead(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const lists = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = lists.flat();
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const [head = [], tail = []] = lists;
  if (halves.length === 1 ? groups.length !== 8 : groups.length > 7) return undefined;
  const zeros = Array.from({ length: 8 - groups.length }, () => '0');
  return [...head, ...zeros, ...tail].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

/** RFC 5952, 4: no leading zeros, lower case, the first longest run of two or more zero groups shortened. */
function slowWritten(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
  let best = { at: 0, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === '0') length += 1;
    if (length > best.length) best = { at, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

/** The largest block at each address that is aligned and inside. */
function slowBlocks(low: bigint, high: bigint): string[] {
  const found: string[] = [];
  for (let at = low; at < high; ) {
    let bits = 0n;
    while (bits < 128n && at % (1n << (bits + 1n)) === 0n && at + (1n << (bits + 1n)) <= high) bits += 1n;
    found.push(bits === 0n ? slowWritten(at) : `${slowWritten(at)}/${128n - bits}`);
    at += 1n << bits;
  }
  return found;
}
const written = (low: bigint, high: bigint, limit = Number.POSITIVE_INFINITY): string[] => {
  const texts: string[] = [];
  writeBlocks6(texts, low, high, limit);
  return texts;
};

/** Groups that are often zero, at the ends of a byte, or anything. */
const group = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constantFrom(1, 9, 10, 15, 16, 255, 256, 257, 4095, 4096, 32768, 65535) },
  { weight: 1, arbitrary: fc.nat(65535) },
);
const address = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((sum, one) => sum * 65536n + BigInt(one), 0n));

/** Texts that are addresses, or nearly. */
const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('0', '1', '0db8', 'FFFF', 'aB', '09af', '00000', 'g', '', '@', '`', '/', ':'),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 2 }) },
);
const nearly = fc.oneof(
  address.map(slowWritten),
  address.map((value) => slowWritten(value).toUpperCase()),
  fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(':')),
  fc
    .tuple(fc.array(fc.constantFrom('0', '1', 'ff'), { maxLength: 9 }), fc.nat(9))
    .map(([pieces, at]) => [pieces.slice(0, at).join(':'), pieces.slice(at).join(':')].join('::')),
);

describe('an address', () => {
  test('is read as group by group, or refused', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const parsed = parseAddress6(text);
        expect(parsed.ok ? parsed.value : undefined).toBe(slowRead(text));
        if (!parsed.ok) {
          expect(parsed.reason).toBe(
            /::.*::/.test(text) ? 'It has :: twice.' : 'It is not an IPv6 address of eight groups.',
          );
        }
      }),
      { numRuns: 800 },
    );
  });

  test('is written as RFC 5952 requires', () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(formatAddress6(value)).toBe(slowWritten(value));
      }),
      { numRuns: 800 },
    );
    for (let at = 0n; at < 128n; at += 1n) {
      for (const value of [1n << at, (1n << (at + 1n)) - 1n, END - (1n << at)])
        expect(formatAddress6(value)).toBe(slowWritten(value));
    }
  });

  test.each(['0', '9', 'a', 'f', 'A', 'F'])('takes %s as a digit', (digit) => {
    expect(parseAddress6(`::${digit}`)).toEqual({ ok: true, value: BigInt(`0x${digit}`) });
  });
  test.each(['/', '_', 'g', 'G', '@', '`', '-', ' '])('takes %j for no digit', (text) => {
    expect(parseAddress6(`::${text}`).ok).toBe(false);
    expect(parseAddress6(`1${text}::`).ok).toBe(false);
  });
});

describe('a block', () => {
  test('is its addresses for every length; host bits and other texts are refused with the reason', () => {
    for (let length = 0; length <= 128; length += 1) {
      const size = 1n << BigInt(128 - length);
      const low = (0x2001_0db8_ffff_ffff_ffff_ffff_ffff_ffffn / size) * size;
      const text = `${slowWritten(low)}/${length}`;
      expect(parseBlock6(text)).toEqual({ ok: true, value: { low, high: low + size } });
      const pairs: (readonly [bigint, bigint])[] = [];
      expect([scanBlock6(text, pairs), pairs]).toEqual([true, [[low, low + size]]]);
      for (const bit of [1n, size >> 1n].filter((one) => one > 0n && one < size)) {
        const wrong = `${slowWritten(low + bit)}/${length}`;
        const reason = `Bits after the prefix are set: the block is ${text}.`;
        expect(parseBlock6(wrong)).toEqual({ ok: false, reason });
        expect([scanBlock6(wrong, pairs), pairs.length]).toEqual([false, 1]);
      }
    }
  });

  test.each(['129', '999', '1000', '', '08', '00', '+1', '1a', ' 1', '-1', '1/', ':', '/'])(
    '/%s is no prefix length',
    (length) => {
      expect(parseBlock6(`::/${length}`)).toEqual({
        ok: false,
        reason: `/${length} is not a prefix length from 0 to 128.`,
      });
      expect(scanBlock6(`::/${length}`, [])).toBe(false);
    },
  );

  test('what is no address gives the reason of the address, with a length or without', () => {
    for (const text of ['1::2::3', '1::2::3/64'])
      expect(parseBlock6(text)).toEqual({ ok: false, reason: 'It has :: twice.' });
    expect(parseBlock6('1:2')).toEqual({ ok: false, reason: 'It is not an IPv6 address of eight groups.' });
    expect(parseBlock6('::7')).toEqual({ ok: true, value: { low: 7n, high: 8n } });
  });
});

describe('a range', () => {
  const near = fc
    .tuple(
      address,
      fc.oneof(
        fc.bigInt({ min: 0n, max: 40n }),
        fc.nat(128).map((bits) => 1n << BigInt(bits)),
      ),
      fc.integer({ min: -3, max: 3 }),
    )
    .map(([low, size, more]) => {
      const high = low + size + BigInt(more);
      return [low, high > END ? END : high] as const;
    });

  test('is written as the fewest blocks, up to the limit', () => {
    fc.assert(
      fc.property(near, fc.nat(8), ([low, high], limit) => {
        const all = low < high ? slowBlocks(low, high) : [];
        expect(written(low, high)).toEqual(all);
        expect(written(low, high, limit)).toEqual(all.slice(0, limit));
      }),
      { numRuns: 250 },
    );
  });

  test('at both ends of the space, and of no address', () => {
    expect(written(0n, END)).toEqual(['::/0']);
    expect(written(0n, END - 1n)).toEqual(slowBlocks(0n, END - 1n));
    expect(written(1n, END)).toEqual(slowBlocks(1n, END));
    expect(written(END - 1n, END)).toEqual(['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']);
    expect([written(5n, 5n), written(6n, 5n)]).toEqual([[], []]);
    const texts = ['10.0.0.1'];
    writeBlocks6(texts, 0n, END, 1);
    expect(texts).toEqual(['10.0.0.1']);
  });
});
