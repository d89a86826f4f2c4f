// IPv6 addresses and blocks as bigints, parsed strictly and written as RFC 5952 requires. Independent of Azure.
import type { ParsedRange } from './ipv4.ts';

const bad = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });

const COLON = ':'.charCodeAt(0);

/** The value of a hexadecimal digit; -1 for anything else. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = (code | 32) - 97;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

/**
 * Appends the groups in `text` from `from` to `to`, separated by colons, after the first `count` of `groups`. Returns the new
 * count; -1 for an invalid list, or more than eight.
 */
function scanGroups(text: string, from: number, to: number, groups: number[], count: number): number {
  if (from >= to) return count;
  let known = count;
  let group = 0;
  let digits = 0;
  for (let index = from; index <= to; index += 1) {
    const code = index < to ? text.charCodeAt(index) : COLON;
    if (code === COLON) {
      if (digits === 0 || known === 8) return -1;
      groups[known] = group;
      known += 1;
      group = 0;
      digits = 0;
    } else {
      const digit = digitOf(code);
      digits += 1;
      if (digit < 0 || digits > 4) return -1;
      group = group * 16 + digit;
    }
  }
  return known;
}

/** The eight groups of an address that ends before `end`; undefined for anything else. */
function groupsBefore(text: string, end: number): number[] | undefined {
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  const gap = text.indexOf('::');
  if (gap < 0) return scanGroups(text, 0, end, groups, 0) === 8 ? groups : undefined;
  const head = scanGroups(text, 0, gap, groups, 0);
  // After `::` there may be as many groups as are missing, less the one it replaces at least.
  const all = head < 0 || gap + 2 > end ? -1 : scanGroups(text, gap + 2, end, groups, head);
  if (all < 0 || all > 7) return undefined;
  const shift = 8 - all;
  for (let at = all - 1; at >= head; at -= 1) {
    groups[at + shift] = groups[at] as number;
    groups[at] = 0;
  }
  return groups;
}

/** A buffer for cheap conversion between words and bigints; holds nothing between two calls. */
const scratch = new DataView(new ArrayBuffer(16));

function numberOf(groups: readonly number[]): bigint {
  for (let at = 0; at < 8; at += 1) scratch.setUint16(at * 2, groups[at] as number);
  const high = scratch.getBigUint64(0) << 64n;
  const low = scratch.getBigUint64(8);
  return low === 0n ? high : high + low;
}

/** A number up to 2^128 as words of 32 bits, the highest first; 2^128 itself overflows the first word by one. */
function wordsOf(value: bigint): Words {
  const top = value >> 64n;
  scratch.setBigUint64(0, top);
  scratch.setBigUint64(8, value);
  const first = scratch.getUint32(0);
  const words: Words = [first, scratch.getUint32(4), scratch.getUint32(8), scratch.getUint32(12)];
  if (first === 0 && top === beyond) words[0] = word;
  return words;
}
type Words = [number, number, number, number];
const word = 2 ** 32;
const beyond = 1n << 64n;

/** Is every host bit zero? */
function isFirst(groups: readonly number[], prefix: number): boolean {
  const at = prefix >> 4;
  if (((groups[at] ?? 0) & (0xffff >> (prefix & 15))) !== 0) return false;
  for (let rest = at + 1; rest < 8; rest += 1) if (groups[rest] !== 0) return false;
  return true;
}

