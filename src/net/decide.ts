// The verdict on a set of packets: which are allowed, denied, unknown, by which rules, how many, with a witness.
import { type Addresses, addressText, END4, END6 } from './addresses.ts';
import type { Context, World } from './context.ts';
import { type Family, family4, family6 } from './family.ts';
import { type Flow, portsOf, type ResolvedFlow, resolveFlow } from './flow.ts';
import {
  type CompiledLayer,
  compileLayer,
  type Layer,
  type LayersInput,
  layersOf,
  type Owner,
  passLayer,
} from './layers.ts';
import type { Direction } from './nsg.ts';
import { resolver } from './operands.ts';
import type { Protocol } from './ports.ts';
import type { Point } from './sets.ts';
import { type Box, boxIntersect, boxOf } from './walk.ts';

export type Outcome = 'allowed' | 'denied' | 'unknown';
export type Verdict = Outcome | 'partly';

/** A box of packets with one outcome. */
export interface Part<N extends Point = Point> {
  readonly family: Family<N>;
  readonly protocol: Protocol;
  readonly box: Box<N>;
  readonly outcome: Outcome;
  /** The rules that let it pass (one a place), or the one that stopped it. */
  readonly by: readonly Owner[];
  /** Where unknown: the rules it hangs on. */
  readonly unsure: readonly Owner[];
}
export type Parts = readonly (Part<number> | Part<bigint>)[];

export interface Decision {
  /** `partly` when some are allowed and some denied; `unknown` when the rest is of one kind, or no packet is asked about. */
  readonly verdict: Verdict;
  /** Labels (`subnet/rule`), sorted, each once. */
  readonly allowedBy: readonly string[];
  readonly deniedBy: readonly string[];
  readonly unsure: readonly string[];
  /** Combinations of source, destination, source port and destination port; protocols without ports count ports as one. */
  readonly measure: Readonly<Record<Outcome, bigint>>;
  /** Service tags in the question whose addresses are not known: judged by name, not counted. */
  readonly uncounted: readonly string[];
  /** The first packet of each outcome, lowest address first: `Tcp 10.1.2.4:0 -> 10.1.1.4:22`. */
  readonly witness: Readonly<Partial<Record<Outcome, string>>>;
  /** Disjoint boxes that hold together exactly the flow. */
  readonly parts: Parts;
}

/** What is known of a part on its way: where admin rules may let it through whatever comes, their names. */
interface Passing<N extends Point> extends Part<N> {
  readonly rescue: readonly Owner[];
}

const state: Owner = { label: 'state', place: 'subnet', access: 'Allow', rule: undefined };

/**
 * Decides a flow at a subnet and card. `layers` is raw JSON (`subnetNsg`, `nicNsg`, `adminRules`); `context` says what names
 * stand for there (`contextOf`). Never throws: what cannot be read makes the answer unknown where it matters.
 */
export function decide(flow: Flow, layers: LayersInput, context: Context): Decision {
  return decideAt(flow, layersOf(layers, flow.direction), context);
}

/** As `decide`, for layers that are read already, in the order they are passed. */
export function decideAt(flow: Flow, layers: readonly Layer[], context: Context): Decision {
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
  context: Context,
  family: Family<N>,
): Part<N>[] {
  const source = family.pick(resolved.source);
  const destination = family.pick(resolved.destination);
  if (source.length === 0 || destination.length === 0) return [];
  const answers = context.worlds.map((world) => {
    const compiled = compileFor(world, layers, flow.direction, resolved);
    return resolved.protocols.flatMap((protocol) => {
      const box = boxOf(
        source,
        destination,
        portsOf(resolved.sourcePorts, protocol),
        portsOf(resolved.destinationPorts, protocol),
      );
      if (!box) return [];
      const whole: Passing<N> = { family, protocol, box, outcome: 'allowed', by: [], unsure: [], rescue: [] };
      if (flow.established) return [{ ...whole, by: [state] }];
      return passAll(whole, compiled, flow.direction);
    });
  });
  const [first = [], second] = answers;
  return second ? agreed(first, second) : first;
}

interface CompiledLayers {
  readonly layers: readonly CompiledLayer[];
  readonly everything: Addresses;
}
function compileFor(world: World, layers: readonly Layer[], direction: Direction, flow: ResolvedFlow): CompiledLayers {
  const names = resolver(world, flow.symbols);
  return {
    layers: layers.map((layer) => compileLayer(layer, direction, names, flow)),
    everything: names.everything,
  };
}

