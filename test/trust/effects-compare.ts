// Holds the effects that a step names against what the oracle saw before and after it.
import { type CurrentEffect, type EffectEnd, isCurrent } from '../../src/model/effect.ts';
import type { Step } from '../../src/model/plan.ts';
import { fold } from '../../src/simulator/gateway/address.ts';
import type { Tags } from '../../src/simulator/network-watcher/place.ts';
import { type Asked, type End, isIn, type OracleFlow } from './effects-oracle.ts';
import type { PlayedStep } from './effects-player.ts';

/** `silent`: seen and not named. `false`: named for certain and not so. `harm`: done by a step that nobody selected. */
export interface Mismatch {
  readonly kind:
    | 'silent opens'
    | 'silent cutsOff'
    | 'silent bypasses'
    | 'silent overrides'
    | 'false opens'
    | 'false cutsOff'
    | 'harm';
  readonly says: string;
}

export interface Compared {
  readonly differences: readonly Mismatch[];
  /** How many flows changed, how many certain claims there were, and how many of those the oracle could judge. */
  readonly seen: number;
  readonly claims: number;
  readonly judged: number;
}

interface Judge {
  readonly tags: Tags;
  /** Folded ids that the snapshot holds: nothing can be said of what was not read. */
  readonly known: ReadonlySet<string>;
  /** Folded ids of the services whose names are told apart. */
  readonly apart: ReadonlySet<string>;
}

const flowEffects = (step: Step, kind: 'opens' | 'cutsOff'): CurrentEffect[] =>
  step.effects.filter(isCurrent).filter((one) => one.kind === kind);

const packet = /^(\w+) ([\d.]+):\d+ -> ([\d.]+):(\d+)$/;
const places = ['subnet', 'compute', 'virtualMachine', 'cluster', 'serverless'];
const outside = ['internet', 'client', 'addresses', 'tag'];
const placeOf = ({ kind, id }: EffectEnd): string | null =>
  places.includes(kind) && id !== null && /\/(?:subnets|networkInterfaces)\/[^/]+$/i.test(id) ? id : null;

/** The packets that the certain claims of a step show, as questions to the oracle. Those to services are judged as flows. */
export const askedOf = (step: Step, index: number): Asked[] =>
  (['opens', 'cutsOff'] as const).flatMap((kind) =>
    flowEffects(step, kind).flatMap((one, at): Asked[] => {
      if (!('data' in one) || one.reason !== 'flow' || !one.data.certain || one.data.sample === null) return [];
      const { from, to, sample } = one.data;
      const [, protocol = '', source = '', destination = '', port = ''] = packet.exec(sample) ?? [];
      const ends = [from, to].every((each) => placeOf(each) !== null || outside.includes(each.kind));
      if (source === '' || !ends || !['Tcp', 'Udp'].includes(protocol)) return [];
      const key = `${index} ${kind} ${at}`;
      return [{ key, from: placeOf(from), to: placeOf(to), protocol, source, destination, port: Number(port) }];
    }),
  );

export function compared(
  { step, before, after }: PlayedStep,
  index: number,
  isAutomatic: boolean,
  about: Omit<Judge, 'apart'>,
): Compared {
  const differences: Mismatch[] = [];
  // Of a service without private endpoints before and after, all names are told as one.
  const apart = new Set(
    [before, after].flatMap(({ flows }) =>
      [...flows.values()].flatMap(({ to }) => (to.of?.isApart === true ? (to.ids[0] ?? []) : [])),
    ),
  );
  const judge = { ...about, apart };
  const changes = changesOf(before.flows, after.flows).filter(
    ({ flow }) => isKnown(flow.from, judge) && isKnown(flow.to, judge),
  );
  for (const { kind, flow, says } of changes) {
    if (!flowEffects(step, kind).some((one) => names(one, flow, judge)))
      differences.push({ kind: `silent ${kind}`, says });
    const isHarm = kind === 'cutsOff' ? flow.from.kind !== 'internet' : !isNamedBy(step, flow);
    if (isAutomatic && isHarm) differences.push({ kind: 'harm', says: `${kind} ${says}` });
  }
  differences.push(
    ...bypassed({ step, before, after }, isAutomatic, judge),
    ...overridden({ step, before, after }, isAutomatic, judge),
  );
  if (isAutomatic && step.change.kind === 'delete')
    differences.push({ kind: 'harm', says: `deletes ${short(step.change.resource)}` });
  const claims = (['opens', 'cutsOff'] as const).flatMap((kind) =>
    flowEffects(step, kind).map((one, at) => claimed({ step, before, after }, one, `${index} ${kind} ${at}`, judge)),
  );
  differences.push(...claims.flatMap((one) => (one !== null && typeof one === 'object' ? [one] : [])));
  return {
    differences,
    seen: changes.length,
    claims: claims.filter((one) => one !== null).length,
    judged: claims.filter((one) => one !== null && one !== 'unjudged').length,
  };
}

