// Limited outbound as a complement question: what part of the Internet is reachable beyond the tags that rules allow by name.
import { looksLiteral, prefixesOf } from './addresses.ts';
import type { NetworkContext } from './context.ts';
import { decide } from './decide.ts';
import { type Decision, type FlowVerdict, volume } from './decision.ts';
import { isSpecialTag, platformAddresses } from './facts.ts';
import type { LayersInput } from './layers.ts';
import { readGroup } from './nsg.ts';
import type { Protocol } from './ports.ts';
import { type RuleRange, rangesOf } from './ranges.ts';

export interface LeakQuestion {
  /** Prefixes of the subnet. */
  readonly source: readonly string[];
  /** Tags and prefixes that may be reached: excluded from the question. */
  readonly allowed: readonly string[];
  /** `*` when omitted. */
  readonly protocol?: Protocol | '*' | undefined;
  readonly destinationPorts?: readonly string[] | undefined;
  /** What must not be reached; `Internet` when omitted. */
  readonly forbidden?: readonly string[] | undefined;
}
export interface Leak {
  /** `denied` when nothing leaks, `unknown` when that depends on unknown addresses. */
  readonly verdict: FlowVerdict;
  /** The rules it leaks through. */
  readonly allowedBy: readonly string[];
  readonly unsure: readonly string[];
  /** Combinations of addresses and ports that leak, over all protocols of the question. */
  readonly count: bigint;
  /** What leaks, at most `limit` prefixes a side. */
  readonly ranges: readonly RuleRange[];
  readonly decision: Decision;
}

/** DNS, metadata and the host agent are reachable under any rules, and are no route to the Internet. */
const platform = prefixesOf(platformAddresses);

/** Decides it at a subnet and NIC. `limit`: how many prefixes per side are listed. */
export function leak(question: LeakQuestion, layers: LayersInput, context: NetworkContext, limit = 50): Leak {
  const decision = decide(
    {
      direction: 'Outbound',
      protocol: question.protocol ?? '*',
      source: { of: question.source },
      destination: { of: question.forbidden ?? ['Internet'], except: [...question.allowed, ...platform] },
      destinationPorts: question.destinationPorts,
    },
    layers,
    context,
  );
  const open = decision.parts.filter(({ outcome }) => outcome === 'allowed');
  return {
    verdict: decision.verdict,
    allowedBy: decision.allowedBy,
    unsure: decision.unsure,
    count: open.reduce((sum, part) => sum + volume(part), 0n),
    ranges: rangesOf(open, 'Outbound', decision.uncounted, limit),
    decision,
  };
}

/** The service tags that the outbound allow rules of a group name, as written, each once: `allowed` of a leak question. */
export function allowedTags(group: unknown): string[] {
  const names = new Map<string, string>();
  for (const rule of readGroup(group).rules) {
    if (rule.direction !== 'Outbound' || rule.access !== 'Allow' || rule.standard) continue;
    for (const text of rule.destination.prefixes) {
      if (!looksLiteral(text) && !isSpecialTag(text)) names.set(text.toLowerCase(), text);
    }
  }
  return [...names.values()];
}
