// Which findings a plan is for: those named, or every failing one that is auto-fixable; and the fixes that a
// restricting fix needs first.
import {
  audit,
  findingsByTarget,
  gateAnswer,
  guarded,
  isAbout,
  isNamedBy,
  partsOfRollUps,
  scopedTo,
} from '../audit/index.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import { type Change, editChange, isDeferred } from '../model/change.ts';
import { EditConflict } from '../model/edit.ts';
import type { Effect, EffectKind } from '../model/effect.ts';
import type { Finding, Report } from '../model/finding.ts';
import { asJson, isArray, type Json, stringifyJson } from '../model/json.ts';
import type { Gate, Phase, Skipped } from '../model/plan.ts';
import { valueAt } from '../model/pointer.ts';
import { attempt } from '../model/readable.ts';
import { fold, nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import type { StepwiseTask } from '../model/stepwise.ts';
import { clean } from '../model/text.ts';
import { hasUnreadable } from '../model/unresolved.ts';
import { aclsPointer, resourceTypeOf } from '../resource-types/index.ts';
import type { Answers, Proposal, Rule, RuleContext } from '../rules/rule.ts';
import { dependantGates, dependantsAnswer } from './dependants.ts';
import {
  afterChange,
  effectsIn,
  effectsOfSteps,
  isUnasked,
  type NeededBesides,
  namedBy,
  ownsNothing,
  refusedEffect,
} from './effects.ts';
import { blocks, gatesOf } from './gates.ts';
import { mergeEdits } from './merge.ts';
import type { PlanInput, PlanRequest } from './request.ts';
import { riskOf } from './risk.ts';
import { resourceIn } from './simulate.ts';
import { inOrder } from './step-order.ts';
import { undoClassOf } from './undo-class.ts';

export interface FixTarget {
  readonly finding: Finding;
  readonly rule: Rule;
  /** Answers for each call of the fix; one per address where addresses are given. */
  readonly answers: readonly Answers[];
  /** Only the restriction of access causes this finding. */
  readonly woken: boolean;
  /** Ids of the findings it was added for; empty where it was requested. */
  readonly broughtFor: readonly string[];
  /** Without it Azure refuses the writes of those. */
  readonly unblocks?: true;
}

/** From here on a rule's gates must be open. */
export const gatedFrom: Phase = 3;

/** Rules about the operator's own access: not passing them is a warning that can be accepted. */
export const lockoutRules: readonly string[] = ['storage.dev-client-ip', 'keyvault.operator-access'];

export interface Chosen {
  readonly targets: readonly FixTarget[];
  readonly skipped: readonly Skipped[];
}

export function* chooseTargets(input: PlanInput, report: Report, index: SnapshotIndex): StepwiseTask<Chosen> {
  const { request, rules } = input;
  const named =
    request.targets === 'all'
      ? report.findings
      : [...new Set(request.targets.flatMap((target) => findingsByTarget(report, rules, target)))];
  const skipped: Skipped[] = [];
  const targets: FixTarget[] = [];
  const guided = Object.keys(request.answers).length > 0;
  const parts = partsOfRollUps(report.findings, rules);
  const given = givenFindings(input, index);
  for (const known of named) {
    const finding = given.get(known.id) ?? known;
    if (request.resource !== undefined && !isAbout(finding, request.resource)) continue;
    const rule = rules.find((one) => one.id === finding.rule);
    if (!rule) continue;
    const idle = given.has(finding.id) ? whyNotAllowed(finding, request) : undefined;
    if (idle !== undefined) skipped.push({ finding: finding.id, reason: idle });
    // What stands for resources that a failed read may hide is no resource to change.
    const isHidden = finding.outcome === 'unknown' && !sameId(typeOf(finding.resource), rule.about);
    const byAddress = isByAddress(rule, request, finding.outcome) && !isHidden;
    if (finding.outcome !== 'fail' && !byAddress) {
      if (finding.outcome === 'unknown' && request.targets !== 'all')
        skipped.push({ finding: finding.id, reason: finding.because });
      continue;
    }
    const answers = byAddress ? request.ips.map((ip) => ({ ...request.answers, ip })) : [request.answers];
    const target = { finding, rule, answers, woken: false, broughtFor: [] };
    const reason =
      leftOut(input, finding) ??
      partLeftOut(input, parts.get(finding.id) ?? []) ??
      whyNot(target, guided, ruleContextOf(target, index, input), input);
    yield;
    if (reason === undefined) targets.push(target);
    else skipped.push({ finding: finding.id, reason });
  }
  const brought = yield* carried(input, targets, index);
  const unblocked = yield* unblocking(input, report, [...targets, ...brought], index);
  // An address that comes with what closes a service is added there.
  const isBrought = ({ finding }: Skipped) => given.has(finding) && brought.some((one) => one.finding.id === finding);
  return {
    targets: [...targets, ...brought, ...unblocked],
    skipped: skipped.filter((one) => !isBrought(one)),
  };
}

/** The request for a world that the plan has led to: without the findings that are no more, and with those that its fixes carry. */
export function stillNamed({ request, rules }: PlanInput, report: Report): PlanRequest {
  if (request.targets === 'all') return request;
  const known = new Set(report.findings.map(({ id }) => id));
  const targets = request.targets.filter((target) => {
    const wanted = fold(target.trim());
    return !wanted.includes('@') || known.has(wanted) || rules.some(({ id }) => fold(id) === wanted);
  });
  const named = targets.flatMap((target) => findingsByTarget(report, rules, target));
  const along = named.flatMap(({ rule, resource }) => {
    const own = rules.find(({ id }) => id === rule)?.carries ?? [];
    return report.findings.filter((one) => own.includes(one.rule) && sameId(one.resource, resource));
  });
  return { ...request, targets: [...targets, ...along.map(({ id }) => id)] };
}

/** Naming a finding or its rule includes it all the same. */
const leftOut = ({ request, leftOut: why }: PlanInput, finding: Finding): string | undefined =>
  request.targets === 'all' ? why?.(finding) : undefined;

/** A roll-up would do what is left out: its parts are in the plan by themselves. */
function partLeftOut(input: PlanInput, parts: readonly Finding[]): string | undefined {
  for (const part of parts) {
    const reason = leftOut(input, part);
    if (reason !== undefined) return `It repeats ${part.rule}. ${reason}`;
  }
  return undefined;
}

/** Lists that a service checks whole at every write: one value that it refuses today stops any other change of its object. */
const checkedAtEveryWrite: readonly string[] = [`${aclsPointer}/ipRules`, '/properties/ipAllowlist'];

/** Fixes that take such values out, for the resources that the targets write. */
export function* unblocking(
  input: PlanInput,
  report: Report,
  targets: readonly FixTarget[],
  index: SnapshotIndex,
): StepwiseTask<FixTarget[]> {
  const known = new Set(targets.map(({ finding }) => finding.id));
  /** By what they write, the findings whose fixes do. */
  const writers = new Map<string, string[]>();
  const written: string[] = [];
  for (const target of targets) {
    const proposals = proposalsOf(target, ruleContextOf(target, index, input));
    for (const { change } of typeof proposals === 'string' ? [] : proposals) {
      written.push(change.resource);
      const key = fold(change.resource);
      writers.set(key, [...(writers.get(key) ?? []), target.finding.id]);
    }
    yield;
  }
  const blocked = new Set<string>();
  for (const id of new Set(written)) {
    const body = resourceIn(index.snapshot, id)?.body;
    const isBlocked = checkedAtEveryWrite.some((pointer) => {
      const list = valueAt(body, pointer);
      return isArray(list) && list.some((item) => isRefused(id, pointer, item));
    });
    if (isBlocked) blocked.add(fold(id));
  }
  if (blocked.size === 0) return [];
  return report.findings.flatMap((finding): FixTarget[] => {
    const rule = input.rules.find((one) => one.id === finding.rule);
    if (known.has(finding.id) || finding.outcome !== 'fail' || rule?.fixKind !== 'auto') return [];
    if (leftOut(input, finding) !== undefined) return [];
    const about = [finding.resource, finding.where ?? finding.resource].map(fold).filter((id) => blocked.has(id));
    if (about.length === 0) return [];
    const broughtFor = [...new Set(about.flatMap((id) => writers.get(id) ?? []))];
    const target = {
      finding,
      rule,
      answers: [input.request.answers],
      woken: false,
      broughtFor,
      unblocks: true,
    } as const;
    const proposals = proposalsOf(target, ruleContextOf(target, index, input));
    if (typeof proposals === 'string') return [];
    const resolves = proposals.some(({ change }) =>
      change.edits.some(
        (edit) =>
          edit.op === 'remove' &&
          checkedAtEveryWrite.includes(edit.pointer) &&
          isRefused(change.resource, edit.pointer, edit.before),
      ),
    );
    return resolves ? [target] : [];
  });
}

function isRefused(id: string, pointer: string, item: Json): boolean {
  const kind = resourceTypeOf(typeOf(id));
  const key = kind.lists[pointer];
  if (key === undefined) return false;
  return (kind.refuses?.({ op: 'add', pointer, after: item, key }) ?? null) !== null;
}

const takesAddress = (rule: Rule): boolean => lockoutRules.includes(rule.id);
/** Addresses that are given are allowed: by a rule that is named whatever its finding is, by all where they are not yet. */
export const isByAddress = (rule: Rule, { targets, ips }: PlanRequest, outcome: Finding['outcome'] = 'fail'): boolean =>
  ips.length > 0 && takesAddress(rule) && (targets !== 'all' || outcome === 'fail');

/** What the rules about the operator's access say of the addresses that are given with `--all`, in place of those that are declared. */
function givenFindings({ request, rules }: PlanInput, { snapshot }: SnapshotIndex): ReadonlyMap<string, Finding> {
  const { targets, ips, profile } = request;
  if (targets !== 'all' || ips.length === 0) return new Map();
  return new Map(findingsOfClients(ips, rules, profile, snapshot).map((one) => [one.id, one]));
}

function findingsOfClients(ips: readonly string[], rules: readonly Rule[], profile: ProfileChoice, snapshot: Snapshot) {
  const asked = { ...snapshot, intents: { ...snapshot.intents, devClientIps: [...ips] } };
  return audit(asked, rules.filter(takesAddress), profile).findings;
}

/** Warns of addresses that were given, are in no change of a plan, and are blocked by some service after it. */
export function unusedAddresses({ request, rules }: PlanInput, changes: readonly Change[], after: Snapshot): Gate[] {
  const text = stringifyJson(asJson(changes));
  return request.ips
    .filter((ip) => !text.includes(ip))
    .flatMap((ip): Gate[] => {
      const failing = findingsOfClients([ip], rules, request.profile, after).filter(
        ({ outcome }) => outcome === 'fail',
      );
      const names = [...new Set(failing.map(({ resource }) => nameOf(resource)))];
      const detail = `--ip ${ip} is in no change of this plan. It is blocked by ${names.join(', ')}.`;
      return names.length === 0 ? [] : [{ kind: 'lockout', outcome: 'warn', detail }];
    });
}

/** Why no address is allowed there; undefined where one is to be, or all are. */
const whyNotAllowed = ({ outcome, because }: Finding, { ips }: PlanRequest): string | undefined =>
  outcome === 'fail' || outcome === 'pass' ? undefined : `--ip ${ips.join(', ')} is not added: ${because}`;

export const ruleContextOf = (target: FixTarget, index: SnapshotIndex, input: PlanInput): RuleContext =>
  scopedTo(target.finding, target.rule, {
    ...{ index, profile: input.request.profile, assumeDenyByDefault: target.woken },
    // What is inside a resource that was not there when planning began is of this plan.
    isOwn: (id) => input.isOwn?.(id) === true || resourceIn(input.snapshot, parentId(id) ?? id) === undefined,
  });

/**
 * Naming a finding or a rule accepts the effects of its steps, also where another brings it, and of what Azure refuses them without; what
 * is added for it besides, and `--all`, only what is allowed.
 */
export function acceptedEffects(target: FixTarget, { request }: PlanInput): 'all' | readonly EffectKind[] {
  const { targets, allowEffects = [] } = request;
  if (targets === 'all') return allowEffects;
  const isNamed =
    target.unblocks === true || target.broughtFor.length === 0 || targets.some((one) => isNamedBy(target.finding, one));
  return isNamed ? 'all' : allowEffects;
}

/** Why a finding is not planned for at all, or undefined. `guided`: the operator gave answers. */
function whyNot(target: FixTarget, guided: boolean, context: RuleContext, input: PlanInput): string | undefined {
  const { rule } = target;
  if (rule.fixKind === 'none' || !rule.fix) {
    return `No automatic fix. See \`bastide explain ${rule.id}\`.`;
  }
  const proposals = proposalsOf(target, context);
  if (typeof proposals === 'string') return proposals;
  const accepted = acceptedEffects(target, input);
  if (accepted === 'all') return undefined;
  const told = effectsOfFix(target, proposals, context, input);
  const effects = effectsInTurn(told);
  const refused = refusedEffect(effects, accepted, rule, () => neededBesides(target, proposals, told, context, input));
  if (refused !== undefined) return refused;
  // What is guided for its effects alone enters with them; what is guided for another reason is answered or named.
  const isGuided = rule.fixKind === 'guided' && !guided && isUnasked(effects);
  return isGuided ? reviewWords(rule, effects, proposals) : undefined;
}

/** What still stands against a fix whose effects are allowed: gates, as the world is now, and what is asked of those it cuts off. */
function neededBesides(
  target: FixTarget,
  proposals: readonly Proposal[],
  told: readonly ChangeEffects[],
  { index }: RuleContext,
  input: PlanInput,
): NeededBesides {
  const { answers } = input.request;
  const restricting = proposals.filter(({ phase }) => phase >= gatedFrom);
  const gates = [
    ...ruleGates(target, restricting, index, input),
    ...told.flatMap(({ change, before }) => gatesOf(change, before)),
  ];
  const gate = gates.find(blocks)?.detail;
  const isAsked = told.some((one) => dependantGates(one.change, () => one.effects, one.before, answers).some(blocks));
  return { ...(gate === undefined ? {} : { gate }), ...(isAsked ? { answer: `${dependantsAnswer}=yes` } : {}) };
}

/** The gates of the rule for what its proposals write; a lock-out of the operator is a warning. */
export function ruleGates(
  target: FixTarget,
  proposals: readonly Proposal[],
  index: SnapshotIndex,
  input: PlanInput,
): Gate[] {
  const resources = [...new Set(proposals.map(({ change }) => change.resource))];
  const context = ruleContextOf(target, index, input);
  return resources.flatMap((resource) =>
    target.rule.gates.map((gate): Gate => {
      const answer = gateAnswer(gate, resource, input.rules, context);
      const name = nameOf(resource);
      if (answer.outcome === 'pass')
        return { kind: 'rule', outcome: 'pass', detail: `All preconditions of ${target.rule.id} pass for ${name}.` };
      if (lockoutRules.includes(gate)) {
        return {
          kind: 'lockout',
          outcome: 'warn',
          detail: `Restricting ${name} may block your own access: ${answer.detail}`,
        };
      }
      return { kind: 'rule', outcome: 'fail', detail: `${answer.detail} (${name})` };
    }),
  );
}

/** Why a guided fix waits whose effects would all be automatic here: what its rule may do elsewhere is no reason for this one. */
function reviewWords({ id }: Rule, effects: readonly Effect[], proposals: readonly Proposal[]): string {
  const advice = [...new Set(proposals.flatMap((one) => one.advice ?? []))].join(' ');
  return `Needs your review: fixes of this rule are included only if you name them. ${riskOf({ effects, advice })} Run \`bastide fix ${id}\`.`;
}

/** A change of a fix with its effects, and the world right before it. */
export interface ChangeEffects {
  readonly change: Change;
  readonly effects: readonly Effect[];
  readonly before: SnapshotIndex;
}

/** The effects of such changes together. */
export const effectsInTurn = (told: readonly ChangeEffects[]): Effect[] => {
  const [first] = told;
  return first === undefined ? [] : effectsOfSteps(told, first.before.snapshot);
};

/** The changes of a fix as its plan comes to them: what it carries is asked first, phase by phase. */
export function effectsOfFix(
  target: FixTarget,
  proposals: readonly Proposal[],
  context: RuleContext,
  input: PlanInput,
): ChangeEffects[] {
  const carried = carriedBy(target, proposals, context, input);
  const { isOwn = ownsNothing, rules } = input;
  const named = namedBy([target.finding], rules, context.index, input.request.ips);
  const told: ChangeEffects[] = [];
  let world = context.index.snapshot;
  const phases = carried.length === 0 ? [undefined] : ([0, 1, 2, 3, 4, 5] as const);
  for (const phase of phases) {
    for (const one of [...carried, target]) {
      const wanted = carried.length === 0 ? proposals : proposalsIn(one, phase, world, input);
      for (const { change } of wanted) {
        const undo = undoClassOf(change, world);
        if (one === target) {
          const effects = effectsIn({ change, undo, before: world, isOwn, named });
          told.push({ change, effects, before: indexSnapshot(world) });
        }
        world = afterChange(world, change);
      }
    }
  }
  return told;
}

/** What a fix proposes in a phase on a world that other fixes have changed. */
function proposalsIn(
  target: FixTarget,
  phase: number | undefined,
  world: Snapshot,
  input: PlanInput,
): readonly Proposal[] {
  const found = proposalsOf(target, ruleContextOf(target, indexSnapshot(world), input));
  return typeof found === 'string' ? [] : found.filter((one) => one.phase === phase);
}

/** What a fix gives; where a body of a file or an answer has another shape than Azure's, the sentence that says so. */
function withoutConflict<T>(propose: () => T): T | string {
  try {
    return propose();
  } catch (error) {
    if (!(error instanceof EditConflict)) throw error;
    return `The fix cannot be planned: ${clean(error.edit.pointer, 200)} is missing or has another value than expected.`;
  }
}

/** The changes a fix proposes on a world, all answers together, or the sentence that says why there is none. */
export function proposalsOf({ rule, finding, answers }: FixTarget, context: RuleContext): readonly Proposal[] | string {
  const found = attempt(
    () =>
      withoutConflict(() => {
        const all: Proposal[] = [];
        for (const answer of answers) {
          const proposals = rule.fix?.(finding, context, answer) ?? [];
          if (typeof proposals === 'string') return proposals;
          all.push(...proposals);
        }
        return all;
      }),
    (error) => `The fix cannot be planned: ${error.gap.reason}`,
  );
  if (typeof found === 'string') return found;
  const open = found.find(({ change }) => hasUnreadable(asJson(change)));
  return open
    ? `The fix cannot be planned: a setting of ${nameOf(open.change.resource)} is not known.`
    : joined(inOrder(found), context.index);
}

/** What a fix changes of one resource in one phase is one write: its effects are those of the whole. */
function joined(proposals: readonly Proposal[], index: SnapshotIndex): readonly Proposal[] {
  const all = new Map<string, Proposal>();
  for (const [at, one] of proposals.entries()) {
    const key = `${one.phase} ${fold(one.change.resource)}`;
    const before = all.get(key);
    const both = before === undefined ? one : together(before, one, index);
    all.set(both === undefined ? `${key} ${at}` : key, both ?? one);
  }
  return [...all.values()];
}

/** Undefined where they cannot be one. */
function together(one: Proposal, more: Proposal, { snapshot }: SnapshotIndex): Proposal | undefined {
  const { resource } = one.change;
  const body = resourceIn(snapshot, resource)?.body;
  const isEdit = [one, more].every(({ change }) => change.kind === 'edit' && !isDeferred(change));
  const advice = [...new Set([one, more].flatMap((each) => each.advice ?? []))];
  if (body === undefined || !isEdit || advice.length > 1) return undefined;
  try {
    const merged = mergeEdits(body, one.change.edits, more.change.edits, resourceTypeOf(typeOf(resource)).same);
    return merged.ok
      ? { ...one, change: editChange(resource, merged.edits), ...(advice[0] && { advice: advice[0] }) }
      : undefined;
  } catch (error) {
    if (error instanceof EditConflict) return undefined;
    throw error;
  }
}

/**
 * Auto-fixable findings that block a restriction of access, or that it would cause: a plan
 * allows before it restricts, also when only the restriction was requested.
 */
function* carried(input: PlanInput, targets: readonly FixTarget[], index: SnapshotIndex): StepwiseTask<FixTarget[]> {
  const known = new Set(targets.map(({ finding }) => finding.id));
  const found: FixTarget[] = [];
  const broughtFor = new Map<string, string[]>();
  for (const target of targets) {
    yield;
    const context = ruleContextOf(target, index, input);
    const proposals = proposalsOf(target, context);
    if (typeof proposals === 'string') continue;
    for (const one of carriedBy(target, proposals, context, input)) {
      const { id } = one.finding;
      broughtFor.get(id)?.push(target.finding.id);
      if (known.has(id)) continue;
      known.add(id);
      const causes = [target.finding.id];
      broughtFor.set(id, causes);
      found.push({ ...one, broughtFor: causes });
    }
  }
  return found;
}

/** The same for what one fix proposes. */
export function carriedBy(
  target: FixTarget,
  proposals: readonly Proposal[],
  context: RuleContext,
  input: PlanInput,
): FixTarget[] {
  const { request, rules } = input;
  const closed = new Set(proposals.filter(({ phase }) => phase === 5).map(({ change }) => change.resource));
  return [...closed].flatMap((resource) =>
    target.rule.gates.flatMap((gate) => {
      const isLockout = lockoutRules.includes(gate);
      const ips = isLockout ? request.ips : [];
      const rule = rules.find((one) => one.id === gate);
      if (!rule?.fix || rule.fixKind !== 'auto') return [];
      const declared = ips.length === 0 || request.targets === 'all' ? [request.answers] : [];
      const answers = [...ips.map((ip) => ({ ...request.answers, ip })), ...declared];
      return gateAnswer(gate, resource, rules, context)
        .findings.filter(
          (one) =>
            isAbout(one, guarded(resource)) &&
            (one.outcome === 'fail' ? leftOut(input, one) === undefined : ips.length > 0),
        )
        .map((finding): FixTarget => ({ finding, rule, answers, woken: true, broughtFor: [target.finding.id] }));
    }),
  );
}
