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
  /** Packets it takes, in the measure of a decision; 0 for those it only may take. */
  readonly count: bigint;
}
export interface PlaceRepair {
  readonly place: LayerKind;
  /** What an allow rule must cover; [] when the place lets everything pass already. */
  readonly missing: readonly RuleRange[];
  /** Every rule that stops, or may stop, part of it, the largest first. */
  readonly blockers: readonly Blocker[];
  /** The new rule's number must be below this. */
  readonly below: number;
  /** A free number below it; undefined when there is none, or at a place where no rule of ours can help (admin rules). */
  readonly priority: number | undefined;
  /** Rules that would allow some of it by themselves, were they not behind a blocker. */
  readonly shadowed: readonly string[];
}

/** One entry for each place that stops some of the flow or may stop it. `limit`: how many prefixes a side are written out. */
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

/** Allow rules behind the first blocker that would let some of the flow pass if they stood alone. */
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
