// Addresses and prefixes as texts of bits: a prefix holds an address when the address begins with it. Slow and plain on
// purpose, because a faster implementation elsewhere is checked against this.

/** The bits of a prefix, from the first; those of an address are all 32 or 128. */
export interface Prefix {
  readonly family: 4 | 6;
  readonly bits: string;
}

const width = { 4: 32, 6: 128 } as const;

/** `10.0.0.0/8`, `10.0.0.4`, `2001:db8::/32`; undefined for anything else. Host bits are cut off. */
export function prefixOf(text: string): Prefix | undefined {
  const [address = '', suffix, ...more] = text.split('/');
  const bits = address.includes(':') ? bitsOf6(address) : bitsOf4(address);
  if (bits === undefined || more.length > 0) return undefined;
  const family = address.includes(':') ? 6 : 4;
  if (suffix !== undefined && !/^\d{1,3}$/.test(suffix)) return undefined;
  const length = suffix === undefined ? width[family] : Number(suffix);
  return length > width[family] ? undefined : { family, bits: bits.slice(0, length) };
}

/** One whole address; undefined for a block. */
export function addressOf(text: string): Prefix | undefined {
  return text.includes('/') ? undefined : prefixOf(text);
}

function bitsOf4(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
}

function bitsOf6(text: string): string | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = [halves[0] ?? '', halves[1]].map((half) => (half ? half.split(':') : []));
  const given = [...(left ?? []), ...(right ?? [])];
  const missing = 8 - given.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const words = [...(left ?? []), ...Array.from({ length: missing }, () => '0'), ...(right ?? [])];
  if (words.some((word) => !/^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  return words.map((word) => Number.parseInt(word, 16).toString(2).padStart(16, '0')).join('');
}

/** Does everything of `inner` lie in `outer`? */
export const holds = (outer: Prefix, inner: Prefix): boolean =>
  outer.family === inner.family && inner.bits.startsWith(outer.bits);

export const samePrefix = (a: Prefix, b: Prefix): boolean => a.family === b.family && a.bits === b.bits;

/** The fewest prefixes that hold what of `whole` lies in none of `taken`. */
export function without(whole: Prefix, taken: readonly Prefix[]): Prefix[] {
  if (taken.some((prefix) => holds(prefix, whole))) return [];
  const inside = taken.filter((prefix) => holds(whole, prefix));
  if (inside.length === 0) return [whole];
  return ['0', '1'].flatMap((bit) => without({ family: whole.family, bits: whole.bits + bit }, inside));
}

/** `10.0.0.4/32`: always with its length, as effective rules and routes show it. */
export function textOf({ family, bits }: Prefix): string {
  const all = bits.padEnd(width[family], '0');
  const size = family === 4 ? 8 : 16;
  const parts = Array.from({ length: all.length / size }, (_, index) =>
    Number.parseInt(all.slice(index * size, (index + 1) * size), 2).toString(family === 4 ? 10 : 16),
  );
  return `${family === 4 ? parts.join('.') : shortened(parts)}/${bits.length}`;
}

/** The longest run of zeroes, from two on, becomes `::`. */
function shortened(words: readonly string[]): string {
  const runs = words.map((_, start) => words.slice(start).findIndex((word) => word !== '0'));
  const lengths = runs.map((run, start) => (run < 0 ? words.length - start : run));
  const most = Math.max(...lengths);
  if (most < 2) return words.join(':');
  const start = lengths.indexOf(most);
  return `${words.slice(0, start).join(':')}::${words.slice(start + most).join(':')}`;
}

/** Prefixes out of texts; what is none is left out. */
export const prefixesOf = (texts: readonly string[]): Prefix[] => texts.flatMap((text) => prefixOf(text) ?? []);
