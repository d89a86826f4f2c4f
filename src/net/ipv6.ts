// IPv6 addresses and blocks as bigints, parsed strictly and written as RFC 5952 asks. Knows no Azure.
import type { Parsed } from './ipv4.ts';

const bad = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });

const COLON = ':'.charCodeAt(0);

/** The value of a hexadecimal digit; -1 for anything else. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = (code | 32) - 97;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

/** Adds the groups that stand in `text` from `from` to `to`, separated by colons; false for what is no such list. */
function scanGroups(text: string, from: number, to: number, groups: number[]): boolean {
  let group = 0;
  let digits = 0;
  for (let index = from; index <= to && from < to; index += 1) {
    const code = index < to ? text.charCodeAt(index) : COLON;
    if (code === COLON) {
      if (digits === 0) return false;
      groups.push(group);
      group = 0;
      digits = 0;
    } else {
      group = group * 16 + digitOf(code);
      digits += 1;
      if (digitOf(code) < 0 || digits > 4) return false;
    }
  }
  return true;
}

/** 2001:db8::7 as a number below 2^128. Embedded IPv4 (`::ffff:203.0.113.7`) and zones (`%eth0`) are refused. */
export const parseAddress6 = (text: string): Parsed<bigint> => addressBefore(text, text.length);

function addressBefore(text: string, end: number): Parsed<bigint> {
  const gap = text.indexOf('::');
  const groups: number[] = [];
  if (gap >= 0) {
    if (text.indexOf('::', gap + 2) >= 0) return bad('It has :: twice.');
    const tail: number[] = [];
    const isList = scanGroups(text, 0, gap, groups) && scanGroups(text, gap + 2, end, tail);
    if (!isList || groups.length + tail.length > 7) return bad(notEight);
    while (groups.length + tail.length < 8) groups.push(0);
    groups.push(...tail);
  } else if (!scanGroups(text, 0, end, groups) || groups.length !== 8) return bad(notEight);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const high = BigInt(a * 2 ** 32 + b * 2 ** 16 + c) << 80n;
  const low = e === 0 && f === 0 && d === 0 ? 0n : BigInt(d * 2 ** 32 + e * 2 ** 16 + f) << 32n;
  return { ok: true, value: g === 0 && h === 0 ? high + low : high + low + BigInt(g * 2 ** 16 + h) };
}
const notEight = 'It is not an IPv6 address of eight groups.';

/** The size of a block by the length of its prefix. */
const sizes = Array.from({ length: 129 }, (_, prefix) => 1n << BigInt(128 - prefix));

/** An address or a block whose host bits are zero, as `[first, one after the last)`. */
export function parseBlock6(text: string): Parsed<{ readonly low: bigint; readonly high: bigint }> {
  const slash = text.indexOf('/');
  const address = addressBefore(text, slash < 0 ? text.length : slash);
  if (!address.ok) return address;
  const length = slash < 0 ? '128' : text.slice(slash + 1);
  if (!/^(?:\d|[1-9]\d|1[01]\d|12[0-8])$/.test(length)) return bad(`/${length} is not a prefix length from 0 to 128.`);
  const size = sizes[Number(length)] ?? 1n;
  const rest = address.value & (size - 1n);
  if (rest !== 0n) {
    return bad(`Bits after the prefix are set: the block is ${formatAddress6(address.value - rest)}/${length}.`);
  }
  return { ok: true, value: { low: address.value, high: address.value + size } };
}

/** A number below 2^129 as words of 32 bits, the highest first; its 129th bit is in the first. */
function wordsOf(value: bigint): [number, number, number, number] {
  const low = BigInt.asUintN(64, value);
  const high = value >> 64n;
  const first = Number(high >> 32n);
  const second = Number(BigInt.asUintN(32, high));
  return low === 0n ? [first, second, 0, 0] : [first, second, Number(low >> 32n), Number(BigInt.asUintN(32, low))];
}

/** How many binary zeros a number ends with; 128 for 0. */
function trailingZeros(words: readonly number[]): number {
  const at = words.findLastIndex((word) => word !== 0);
  const word = words[at] ?? 0;
  return at < 0 ? 128 : 32 * (3 - at) + 31 - Math.clz32(word & -word);
}

/** The exponent of the largest power of two that is no larger than a number above 0. */
function exponentOf(words: readonly number[]): number {
  const at = words.findIndex((word) => word !== 0);
  return 32 * (3 - at) + Math.floor(Math.log2(words[at] ?? 1));
}

/** The fewest blocks that hold exactly the addresses from `low` to below `high`, as text; at most `limit` of them. */
export function blockTexts6(low: bigint, high: bigint, limit: number): string[] {
  const texts: string[] = [];
  for (let at = low; at < high && texts.length < limit; ) {
    const words = wordsOf(at);
    const bits = Math.min(trailingZeros(words), exponentOf(wordsOf(high - at)));
    texts.push(bits === 0 ? formatWords(words) : `${formatWords(words)}/${128 - bits}`);
    at += sizes[128 - bits] ?? 1n;
  }
  return texts;
}

/** The shortest form: no leading zeros, the first longest run of at least two zero groups as `::`. */
export const formatAddress6 = (value: bigint): string => formatWords(wordsOf(value));

function formatWords(words: readonly number[]): string {
  const groups: number[] = [];
  for (const word of words) groups.push(word >>> 16, word & 0xffff);
  let gap = -1;
  let length = 1;
  for (let at = 0; at < 8; at += 1) {
    const from = at;
    while (groups[at] === 0) at += 1;
    if (at - from > length) {
      gap = from;
      length = at - from;
    }
  }
  const end = gap + length;
  let text = '';
  for (const [at, group] of groups.entries()) {
    if (at === gap) text += '::';
    else if (at < gap || at >= end || gap < 0) text += at === 0 || at === end ? hexOf(group) : `:${hexOf(group)}`;
  }
  return text;
}
const hexOf = (group: number): string => group.toString(16);