function passAll<N extends Point>(whole: Passing<N>, compiled: CompiledLayers, direction: Direction): Passing<N>[] {
  const ended: Passing<N>[] = [];
  let passing: Passing<N>[] = [whole];
  for (const layer of compiled.layers) {
    const next: Passing<N>[] = [];
    for (const part of passing) {
      for (const leaf of passLayer(layer, direction, part.protocol, part.family, compiled.everything, part.box)) {
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

/** A group lets pass or stops; a rule that may have decided otherwise before makes it unknown. */
function afterGroup<N extends Point>(part: Passing<N>, { box, rule, pending }: Met<N>): After<N> {
  const others = pending.filter(({ access }) => access !== rule?.access);
  if (!rule || others.length > 0) {
    return { part: { ...part, box, outcome: 'unknown', unsure: [...part.unsure, ...others] }, last: false };
  }
  if (rule.access !== 'Deny') return { part: { ...part, box, by: [...part.by, rule] }, last: false };
  if (part.rescue.length > 0) return { part: { ...part, box, outcome: 'unknown', unsure: part.rescue }, last: true };
  return { part: { ...part, box, outcome: 'denied', by: [rule], unsure: [] }, last: true };
}

/** Admin rules: Deny and AlwaysAllow end the way, Allow and no match go on to the groups. */
function afterAdmin<N extends Point>(part: Passing<N>, { box, rule, pending }: Met<N>): After<N> {
  const end = (owner: Owner | undefined) => (owner && owner.access !== 'Allow' ? owner.access : 'pass');
  const mine = end(rule);
  const others = pending.filter((owner) => end(owner) !== mine);
  const ends = new Set([mine, ...others.map(end)]);
  if (others.length === 0) {
    if (mine === 'pass' || !rule) return { part: { ...part, box }, last: false };
    return { part: { ...part, box, outcome: mine === 'Deny' ? 'denied' : 'allowed', by: [rule] }, last: true };
  }
  if (!ends.has('pass')) return { part: { ...part, box, outcome: 'unknown', unsure: others }, last: true };
  if (!ends.has('Deny'))
    return { part: { ...part, box, rescue: rule && mine !== 'pass' ? [rule, ...others] : others }, last: false };
  const unknown: Passing<N> = { ...part, box, outcome: 'unknown', unsure: others };
  return { part: unknown, last: ends.has('AlwaysAllow') };
}

/** Two worlds: what both decide alike stands, the rest is unknown and hangs on the rules of both. */
function agreed<N extends Point>(first: readonly Part<N>[], second: readonly Part<N>[]): Part<N>[] {
  const parts: Part<N>[] = [];
  for (const a of first) {
    for (const b of second) {
      if (a.protocol !== b.protocol) continue;
      const box = boxIntersect(a.box, b.box);
      if (!box) continue;
      const by = [...a.by, ...b.by];
      const unsure = [...a.unsure, ...b.unsure];
      if (a.outcome === b.outcome) parts.push({ ...a, box, by, unsure });
      else parts.push({ ...a, box, outcome: 'unknown', by: [], unsure: [...by, ...unsure] });
    }
  }
  return parts;
}

const labels = (owners: readonly Owner[]): string[] => [...new Set(owners.map(({ label }) => label))].sort();

function decisionOf(parts: Parts, uncounted: readonly string[]): Decision {
  const ofOutcome = (outcome: Outcome) => parts.filter((part) => part.outcome === outcome);
  const allowed = ofOutcome('allowed');
  const denied = ofOutcome('denied');
  const unknown = ofOutcome('unknown');
  const measure = (some: Parts) => some.reduce((sum, part) => sum + volume(part), 0n);
  const mixed = allowed.length > 0 && denied.length > 0;
  const uniform: Verdict =
    unknown.length > 0 || parts.length === 0 ? 'unknown' : denied.length > 0 ? 'denied' : 'allowed';
  const witness: Partial<Record<Outcome, string>> = {};
  for (const [outcome, some] of [
    ['allowed', allowed],
    ['denied', denied],
    ['unknown', unknown],
  ] as const) {
    const packet = firstPacket(some);
    if (packet !== undefined) witness[outcome] = packet;
  }
  return {
    verdict: mixed ? 'partly' : uniform,
    allowedBy: labels(allowed.flatMap(({ by }) => by)),
    deniedBy: labels(denied.flatMap(({ by }) => by)),
    unsure: labels(unknown.flatMap((part) => part.unsure)),
    measure: { allowed: measure(allowed), denied: measure(denied), unknown: measure(unknown) },
    uncounted,
    witness,
    parts,
  };
}

const portCount = (ports: readonly number[]): bigint => {
  let sum = 0;
  for (let index = 0; index < ports.length; index += 2) sum += (ports[index + 1] as number) - (ports[index] as number);
  return BigInt(sum);
};

/** How many combinations a part holds; symbols do not count. */
export function volume<N extends Point>({ family, box }: Part<N>): bigint;
export function volume(part: Part<number> | Part<bigint>): bigint;
export function volume({ family, box }: Part): bigint {
  const ports = portCount(box.sourcePorts) * portCount(box.destinationPorts);
  return family.count(box.source) * family.count(box.destination) * ports;
}

/** The packet with the lowest source, destination, source port and destination port, IPv4 before IPv6. */
function firstPacket(parts: Parts): string | undefined {
  let best: { readonly key: readonly Point[]; readonly text: string } | undefined;
  for (const { family, protocol, box } of parts) {
    const key: readonly Point[] = [
      family.name === 'v4' ? 0 : 1,
      box.source[0] ?? 0,
      box.destination[0] ?? 0,
      box.sourcePorts[0] ?? 0,
      box.destinationPorts[0] ?? 0,
    ];
    if (best && !isBefore(key, best.key)) continue;
    const [, source = 0, destination = 0, from, to] = key;
    best = { key, text: `${protocol} ${endText(source)}:${from} -> ${endText(destination)}:${to}` };
  }
  return best?.text;
}
function isBefore(a: readonly Point[], b: readonly Point[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}
function endText(point: Point): string {
  if (typeof point === 'bigint') return point >= END6 ? 'tag' : `[${addressText(point)}]`;
  return point >= END4 ? 'tag' : addressText(point);
}
