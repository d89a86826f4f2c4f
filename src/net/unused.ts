// Rules of a group that never decide anything: wholly behind earlier rules, or matching no packet at all.
import type { Addresses } from './addresses.ts';
import type { Context } from './context.ts';
import { platformAddresses } from './facts.ts';
import { type Family, family4, family6 } from './family.ts';
import { type CompiledRule, compileLayer, stepsOf } from './layers.ts';
import { type Direction, type Rule, readGroup } from './nsg.ts';
import { resolver } from './operands.ts';
import { type Protocol, protocols } from './ports.ts';
import { minus, type Point } from './sets.ts';
import { type Box, walk } from './walk.ts';

export interface UnusedRule {
  readonly name: string;
  readonly direction: Direction;
  readonly priority: number;
  /** The earlier rules that take all its packets, sorted; [] when it matches none, whatever stands before it. */
  readonly shadowedBy: readonly string[];
  /** Does an earlier rule do the opposite with some of them? Then the rule seems to do something it does not. */
  readonly contradicted: boolean;
}

/**
 * The custom rules of a group (raw JSON) that can be taken out without the fate of any packet changing, by the order of
 * its rules alone. A rule is kept in doubt: when it may match something that no earlier rule surely took.
 */
export function unusedRules(group: unknown, context: Context): UnusedRule[] {
  const read = readGroup(group);
  return (['Inbound', 'Outbound'] as const).flatMap((direction) => {
    const takers = new Map<Rule, Set<Rule>>();
    const reached = new Set<Rule>();
    for (const rule of read.rules) if (!rule.standard && rule.direction === direction) takers.set(rule, new Set());
    for (const world of context.worlds) {
      const names = resolver(world, []);
      const absent = { source: [], destination: [] };
      const { rules } = compileLayer({ place: 'subnet', group: read }, direction, names, { absent });
      for (const protocol of protocols) {
        reach(rules, direction, protocol, family4, names.everything, takers, reached);
        reach(rules, direction, protocol, family6, names.everything, takers, reached);
      }
    }
    return [...takers].flatMap(([rule, owners]) =>
      reached.has(rule)
        ? []
        : [
            {
              name: rule.name,
              direction,
              priority: rule.priority,
              shadowedBy: [...owners].map(({ name }) => name).sort(),
              contradicted: [...owners].some(({ access }) => access !== rule.access),
            },
          ],
    );
  });
}

/** Walks what each custom rule may match through the rules before it: who takes some, and does any come through? */
function reach<N extends Point>(
  rules: readonly CompiledRule[],
  direction: Direction,
  protocol: Protocol,
  family: Family<N>,
  everything: Addresses,
  takers: ReadonlyMap<Rule, Set<Rule>>,
  reached: Set<Rule>,
): void {
  const steps = stepsOf(rules, protocol, family, everything, 'all');
  const own = stepsOf(rules, protocol, family, everything, 'platform');
  const exempt = direction === 'Outbound' ? family.pick(platformAddresses) : [];
  for (const [index, { rule, possible }] of steps.entries()) {
    const owners = rule.rule && takers.get(rule.rule);
    if (!rule.rule || !owners || !possible) continue;
    const plain: Box<N> = { ...possible, destination: minus(possible.destination, exempt) };
    const leaves = walk(plain, steps.slice(0, index));
    const at = own.findIndex((step) => step.rule === rule);
    const platform = own[at]?.possible;
    if (direction === 'Outbound' && platform) leaves.push(...walk(platform, own.slice(0, at)));
    for (const leaf of leaves) if (leaf.rule?.rule) owners.add(leaf.rule.rule);
    if (leaves.some((leaf) => leaf.rule === undefined)) reached.add(rule.rule);
  }
}
