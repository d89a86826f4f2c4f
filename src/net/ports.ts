// Ports and protocols as rules and questions write them.
import type { ParsedRange } from './ipv4.ts';
import { type Intervals, intervals, same } from './sets.ts';

export const allPorts: Intervals<number> = [0, 65536];
/** The single point for "no port", for protocols without ports. */
export const noPort: Intervals<number> = [0, 1];
export const isAllPorts = (ports: Intervals<number>): boolean => same(ports, allPorts);

/** `*`, `n` or `n-m` (0-65535, both ends in) as `[low, high)`. */
export function parsePorts(text: string): ParsedRange<readonly [number, number]> {
  if (text === '*') return { ok: true, value: [0, 65536] };
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return { ok: false, reason: 'It is neither *, a port nor a range of ports.' };
  const low = Number(match[1]);
  const high = Number(match[2] ?? match[1]);
  if (high > 65535 || low > 65535) return { ok: false, reason: 'The highest port is 65535.' };
  if (low > high) return { ok: false, reason: 'The range ends before it starts.' };
  return { ok: true, value: [low, high + 1] };
}

export interface ReadPorts {
  readonly ports: Intervals<number>;
  readonly refused: readonly { readonly text: string; readonly reason: string }[];
}

/** The union of port texts; invalid ones are reported and count as nothing. */
export function readPorts(texts: readonly string[]): ReadPorts {
  const pairs: (readonly [number, number])[] = [];
  const refused: { text: string; reason: string }[] = [];
  for (const text of texts) {
    const parsed = parsePorts(text);
    if (parsed.ok) pairs.push(parsed.value);
    else refused.push({ text, reason: parsed.reason });
  }
  return { ports: intervals(pairs), refused };
}

/** `*`, `443`, `29876-29877`, in order. */
export function portTexts(ports: Intervals<number>): string[] {
  if (isAllPorts(ports)) return ['*'];
  const texts: string[] = [];
  for (let index = 0; index < ports.length; index += 2) {
    const low = ports[index] as number;
    const last = (ports[index + 1] as number) - 1;
    texts.push(low === last ? `${low}` : `${low}-${last}`);
  }
  return texts;
}

export const protocols = ['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'] as const;
export type Protocol = (typeof protocols)[number];
export const hasPorts = (protocol: Protocol): boolean => protocol === 'Tcp' || protocol === 'Udp';

/** `*` (effective rules say `All`) or one protocol, in any case; undefined for anything else. */
export function readProtocol(text: unknown): Protocol | '*' | undefined {
  if (typeof text !== 'string') return undefined;
  const folded = text.toLowerCase();
  if (folded === '*' || folded === 'all') return '*';
  return protocols.find((protocol) => protocol.toLowerCase() === folded);
}
