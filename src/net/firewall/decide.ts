// What an Azure Firewall allows: a set of packets evaluated by its network rules, the rest by its application rules, what
// remains by its default deny. Three-valued and exact, like the walk over security groups. Assumption: traffic on a port of
// an application rule is of the rule's protocol (HTTP, HTTPS, SQL). Not modelled: threat intelligence and intrusion
// detection, which may stop what rules allow, and IPv6, which has no rules.
import { END4 } from '../addresses.ts';
import type { NetworkContext, NetworkPossibility, Operand } from '../context.ts';
import { publicSpace } from '../facts.ts';
import { portsOf, resolveFlow } from '../flow.ts';
import { type Resolver, resolver } from '../operands.ts';
import { allPorts, hasPorts, noPort, type Protocol } from '../ports.ts';
import { type Intervals, intervals, meets, unite } from '../sets.ts';
import { type Box, boxIntersect, boxOf, type Leaf, readySteps, type WalkStep, walk } from '../walk.ts';
import { type HostPattern, holdsHost, hostPieces, hostText, readHost } from './hosts.ts';
import type { FirewallRule, FirewallRules } from './rules.ts';

export interface FirewallQuestion {
  /** Addresses, blocks, IPv4 ranges. */
  readonly source: readonly string[];
  readonly protocol: Protocol | '*';
  /** `*`, `443`, `8704-8710`. */
  readonly ports: readonly string[];
  /** Addresses, blocks, service tags: the destination that network rules match. */
  readonly to?: readonly string[];
  /** `management.azure.com`, `*.azureml.ms`: the host that application rules match. With `to`, both are known. */
  readonly hosts?: readonly string[];
  /** None of its packets is for a host or a tag of unknown addresses that a rule names; those that it names itself apart. */
  readonly nameless?: boolean;
}

export type FirewallOutcome = 'allowed' | 'denied' | 'unknown';

/** A part of the question with one outcome. */
export interface FirewallPart {
  readonly outcome: FirewallOutcome;
  readonly protocol: Protocol;
  /** The rule that decides; undefined for the default deny and where unknown. */
  readonly rule: FirewallRule | undefined;
  /** Where unknown: the rules it depends on. */
  readonly unsure: readonly FirewallRule[];
  /** Names of this part, for a question about names. */
  readonly hosts: readonly string[];
  readonly ports: Intervals<number>;
  /** IPv4. For a question about names, destinations are points of these, not addresses. */
  readonly box: Box<number>;
}

export interface FirewallAnswer {
  /** `partly` when some is allowed and some denied. */
  readonly verdict: FirewallOutcome | 'partly';
  readonly parts: readonly FirewallPart[];
  /** Rules, each once. */
  readonly allowedBy: readonly FirewallRule[];
  readonly deniedBy: readonly FirewallRule[];
  readonly unsure: readonly FirewallRule[];
  /** Does the default deny block some of it? */
  readonly byDefault: boolean;
}

const point = (index: number): Intervals<number> => [index, index + 1];
const span = (count: number): Intervals<number> => (count === 0 ? [] : [0, count]);

/** The names of the question, as points of an axis. */
interface HostAxis {
  readonly pieces: readonly HostPattern[];
  readonly all: Intervals<number>;
  /** The points that a rule's names hold. */
  held(hosts: readonly HostPattern[]): Intervals<number>;
}
function hostAxis(asked: readonly string[], rules: FirewallRules): HostAxis {
  const patterns = asked.flatMap((text) => readHost(text) ?? []);
  const cuts = [...rules.network, ...rules.application].flatMap(({ hosts }) => hosts);
  const pieces = hostPieces(patterns, cuts);
  return {
    pieces,
    all: span(pieces.length),
    held: (hosts) =>
      intervals(
        pieces.flatMap((piece, index) =>
          hosts.some((host) => holdsHost(host, piece)) ? [[index, index + 1] as const] : [],
        ),
      ),
  };
}

