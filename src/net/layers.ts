// The layers a packet passes: security admin rules, then the groups of subnet and NIC in the order of the direction.
import { type Addresses, both, nowhere } from './addresses.ts';
import type { Operand } from './context.ts';
import { isPlatformTag, platformAddresses } from './facts.ts';
import type { Family } from './family.ts';
import type { ResolvedFlow } from './flow.ts';
import { type Access, type Direction, type NsgRules, readAdminRules, readGroup, type SecurityRule } from './nsg.ts';
import type { Resolver, Side } from './operands.ts';
import { allPorts, hasPorts, isAllPorts, noPort, type Protocol } from './ports.ts';
import { globalTagOf } from './service-tags.ts';
import { type Intervals, intersect, minus, type Point } from './sets.ts';
import { type Box, boxOf, type Leaf, type OrderedSteps, readySteps, type WalkStep, walk } from './walk.ts';

export type LayerKind = 'admin' | 'subnet' | 'nic';
export interface Layer {
  readonly place: LayerKind;
  readonly group: NsgRules;
}

/** Raw JSON of each layer; null or undefined where there is none. */
export interface LayersInput {
  readonly subnetNsg?: unknown;
  readonly nicNsg?: unknown;
  readonly adminRules?: unknown;
}

/** The layers in the order of the direction: inbound subnet then NIC, outbound NIC then subnet; admin rules first. */
export function layersOf(input: LayersInput, direction: Direction): Layer[] {
  const groups: Layer[] = [];
  if (input.subnetNsg != null) groups.push({ place: 'subnet', group: readGroup(input.subnetNsg) });
  if (input.nicNsg != null) groups.push({ place: 'nic', group: readGroup(input.nicNsg) });
  if (direction === 'Outbound') groups.reverse();
  const admin = input.adminRules == null ? undefined : readAdminRules(input.adminRules);
  return admin && admin.rules.length > 0 ? [{ place: 'admin', group: admin }, ...groups] : groups;
}

/** What decides: a rule of a layer, or the platform's exception there. */
export interface Owner {
  /** `subnet/rule`, `nic/rule`, `admin/rule`, `subnet/platform`, `nic/platform`, `state`. */
  readonly label: string;
  readonly place: LayerKind;
  readonly access: Access;
  /** undefined for the platform and for state. */
  readonly rule: SecurityRule | undefined;
}

/** A rule whose addresses are resolved. */
export interface CompiledRule {
  readonly owner: Owner;
  readonly rule: SecurityRule;
  readonly source: Operand;
  readonly destination: Operand;
  /** The part of the destination named by the platform's tags. */
  readonly platform: Addresses;
}

export interface CompiledLayer {
  readonly place: LayerKind;
  readonly rules: readonly CompiledRule[];
  /** Its steps for one protocol and family, cached: of all rules, or of the platform's tags only. */
  steps<N extends Point>(protocol: Protocol, family: Family<N>, which: 'all' | 'platform'): OrderedSteps<N, Owner>;
}

/**
 * A layer with its rules' addresses resolved, once for all protocols and both families: several questions of an audit are
 * about one group, and a plan adds rules one by one.
 */
export function compileLayer(
  { place, group }: Layer,
  direction: Direction,
  names: Resolver,
  { absent }: Pick<ResolvedFlow, 'absent'>,
): CompiledLayer {
  const gone = absent.source.length + absent.destination.length > 0 ? JSON.stringify(absent) : '';
  const ruleThere = `rule ${place} ${gone}`;
  const compiled = (rule: SecurityRule): CompiledRule =>
    names.once(ruleThere, rule, () => compileRule(rule, place, names, absent));
  return names.once(`layer ${place} ${direction} ${gone}`, group, () =>
    layerOf(place, group.rules.filter((one) => one.direction === direction).map(compiled), names.everything),
  );
}

function compileRule(
  rule: SecurityRule,
  place: LayerKind,
  names: Resolver,
  absent: ResolvedFlow['absent'],
): CompiledRule {
  const tags = rule.destination.prefixes.filter(isPlatformTag);
  const platform = tags.length === 0 ? nowhere : names.side({ prefixes: tags, groups: [] }).in;
  return {
    owner: { label: `${place}/${rule.name}`, place, access: rule.access, rule },
    rule,
    source: names.side(present(rule.source, absent.source)),
    destination: names.side(present(rule.destination, absent.destination)),
    platform: both(platform, platformAddresses),
  };
}

