// Sets of addresses of both families, kept separate: no packet mixes them.
import {
  formatAddress,
  type ParsedRange,
  parseBlock,
  parseRange,
  scanBlock,
  unionOfScanned,
  writeBlocks,
} from './ipv4.ts';
import { formatAddress6, parseBlock6, scanBlock6, writeBlocks6 } from './ipv6.ts';
import { type Intervals, intersect, intervals, isEmpty, minus, unite } from './sets.ts';

/** Addresses as numbers: IPv4 below 2^32, IPv6 below 2^128. */
export interface Addresses {
  readonly v4: Intervals<number>;
  readonly v6: Intervals<bigint>;
}

export const END4 = 2 ** 32;
export const END6 = 1n << 128n;
export const nowhere: Addresses = { v4: [], v6: [] };
export const anywhere: Addresses = { v4: [0, END4], v6: [0n, END6] };

export const both = (a: Addresses, b: Addresses): Addresses => ({
  v4: intersect(a.v4, b.v4),
  v6: intersect(a.v6, b.v6),
});
export const either = (a: Addresses, b: Addresses): Addresses => ({ v4: unite(a.v4, b.v4), v6: unite(a.v6, b.v6) });
export const without = (a: Addresses, b: Addresses): Addresses => ({ v4: minus(a.v4, b.v4), v6: minus(a.v6, b.v6) });
export const noAddress = (a: Addresses): boolean => isEmpty(a.v4) && isEmpty(a.v6);

/** Does it look like an address or a block, valid or not, rather than a name? */
export const looksLiteral = (text: string): boolean => /^[0-9]|[:/,\s]/.test(text) || text === '';

type Pair = { readonly v4: readonly [number, number] } | { readonly v6: readonly [bigint, bigint] };

/** An address or a CIDR block without host bits, of either family. */
function parsePair(text: string): ParsedRange<Pair> {
  if (text.includes(':')) {
    const block = parseBlock6(text);
    return block.ok ? { ok: true, value: { v6: [block.value.low, block.value.high] } } : block;
  }
  const block = parseBlock(text);
  return block.ok ? { ok: true, value: { v4: [block.value.first, block.value.last + 1] } } : block;
}

export interface ReadPrefixes {
  readonly addresses: Addresses;
  /** Invalid prefixes with the reason, in order. */
  readonly refused: readonly { readonly text: string; readonly reason: string }[];
}

/** The union of prefixes; invalid ones are reported and count as nothing. */
export function readPrefixes(texts: readonly string[]): ReadPrefixes {
  const v4: number[] = [];
  const v6: (readonly [bigint, bigint])[] = [];
  const refused: { text: string; reason: string }[] = [];
  for (const text of texts) {
    const scanned = scanBlock(text);
    if (scanned >= 0) v4.push(scanned);
    else if (!scanBlock6(text, v6)) {
      const pair = parsePair(text);
      if (!pair.ok) refused.push({ text, reason: pair.reason });
    }
  }
  return { addresses: { v4: unionOfScanned(v4), v6: intervals(v6) }, refused };
}

/** One prefix, or an IPv4 range `first-last` as in questions. */
export function parseAddresses(text: string): ParsedRange<Addresses> {
  if (text.includes('-') && !text.includes(':')) {
    const range = parseRange(text);
    return range.ok
      ? { ok: true, value: { v4: [range.value.first, range.value.last + 1], v6: [] } }
      : { ok: false, reason: range.reason };
  }
  const pair = parsePair(text);
  if (!pair.ok) return pair;
  return 'v4' in pair.value
    ? { ok: true, value: { v4: pair.value.v4, v6: [] } }
    : { ok: true, value: { v4: [], v6: pair.value.v6 } };
}

/** Addresses from valid prefixes, for built-in facts. Throws RangeError for an invalid one. */
export function fixed(...texts: readonly string[]): Addresses {
  const { addresses, refused } = readPrefixes(texts);
  const [first] = refused;
  if (first) throw new RangeError(`${first.text}: ${first.reason}`);
  return addresses;
}

/** How many addresses are below the end of their family. */
export function count4(set: Intervals<number>): number {
  let sum = 0;
  for (let index = 0; index < set.length; index += 2) {
    const low = set[index] as number;
    if (low < END4) sum += Math.min(set[index + 1] as number, END4) - low;
  }
  return sum;
}
export function count6(set: Intervals<bigint>): bigint {
  let sum = 0n;
  for (let index = 0; index < set.length; index += 2) {
    const low = set[index] as bigint;
    const high = set[index + 1] as bigint;
    if (low < END6) sum += (high < END6 ? high : END6) - low;
  }
  return sum;
}
/** How many addresses of both families. */
export const countOf = (a: Addresses): bigint => BigInt(count4(a.v4)) + count6(a.v6);

/**
 * The fewest CIDR blocks that hold exactly these addresses, IPv4 first, in order; single addresses without a prefix length.
 * At most `limit` of them.
 */
export function prefixesOf({ v4, v6 }: Addresses, limit = Number.POSITIVE_INFINITY): string[] {
  const texts: string[] = [];
  for (let index = 0; index < v4.length && texts.length < limit; index += 2)
    writeBlocks(texts, v4[index] as number, Math.min(v4[index + 1] as number, END4), limit);
  for (let index = 0; index < v6.length && texts.length < limit; index += 2) {
    const high = v6[index + 1] as bigint;
    writeBlocks6(texts, v6[index] as bigint, high < END6 ? high : END6, limit);
  }
  return texts;
}

/** One address as text: a number is IPv4, a bigint IPv6. */
export const addressText = (point: number | bigint): string =>
  typeof point === 'bigint' ? formatAddress6(point) : formatAddress(point);