/** The names of a question and the resolved ends of each rule, cached because many questions use the same rules. */
interface Ends {
  readonly everything: Intervals<number>;
  source(rule: FirewallRule): Operand;
  destination(rule: FirewallRule): Operand;
}
function endsOf(names: Resolver): Ends {
  const kept = (side: 'source' | 'destination') => {
    const known = new WeakMap<FirewallRule, Operand>();
    return (rule: FirewallRule): Operand => {
      const operand = known.get(rule) ?? names.side(rule[side]);
      known.set(rule, operand);
      return operand;
    };
  };
  return { everything: names.everything.v4, source: kept('source'), destination: kept('destination') };
}
const endsByWorld = new WeakMap<NetworkPossibility, Map<string, Ends>>();
/** `symbols`: tags without known addresses that the question is about. */
function endsIn(world: NetworkPossibility, symbols: readonly string[], nameless: boolean): Ends {
  const known = endsByWorld.get(world) ?? new Map<string, Ends>();
  endsByWorld.set(world, known);
  const key = `${nameless ? '- ' : ''}${symbols.join(' ').toLowerCase()}`;
  const ends = known.get(key) ?? endsOf(resolver(world, symbols, nameless));
  known.set(key, ends);
  return ends;
}

type Ipv4Range = { readonly sure: Intervals<number>; readonly possible: Intervals<number> };
type Destination = (rule: FirewallRule) => Ipv4Range;
const none: Intervals<number> = [];

/**
 * By addresses: names that a network rule resolves may be any address; an application rule for every name matches all. `nameless`
 * packets call no host that a rule names.
 */
function byAddress({ everything, destination }: Ends, nameless: boolean): Destination {
  return (rule) => {
    if (rule.kind === 'application') {
      const any = rule.hosts.some(({ open, suffix }) => open && suffix === '');
      const possible = nameless && !any && !rule.selective ? none : everything;
      return { sure: any && !rule.selective ? everything : none, possible };
    }
    const side = destination(rule);
    const possible = rule.hosts.length > 0 && !nameless ? everything : unite(side.in.v4, side.maybe.v4);
    return { sure: side.in.v4, possible };
  };
}

/** By names: a rule with an address in public space may match. */
function byHost({ destination }: Ends, axis: HostAxis): Destination {
  return (rule) => {
    const held = axis.held(rule.hosts);
    if (rule.kind === 'application') return { sure: held, possible: rule.selective ? axis.all : held };
    const side = destination(rule);
    const takesAll = side.in.v4.length === 2 && side.in.v4[0] === 0 && (side.in.v4[1] as number) >= END4;
    if (takesAll) return { sure: axis.all, possible: axis.all };
    const isPublic = meets(unite(side.in.v4, side.maybe.v4), publicSpace.v4);
    return { sure: held, possible: isPublic ? axis.all : held };
  };
}

function stepFor(rule: FirewallRule, protocol: Protocol, ends: Ends, to: Destination): WalkStep<number, FirewallRule> {
  const anyPort = hasPorts(protocol) ? allPorts : noPort;
  const destination = to(rule);
  if (rule.doubtful) {
    const wide = boxOf(ends.everything, [0, Number.MAX_SAFE_INTEGER], anyPort, anyPort);
    return { rule, sure: undefined, possible: wide };
  }
  const source = ends.source(rule);
  // Ports do not apply to a protocol without them.
  const ports = hasPorts(protocol) || rule.ports.length === 0 ? rule.ports : noPort;
  const sure = boxOf(source.in.v4, destination.sure, anyPort, ports);
  const plain = source.maybe.v4.length === 0 && destination.sure === destination.possible;
  if (plain) return { rule, sure, possible: sure };
  return { rule, sure, possible: boxOf(unite(source.in.v4, source.maybe.v4), destination.possible, anyPort, ports) };
}

/** May the rule match this protocol on any of these ports? */
const speaksOf = (protocol: Protocol, ports: Intervals<number>) => (rule: FirewallRule) =>
  rule.doubtful ||
  (rule.protocols.some((one) => one === '*' || one === protocol) && (!hasPorts(protocol) || meets(rule.ports, ports)));

/**
 * Decides a question at a firewall. `context` resolves tags and IP groups (`groups`, by id). Never throws: an unreadable
 * value makes the answer unknown where it matters.
 */
