// The least that must change for a flow to be allowed: at each group, what a new allow rule has to cover and which rules it
// has to come before.
import type { NetworkContext } from './context.ts';
import { decideAt } from './decide.ts';
import { type Parts, volume } from './decision.ts';
import type { Flow } from './flow.ts';
import { type Layer, type LayerKind, type LayersInput, layersOf, type Owner } from './layers.ts';
import type { SecurityRule } from './nsg.ts';
import { priorityBefore } from './priority.ts';
import { type RuleRange, rangesOf } from './ranges.ts';

export interface Blocker {
  /** `subnet/rule`. */
  readonly label: string;
  readonly priority: number;
  readonly standard: boolean;
  /** Packets it blocks, in the unit of a decision; 0 where it only may. */
  readonly count: bigint;
}
export interface PlaceRepair {
  readonly place: LayerKind;
  /** What an allow rule must cover; [] when the layer already allows everything. */
  readonly missing: readonly RuleRange[];
  /** Every rule that blocks, or may block, part of it, the largest first. */
  readonly blockers: readonly Blocker[];
  /** The new rule's priority must be below this. */
  readonly below: number;
  /**
   * A free priority below it; undefined when there is none, or at a layer that a security rule cannot override (admin rules).
   */
  readonly priority: number | undefined;
  /** Allow rules for some of it that are shadowed by a blocking rule. */
  readonly shadowed: readonly string[];
}

/** One entry for each layer that blocks, or may block, some of the flow. `limit`: how many prefixes per side are listed. */
export function repair(
  flow: Flow,
  layers: LayersInput,
  context: NetworkContext,
  limit = Number.POSITIVE_INFINITY,
): PlaceRepair[] {
  return layersOf(layers, flow.direction).flatMap((layer) => {
    const decision = decideAt(flow, [layer], context);
    const stopped = decision.parts.filter(({ outcome }) => outcome !== 'allowed');
    if (stopped.length === 0) return [];
    const blockers = blockersOf(stopped);
    const below = Math.min(...blockers.map(({ priority }) => priority), 65500);
    return [
      {
        place: layer.place,
        missing: rangesOf(stopped, flow.direction, decision.uncounted, limit),
        blockers,
        below,
        priority: layer.place === 'admin' ? undefined : priorityBefore(layer.group.rules, flow.direction, below),
        shadowed: shadowedAllows(flow, layer, context, blockers),
      },
    ];
  });
}

function blockersOf(stopped: Parts): Blocker[] {
  const counts = new Map<string, { owner: Owner; count: bigint }>();
  const add = (owner: Owner, count: bigint) => {
    const known = counts.get(owner.label);
    counts.set(owner.label, { owner, count: (known?.count ?? 0n) + count });
  };
  for (const part of stopped) {
    for (const owner of part.by) if (owner.access === 'Deny') add(owner, volume(part));
    for (const owner of [...part.pending, ...part.unsure]) if (owner.access === 'Deny') add(owner, 0n);
  }
  return [...counts.values()]
    .map(({ owner, count }) => ({
      label: owner.label,
      priority: owner.rule?.priority ?? 65500,
      standard: owner.rule?.standard ?? true,
      count,
    }))
    .sort((a, b) => (a.count > b.count ? -1 : a.count < b.count ? 1 : a.priority - b.priority));
}

/** Allow rules after the first blocking rule that would allow some of the flow on their own. */
function shadowedAllows(flow: Flow, layer: Layer, context: NetworkContext, blockers: readonly Blocker[]): string[] {
  const first = Math.min(...blockers.map(({ priority }) => priority));
  const behind = (rule: SecurityRule) =>
    rule.direction === flow.direction && rule.access !== 'Deny' && !rule.standard && rule.priority > first;
  return layer.group.rules
    .filter(behind)
    .filter((rule) => {
      const alone: Layer = { place: 'admin', group: { rules: [{ ...rule, access: 'AlwaysAllow' }], misreadings: [] } };
      return decideAt(flow, [alone], context).allowedBy.length > 0;
    })
    .map(({ name }) => `${layer.place}/${name}`);
}
