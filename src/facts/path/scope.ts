// Does an access scope hold? Every pair of its ends is traced as a path, packet by packet, and a packet that breaks it is shown.

import {
  type AccessScope,
  readScope,
  ScopeError,
  type ScopeException,
  type ScopeResult,
  type ScopeTraffic,
} from '../../model/access-scope.ts';
import type { PathEnd } from '../../model/path.ts';
import { attempt } from '../../model/readable.ts';
import { nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import type { ReadFailure } from '../../model/snapshot.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { decideAt } from '../../net/decide.ts';
import { type Decision, decisionOf, type Parts } from '../../net/decision.ts';
import { allOf } from '../../net/in-turn.ts';
import { contextOf } from '../../net/index.ts';
import { newlyAllowed } from '../../net/openings.ts';
import { subnetType } from '../../resource-types/network-view.ts';
import { serviceTagsOf } from '../service-tags.ts';
import { unreadEnds } from '../unread.ts';
import { isRefused } from './ends.ts';
import { ledApart } from './fronts.ts';
import { type PathTrace, tracePath } from './path.ts';
import { resolveEnd } from './resolve.ts';
import { serviceKinds } from './services.ts';
import { packetsOf } from './stage.ts';

/** Judges a sentence. A name that nothing has, and a mistake in the sentence, leave it unknown. */
export function judgeScope(text: string, index: SnapshotIndex): ScopeResult {
  const unknown = (because: string, gaps: readonly string[] = []): ScopeResult => ({
    ...{ scope: text, outcome: 'unknown', because, witness: null, path: null, gaps },
  });
  let scope: AccessScope;
  try {
    scope = readScope(text);
  } catch (error) {
    if (error instanceof ScopeError) return unknown(error.message);
    throw error;
  }
  const strange = unresolved(scope, index);
  if (strange !== undefined) return unknown(strange);
  const results = pairsOf(scope, index).map((pair) =>
    attempt(
      () => judgePair(scope, pair, index),
      (error) => unknown(error.gap.reason, [error.gap.id]),
    ),
  );
  const broken = results.find(({ outcome }) => outcome === 'broken');
  if (broken !== undefined) return broken;
  const unsettled = results.filter(({ outcome }) => outcome === 'unknown');
  const hidden = hiddenEnds(scope, index).map((gap) => unknown(hiddenWords(gap), [gap.id]));
  const [first, ...others] = [...unsettled, ...hidden];
  if (first !== undefined) return { ...first, gaps: [...new Set([first, ...others].flatMap(({ gaps }) => gaps))] };
  return {
    ...{ scope: scope.text, outcome: 'holds', witness: null, path: null, gaps: [] },
    because: scope.kind === 'never' ? 'No such packet arrives.' : 'Every such packet arrives.',
  };
}

/** What `anything` may include beside what was read. */
const hiddenEnds = ({ sources, destinations }: AccessScope, index: SnapshotIndex): readonly ReadFailure[] =>
  destinations.some(isAnything)
    ? unreadEnds('destination', index)
    : sources.some(isAnything)
      ? unreadEnds('source', index)
      : [];

const hiddenWords = ({ id, reason }: ReadFailure): string =>
  `anything may be more than was read: ${clean(nameInParent(id), 120)}. ${reason}`;

/** The first end that names nothing, as a sentence. */
export function unresolved(scope: AccessScope, index: SnapshotIndex): string | undefined {
  const named = [...scope.sources, ...scope.destinations, ...scope.except.flatMap(({ ends }) => ends)];
  for (const end of named.filter((one) => !isAnything(one))) {
    const found = attempt(
      () => resolveEnd(end, index),
      () => undefined,
    );
    if (found !== undefined && isRefused(found)) return `${found.reason}${namedAlike(end, found.candidates)}`;
  }
  return undefined;
}

/** The names that tell resources of one name apart. */
function namedAlike(name: string, candidates: readonly string[]): string {
  const alike = candidates.filter((one) => sameId(one.split('/').at(-1), name));
  return alike.length < 2 ? '' : ` Use one of ${alike.slice(0, 6).join(', ')}.`;
}

const isAnything = (text: string): boolean => /^anything$/i.test(text);

interface Pair {
  readonly source: string;
  readonly destination: string;
  /** Made from `anything`: where the two make no path, there is nothing to judge. */
  readonly expanded: boolean;
}

function pairsOf({ kind, sources, destinations }: AccessScope, index: SnapshotIndex): Pair[] {
  const subnets = index.ofType(subnetType).map(({ id }) => id);
  const services = serviceKinds.flatMap(({ type }) => index.ofType(type)).map(({ id }) => id);
  const all = (ends: readonly string[], whole: readonly string[]) =>
    ends.flatMap((end): (readonly [string, boolean])[] =>
      isAnything(end) ? whole.map((one) => [one, true]) : [[end, false]],
    );
  const froms = all(sources, ['internet', ...subnets]);
  const named = all(destinations, ['internet', ...subnets, ...services]);
  // What leads in from the Internet has rules of its own.
  const led = kind === 'never' ? named.flatMap(([end]) => ledBehind(end, index)) : [];
  const tos = [...named, ...led.map((one): readonly [string, boolean] => [one, true])];
  // An end may be written by its name or by its id.
  const meant = new Map([...froms, ...tos].map(([end]) => [end, resourceOf(end, index) ?? end]));
  return froms.flatMap(([source, wideSource]) =>
    tos
      .filter(([destination]) => !sameId(meant.get(source), meant.get(destination)))
      .map(([destination, wide]) => ({ source, destination, expanded: wideSource || wide })),
  );
}

const ledBehind = (end: string, index: SnapshotIndex): readonly string[] =>
  attempt(
    () => {
      const found = resolveEnd(end, index);
      return isRefused(found) || found.kind !== 'subnet' ? [] : ledApart(found, index);
    },
    () => [],
  );

const resourceOf = (end: string, index: SnapshotIndex): string | null =>
  attempt(
    () => {
      const found = resolveEnd(end, index);
      return isRefused(found) ? null : found.resource;
    },
    () => null,
  );

function judgePair(scope: AccessScope, pair: Pair, index: SnapshotIndex): ScopeResult {
  const { source, destination, expanded } = pair;
  const { protocol, ports } = scope.traffic;
  const base = { scope: scope.text, witness: null, path: null, gaps: [] };
  const holds: ScopeResult = { ...base, outcome: 'holds', because: '' };
  const question = { source, destination, protocol, ports, apart: scope.kind === 'never' };
  const trace = tracePath(question, index);
  if ('reason' in trace) return expanded ? holds : { ...base, outcome: 'unknown', because: trace.reason };
  const { answer } = trace;
  const names = `${nameOfEnd(source)} to ${nameOfEnd(destination)}`;
  const path = lineOf(source, destination, scope.traffic);
  const gaps = answer.hops.flatMap((hop) => (hop.verdict === 'unknown' ? hop.gaps : []));
  const unsettled: ScopeResult = { ...base, outcome: 'unknown', because: `${names}: ${answer.because}`, path, gaps };
  // Where the name may lead elsewhere, what becomes of the packets of one address says nothing.
  const isVague = answer.verdict === 'unknown' && answer.stoppedBy === 'name';
  if (scope.kind === 'always') {
    if (answer.verdict === 'allowed') return holds;
    if (answer.verdict === 'unknown') return unsettled;
    const witness = packetOf(
      trace,
      trace.outcome.filter(({ outcome }) => outcome === 'denied'),
    );
    return { ...base, outcome: 'broken', because: `${names} is blocked. ${answer.because}`, witness, path };
  }
  const excepted = scope.except.map((one) => exceptedBy(one, trace, index));
  const left = (parts: Parts) => excepted.reduce<Parts>((rest, some) => newlyAllowed([], rest, some ?? []), parts);
  const of = (outcome: 'allowed' | 'unknown') => left(trace.outcome.filter((part) => part.outcome === outcome));
  if (isVague) return left(anywhereFrom(trace, index)).length > 0 ? unsettled : holds;
  const open = of('allowed');
  if (open.length > 0) {
    if (excepted.includes(undefined)) {
      const because = `${names}: the addresses of an excepted service tag are not known. Pass --service-tags FILE.`;
      return { ...unsettled, because };
    }
    return { ...base, outcome: 'broken', because: `${names} is allowed.`, witness: packetOf(trace, open), path };
  }
  return of('unknown').length > 0 ? unsettled : holds;
}

/** The packets of a path, to whatever address the name of its destination may have. */
const anywhereFrom = ({ packets }: PathTrace, index: SnapshotIndex): Parts =>
  packetsOf({ ...packets, destination: ['*', ...packets.uncounted] }, contextOf({ serviceTags: serviceTagsOf(index) }))
    .whole;

/** The packets that an exception names, in the numbering of the path's own tags; undefined where its addresses are not known. */
function exceptedBy(
  { side, ends, traffic }: ScopeException,
  { packets, source, destination }: PathTrace,
  index: SnapshotIndex,
): Parts | undefined {
  const found = ends.flatMap((end): Pick<PathEnd, 'addresses' | 'resource'>[] => {
    if (isAnything(end)) return [{ addresses: ['*'], resource: null }];
    const resolved = resolveEnd(end, index);
    return isRefused(resolved) ? [] : [resolved];
  });
  const own = side === 'source' ? source : destination;
  // A service, or nodes, without addresses of its own: known by the resource.
  const isSame = found.some(
    ({ addresses, resource }) =>
      (addresses.length === 0 || addresses.includes('*')) &&
      resource !== null &&
      own.resource !== null &&
      sameId(resource, own.resource),
  );
  const anywhere = ['*', ...packets.uncounted];
  const of = isSame ? anywhere : found.flatMap(({ addresses }) => addresses);
  if (side !== undefined && of.length === 0) return [];
  const flow = {
    ...{ direction: 'Outbound' as const, protocol: traffic?.protocol ?? ('*' as const) },
    source: { of: side === 'source' ? of : anywhere },
    destination: { of: side === 'destination' ? of : anywhere },
    destinationPorts: traffic?.ports ?? ['*'],
  };
  const { parts, uncounted } = decideAt(flow, [], contextOf({ serviceTags: serviceTagsOf(index) }));
  // Tags of the exception whose addresses are not known are other points than those of the path.
  return uncounted.join() === packets.uncounted.join() ? parts : undefined;
}

function packetOf({ packets }: PathTrace, parts: Parts): string | null {
  const { allowed }: Decision['witness'] = decisionOf(allOf(parts, 'allowed'), []).witness;
  const [tag] = packets.uncounted;
  if (allowed === undefined) return null;
  return tag !== undefined && packets.uncounted.length === 1 ? allowed.replace(/\btag:/g, `${tag}:`) : allowed;
}

const nameOfEnd = (text: string): string =>
  !text.startsWith('/') ? text : /\/subnets\//i.test(text) ? nameInParent(text) : nameOf(text);

const lineOf = (source: string, destination: string, { protocol, ports }: ScopeTraffic): string =>
  `bastide path --source ${nameOfEnd(source)} --destination ${nameOfEnd(destination)} --protocol '${protocol.toLowerCase()}' --port '${ports.join(',')}'`;