function layerOf(place: LayerKind, rules: readonly CompiledRule[], everything: Addresses): CompiledLayer {
  const made = new Map<string, unknown>();
  return {
    place,
    rules,
    steps<N extends Point>(protocol: Protocol, family: Family<N>, which: 'all' | 'platform') {
      const key = `${which} ${protocol} ${family.name}`;
      // The family in the key gives the number type of the steps.
      const known = made.get(key) as OrderedSteps<N, Owner> | undefined;
      const steps = known ?? readySteps(stepsOf(rules, protocol, family, everything, which));
      made.set(key, steps);
      return steps;
    },
  };
}

/** A side without the tags that a question excludes. */
function present(side: Side, absent: readonly string[]): Side {
  if (absent.length === 0) return side;
  const gone = (text: string) =>
    absent.includes(text.toLowerCase()) || absent.includes(globalTagOf(text).toLowerCase());
  return side.prefixes.some(gone) ? { ...side, prefixes: side.prefixes.filter((text) => !gone(text)) } : side;
}

/** Ports of a rule for a protocol: without ports, a rule limited to some ports may match or not. */
function portsFor(ports: Intervals<number>, protocol: Protocol) {
  if (hasPorts(protocol)) return { sure: ports, possible: ports };
  const possible = ports.length === 0 ? ports : noPort;
  return { sure: isAllPorts(ports) ? noPort : [], possible };
}

/** A rule in the form of the walk. `within` narrows its destination (the platform's own tags). */
function stepOf<N extends Point>(
  one: CompiledRule,
  protocol: Protocol,
  family: Family<N>,
  everything: Addresses,
  within?: Addresses,
): WalkStep<N, Owner> {
  const { rule, owner } = one;
  const narrowed = (set: Intervals<N>) => (within ? intersect(set, family.pick(within)) : set);
  if (rule.doubtful) {
    const all = family.pick(everything);
    const wide = hasPorts(protocol) ? allPorts : noPort;
    return { rule: owner, sure: undefined, possible: boxOf(all, narrowed(all), wide, wide) };
  }
  const from = portsFor(rule.sourcePorts, protocol);
  const to = portsFor(rule.destinationPorts, protocol);
  const source = family.pick(one.source.in);
  const sure = boxOf(source, narrowed(family.pick(one.destination.in)), from.sure, to.sure);
  const plain = family.pick(one.source.maybe).length === 0 && family.pick(one.destination.maybe).length === 0;
  if (plain && from.sure === from.possible && to.sure === to.possible) return { rule: owner, sure, possible: sure };
  const destination = narrowed(family.whole(one.destination));
  return { rule: owner, sure, possible: boxOf(family.whole(one.source), destination, from.possible, to.possible) };
}

/** The steps of a layer for one protocol and family, in order: of all rules, or of the platform's tags only. */
function stepsOf<N extends Point>(
  rules: readonly CompiledRule[],
  protocol: Protocol,
  family: Family<N>,
  everything: Addresses,
  which: 'all' | 'platform',
): WalkStep<N, Owner>[] {
  return rules
    .filter(({ rule }) => rule.protocol === '*' || rule.protocol === protocol)
    .filter(({ platform }) => which === 'all' || family.pick(platform).length > 0)
    .map((one) => stepOf(one, protocol, family, everything, which === 'all' ? undefined : one.platform));
}

/** Walks boxes of one protocol and family through a layer. Without a certain match (admin rules only) a leaf has no rule. */
export function wayThrough<N extends Point>(
  layer: CompiledLayer,
  direction: Direction,
  protocol: Protocol,
  family: Family<N>,
): (box: Box<N>) => Leaf<N, Owner>[] {
  const { place } = layer;
  const steps = layer.steps(protocol, family, 'all');
  if (direction === 'Inbound' || place === 'admin') return (box) => walk(box, steps);
  // Only the platform's tags match traffic to its addresses (network-security-group-how-it-works).
  const own = layer.steps(protocol, family, 'platform');
  const exempt = family.pick(platformAddresses);
  const platform: Owner = { label: `${place}/platform`, place, access: 'Allow', rule: undefined };
  return (box) => {
    const touched = intersect(box.destination, exempt);
    if (touched.length === 0) return walk(box, steps);
    return [
      ...walk({ ...box, destination: minus(box.destination, exempt) }, steps),
      ...walk({ ...box, destination: touched }, own).map((leaf) => ({ ...leaf, rule: leaf.rule ?? platform })),
    ];
  };
}
