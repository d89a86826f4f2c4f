// IPv4 addresses, blocks and unions of ranges, parsed strictly. Knows no firewall and no Azure.

/** Both ends included; 0 to 2^32 - 1. */
export interface Range {
  readonly first: number;
  readonly last: number;
}
export interface Block extends Range {
  readonly prefix: number;
  /** Written without a `/prefix`. */
  readonly bare: boolean;
}
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });

/** `203.0.113.7` as a number. Refuses leading zeros (read as octal by some), octets over 255 and anything else. */
export function parseAddress(text: string): Parsed<number> {
  if (text.includes(':')) return bad('It is an IPv6 address.');
  const parts = text.split('.');
  if (parts.length !== 4) return bad('It is not an IPv4 address of four numbers.');
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part)) return bad('It is not an IPv4 address of four numbers.');
    if (part.length > 1 && part.startsWith('0')) return bad(`${part} has a leading zero.`);
    if (Number(part) > 255) return bad(`${part} is more than 255.`);
    value = value * 256 + Number(part);
  }
  return good(value);
}

export const formatAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** An address or a CIDR block whose host bits are zero. */
export function parseBlock(text: string): Parsed<Block> {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!address.ok) return address;
  if (slash < 0) return good({ first: address.value, last: address.value, prefix: 32, bare: true });
  const length = text.slice(slash + 1);
  if (!/^(?:\d|[12]\d|3[0-2])$/.test(length)) return bad(`/${length} is not a prefix length from 0 to 32.`);
  const prefix = Number(length);
  const size = 2 ** (32 - prefix);
  const start = address.value - (address.value % size);
  if (start !== address.value) {
    return bad(`Bits after the prefix are set: the block is ${formatAddress(start)}/${prefix}.`);
  }
  return good({ first: start, last: start + size - 1, prefix, bare: false });
}

/** A block, or `first-last` with first not after last. */
export function parseRange(text: string): Parsed<Range> {
  const dash = text.indexOf('-');
  if (dash < 0) return parseBlock(text);
  const first = parseAddress(text.slice(0, dash).trim());
  if (!first.ok) return first;
  const last = parseAddress(text.slice(dash + 1).trim());
  if (!last.ok) return last;
  if (first.value > last.value) return bad('The range runs backwards.');
  return good({ first: first.value, last: last.value });
}

/** `203.0.113.0/24`; a single address without `/32`. */
export const formatBlock = (block: Pick<Block, 'first' | 'prefix'>): string =>
  block.prefix === 32 ? formatAddress(block.first) : `${formatAddress(block.first)}/${block.prefix}`;

export const contains = (outer: Range, inner: Range): boolean => outer.first <= inner.first && inner.last <= outer.last;
export const overlaps = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last;
export const sizeOf = (range: Range): number => range.last - range.first + 1;

/** The same addresses as disjoint ranges in order, neighbours joined. */
export function union(ranges: readonly Range[]): Range[] {
  const joined: { first: number; last: number }[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const end = joined.at(-1);
    if (end && range.first <= end.last + 1) end.last = Math.max(end.last, range.last);
    else joined.push({ first: range.first, last: range.last });
  }
  return joined;
}

/** How many addresses the ranges hold together, each counted once. */
export const sizeOfUnion = (ranges: readonly Range[]): number =>
  union(ranges).reduce((sum, range) => sum + sizeOf(range), 0);

/** What of `ranges` lies in none of `taken`. */
export function subtract(ranges: readonly Range[], taken: readonly Range[]): Range[] {
  const holes = union(taken);
  return union(ranges).flatMap((range) => {
    const rest: Range[] = [];
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
export const coveredBy = (inner: Range, outers: readonly Range[]): boolean => subtract([inner], outers).length === 0;

/** The fewest CIDR blocks that hold exactly these addresses. */
export function blocksOf(range: Range): Block[] {
  const blocks: Block[] = [];
  let first = range.first;
  while (first <= range.last) {
    let prefix = 32;
    while (prefix > 0) {
      const size = 2 ** (33 - prefix);
      if (first % size !== 0 || first + size - 1 > range.last) break;
      prefix -= 1;
    }
    const size = 2 ** (32 - prefix);
    blocks.push({ first, last: first + size - 1, prefix, bare: prefix === 32 });
    first += size;
  }
  return blocks;
}
