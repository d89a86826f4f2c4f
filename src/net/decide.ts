// The verdict on a set of packets: each part is evaluated at the layers, in each possible network.
import type { NetworkContext } from './context.ts';
import { type Decision, decisionOf, type FlowPart } from './decision.ts';
import { type Family, family4, family6 } from './family.ts';
import { type Flow, portsOf, type ResolvedFlow, resolveFlow } from './flow.ts';
import {
  type CompiledLayer,
  compileLayer,
  type Layer,
  type LayersInput,
  layersOf,
  type Owner,
  wayThrough,
} from './layers.ts';
import type { Direction } from './nsg.ts';
import { resolver } from './operands.ts';
import type { Point } from './sets.ts';
import { type Box, boxIntersect, boxOf } from './walk.ts';

/** The state of a part between layers: the admin rules that may always allow it. */
interface Passing<N extends Point> extends FlowPart<N> {
  readonly rescue: readonly Owner[];
}

const state: Owner = { label: 'state', place: 'subnet', access: 'Allow', rule: undefined };

/**
 * Decides a flow at a subnet and NIC. `layers` is raw JSON (`subnetNsg`, `nicNsg`, `adminRules`); `context` resolves names
 * there (`contextOf`). Never throws: an unreadable value makes the answer unknown where it matters.
 */
export function decide(flow: Flow, layers: LayersInput, context: NetworkContext): Decision {
  return decideAt(flow, layersOf(layers, flow.direction), context);
}

/** As `decide`, for parsed layers, in the order they are passed. */
export function decideAt(flow: Flow, layers: readonly Layer[], context: NetworkContext): Decision {
  const resolved = resolveFlow(flow, context);
  const parts = [
    ...partsOf(flow, resolved, layers, context, family4),
    ...partsOf(flow, resolved, layers, context, family6),
  ];
  return decisionOf(parts, resolved.symbols);
}

function partsOf<N extends Point>(
  flow: Flow,
  resolved: ResolvedFlow,
  layers: readonly Layer[],
  context: NetworkContext,
  family: Family<N>,
): FlowPart<N>[] {
  const source = family.pick(resolved.source);
  const destination = family.pick(resolved.destination);
  if (source.length === 0 || destination.length === 0) return [];
  const answers = context.worlds.map((world) => {
    const names = resolver(world, resolved.symbols, flow.nameless);
    const compiled = layers.map((layer) => compileLayer(layer, flow.direction, names, resolved));
    return resolved.protocols.flatMap((protocol) => {
      const box = boxOf(
        source,
        destination,
        portsOf(resolved.sourcePorts, protocol),
        portsOf(resolved.destinationPorts, protocol),
      );
      if (!box) return [];
      const whole: Passing<N> = {
        family,
        protocol,
        box,
        outcome: 'allowed',
        by: [],
        unsure: [],
        pending: [],
        rescue: [],
      };
      if (flow.established) return [{ ...whole, by: [state] }];
      return passAll(whole, compiled, flow.direction);
    });
  });
  const [first = [], second] = answers;
  return second ? agreed(first, second) : first;
}

function passAll<N extends Point>(
  whole: Passing<N>,
  layers: readonly CompiledLayer[],
  direction: Direction,
): Passing<N>[] {
  const ended: Passing<N>[] = [];
  let passing: Passing<N>[] = [whole];
  for (const layer of layers) {
    const through = wayThrough(layer, direction, whole.protocol, whole.family);
    const next: Passing<N>[] = [];
    for (const part of passing) {
      for (const leaf of through(part.box)) {
        const after = layer.place === 'admin' ? afterAdmin(part, leaf) : afterGroup(part, leaf);
        (after.last ? ended : next).push(after.part);
      }
    }
    passing = next;
  }
  return [...ended, ...passing];
}

interface After<N extends Point> {
  readonly part: Passing<N>;
  /** No later layer can change it. */
  readonly last: boolean;
}
interface Met<N extends Point> {
  readonly box: Box<N>;
  readonly rule: Owner | undefined;
  readonly pending: readonly Owner[];
}

/** A group allows or denies; an earlier rule that may have decided otherwise makes it unknown. */
function afterGroup<N extends Point>(part: Passing<N>, { box, rule, pending }: Met<N>): After<N> {
  const others = pending.filter(({ access }) => access !== rule?.access);
  const met = rule ? [...pending, rule] : pending;
  if (!rule || others.length > 0) {
    return {
      part: { ...part, box, pending: met, outcome: 'unknown', by: [], unsure: [...part.unsure, ...others] },
      last: false,
    };
  }
  const by = part.outcome === 'unknown' ? [] : [...part.by, rule];
  if (rule.access !== 'Deny') return { part: { ...part, box, pending, by }, last: false };
  if (part.rescue.length > 0)
    return { part: { ...part, box, pending: met, outcome: 'unknown', by: [], unsure: part.rescue }, last: true };
  return { part: { ...part, box, pending, outcome: 'denied', by: [rule], unsure: [] }, last: true };
}

/** Admin rules: Deny and AlwaysAllow are final, Allow and no match continue to the groups. */
function afterAdmin<N extends Point>(part: Passing<N>, { box, rule, pending }: Met<N>): After<N> {
  const end = (owner: Owner | undefined) => (owner && owner.access !== 'Allow' ? owner.access : 'pass');
  const mine = end(rule);
  const others = pending.filter((owner) => end(owner) !== mine);
  const ends = new Set([mine, ...others.map(end)]);
  if (others.length === 0) {
    if (mine === 'pass' || !rule) return { part: { ...part, box, pending }, last: false };
    return { part: { ...part, box, pending, outcome: mine === 'Deny' ? 'denied' : 'allowed', by: [rule] }, last: true };
  }
  if (!ends.has('pass')) return { part: { ...part, box, pending, outcome: 'unknown', unsure: others }, last: true };
  if (!ends.has('Deny'))
    return {
      part: { ...part, box, pending, rescue: rule && mine !== 'pass' ? [rule, ...others] : others },
      last: false,
    };
  const unknown: Passing<N> = { ...part, box, pending, outcome: 'unknown', unsure: others };
  return { part: unknown, last: ends.has('AlwaysAllow') };
}

/** Two possible networks: where both decide alike it holds, the rest is unknown and depends on the rules of both. */
function agreed<N extends Point>(first: readonly FlowPart<N>[], second: readonly FlowPart<N>[]): FlowPart<N>[] {
  const parts: FlowPart<N>[] = [];
  for (const a of first) {
    for (const b of second) {
      if (a.protocol !== b.protocol) continue;
      const box = boxIntersect(a.box, b.box);
      if (!box) continue;
      const by = [...a.by, ...b.by];
      const unsure = [...a.unsure, ...b.unsure];
      const pending = [...a.pending, ...b.pending];
      if (a.outcome === b.outcome) parts.push({ ...a, box, by, unsure, pending });
      else parts.push({ ...a, box, outcome: 'unknown', by: [], unsure: [...by, ...unsure], pending });
    }
  }
  return parts;
}
