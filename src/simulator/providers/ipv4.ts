// IPv4 ranges as the simulated services check them.

export interface ServiceRange {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
  /** Was it written with a slash? */
  readonly isCidr: boolean;
  readonly hasHostBits: boolean;
}

/** Undefined when the text is not an IPv4 address or range. */
export function rangeOf(text: string): ServiceRange | undefined {
  const [, address, suffix] = /^((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?:\/([0-9]{1,2}))?$/.exec(text) ?? [];
  if (address === undefined) return undefined;
  const octets = address.split('.').map(Number);
  const bits = suffix === undefined ? 32 : Number(suffix);
  if (octets.some((octet) => octet > 255) || bits > 32) return undefined;
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1, bits, isCidr: suffix !== undefined, hasHostBits: first !== value };
}

export function overlap(left: ServiceRange, right: ServiceRange): boolean {
  return left.first <= right.last && right.first <= left.last;
}

export function contains(outer: ServiceRange, inner: ServiceRange): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** The private families that service firewalls refuse. */
export const privateRanges: readonly ServiceRange[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap(
  (text) => rangeOf(text) ?? [],
);