/** A prefix length from 0 to 128, written without a leading zero, that ends the text; -1 for anything else. */
function scanLength(text: string, from: number): number {
  const digits = text.length - from;
  if (digits < 1 || digits > 3 || (digits > 1 && text.charCodeAt(from) === ZERO)) return -1;
  let length = 0;
  for (let index = from; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length <= 128 ? length : -1;
}
const ZERO = 48;

/** 2001:db8::7 as a number below 2^128. Embedded IPv4 (`::ffff:203.0.113.7`) and zones (`%eth0`) are refused. */
export function parseAddress6(text: string): ParsedRange<bigint> {
  const groups = groupsBefore(text, text.length);
  return groups ? { ok: true, value: numberOf(groups) } : bad(whyNoAddress(text));
}
const whyNoAddress = (text: string): string =>
  /::.*::/.test(text) ? 'It has :: twice.' : 'It is not an IPv6 address of eight groups.';

/** The size of a block by the length of its prefix. */
const sizes = Array.from({ length: 129 }, (_, prefix) => 1n << BigInt(128 - prefix));

/**
 * Adds an address, or a block whose host bits are zero, to `pairs` as `[first, one after the last)`; false, and nothing
 * added, for anything else (`parseBlock6` gives the reason).
 */
export function scanBlock6(text: string, pairs: (readonly [bigint, bigint])[]): boolean {
  const slash = text.indexOf('/');
  const prefix = slash < 0 ? 128 : scanLength(text, slash + 1);
  const groups = prefix < 0 ? undefined : groupsBefore(text, slash < 0 ? text.length : slash);
  if (!groups || !isFirst(groups, prefix)) return false;
  const low = numberOf(groups);
  pairs.push([low, low + (sizes[prefix] as bigint)]);
  return true;
}

/** An address or a block whose host bits are zero, as `[first, one after the last)`. */
export function parseBlock6(text: string): ParsedRange<{ readonly low: bigint; readonly high: bigint }> {
  const pairs: (readonly [bigint, bigint])[] = [];
  scanBlock6(text, pairs);
  const [pair] = pairs;
  if (pair) return { ok: true, value: { low: pair[0], high: pair[1] } };
  const [address = '', ...rest] = text.split('/');
  const parsed = parseAddress6(address);
  if (!parsed.ok) return parsed;
  const length = rest.join('/');
  const prefix = scanLength(text, address.length + 1);
  if (prefix < 0) return bad(`/${length} is not a prefix length from 0 to 128.`);
  const start = parsed.value - (parsed.value % (sizes[prefix] as bigint));
  return bad(`Bits after the prefix are set: the block is ${formatAddress6(start)}/${length}.`);
}

/**
 * Writes the fewest blocks that hold exactly the addresses from `low` to below `high`, as text appended to `texts`, until it
 * holds `limit` of them. Each end is split once; the rest is computed in words of 32 bits.
 */
export function writeBlocks6(texts: string[], low: bigint, high: bigint, limit: number): void {
  if (low >= high) return;
  const at = wordsOf(low);
  // 2^128 is only subtracted from.
  const end = wordsOf(high);
  while (texts.length < limit) {
    const bits = Math.min(trailingZeros(at), exponentOfDifference(end, at));
    if (bits < 0) return;
    const text = formatWords(at);
    texts.push(bits === 0 ? text : text + (suffixes[bits] as string));
    step(at, bits);
  }
}
const suffixes = Array.from({ length: 129 }, (_, bits) => `/${128 - bits}`);

/** How many binary zeros a number ends with; 128 for 0. */
function trailingZeros(words: Words): number {
  for (let at = 3; at >= 0; at -= 1) {
    const own = words[at] as number;
    if (own !== 0) return own >= word ? 128 : 32 * (3 - at) + 31 - Math.clz32(own & -own);
  }
  return 128;
}

/** The exponent of the largest power of two that is no larger than `a - b`; -1 where that is zero. */
function exponentOfDifference(a: Words, b: Words): number {
  let borrow = 0;
  let exponent = -1;
  for (let at = 3; at >= 0; at -= 1) {
    let own = (a[at] as number) - (b[at] as number) - borrow;
    borrow = own < 0 ? 1 : 0;
    if (own < 0) own += word;
    if (own !== 0) exponent = 32 * (3 - at) + (own >= word ? 32 : 31 - Math.clz32(own));
  }
  return exponent;
}

/** Adds a power of two. */
function step(words: Words, bits: number): void {
  if (bits === 128) {
    words[0] += word;
    return;
  }
  let at = 3 - (bits >> 5);
  words[at] = (words[at] as number) + 2 ** (bits & 31);
  while (at > 0 && (words[at] as number) >= word) {
    words[at] = (words[at] as number) - word;
    at -= 1;
    words[at] = (words[at] as number) + 1;
  }
}

/** The shortest form: no leading zeros, the first longest run of at least two zero groups as `::`. */
export const formatAddress6 = (value: bigint): string => formatWords(wordsOf(value));

const groupAt = (words: Words, at: number): number =>
  at % 2 === 0 ? (words[at >> 1] as number) >>> 16 : (words[at >> 1] as number) & 0xffff;

function formatWords(words: Words): string {
  if (words[2] === 0 && words[3] === 0) return formatHead(words);
  let gap = -1;
  let length = 1;
  for (let from = 0, to = 0; from < 8; from = to + 1) {
    to = from;
    while (to < 8 && groupAt(words, to) === 0) to += 1;
    if (to - from > length) {
      gap = from;
      length = to - from;
    }
  }
  const end = gap + length;
  let text = '';
  for (let at = 0; at < 8; at += 1) {
    if (at === gap) {
      text += '::';
      at = end - 1;
    } else text += at === 0 || at === end ? hexOf(groupAt(words, at)) : `:${hexOf(groupAt(words, at))}`;
  }
  return text;
}

/** Of an address whose last four groups are zero: no other run of zeros is as long. */
function formatHead(words: Words): string {
  let end = 4;
  while (end > 0 && groupAt(words, end - 1) === 0) end -= 1;
  let text = '';
  for (let at = 0; at < end; at += 1) text += `${hexOf(groupAt(words, at))}:`;
  return text === '' ? '::' : `${text}:`;
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16));
const padded = bytes.map((text) => text.padStart(2, '0'));
const hexOf = (group: number): string =>
  group < 256 ? (bytes[group] as string) : (bytes[group >> 8] as string) + (padded[group & 255] as string);
