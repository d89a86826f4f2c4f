// Which blocks of an address space are free for a subnet. Independent of Azure.
import { type Block, type Ipv4Range, parseAddress, subtract } from './ipv4.ts';

/** The lowest free block of this prefix length inside the spaces; undefined where there is none. */
export function firstFree(
  spaces: readonly Ipv4Range[],
  taken: readonly Ipv4Range[],
  prefix: number,
): Block | undefined {
  const size = 2 ** (32 - prefix);
  for (const gap of subtract(spaces, taken)) {
    const first = Math.ceil(gap.first / size) * size;
    if (first + size - 1 <= gap.last) return { first, last: first + size - 1, prefix, bare: false };
  }
  return undefined;
}

/**
 * The block around an address written with a prefix, with or without host bits (`172.17.0.1/16`); undefined for anything
 * else.
 */
export function blockAround(text: string): Ipv4Range | undefined {
  const [address = '', length = '', ...more] = text.trim().split('/');
  const parsed = parseAddress(address);
  if (!parsed.ok || more.length > 0 || !/^(?:[0-9]|[12][0-9]|3[0-2])$/.test(length)) return undefined;
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(parsed.value / size) * size;
  return { first, last: first + size - 1 };
}