export function decideFirewall(
  question: FirewallQuestion,
  rules: FirewallRules,
  context: NetworkContext,
): FirewallAnswer {
  const { to, hosts, nameless = false } = question;
  const flow = resolveFlow(
    {
      direction: 'Outbound',
      protocol: question.protocol,
      source: { of: question.source },
      destination: { of: to ?? [] },
      destinationPorts: question.ports,
    },
    context,
  );
  const [world] = context.worlds;
  const axis = hostAxis(hosts ?? [], rules);
  if (!world) return answerOf([]);
  const ends = endsIn(world, flow.symbols, nameless);
  const network = to ? byAddress(ends, nameless) : byHost(ends, axis);
  const application = hosts ? byHost(ends, axis) : byAddress(ends, nameless);
  const parts = flow.protocols.flatMap((protocol): FirewallPart[] => {
    const ports = portsOf(flow.destinationPorts, protocol);
    const box = boxOf(
      flow.source.v4,
      to ? flow.destination.v4 : axis.all,
      hasPorts(protocol) ? allPorts : noPort,
      ports,
    );
    if (!box) return [];
    const left = (part: Box<number>) => (to && hosts ? { ...part, destination: axis.all } : part);
    const stepsOf = (some: readonly FirewallRule[], end: Destination, whole: Box<number>) =>
      readySteps(
        some
          .filter(speaksOf(protocol, ports))
          .map((rule) => stepFor(rule, protocol, ends, end))
          // Most rules concern other sources, and an index over them costs more than it saves.
          .filter(({ possible }) => possible && boxIntersect(whole, possible)),
      );
    const steps = stepsOf(rules.network, network, box);
    const web = stepsOf(protocol === 'Tcp' ? rules.application : [], application, left(box));
    const named = (part: Box<number>, isNamed: boolean) => (isNamed ? piecesIn(part, axis) : []);
    return walk(box, steps).flatMap((leaf): FirewallPart[] => {
      if (leaf.rule) return [settled(leaf, protocol, named(leaf.box, !to))];
      return walk(left(leaf.box), web).map((last) =>
        settled(
          { ...last, pending: [...leaf.pending, ...last.pending] },
          protocol,
          named(last.box, hosts !== undefined),
        ),
      );
    });
  });
  return answerOf(parts);
}

const piecesIn = ({ destination }: Box<number>, { pieces }: HostAxis): string[] =>
  pieces.filter((_piece, index) => meets(destination, point(index))).map(hostText);

/** The rule that certainly matched decides, unless one that may have matched before it decides otherwise. */
function settled(
  { box, rule, pending }: Leaf<number, FirewallRule>,
  protocol: Protocol,
  hosts: string[],
): FirewallPart {
  const access = rule?.access ?? 'Deny';
  const others = pending.filter((one) => one.access !== access);
  const common = { protocol, hosts, ports: box.destinationPorts, box };
  if (others.length > 0) return { ...common, outcome: 'unknown', rule: undefined, unsure: others };
  return { ...common, outcome: access === 'Allow' ? 'allowed' : 'denied', rule, unsure: [] };
}

function answerOf(parts: readonly FirewallPart[]): FirewallAnswer {
  const of = (outcome: FirewallOutcome) => parts.filter((part) => part.outcome === outcome);
  const once = (rules: readonly FirewallRule[]) => [...new Set(rules)];
  const [allowed, denied, unknown] = [of('allowed'), of('denied'), of('unknown')];
  const uniform = unknown.length > 0 || parts.length === 0 ? 'unknown' : denied.length > 0 ? 'denied' : 'allowed';
  return {
    verdict: allowed.length > 0 && denied.length > 0 ? 'partly' : uniform,
    parts,
    allowedBy: once(allowed.flatMap(({ rule }) => rule ?? [])),
    deniedBy: once(denied.flatMap(({ rule }) => rule ?? [])),
    unsure: once(unknown.flatMap(({ unsure }) => unsure)),
    byDefault: denied.some(({ rule }) => rule === undefined),
  };
}
