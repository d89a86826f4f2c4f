// Rules of a group that never decide anything: fully shadowed by earlier rules, or matching no packet.
import type { NetworkContext } from './context.ts';
import { platformAddresses } from './facts.ts';
import { type Family, family4, family6 } from './family.ts';
import { type CompiledLayer, compileLayer } from './layers.ts';
import { type Direction, readGroup, type SecurityRule } from './nsg.ts';
import { resolver } from './operands.ts';
import { type Protocol, protocols } from './ports.ts';
import { minus, type Point } from './sets.ts';
import { type Box, walk } from './walk.ts';

export interface UnusedRule {
  readonly name: string;
  readonly direction: Direction;
  readonly priority: number;
  /** The earlier rules that match all its packets, sorted; [] when it matches none on its own. */
  readonly shadowedBy: readonly string[];
  /** Does an earlier rule decide the opposite for some of them? Then the rule is misleading. */
  readonly contradicted: boolean;
}

/**
 * The custom rules of a group (raw JSON) that can be removed without changing the outcome of any packet, by the order of its
 * rules. A rule that may match a packet which no earlier rule certainly matches is kept.
 */
export function unusedRules(group: unknown, context: NetworkContext): UnusedRule[] {
  const read = readGroup(group);
  return (['Inbound', 'Outbound'] as const).flatMap((direction) => {
    const takers = new Map<SecurityRule, Set<SecurityRule>>();
    const reached = new Set<SecurityRule>();
    for (const rule of read.rules) if (!rule.standard && rule.direction === direction) takers.set(rule, new Set());
    for (const world of context.worlds) {
      const names = resolver(world, []);
      const absent = { source: [], destination: [] };
      const layer = compileLayer({ place: 'subnet', group: read }, direction, names, { absent });
      for (const protocol of protocols) {
        reach(layer, direction, protocol, family4, takers, reached);
        reach(layer, direction, protocol, family6, takers, reached);
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

/** Walks what each custom rule may match through the rules before it: which match some, and does any packet remain? */
function reach<N extends Point>(
  layer: CompiledLayer,
  direction: Direction,
  protocol: Protocol,
  family: Family<N>,
  takers: ReadonlyMap<SecurityRule, Set<SecurityRule>>,
  reached: Set<SecurityRule>,
): void {
  const steps = layer.steps(protocol, family, 'all');
  const own = layer.steps(protocol, family, 'platform');
  const platformAt = new Map(own.list.map((step, at) => [step.rule, { at, possible: step.possible }]));
  const exempt = direction === 'Outbound' ? family.pick(platformAddresses) : [];
  for (const [index, { rule, possible }] of steps.list.entries()) {
    const owners = rule.rule && takers.get(rule.rule);
    if (!rule.rule || !owners || !possible) continue;
    const plain: Box<N> = { ...possible, destination: minus(possible.destination, exempt) };
    const leaves = walk(plain, steps, index);
    const platform = platformAt.get(rule);
    if (direction === 'Outbound' && platform?.possible) leaves.push(...walk(platform.possible, own, platform.at));
    for (const leaf of leaves) if (leaf.rule?.rule) owners.add(leaf.rule.rule);
    if (leaves.some((leaf) => leaf.rule === undefined)) reached.add(rule.rule);
  }
}
