// Host names as the application rules of Azure Firewall write them. A name is itself; `*.x` is every name below x and not x;
// `*x` is every name that ends in x; `*` is every name. An asterisk is allowed at the beginning only. Source: Azure Firewall
// FAQ, "How do wildcards work in target URLs and target FQDNs in application rules?" (Microsoft docs, 2025).

/** A set of host names. Any two are nested or disjoint. */
export interface HostPattern {
  /** In lower case; the part after the asterisk, or the whole name. */
  readonly suffix: string;
  /** Written with an asterisk. */
  readonly open: boolean;
}

/** undefined for what Azure rejects: an asterisk elsewhere, spaces, a scheme, a path. */
export function readHost(text: string): HostPattern | undefined {
  const match = /^(\*?)(\.?(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)?)$/i.exec(text.trim());
  const suffix = match?.[2]?.toLowerCase() ?? '';
  if (!match || (match[1] === '' && (suffix === '' || suffix.startsWith('.'))) || suffix === '.') return undefined;
  return { suffix, open: match[1] === '*' };
}

export const hostText = ({ suffix, open }: HostPattern): string => `${open ? '*' : ''}${suffix}`;

/** Is every name of `inner` one of `outer`? */
export function holdsHost(outer: HostPattern, inner: HostPattern): boolean {
  if (!outer.open) return !inner.open && inner.suffix === outer.suffix;
  return inner.suffix.endsWith(outer.suffix);
}

/**
 * Cuts patterns along other patterns into disjoint pieces: each piece is a pattern less the cuts inside it, so that a set
 * holds a piece exactly if it holds the piece's pattern.
 */
export function hostPieces(asked: readonly HostPattern[], cuts: readonly HostPattern[]): HostPattern[] {
  const inside = cuts.filter((cut) => asked.some((one) => holdsHost(one, cut)));
  return [...new Map([...asked, ...inside].map((one) => [hostText(one), one])).values()];
}
