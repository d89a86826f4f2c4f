// IPv4 addresses, blocks and unions of ranges, parsed strictly. Independent of firewalls and Azure.

/** Both ends included; 0 to 2^32 - 1. */
export interface Ipv4Range {
  readonly first: number;
  readonly last: number;
}
export interface Block extends Ipv4Range {
  readonly prefix: number;
  /** Written without a `/prefix`. */
  readonly bare: boolean;
}
export type ParsedRange<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const good = <T>(value: T): ParsedRange<T> => ({ ok: true, value });
const bad = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });

/**
 * `text` up to `end` as a number below 2^32; NONE for anything not strictly valid. Reads each character once and allocates
 * nothing: a service-tag file holds a hundred thousand of them.
 */
function scanAddress(text: string, end: number): number {
  let value = 0;
  // The part so far; -1 where no digit of it has been seen.
  let part = -1;
  let dots = 0;
  for (let index = 0; index < end; index += 1) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (part === 0) return NONE;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return NONE;
    } else if (digit === DOT && part >= 0) {
      value = (value << 8) | part;
      part = -1;
      dots += 1;
    } else return NONE;
  }
  return dots === 3 && part >= 0 ? ((value << 8) | part) >>> 0 : NONE;
}
/** No address, length or block has a number below zero. */
const NONE = -1;
const ZERO = 48;
const DOT = '.'.charCodeAt(0) - ZERO;

/** A prefix length, written without a leading zero, that ends the text; NONE for anything else. */
function scanLength(text: string, from: number): number {
  const tens = text.charCodeAt(from) - ZERO;
  if (text.length === from + 1) return tens >= 0 && tens <= 9 ? tens : NONE;
  const ones = text.charCodeAt(from + 1) - ZERO;
  const length = tens * 10 + ones;
  return text.length === from + 2 && tens >= 1 && ones >= 0 && ones <= 9 && length <= 32 ? length : NONE;
}

/** The size of a block by the length of its prefix. */
const sizes = Array.from({ length: 33 }, (_, prefix) => 2 ** (32 - prefix));
/** The host bits of a prefix, by its length. */
const hostBits = Int32Array.from(sizes, (size) => (size - 1) | 0);

/**
 * An address or a block without host bits as one number, `first * 64 + prefix`, which sorts blocks by their first address and
 * larger ones first; NONE for anything else (`parseBlock` gives the reason).
 */
export function scanBlock(text: string): number {
  const slash = text.indexOf('/');
  const address = scanAddress(text, slash < 0 ? text.length : slash);
  const prefix = slash < 0 ? 32 : scanLength(text, slash + 1);
  if (address < 0 || prefix < 0 || (address & (hostBits[prefix] as number)) !== 0) return NONE;
  return address * 64 + prefix;
}

/** The addresses of scanned blocks, in any order, as `[low, high)` pairs in order, neighbours joined. */
export function unionOfScanned(codes: ArrayLike<number>): number[] {
  const flat: number[] = [];
  let before = -1;
  let end = -1;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] as number;
    if (code < before) return unionOfScanned(Float64Array.from(codes).sort());
    before = code;
    const low = Math.floor(code / 64);
    const high = low + (sizes[code - low * 64] as number);
    // Blocks are nested or disjoint, so one that begins before the end adds nothing.
    if (low > end) flat.push(low, high);
    else if (high > end) flat[flat.length - 1] = high;
    end = Math.max(end, high);
  }
  return flat;
}

/** `203.0.113.7` as a number. Refuses leading zeros (read as octal by some), octets over 255 and anything else. */
export function parseAddress(text: string): ParsedRange<number> {
  const value = scanAddress(text, text.length);
  return value < 0 ? bad(whyNoAddress(text)) : good(value);
}
function whyNoAddress(text: string): string {
  if (text.includes(':')) return 'It is an IPv6 address.';
  const parts = text.split('.');
  const wrong = parts.find((part) => /^0\d+$/.test(part) || Number(part) > 255);
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part)) || wrong === undefined) {
    return 'It is not an IPv4 address of four numbers.';
  }
  return wrong.startsWith('0') ? `${wrong} has a leading zero.` : `${wrong} is more than 255.`;
}

const octets = Array.from({ length: 256 }, (_, octet) => String(octet));
const dotted = octets.map((octet) => `${octet}.`);
export const formatAddress = (value: number): string =>
  (dotted[value >>> 24] as string) + dotted[(value >>> 16) & 255] + dotted[(value >>> 8) & 255] + octets[value & 255];

/** An address or a CIDR block whose host bits are zero. */
export function parseBlock(text: string): ParsedRange<Block> {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!address.ok) return address;
  if (slash < 0) return good({ first: address.value, last: address.value, prefix: 32, bare: true });
  const prefix = scanLength(text, slash + 1);
  if (prefix < 0) return bad(`/${text.slice(slash + 1)} is not a prefix length from 0 to 32.`);
  const size = sizes[prefix] as number;
  const start = address.value - (address.value % size);
  if (start !== address.value) {
    return bad(`Bits after the prefix are set: the block is ${formatAddress(start)}/${prefix}.`);
  }
  return good({ first: start, last: start + size - 1, prefix, bare: false });
}

