// IPv6 addresses and blocks as bigints, parsed strictly and written as RFC 5952 asks. Knows no Azure.
import type { Parsed } from './ipv4.ts';

const bad = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });

/** 2001:db8::7 as a number below 2^128. Embedded IPv4 (`::ffff:203.0.113.7`) and zones (`%eth0`) are refused. */
export function parseAddress6(text: string): Parsed<bigint> {
  const halves = text.split('::');
  if (halves.length > 2) return bad('It has :: twice.');
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = head.length + tail.length;
  if (halves.length === 1 ? groups !== 8 : groups > 7) return bad('It is not an IPv6 address of eight groups.');
  const full = [...head, ...Array.from({ length: 8 - groups }, () => '0'), ...tail];
  let hex = '0x';
  for (const group of full) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return bad('It is not an IPv6 address of eight groups.');
    hex += group.padStart(4, '0');
  }
  return { ok: true, value: BigInt(hex) };
}

/** An address or a block whose host bits are zero, as `[first, one after the last)`. */
export function parseBlock6(text: string): Parsed<{ readonly low: bigint; readonly high: bigint }> {
  const slash = text.indexOf('/');
  const address = parseAddress6(slash < 0 ? text : text.slice(0, slash));
  if (!address.ok) return address;
  const length = slash < 0 ? '128' : text.slice(slash + 1);
  if (!/^(?:\d|[1-9]\d|1[01]\d|12[0-8])$/.test(length)) return bad(`/${length} is not a prefix length from 0 to 128.`);
  const size = 1n << BigInt(128 - Number(length));
  const rest = address.value % size;
  if (rest !== 0n) {
    return bad(`Bits after the prefix are set: the block is ${formatAddress6(address.value - rest)}/${length}.`);
  }
  return { ok: true, value: { low: address.value, high: address.value + size } };
}

/** The shortest form: no leading zeros, the first longest run of at least two zero groups as `::`. */
export function formatAddress6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - 16 * index)) & 0xffffn));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  }
  const words = groups.map((group) => group.toString(16));
  if (best.at < 0) return words.join(':');
  return `${words.slice(0, best.at).join(':')}::${words.slice(best.at + best.length).join(':')}`;
}
