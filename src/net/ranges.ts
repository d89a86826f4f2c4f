// A part of a decision in the form of a rule: prefixes, tags and ports. For evidence and for what a new rule must cover.
import { type Addresses, END4, END6, prefixesOf } from './addresses.ts';
import type { Parts } from './decision.ts';
import type { Direction } from './nsg.ts';
import { hasPorts, type Protocol, portTexts } from './ports.ts';

/** The values of a rule that would match exactly this. */
export interface RuleRange {
  readonly direction: Direction;
  readonly protocol: Protocol;
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  /** `*` for protocols without ports. */
  readonly sourcePorts: readonly string[];
  readonly destinationPorts: readonly string[];
}

/** Prefixes, then the names of tags with unknown addresses. */
function endTexts(addresses: Addresses, symbols: readonly string[], limit: number): string[] {
  const named = symbols.filter((_name, index) => {
    const at = END4 + index;
    const at6 = END6 + BigInt(index);
    return holdsPoint(addresses.v4, at) || holdsPoint(addresses.v6, at6);
  });
  return [...prefixesOf(addresses, limit), ...named];
}
function holdsPoint<N extends number | bigint>(set: readonly N[], point: N): boolean {
  for (let index = 0; index < set.length; index += 2) {
    if ((set[index] as N) <= point && point < (set[index + 1] as N)) return true;
  }
  return false;
}

/** One range for each part; at most `limit` prefixes per side. */
export function rangesOf(
  parts: Parts,
  direction: Direction,
  symbols: readonly string[],
  limit = Number.POSITIVE_INFINITY,
): RuleRange[] {
  return parts.map((part) => {
    const { protocol } = part;
    const wrap = part.family.name === 'v4' ? wrap4 : wrap6;
    const ports = (set: readonly number[]) => (hasPorts(protocol) ? portTexts(set) : ['*']);
    return {
      direction,
      protocol,
      sources: endTexts(wrap(part.box.source), symbols, limit),
      destinations: endTexts(wrap(part.box.destination), symbols, limit),
      sourcePorts: ports(part.box.sourcePorts),
      destinationPorts: ports(part.box.destinationPorts),
    };
  });
}
const wrap4 = (set: readonly (number | bigint)[]): Addresses => ({ v4: set as readonly number[], v6: [] });
const wrap6 = (set: readonly (number | bigint)[]): Addresses => ({ v4: [], v6: set as readonly bigint[] });
