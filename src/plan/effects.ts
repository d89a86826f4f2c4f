// The effects of a plan's steps, each on the world that the steps before it lead to: every flow that a change can touch, followed before
// and after it, what it does besides, and what its settings say where packets do not decide. And which of them a request accepts.

import { changedPairs } from '../audit/changed.ts';
import {
  arePrefixesWithin,
  changedFlows,
  comesFrom,
  type FlowChange,
  hasTouchedFlows,
  isWithinFlows,
  type NamedFlow,
} from '../audit/path.ts';
import { effectKey } from '../model/approval.ts';
import { type Change, isDeferred } from '../model/change.ts';
import { applyEdits, type Edit, EditConflict } from '../model/edit.ts';
import {
  type ChangedFlow,
  type CurrentEffect,
  type Effect,
  type EffectEnd,
  type EffectKind,
  type EffectReason,
  effectFlags,
  effectKinds,
  effectLabels,
  type FlowEndKind,
  gatheredEffects,
  isCurrent,
  isRisky,
  type OldEffect,
  oldEffectKinds,
  type SettingEffect,
} from '../model/effect.ts';
import { effectGroups } from '../model/effect-groups.ts';
import { effectOf, perhaps } from '../model/effect-words.ts';
import type { Finding, UndoClass } from '../model/finding.ts';
import { asJson, isObject, type JsonObject, stringifyJson } from '../model/json.ts';
import { madeIds, nameStanding, unknownNameWords } from '../model/made-ids.ts';
import { isToSend, type Step } from '../model/plan.ts';
import { attempt } from '../model/readable.ts';
import { fold, nameOf, sameId, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import { withoutEnd } from '../model/text.ts';
import { resourceTypeOf, subnetType, vnetOf } from '../resource-types/index.ts';
import { effectsOf } from '../resource-types/parts/change-effects.ts';
import type { Rule } from '../rules/rule.ts';
import { strange, unfollowed } from './beside/unfollowed.ts';
import { besideEffects } from './beside.ts';
import { unseenNetworks, usersCutOff } from './dependants.ts';
import { doesWords } from './describe.ts';
import { managed, managerOf } from './managers.ts';
import { riskOf } from './risk.ts';
import { applyChange, resourceIn } from './simulate.ts';
import { undoLimitsOf } from './undo-class.ts';

export type Ownership = (id: string) => boolean;
/** Without a history nothing is known to have been created by it. */
export const ownsNothing: Ownership = () => false;

/** A step before its effects are known. */
export type StepDraft = Omit<Step, 'effects' | 'does' | 'risk'>;

/** What the findings of a step name: what a change may open without being asked for. */
export interface Named {
  /** Ids of their subjects, in lower case. */
  readonly ids: ReadonlySet<string>;
  /** Flows that decide them. */
  readonly flows: readonly NamedFlow[];
  /** Sources that their rules are about, beside the subjects. */
  readonly sources: readonly FlowEndKind[];
  /** Addresses and ranges that the operator gave to be allowed. */
  readonly addresses: readonly string[];
}

export const namesNothing: Named = { ids: new Set(), flows: [], sources: [], addresses: [] };

/** What findings name, by their own rules. `addresses`: those given to be allowed. */
export function namedBy(
  findings: readonly Pick<Finding, 'rule' | 'resource' | 'where'>[],
  rules: readonly Rule[],
  index: SnapshotIndex,
  addresses: readonly string[] = [],
): Named {
  const ids = new Set<string>();
  const flows: NamedFlow[] = [];
  const sources = new Set<FlowEndKind>();
  for (const { rule: id, resource, where } of findings) {
    const rule = rules.find((one) => one.id === id);
    if (rule === undefined) continue;
    const subjects = [resource, ...(where === null ? [] : [where])];
    for (const one of subjects) ids.add(fold(one));
    for (const one of rule.opensFor ?? []) sources.add(one);
    const context = { index, profile: 'all' as const, assumeDenyByDefault: false };
    const subject = { resource, ...(where === null ? {} : { where }) };
    const asked = attempt(
      () => rule.flows?.(subject, context) ?? [],
      () => [],
    );
    const subnet = subjects.find((one) => fold(typeOf(one)) === fold(subnetType));
    if (subnet !== undefined) flows.push(...asked.map((question) => ({ subnet, question })));
  }
  return { ids, flows, sources: [...sources], addresses };
}

interface EffectInput {
  readonly change: Change;
  readonly undo: UndoClass;
  readonly before: Snapshot;
  readonly isOwn: Ownership;
  readonly named: Named;
}

/** The effects of one change. */
export function effectsIn(input: EffectInput): Effect[] {
  const { change, before, named } = input;
  const { flows, others } = computed(input);
  const own = others.map((one) =>
    one.kind === 'interrupts' && one.reason === 'connections-reset'
      ? { ...one, automatic: named.ids.has(fold(one.data.subnet)) }
      : one,
  );
  const lockout = unknownLockout(change, flows, named, before);
  return gatheredEffects([
    ...flows.map((flow) => flowEffect(change, flow, named, indexSnapshot(before))),
    ...lockout,
    ...own,
  ]);
}

/** Among the addresses of the Internet that are cut off from a service may be the operator's own, as long as none is declared or given. */
function unknownLockout(
  { resource }: Change,
  flows: readonly FlowChange[],
  { addresses }: Named,
  { intents }: Snapshot,
): CurrentEffect[] {
  const isCut = flows.some((one) => one.kind === 'cutsOff' && one.from.kind === 'internet' && one.service !== null);
  if (!isCut || intents.devClientIps !== undefined || addresses.length > 0) return [];
  const why = `whether your own addresses keep access to ${nameOf(resource)}: the assumption devClientIps is not set (your public IP address, or none).`;
  return [effectOf(resource, { kind: 'cutsOff', reason: 'unknown', data: { why } })];
}

/** What does not depend on who asks. */
interface Computed {
  readonly flows: readonly FlowChange[];
  readonly others: readonly Effect[];
}

const known = new WeakMap<Snapshot, WeakMap<Ownership, Map<string, Computed>>>();

/** Kept with its world: several findings have one fix, and a screen asks for it again. */
function computed(input: EffectInput): Computed {
  const { before, isOwn, change, undo } = input;
  const ofWorld = known.get(before) ?? new WeakMap<Ownership, Map<string, Computed>>();
  known.set(before, ofWorld);
  const all = ofWorld.get(isOwn) ?? new Map<string, Computed>();
  ofWorld.set(isOwn, all);
  const key = `${undo} ${stringifyJson(asJson(change))}`;
  const found = all.get(key) ?? compute(input);
  all.set(key, found);
  return found;
}

function compute({ change, undo, before, isOwn }: EffectInput): Computed {
  const after = afterChange(before, change);
  const [was, is] = [indexSnapshot(before), indexSnapshot(after)];
  const unknown: Effect[] = [];
  /** What is computed; where a value that it needs cannot be read, nothing of it is known. */
  const told = <T>(computing: () => readonly T[], kinds: readonly UnknownKind[]): readonly T[] =>
    attempt(computing, ({ gap }) => {
      for (const kind of kinds)
        unknown.push(effectOf(change.resource, { kind, reason: 'unknown', data: { why: gap.reason } }));
      return [];
    });
  const isPackets = resourceTypeOf(typeOf(change.resource)).decidesPackets === true;
  const settings = told(
    () => {
      const current = isDeferred(change) ? undefined : resourceIn(before, change.resource);
      return effectsOf(change, { current, seen: { resource: (id) => resourceIn(before, id) }, isOwn });
    },
    isPackets ? [] : ['opens', 'cutsOff'],
  );
  const flows = told(() => toldFlows(before, after), ['opens', 'cutsOff']);
  const users = told(
    () => [...usersCutOff([change.resource], flows, was), ...unseenNetworks(changedPairs(before, after), was)],
    ['cutsOff'],
  );
  const beside = told(
    () => besideEffects({ change, undo, before: was, after: is, isOwn, named: [] }),
    ['overrides', 'bypasses'],
  );
  const inForce = settings.flatMap((one) => settingEffect(change, one));
  const others = [
    ...unknown,
    ...unknownName(change, was),
    ...users.map((user) => effectOf(change.resource, user)),
    ...beside,
    ...inForce,
    ...(inForce.some(({ kind }) => kind === 'opens')
      ? []
      : unfollowed(changedPairs(before, after), is, flows.length > 0 || hasTouchedFlows(before, after)).map((one) =>
          effectOf(change.resource, one),
        )),
    ...strange(changedPairs(before, after), is).map((one) => effectOf(change.resource, one)),
    ...settings.filter((one): one is SettingEffect & OldEffect => isOld(one)).map(({ now: _now, ...one }) => one),
  ];
  return { flows, others };
}

/** What is made under a name that may be taken would overwrite what has it. */
function unknownName({ kind, resource }: Change, before: SnapshotIndex): CurrentEffect[] {
  if (kind !== 'create' || nameStanding(resource, before) !== 'unknown') return [];
  const why = unknownNameWords(resource, before);
  return [effectOf(resource, { kind: 'overrides', reason: 'unknown', data: { why } })];
}

/** Without what is told as its addresses already. */
const toldFlows = (before: Snapshot, after: Snapshot): FlowChange[] =>
  changedFlows(before, after).filter(({ asAddresses }) => asAddresses !== true);

/** Kinds that can say that they are not known. */
type UnknownKind = Extract<EffectReason, { readonly reason: 'unknown' }>['kind'];

const isOld = ({ kind }: SettingEffect): boolean => oldEffectKinds.some((one) => one === kind);

function flowEffect({ resource }: Change, flow: FlowChange, named: Named, index: SnapshotIndex): CurrentEffect {
  if (flow.kind === 'cutsOff') {
    const isAsked = [resource, flow.from.id, flow.to.id, ...flow.subnets].some(
      (id) => id !== null && named.ids.has(fold(id)),
    );
    return cutOffBy(resource, flow, isAsked);
  }
  return effectOf(resource, { kind: flow.kind, reason: 'flow', data: dataOf(flow) }, isNamed(flow, named, index));
}

const cutOffBy = (resource: string, flow: FlowChange, isAsked: boolean): CurrentEffect =>
  effectOf(resource, { kind: 'cutsOff', reason: 'flow', data: dataOf(flow) }, isHarmless(flow, isAsked));

const dataOf = ({ kind, from, to, traffic, sample, certain, use, onlyFor }: FlowChange): ChangedFlow => ({
  ...{ from, to, traffic, sample, certain },
  ...(kind === 'opens' || use === 'seen' ? {} : { use }),
  ...(onlyFor === undefined ? {} : { onlyFor }),
});

/**
 * Nobody known is harmed where the Internet loses access to a service, or an empty subnet to anything; addresses that a rule names were
 * meant by somebody. To a machine or compute, services of Azure and operators come from the Internet: a finding must ask for it.
 */
const isHarmless = ({ from, use, service }: FlowChange, isAsked: boolean): boolean =>
  use === 'none' || (from.kind === 'internet' && (service !== null || isAsked));

/** Ends that are addresses and nothing else. */
const literal: readonly FlowEndKind[] = ['addresses', 'client', 'machine'];

/** Do the findings name both ends, or flows that hold all of its packets? */
function isNamed({ from, service, subnets, packets }: FlowChange, named: Named, index: SnapshotIndex): boolean {
  const has = (id: string | null) => id !== null && named.ids.has(fold(id));
  const isGiven = () => literal.includes(from.kind) && comesFrom(packets, named.addresses);
  const isFor = () => named.sources.includes(from.kind) || has(from.id) || subnets.some(has);
  if (service !== null && has(service) && (isFor() || isGiven())) return true;
  const near = named.flows.filter(({ subnet }) => subnets.some((one) => fold(one) === fold(subnet)));
  return near.length > 0 && isWithinFlows(packets, near, index);
}

/** What packets do not decide, as its resource type says it. */
function settingEffect({ resource }: Change, one: SettingEffect): CurrentEffect[] {
  const { kind, now, detail: says } = one;
  // What a change interrupts is told beside.
  if (
    now === null ||
    now === 'interrupts' ||
    (now === undefined && resourceTypeOf(typeOf(resource)).decidesPackets === true)
  )
    return [];
  const current = now ?? (kind === 'relaxes' || kind === 'allows' ? 'opens' : kind === 'restricts' ? 'cutsOff' : null);
  return current === null ? [] : [effectOf(resource, { kind: current, reason: 'setting', data: { says } })];
}

export interface StepContext {
  readonly isOwn: Ownership;
  readonly rules: readonly Rule[];
  /** Of the audit that the plan is made for. */
  readonly findings: readonly Pick<Finding, 'id' | 'rule' | 'resource' | 'where'>[];
  /** Addresses and ranges that the operator gave to be allowed. */
  readonly ips?: readonly string[];
}

/** The steps with their effects. A change that does not fit the world any more leaves it as it is. */
export function withEffects(steps: readonly StepDraft[], snapshot: Snapshot, context: StepContext): Step[] {
  const { rules } = context;
  // What an earlier step makes is no other owner's.
  const made = new Set<string>();
  const isOwn = (id: string) => made.has(fold(id)) || context.isOwn(id);
  const byId = new Map(context.findings.map((one) => [one.id, one]));
  const index = indexSnapshot(snapshot);
  let world = snapshot;
  return steps.map((step) => {
    const named = namedBy(
      step.findings.flatMap((id) => byId.get(id) ?? []),
      rules,
      index,
      context.ips,
    );
    const told = isToSend(step) ? effectsIn({ change: step.change, undo: step.undo, before: world, isOwn, named }) : [];
    const effects = made.has(fold(step.change.resource)) ? told.filter((one) => !isOfUse(one)) : told;
    if (isToSend(step)) world = afterChange(world, step.change);
    for (const id of madeIds(step.change)) made.add(fold(id));
    const risk = riskOf({ ...step, effects });
    const managedBy = managed(managerOf(step.change.resource, snapshot));
    return { ...step, risk, does: doesWords(step.change), effects, ...managedBy };
  });
}

/** The effects of changes one after another, whoever asked for them: what follows from the world alone. */
export function effectsOver(
  changes: readonly Pick<Step, 'change' | 'undo'>[],
  snapshot: Snapshot,
  isOwn: Ownership,
): Effect[] {
  let before = snapshot;
  return changes.flatMap(({ change, undo }) => {
    const effects = effectsIn({ change, undo, before, isOwn, named: namesNothing });
    before = afterChange(before, change);
    return effects;
  });
}

/** One sentence for each part of the steps that cannot be undone exactly. */
export function irreversibleIn(steps: readonly Pick<Step, 'change' | 'undo'>[], snapshot: Snapshot): string[] {
  let before = snapshot;
  const all = steps.flatMap(({ change, undo }) => {
    const limits = undoLimitsOf(change, undo, before);
    before = afterChange(before, change);
    return limits.map(({ says }) => says);
  });
  return [...new Set(all)];
}

/** Those of the effects that others do not hold. Addresses are divided anew in every world, so they are compared as sets. */
export function effectsBeyond(effects: readonly Effect[], others: readonly Effect[]): CurrentEffect[] {
  const keys = new Set(others.map(effectKey));
  return effects.filter(isCurrent).filter((one) => !keys.has(effectKey(one)) && !isWithinFlowsOf(one, others));
}

function isWithinFlowsOf(effect: CurrentEffect, others: readonly Effect[]): boolean {
  if (!isFlow(effect)) return false;
  const { from, to, traffic } = effect.data;
  const [end, side] = from.kind === 'addresses' ? ([from, 'from'] as const) : ([to, 'to'] as const);
  if (end.kind !== 'addresses') return false;
  const other = side === 'from' ? 'to' : 'from';
  const alike = others
    .filter((one) => isFlow(one))
    .filter(
      ({ kind, data }) =>
        kind === effect.kind &&
        data.traffic === traffic &&
        isEnd(data[other], effect.data[other]) &&
        data[side].kind === end.kind,
    );
  const prefixesIn = ({ prefixes, name }: EffectEnd): readonly string[] => prefixes ?? [name];
  return arePrefixesWithin(
    prefixesIn(end),
    alike.flatMap(({ data }) => prefixesIn(data[side])),
  );
}

/** Does the setting matter only to those who use the resource already? */
const isOfUse = (one: Effect): boolean =>
  (one.kind === 'cutsOff' || one.kind === 'interrupts') && one.reason === 'setting';

const isEnd = (one: EffectEnd, other: EffectEnd): boolean =>
  one.kind === other.kind && one.name === other.name && fold(one.id ?? '') === fold(other.id ?? '');

/** The world after a change; the same where it does not fit. */
export function afterChange(world: Snapshot, change: Change): Snapshot {
  const all = worlds.get(world) ?? new Map<string, Snapshot>();
  worlds.set(world, all);
  const key = stringifyJson(asJson(change));
  const after = all.get(key) ?? changed(world, change);
  all.set(key, after);
  return after;
}
/** What is computed of a world is kept with it, so the same world is not made twice: many fixes make the same changes. */
const worlds = new WeakMap<Snapshot, Map<string, Snapshot>>();

function changed(world: Snapshot, change: Change): Snapshot {
  try {
    return applyChange(world, change);
  } catch (error) {
    if (error instanceof EditConflict) return world;
    throw error;
  }
}

/**
 * The effects of changes that are made one after another, from this world on: what they open and cut off is what differs between the
 * first world and the last.
 */
export function effectsOfSteps(steps: readonly Pick<Step, 'change' | 'effects'>[], before: Snapshot): Effect[] {
  const last = steps.reduce((world, { change }) => afterChange(world, change), before);
  const all = settledAt(last, steps);
  const names = all.filter(isUnresolved);
  const told = all.filter((one) => isFlow(one));
  const [opened, cut] = [told.filter(({ kind }) => kind === 'opens'), told.filter(({ kind }) => kind === 'cutsOff')];
  const isBoth = cut.some((one) => opened.some((other) => sameEnd(one.data.to, other.data.to)));
  if (names.length === 0 && !isBoth) return gatheredEffects(all);
  const net = toldFlows(before, last);
  const passing = told.filter((one) => !net.some((flow) => isSameFlow(one, flow)));
  // The loss of a name is told by its step as an interruption, also where it lasts.
  const losses = net.filter(({ kind }) => kind === 'cutsOff');
  const lost = losses.filter((flow) => !told.some((one) => isSameFlow(one, flow)));
  const grave = told.filter(({ automatic }) => !automatic);
  const gone = losses.filter((flow) => !isHarmless(flow, true) && !grave.some((one) => isSameFlow(one, flow)));
  const users = usersInTheEnd(steps, losses, all, last);
  return gatheredEffects([
    ...all
      .filter((one) => !(isFlow(one) && passing.includes(one)) && !isUnresolved(one) && !isUser(one))
      .map((one) => (isFlow(one) ? inTheEnd(one, net) : one)),
    ...users,
    ...names.flatMap((one) => untilNamed(one, gone)),
    ...lost.flatMap((flow) => {
      const by = names.find(({ data }) => isOfNames(flow, data));
      return by === undefined ? [] : [cutOffBy(by.resource, flow, true)];
    }),
    ...passing.flatMap((one) => {
      const { kind, automatic, resource, data } = one;
      // What a step before it took is given back.
      const taken = told.slice(0, told.indexOf(one)).filter((other) => other.kind === 'cutsOff');
      const isBack = taken.some(({ data: { from, to } }) => sameEnd(from, data.from) && sameEnd(to, data.to));
      if (automatic || (kind === 'opens' && isBack)) return [];
      const until = (done: string) => ({
        says: `${data.from.name} to ${data.to.name}, ${data.traffic}: ${done} until a later step of this plan.${perhaps(data.certain)}`,
      });
      return kind === 'opens'
        ? [effectOf(resource, { kind, reason: 'setting', data: until('allowed') })]
        : [effectOf(resource, { kind: 'interrupts', reason: 'setting', data: until('blocked') })];
    }),
  ]);
}

/** Users of the services that have lost a way in the end; those that the steps tell where that is not known. */
function usersInTheEnd(
  steps: readonly Pick<Step, 'change'>[],
  losses: readonly FlowChange[],
  told: readonly Effect[],
  last: Snapshot,
): CurrentEffect[] {
  const own = told.filter(isUser);
  const ids = steps.map(({ change }) => change.resource);
  return attempt(
    () =>
      usersCutOff(ids, losses, indexSnapshot(last)).flatMap((one) => {
        // What is not known is told by its step.
        if (one.reason !== 'user') return [];
        const again = effectOf(ids.at(-1) ?? '', one);
        const before = own.filter(({ detail }) => detail === again.detail);
        return before.length > 0 ? before : [again];
      }),
    () => own,
  );
}

type UserEffect = CurrentEffect & { readonly kind: 'cutsOff'; readonly reason: 'user' };
const isUser = (one: Effect): one is UserEffect => one.kind === 'cutsOff' && one.reason === 'user';

/** Who lost nothing by a step alone may have lost it by all of them; and what a step surely gives may have been there before all of them. */
function inTheEnd(effect: FlowEffect, net: readonly FlowChange[]): CurrentEffect {
  const flows = net.filter((one) => isSameFlow(effect, one));
  if (effect.kind === 'opens') {
    const isSure = !effect.data.certain || flows.length === 0 || flows.some(({ certain }) => certain);
    const data = { ...effect.data, certain: false };
    return isSure ? effect : effectOf(effect.resource, { kind: 'opens', reason: 'flow', data }, effect.automatic);
  }
  const flow = effect.automatic ? flows.find((one) => !isHarmless(one, true)) : undefined;
  return flow === undefined ? effect : cutOffBy(effect.resource, flow, true);
}

/** What is created and changed again is judged once, from nothing to its last body. */
function settledAt(last: Snapshot, steps: readonly Pick<Step, 'change' | 'effects'>[]): Effect[] {
  const born = steps.flatMap(({ change }): Change[] => {
    const more = steps.filter((one) => one.change.kind === 'edit' && sameId(one.change.resource, change.resource));
    const edits = more.flatMap((one) => one.change.edits);
    return change.kind === 'create' && edits.length > 0 ? [{ ...change, body: edited(change.body, edits) }] : [];
  });
  const isBorn = (one: Effect) =>
    isCurrent(one) &&
    one.kind === 'opens' &&
    one.reason === 'setting' &&
    born.some((to) => sameId(to.resource, one.resource));
  const seen = { resource: (id: string) => resourceIn(last, id) };
  const all = steps.flatMap(({ effects }) => effects);
  const settled = born.flatMap((change) =>
    effectsOf(change, { current: null, seen, isOwn: ownsNothing }).flatMap((one) => settingEffect(change, one)),
  );
  const passing = all
    .filter(isBorn)
    .filter((one) => !settled.some((other) => effectKey(other) === effectKey(one)))
    .map((one) => {
      const says = `${withoutEnd(one.detail, '.')}, until a later step of this plan.`;
      return effectOf(one.resource, { kind: 'opens', reason: 'setting', data: { says } });
    });
  return [...all.filter((one) => !isBorn(one)), ...settled, ...passing];
}

/** Where an edit does not fit what was sent, it is of what Azure added to it. */
function edited(body: JsonObject, edits: readonly Edit[]): JsonObject {
  return edits.reduce<JsonObject>((found, edit) => {
    try {
      const after = applyEdits(found, [edit]);
      return isObject(after) ? after : found;
    } catch (error) {
      if (error instanceof EditConflict) return found;
      throw error;
    }
  }, body);
}

type FlowEffect = CurrentEffect & { readonly kind: 'opens' | 'cutsOff'; readonly reason: 'flow' };
const isFlow = (one: Effect): one is FlowEffect =>
  (one.kind === 'opens' || one.kind === 'cutsOff') && one.reason === 'flow';

/** Addresses are divided anew by every change; what has an id is the same end before and after, whoever is in it. */
const isSameFlow = ({ kind, data }: FlowEffect, flow: FlowChange): boolean =>
  kind === flow.kind && sameEnd(data.from, flow.from) && sameEnd(data.to, flow.to);
const sameEnd = (one: EffectEnd, other: EffectEnd): boolean =>
  one.id === null || other.id === null
    ? one.id === other.id && (literal.includes(one.kind) || one.kind === 'internet' || one.name === other.name)
    : sameId(one.id, other.id) && (one.kind !== 'service' || one.name === other.name);

type Unresolved = CurrentEffect & { readonly kind: 'interrupts'; readonly reason: 'name-unresolved' };
const isUnresolved = (one: Effect): one is Unresolved => one.kind === 'interrupts' && one.reason === 'name-unresolved';

/** Is it a flow to one of these services, from one of these networks? */
const isOfNames = (flow: FlowChange, { networks, services }: Unresolved['data']): boolean =>
  services.some((one) => sameId(one, flow.service)) &&
  flow.subnets.some((subnet) => networks.some((one) => sameId(one, vnetOf(subnet))));

/** The interruption of the networks that reach the services again in the end. */
function untilNamed({ resource, data }: Unresolved, lost: readonly FlowChange[]): CurrentEffect[] {
  const networks = data.networks.filter((one) => !lost.some((flow) => isOfNames(flow, { ...data, networks: [one] })));
  return networks.length === 0
    ? []
    : [effectOf(resource, { kind: 'interrupts', reason: 'name-unresolved', data: { ...data, networks } })];
}

/** Has a fix no effect that must be named or allowed? */
export const isUnasked = (effects: readonly Effect[]): boolean => !effects.some(isRisky);

/** What harms first: the kind that a reason names where there are several. */
const gravestFirst: readonly EffectKind[] = [
  ...(['cutsOff', 'overrides', 'bypasses', 'deletes', 'oneWay'] as const),
  ...(['opens', 'interrupts', 'costs', 'otherScope'] as const),
];

/** The effects that must be named or allowed, and are not. */
export const refusedEffects = (effects: readonly Effect[], allowed: readonly EffectKind[]): CurrentEffect[] =>
  effects.filter((one): one is CurrentEffect => isRisky(one) && !allowed.includes(one.kind as EffectKind));

/** What a fix needs besides, once its effects are allowed: an answer, as it is passed, and what a gate says that is closed. */
export interface NeededBesides {
  readonly answer?: string;
  readonly gate?: string;
}

/** Why a fix that was not named stays out: its gravest effect that is not allowed. Undefined where it may come. */
export function refusedEffect(
  effects: readonly Effect[],
  allowed: readonly EffectKind[],
  rule: Pick<Rule, 'id'>,
  needed: () => NeededBesides = () => ({}),
): string | undefined {
  const stuck = refusedEffects(effects, allowed);
  const groups = effectGroups(stuck);
  const first = gravestFirst
    .values()
    .flatMap((kind) => groups.filter((one) => one.kind === kind))
    .next().value;
  if (first === undefined) return undefined;
  const kinds = effectKinds.filter((kind) => stuck.some((one) => one.kind === kind)).map((kind) => effectFlags[kind]);
  const { answer, gate } = needed();
  const more = answer === undefined ? '' : ` --answer ${answer}`;
  const blocked = gate === undefined ? '' : ` It is also blocked: ${withoutEnd(gate, '.')}.`;
  const needs = `Needs --allow-effects ${kinds.join(',')}${more} or \`bastide fix ${rule.id}${more}\`.`;
  return `${effectLabels[first.kind]}: ${first.text} ${needs}${blocked}`;
}
