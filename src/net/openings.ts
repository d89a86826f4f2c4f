// The smallest changes to the rules of one group that allow a flow and nothing else. Every change here only allows more packets,
// so of two sets of changes that allow the flow the smaller one allows less.
import { looksLiteral } from './addresses.ts';
import { blockingRules } from './blockers.ts';
import type { NetworkContext } from './context.ts';
import { decideAt } from './decide.ts';
import type { FlowPart, Parts } from './decision.ts';
import type { Flow } from './flow.ts';
import type { Layer } from './layers.ts';
import type { Direction, SecurityRule } from './nsg.ts';
import { type Protocol, readPorts } from './ports.ts';
import { priorityBefore } from './priority.ts';
import type { Point } from './sets.ts';
import { type Box, boxIntersect, boxMinus } from './walk.ts';

/** What an added rule allows, in the texts of a security rule. */
export interface AllowSpec {
  readonly direction: Direction;
  readonly protocol: Protocol | '*';
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly sourcePorts: readonly string[];
  readonly destinationPorts: readonly string[];
}

export type RuleChange =
  | { readonly kind: 'add'; readonly allow: AllowSpec; readonly priority: number }
  | { readonly kind: 'move'; readonly rule: SecurityRule; readonly priority: number }
  | { readonly kind: 'delete'; readonly rule: SecurityRule };

/** Without any of its changes the flow is denied; with all of them no packet beside it is allowed that was not before. */
export type Opening = readonly RuleChange[];

/** Above this many changes only rules are added, which need no search. */
const mostSearched = 3;
const mostCandidates = 24;
const ranks: Readonly<Record<RuleChange['kind'], number>> = { add: 0, move: 1, delete: 2 };

/**
 * Every smallest set first by size, then by how little it touches of others: added rules before moved ones before deleted ones. []
 * where the flow is allowed already, and where no rule of the group can allow it: a layer before denies it, or no priority is free.
 */
export function openings(
  flow: Flow,
  before: readonly Layer[],
  layer: Layer,
  context: NetworkContext,
): readonly Opening[] {
  const at = (rules: readonly SecurityRule[]): Layer[] => [
    ...before,
    { ...layer, group: { ...layer.group, rules: [...rules].sort((a, b) => a.priority - b.priority) } },
  ];
  const partsWith = (asked: Flow, rules: readonly SecurityRule[]) => decideAt(asked, at(rules), context).parts;
  const own = layer.group.rules;
  const isOpen = (rules: readonly SecurityRule[]) =>
    partsWith(flow, rules).every(({ outcome }) => outcome === 'allowed');
  if (isOpen(own)) return [];
  const everything = everythingAround(flow);
  const [now, asked] = [partsWith(everything, own), decideAt(plain(flow), [], context).parts];
  const isExact = (rules: readonly SecurityRule[]) =>
    newlyAllowed(now, partsWith(everything, rules), asked).length === 0;

  const added = additions(flow, before, layer, context);
  const candidates = [...added, ...changesOfOthers(flow, before, layer, context)].slice(0, mostCandidates);
  const found: Opening[] = [];
  const most = Math.min(Math.max(1, added.length), mostSearched);
  for (let size = 1; size <= most; size += 1) {
    for (const some of subsets(candidates, size)) {
      if (touchesTwice(some) || found.some((smaller) => smaller.every((one) => some.includes(one)))) continue;
      const rules = changed(own, some);
      // An added rule names the flow alone.
      if (isOpen(rules) && (some.every(({ kind }) => kind === 'add') || isExact(rules))) found.push(some);
    }
  }
  if (added.length > mostSearched && isOpen(changed(own, added))) found.push(added);
  return found.sort((a, b) => a.length - b.length || rankOf(a) - rankOf(b));
}

const rankOf = (opening: Opening): number => Math.max(...opening.map(({ kind }) => ranks[kind]));

/** The packets that are allowed, or may be, after a change and were not before, without those that are asked for. */
export function newlyAllowed(before: Parts, after: Parts, asked: Parts): Parts {
  const known = [...before.filter(({ outcome }) => outcome === 'allowed'), ...asked];
  const doubtful = before.filter(({ outcome }) => outcome === 'unknown');
  return after.flatMap((part) => {
    if (part.outcome === 'denied') return [];
    // What may have been allowed before, and may still, is not new.
    const all = part.outcome === 'unknown' ? [...known, ...doubtful] : known;
    return outside(part as FlowPart, all as readonly FlowPart[]) as unknown as Parts;
  });
}

function outside(part: FlowPart<Point>, holes: readonly FlowPart<Point>[]): FlowPart<Point>[] {
  let left: Box<Point>[] = [part.box];
  for (const hole of holes) {
    if (left.length === 0) break;
    if (hole.protocol !== part.protocol || hole.family.name !== part.family.name) continue;
    left = left.flatMap((box) => {
      const hit = boxIntersect(box, hole.box);
      return hit ? boxMinus(box, hit) : [box];
    });
  }
  return left.map((box) => ({ ...part, box }));
}

/** The same names without exceptions: a rule has none. */
const plain = (flow: Flow): Flow => ({
  ...flow,
  source: { of: flow.source.of },
  destination: { of: flow.destination.of },
});

