// Every rule that blocks a flow, not only the first: what would deny it still, once the rules before are gone.
import type { NetworkContext } from './context.ts';
import { decideAt } from './decide.ts';
import type { Flow } from './flow.ts';
import type { Layer, LayerKind, Owner } from './layers.ts';

/**
 * The deny rules that packets of the flow meet before a rule allows them, at every layer, in the order they apply. Each of them, and
 * nothing else, must be changed or overridden for the flow to be allowed whole. Rules that only may match are not among them.
 */
export function blockingRules(flow: Flow, layers: readonly Layer[], context: NetworkContext): readonly Owner[] {
  const found: Owner[] = [];
  // The default rules of all groups are the same objects, so a rule is known by its layer too.
  const isFound = (where: LayerKind, rule: Owner['rule']) =>
    found.some((owner) => owner.place === where && owner.rule === rule);
  let left = layers;
  for (;;) {
    const denying = decideAt(flow, left, context).parts.flatMap(({ outcome, by }) => (outcome === 'denied' ? by : []));
    const before = found.length;
    for (const owner of denying) if (owner.rule && !isFound(owner.place, owner.rule)) found.push(owner);
    if (found.length === before) break;
    left = left.map(({ place, group }) => ({
      place,
      group: { ...group, rules: group.rules.filter((rule) => !isFound(place, rule)) },
    }));
  }
  const places = layers.map(({ place }) => place);
  return found.sort(
    (a, b) => places.indexOf(a.place) - places.indexOf(b.place) || (a.rule?.priority ?? 0) - (b.rule?.priority ?? 0),
  );
}