/**
 * The block that a text stands for where Azure returned it: with its host bits zero (`23.45.1.1/24` is `23.45.1.0/24`). Services
 * took such values (Azure/azure-cli pull request 31371, 2025). Any other text as it is.
 */
export function withoutHostBits(text: string): string {
  const [address, length = '', ...more] = text.split('/');
  if (address === undefined || more.length > 0 || !/^\d{1,2}$/.test(length)) return text;
  const [parsed, prefix] = [parseAddress(address), scanLength(length, 0)];
  if (!parsed.ok || prefix < 0) return text;
  return `${formatAddress(parsed.value - (parsed.value % (sizes[prefix] as number)))}/${length}`;
}

/** A block, or `first-last` with first not after last. */
export function parseRange(text: string): ParsedRange<Ipv4Range> {
  const dash = text.indexOf('-');
  if (dash < 0) return parseBlock(text);
  const first = parseAddress(text.slice(0, dash).trim());
  if (!first.ok) return first;
  const last = parseAddress(text.slice(dash + 1).trim());
  if (!last.ok) return last;
  if (first.value > last.value) return bad('The range ends before it starts.');
  return good({ first: first.value, last: last.value });
}

/** `203.0.113.0/24`; a single address without `/32`. */
export const formatBlock = (block: Pick<Block, 'first' | 'prefix'>): string =>
  block.prefix === 32 ? formatAddress(block.first) : `${formatAddress(block.first)}/${block.prefix}`;

export const contains = (outer: Ipv4Range, inner: Ipv4Range): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;
export const overlaps = (a: Ipv4Range, b: Ipv4Range): boolean => a.first <= b.last && b.first <= a.last;
export const sizeOf = (range: Ipv4Range): number => range.last - range.first + 1;

/** The same addresses as disjoint ranges in order, neighbours joined. */
export function union(ranges: readonly Ipv4Range[]): Ipv4Range[] {
  const joined: { first: number; last: number }[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const end = joined.at(-1);
    if (end && range.first <= end.last + 1) end.last = Math.max(end.last, range.last);
    else joined.push({ first: range.first, last: range.last });
  }
  return joined;
}

/** How many addresses are in the union of the ranges. */
export const sizeOfUnion = (ranges: readonly Ipv4Range[]): number =>
  union(ranges).reduce((sum, range) => sum + sizeOf(range), 0);

/** The part of `ranges` in none of `taken`. */
export function subtract(ranges: readonly Ipv4Range[], taken: readonly Ipv4Range[]): Ipv4Range[] {
  const holes = union(taken);
  return union(ranges).flatMap((range) => {
    const rest: Ipv4Range[] = [];
    let from = range.first;
    for (const hole of holes) {
      if (hole.last < from || hole.first > range.last) continue;
      if (hole.first > from) rest.push({ first: from, last: hole.first - 1 });
      from = hole.last + 1;
    }
    if (from <= range.last) rest.push({ first: from, last: range.last });
    return rest;
  });
}

/** Is every address of `inner` in one of `outers`, taken together? */
export const coveredBy = (inner: Ipv4Range, outers: readonly Ipv4Range[]): boolean =>
  subtract([inner], outers).length === 0;

/** The fewest CIDR blocks that hold exactly these addresses, in order. */
export function blocksOf({ first, last }: Ipv4Range): Block[] {
  const blocks: Block[] = [];
  for (let at = first; at <= last; ) {
    const prefix = Math.max(alignmentOf(at), lengthOfLargest(last - at + 1));
    const size = sizes[prefix] as number;
    blocks.push({ first: at, last: at + size - 1, prefix, bare: prefix === 32 });
    at += size;
  }
  return blocks;
}
/** As {@link blocksOf}, as text appended to `texts`, until it holds `limit` of them; `end` is one after the last. */
export function writeBlocks(texts: string[], first: number, end: number, limit: number): void {
  for (let at = first; at < end && texts.length < limit; ) {
    const prefix = Math.max(alignmentOf(at), lengthOfLargest(end - at));
    const text = formatAddress(at);
    texts.push(prefix === 32 ? text : text + (suffixes[prefix] as string));
    at += sizes[prefix] as number;
  }
}
const suffixes = Array.from({ length: 33 }, (_, prefix) => `/${prefix}`);

/** The length of the shortest prefix of which an address is the first. */
const alignmentOf = (address: number): number => (address === 0 ? 0 : 1 + Math.clz32(address & -address));
/** The length of the prefix of the largest block that is no larger than this many addresses, 1 to 2^32. */
const lengthOfLargest = (count: number): number => (count >= 2 ** 32 ? 0 : 1 + Math.clz32(count));