/** Every packet of the direction; with the names of the flow, so that tags without addresses are the same points in both. */
const everythingAround = ({ direction, source, destination }: Flow): Flow => ({
  direction,
  protocol: '*',
  source: { of: [...source.of, '*'] },
  destination: { of: [...destination.of, '*'] },
});

/** The parts of an end that one rule can name: addresses of one family, or one tag. */
function namedBy(of: readonly string[]): string[][] {
  const literals = of.filter((text) => looksLiteral(text) && text !== '*');
  const families = [...Map.groupBy(literals, (text) => text.includes(':')).values()];
  return [...families, ...of.filter((text) => !literals.includes(text)).map((text) => [text])];
}

/** One rule for each part of the flow that is not allowed yet, before every rule that may deny it. */
function additions(flow: Flow, before: readonly Layer[], layer: Layer, context: NetworkContext): RuleChange[] {
  const made: RuleChange[] = [];
  const rules = [...layer.group.rules];
  for (const sources of namedBy(flow.source.of)) {
    for (const destinations of namedBy(flow.destination.of)) {
      const cell: Flow = {
        ...flow,
        source: { ...flow.source, of: sources },
        destination: { ...flow.destination, of: destinations },
      };
      const now = decideAt(cell, [...before, layer], context);
      if (now.parts.every(({ outcome }) => outcome === 'allowed')) continue;
      const blocking = [
        ...blockingRules(cell, [...before, layer], context),
        ...now.parts.flatMap(({ unsure, pending }) => [...unsure, ...pending]),
      ].flatMap(({ access, place, rule }) =>
        rule && place === layer.place && access === 'Deny' ? [rule.priority] : [],
      );
      const priority = priorityBefore(rules, flow.direction, Math.min(lastPriority, ...blocking));
      if (priority === undefined) return [];
      const allow: AllowSpec = {
        ...{ direction: flow.direction, protocol: flow.protocol, sources, destinations },
        sourcePorts: flow.sourcePorts ?? ['*'],
        destinationPorts: flow.destinationPorts ?? ['*'],
      };
      made.push({ kind: 'add', allow, priority });
      rules.push(ruleOf(allow, priority));
    }
  }
  return made;
}
const lastPriority = 65500;

/** Changes to rules that exist: an Allow moved before one of the denies, a deny deleted. */
function changesOfOthers(flow: Flow, before: readonly Layer[], layer: Layer, context: NetworkContext): RuleChange[] {
  const { rules } = layer.group;
  const blocking = blockingRules(flow, [...before, layer], context).flatMap(({ place, rule }) =>
    place === layer.place && rule ? [rule] : [],
  );
  const used = new Set(rules.filter(({ direction }) => direction === flow.direction).map(({ priority }) => priority));
  const closest = (below: number): number | undefined => {
    for (let number = Math.min(below - 1, 4096); number >= 100; number -= 1) if (!used.has(number)) return number;
    return undefined;
  };
  const moves = rules
    .filter((rule) => rule.direction === flow.direction && rule.access === 'Allow' && !rule.standard && !rule.doubtful)
    .flatMap((rule): RuleChange[] => {
      const slots = blocking.filter((deny) => deny.priority < rule.priority).map((deny) => closest(deny.priority));
      return [...new Set(slots)].flatMap((priority) =>
        priority === undefined ? [] : [{ kind: 'move' as const, rule, priority }],
      );
    });
  const deletes = blocking
    .filter(({ standard, doubtful }) => !standard && !doubtful)
    .map((rule): RuleChange => ({ kind: 'delete', rule }));
  return [...moves, ...deletes];
}

const touchesTwice = (some: Opening): boolean => {
  const rules = some.flatMap((change) => (change.kind === 'add' ? [] : [change.rule]));
  return new Set(rules).size < rules.length;
};

/** The rules of a group after the changes. */
export function changed(rules: readonly SecurityRule[], opening: Opening): SecurityRule[] {
  const moved = new Map(opening.flatMap((one) => (one.kind === 'move' ? [[one.rule, one.priority] as const] : [])));
  const gone = new Set(opening.flatMap((one) => (one.kind === 'delete' ? [one.rule] : [])));
  const kept = rules.filter((rule) => !gone.has(rule));
  return [
    ...kept.map((rule) => ({ ...rule, priority: moved.get(rule) ?? rule.priority })),
    ...opening.flatMap((one) => (one.kind === 'add' ? [ruleOf(one.allow, one.priority)] : [])),
  ];
}

const ruleOf = (allow: AllowSpec, priority: number): SecurityRule => ({
  ...{ name: `added at ${priority}`, priority, direction: allow.direction, access: 'Allow', protocol: allow.protocol },
  source: { prefixes: allow.sources, groups: [] },
  destination: { prefixes: allow.destinations, groups: [] },
  sourcePorts: readPorts(allow.sourcePorts).ports,
  destinationPorts: readPorts(allow.destinationPorts).ports,
  ...{ doubtful: false, standard: false },
});

/** Every choice of `size` items, in their order. */
function* subsets<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let index = 0; index <= items.length - size; index += 1) {
    for (const rest of subsets(items.slice(index + 1), size - 1)) yield [items[index] as T, ...rest];
  }
}
