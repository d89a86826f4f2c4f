// Rules of a group that never decide anything: wholly behind earlier rules, or matching no packet at all.
import type { Addresses } from './addresses.ts';
import type { Context } from './context.ts';
import { platformAddresses } from './facts.ts';
import { type Family, family4, family6 } from './family.ts';
import { type CompiledRule, compileLayer, type Owner, stepOf } from './layers.ts';
import { type Direction, type Rule, readGroup } from './nsg.ts';
import { resolver } from './operands.ts';
import { type Protocol, protocols } from './ports.ts';
import { intersect, minus, type Point } from './sets.ts';
import { type Box, type Step, walk } from './walk.ts';

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
    for (const world of context.worlds) {
      const names = resolver(world, []);
      const absent = { source: [], destination: [] };
      const { rules } = compileLayer({ place: 'subnet', group: read }, direction, names, { absent });
      for (const [index, one] of rules.entries()) {
        if (one.rule.standard) continue;
        const before = rules.slice(0, index);
        const owners = takers.get(one.rule) ?? new Set();
        takers.set(one.rule, owners);
        for (const protocol of protocols) {
          if (one.rule.protocol !== '*' && one.rule.protocol !== protocol) continue;
          const reach =
            takes(one, before, protocol, family4, names.everything, owners) ||
            takes(one, before, protocol, family6, names.everything, owners);
          if (reach) reached.add(one.rule);
        }
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

/** Does any packet come to the rule? The earlier rules that took some are added to `owners`. */
function takes<N extends Point>(
  one: CompiledRule,
  before: readonly CompiledRule[],
  protocol: Protocol,
  family: Family<N>,
  everything: Addresses,
  owners: Set<Rule>,
): boolean {
  const { possible } = stepOf(one, protocol, family, everything);
  if (!possible) return false;
  const earlier = before.filter(({ rule }) => rule.protocol === '*' || rule.protocol === protocol);
  const exempt = one.rule.direction === 'Outbound' ? family.pick(platformAddresses) : [];
  const named = family.pick(one.platform);
  const plain: Box<N> = { ...possible, destination: minus(possible.destination, exempt) };
  const platform: Box<N> = { ...possible, destination: intersect(possible.destination, named) };
  const leaves = [
    ...walk(plain, steps(earlier, protocol, family, everything)),
    ...walk(platform, steps(earlier, protocol, family, everything, true)),
  ];
  for (const { rule } of leaves) if (rule?.rule) owners.add(rule.rule);
  return leaves.some(({ rule }) => rule === undefined);
}

function* steps<N extends Point>(
  rules: readonly CompiledRule[],
  protocol: Protocol,
  family: Family<N>,
  everything: Addresses,
  platformOnly = false,
): Generator<Step<N, Owner>> {
  for (const one of rules) {
    if (platformOnly && family.pick(one.platform).length === 0) continue;
    yield stepOf(one, protocol, family, everything, platformOnly ? one.platform : undefined);
  }
}