interface FlowDifference {
  readonly kind: 'opens' | 'cutsOff';
  readonly flow: OracleFlow;
  readonly says: string;
}

/** Flows that are surely decided otherwise. Who reached a service for sure and no longer does is cut off, as far as is known. */
function changesOf(before: ReadonlyMap<string, OracleFlow>, after: ReadonlyMap<string, OracleFlow>): FlowDifference[] {
  const found: FlowDifference[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    const flow = is ?? was;
    // An end that was not there, or is there no more, was not cut off and not opened to.
    if (!flow || ((!was || !is) && flow.from.kind !== 'instance')) continue;
    const [old, now] = [was?.reached ?? 'no', is?.reached ?? 'no'];
    const says = `${short(key)}: ${old} (${was?.why}) -> ${now} (${is?.why})`;
    if (old === 'no' && now === 'yes') found.push({ kind: 'opens', flow, says });
    const isLost = now === 'no' || (now === 'unsure' && flow.from.kind === 'workspace');
    if (old === 'yes' && isLost) found.push({ kind: 'cutsOff', flow, says });
  }
  return found;
}

const short = (text: string): string =>
  text.replaceAll(/\/subscriptions\/[^ #>]*?\/([^/ #>]+\/[^/ #>]+)(?=[ #>]|$)/g, '$1');

const isKnown = ({ kind, ids }: End, { known }: Judge): boolean =>
  ['internet', 'client', 'tag', 'trusted', 'instance'].includes(kind) ||
  ids.every((id) => known.has(id.split('#')[0] ?? '') || !/\/subnets\/[^/]+$/.test(id));

/** Does an effect name the flow? */
function names(effect: CurrentEffect, flow: OracleFlow, judge: Judge): boolean {
  const isAbout = (id: string | null) => id !== null && [...flow.from.ids, ...flow.to.ids].includes(fold(id));
  switch (effect.reason) {
    case 'flow': {
      const { from, to, traffic } = effect.data;
      return (
        isEnd(from, flow.from, effect.kind, judge) &&
        isEnd(to, flow.to, effect.kind, judge) &&
        isName(to, flow.to, from.kind, judge) &&
        isTraffic(traffic, flow)
      );
    }
    case 'user':
      return isAbout(effect.data.user.id) && isAbout(effect.data.service.id);
    case 'setting':
      return isAbout(effect.resource);
    case 'unknown':
      return true;
    default:
      return false;
  }
}

/** `account (queue)` is one of the names of an account; `account` its blobs alone, or all of it. */
function isName(end: EffectEnd, { of, ids }: End, from: EffectEnd['kind'], { apart }: Judge): boolean {
  if (end.kind !== 'service' || of === undefined || byIdentity.includes(from)) return true;
  const [, group] = / \((blob|file|dfs|queue|table)\)$/.exec(end.name) ?? [];
  if (group !== undefined) return group === of.group;
  return !apart.has(ids[0] ?? '') || !['file', 'dfs', 'queue', 'table'].includes(of.group);
}
/** These are told of a service as a whole. */
const byIdentity: readonly EffectEnd['kind'][] = ['trustedServices', 'workspace'];

function isEnd(end: EffectEnd, seen: End, kind: CurrentEffect['kind'], { tags }: Judge): boolean {
  // The oracle asks for all names of a service at once, so it says nothing about some of them.
  if (end.hosts !== undefined) return false;
  // Several online endpoints are told as one, under the id of the first.
  if (end.kind === 'onlineEndpoint' && end.id !== null && /^\d+ online endpoints$/.test(end.name)) {
    const all = fold(end.id).replace(/[^/]+$/, '');
    return seen.ids.some((id) => id.startsWith(all));
  }
  if (end.id !== null) return seen.ids.includes(fold(end.id));
  const address = seen.address ?? '';
  switch (end.kind) {
    case 'internet':
      // What is opened to all is opened to each; who is cut off beside them is named.
      return (
        seen.kind === 'internet' || ((kind === 'opens' || seen.kind === 'tag') && ['client', 'tag'].includes(seen.kind))
      );
    case 'client':
      return seen.kind === 'client' && end.name.includes(seen.name);
    case 'addresses':
      return address !== '' && (end.prefixes ?? [end.name]).some((range) => isIn(range, address));
    case 'tag':
      return address !== '' && (tags.prefixesOf(end.name) ?? []).some((range) => isIn(range, address));
    case 'trustedServices':
      return seen.kind === 'trusted';
    default:
      return false;
  }
}

/** `TCP 443, 445; UDP`, `any protocol`. */
function isTraffic(traffic: string, { protocol, port }: OracleFlow): boolean {
  if (traffic === 'any protocol') return true;
  return traffic.split('; ').some((part) => {
    const protocols: readonly string[] = part.match(/[A-Z]+/g) ?? [];
    const ports = part.match(/\d+(?:-\d+)?/g) ?? [];
    const has = ports.some((text) => {
      const [low = 0, high = low] = text.split('-').map(Number);
      return low <= port && port <= high;
    });
    return protocols.includes(protocol) && (ports.length === 0 || has);
  });
}

/** Do the findings of a step name what is opened? */
function isNamedBy({ findings }: Step, { from, to }: OracleFlow): boolean {
  if (from.kind === 'internet' || (from.kind === 'node' && to.kind === 'internet')) return false;
  const subjects = findings.flatMap((id) => id.slice(id.indexOf('@') + 1).split(/[@#]/)).map(fold);
  return [...from.ids, ...to.ids].some((id) => subjects.some((one) => one.includes(id)));
}

/** Traffic that passed an appliance or gateway and does so no more. */
function bypassed({ step, before, after }: PlayedStep, isAutomatic: boolean, judge: Judge): Mismatch[] {
  const found: Mismatch[] = [];
  const claims = step.effects.filter(isCurrent).filter(({ kind }) => kind === 'bypasses');
  for (const [key, { from, to, hop }] of before.hops) {
    const now = after.hops.get(key)?.hop;
    const passed = /^(?:VirtualAppliance|VirtualNetworkGateway)/.test(hop);
    if (!passed || now === undefined || now === hop || now === 'None' || !isKnown(from, judge) || !isKnown(to, judge))
      continue;
    const says = `${short(key)}: ${hop} -> ${now}`;
    const isClaimed = claims.some(
      (one) => one.reason === 'unknown' || (one.reason === 'appliance' && isFrom(one.data.from, from)),
    );
    if (!isClaimed) found.push({ kind: 'silent bypasses', says });
    if (isAutomatic) found.push({ kind: 'harm', says: `bypasses ${says}` });
  }
  return found;
}
const isFrom = ({ id }: EffectEnd, end: End): boolean => id !== null && end.ids.includes(fold(id));

/** Rules that are still there and no longer decide what they decided, and routes that no longer lead what they led. */
function overridden({ step, before, after }: PlayedStep, isAutomatic: boolean, judge: Judge): Mismatch[] {
  const found: Mismatch[] = [];
  const current = step.effects.filter(isCurrent);
  const claims = current.filter(({ kind }) => kind === 'overrides');
  const tell = (
    what: string,
    names: (one: CurrentEffect) => boolean,
    { access }: { readonly access?: 'Allow' | 'Deny' } = {},
  ): void => {
    // Where it is not known whether less is allowed, so it is of the rule that allowed it.
    const isOpen = current.some(
      ({ kind, reason }) => reason === 'unknown' && kind === (access === 'Deny' ? 'cutsOff' : access && 'opens'),
    );
    if (!isOpen && !claims.some((one) => one.reason === 'unknown' || names(one)))
      found.push({ kind: 'silent overrides', says: what });
    if (isAutomatic) found.push({ kind: 'harm', says: `overrides ${what}` });
  };
  for (const [key, was] of before.deciders) {
    const now = after.deciders.get(key);
    const [list, name = ''] = was.rule.split('/');
    if (list !== 'securityRules' || now === undefined || now.rule === was.rule || now.access === was.access) continue;
    if (!was.ids.some((id) => after.rules.has(id)) || !isKnown(was.from, judge)) continue;
    const isName = (one: CurrentEffect) =>
      one.reason === 'rule' && one.data.rules.some((rule) => fold(rule) === fold(name));
    tell(`${short(key)}: ${was.rule} (${was.access}) -> ${now.rule} (${now.access})`, isName, now);
  }
  for (const [key, was] of before.hops) {
    const now = after.hops.get(key);
    const { route } = was;
    if (route === null || now === undefined || now.route === route || now.hop === was.hop || !after.rules.has(route))
      continue;
    if (!isKnown(was.from, judge)) continue;
    const isName = (one: CurrentEffect) =>
      one.reason === 'route' && one.data.routes.some((name) => route.endsWith(`/${fold(name)}`));
    tell(`${short(key)}: route ${route} (${was.hop}) -> ${now.route} (${now.hop})`, isName);
  }
  return found;
}

/** A claim about a subnet is one about those that it lists: what has an address or a group of its own is told by itself. */
function isMeant({ id, name }: EffectEnd, { kind, name: node }: End): boolean {
  if (kind !== 'node' || id === null || !/\/subnets\/[^/]+$/i.test(id)) return true;
  const listed = /\((.*)\)$/.exec(name)?.[1] ?? '';
  return / more$/.test(listed) || listed.split(', ').some((one) => one === node || one.endsWith(` ${node}`));
}

/** A claim that is said to be certain: a difference where the oracle surely saw otherwise; null for one that is not certain. */
function claimed(
  { before, after }: PlayedStep,
  effect: CurrentEffect,
  key: string,
  judge: Judge,
): Mismatch | 'held' | 'unjudged' | null {
  const { kind } = effect;
  if ((kind !== 'opens' && kind !== 'cutsOff') || effect.reason !== 'flow' || !effect.data.certain) return null;
  // Nobody is there to be judged.
  if (effect.data.use === 'none') return 'unjudged';
  const [closed, open] = kind === 'opens' ? [before, after] : [after, before];
  const says = `${effect.detail} ${effect.data.sample ?? ''}`;
  const [was, is] = [closed.asked.get(key), open.asked.get(key)];
  if (was && is) {
    const wrong = was[0] === 'yes' || is[0] === 'no';
    if (wrong) return { kind: `false ${kind}`, says: `${says} closed: ${was.join(' ')}; open: ${is.join(' ')}` };
    if (was[0] === 'no' && is[0] === 'yes') return 'held';
    return 'unjudged';
  }
  const covered = [...new Map([...closed.flows, ...open.flows]).values()].filter(
    (flow) => names(effect, flow, judge) && isMeant(effect.data.from, flow.from),
  );
  const each = covered.map((flow) => {
    const [a, b] = [closed.flows.get(flow.key)?.reached, open.flows.get(flow.key)?.reached];
    if (a === undefined || b === undefined) return 'unjudged';
    return a === 'yes' || b === 'no' ? 'false' : a === 'no' && b === 'yes' ? 'held' : 'unjudged';
  });
  if (each.includes('held')) return 'held';
  if (each.length === 0 || each.includes('unjudged')) return 'unjudged';
  const [flow] = covered;
  const shown =
    flow && `${short(flow.key)} closed: ${closed.flows.get(flow.key)?.why}; open: ${open.flows.get(flow.key)?.why}`;
  return { kind: `false ${kind}`, says: `${says} ${shown}` };
}
