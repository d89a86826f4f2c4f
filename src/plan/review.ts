// A plan from a file: its changes are what was approved, everything else in it is text of unknown origin. So all that is shown or
// checked is computed from the changes again: phases, gates, risks, undo classes, commands, preview. Pure.
import { auditInSteps, compareReports, findingsOf, gateAnswer, guarded, isAbout, isPassed } from '../audit/index.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import type { Change } from '../model/change.ts';
import { isDeferred } from '../model/change.ts';
import { previewOf } from '../model/compare.ts';
import type { Effect } from '../model/effect.ts';
import type { Finding, Report } from '../model/finding.ts';
import { type Gate, isToSend, type Phase, type Plan, type Step } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { finish, type StepwiseTask } from '../model/stepwise.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { Rule } from '../rules/rule.ts';
import { unknownArchitecture } from './attempt.ts';
import { causeOf, introducedBy, introducesWords } from './build.ts';
import { compareIn, thereWhole } from './compare-change.ts';
import { deferredText, fittedTo } from './deferred.ts';
import { dependantGates } from './dependants.ts';
import {
  afterChange,
  effectsIn,
  effectsOfSteps,
  irreversibleIn,
  namedBy,
  type Ownership,
  ownsNothing,
  type StepDraft,
  withEffects,
} from './effects.ts';
import { gatesOf, gathered, planGaps, shiftGates } from './gates.ts';
import type { DecideOpen } from './request.ts';
import { resourceIn } from './simulate.ts';
import { lockoutRules } from './targets.ts';
import { undoClassOf } from './undo-class.ts';

export interface ReviewInput {
  readonly plan: Plan;
  /** The workspace as it is now. */
  readonly snapshot: Snapshot;
  readonly rules: readonly Rule[];
  readonly profile?: ProfileChoice;
  readonly isOwn?: Ownership;
  readonly decide?: DecideOpen | undefined;
  /** Nobody named its steps: those that introduce something of medium severity or above are left out, and told as not restored. */
  readonly isCareful?: boolean;
}

/** Without the steps that introduce something of medium severity or above. */
function* carefully({ plan, snapshot, rules, profile = 'all' }: ReviewInput, report: Report): StepwiseTask<Plan> {
  const judge = (changes: readonly Change[]) => auditInSteps(changes.reduce(afterChange, snapshot), rules, profile);
  let { steps, notRestored = [] } = plan;
  for (;;) {
    const after = yield* judge(steps.map(({ change }) => change));
    const cause = yield* causeOf(introducedBy(report, after), steps, report, judge, () => true);
    if (cause === undefined) break;
    const { step, finding } = cause;
    const { resource } = step.change;
    const why = `${introducesWords(finding)} To restore it, name it with --resource.`;
    steps = steps.filter((one) => one !== step);
    notRestored = [...notRestored, { resource, why }];
  }
  return { ...plan, steps, ...(notRestored.length === 0 ? {} : { notRestored }) };
}

/** The same changes in the same order, with everything else computed for this snapshot. */
export const reviewPlan = (input: ReviewInput): Plan => finish(reviewInSteps(input));

/** The same in small steps. */
export function* reviewInSteps(input: ReviewInput): StepwiseTask<Plan> {
  const { snapshot, rules, profile = 'all', isOwn = ownsNothing } = input;
  const decided: DecideOpen = (found, changes) => input.decide?.(found, changes) ?? found;
  const report = decided(yield* auditInSteps(snapshot, rules, profile), []);
  const plan = input.isCareful === true ? yield* carefully(input, report) : input.plan;
  const known = new Set(report.findings.filter(({ outcome }) => outcome !== 'pass').map(({ id }) => id));
  const drafts: StepDraft[] = [];
  const gates: Gate[] = [];
  const done: Change[] = [];
  let world = snapshot;
  const whole = thereWhole(
    plan.steps.map(({ change }) => change),
    snapshot,
  );
  for (const { change: wanted, findings } of plan.steps) {
    const change = isDeferred(wanted) ? fittedTo(wanted, world, snapshot) : wanted;
    const kind = resourceTypeOf(typeOf(change.resource));
    const current = resourceIn(world, change.resource);
    const undo = undoClassOf(change, world);
    const comparison = compareIn(change, world, whole);
    // What is there already, or was changed since, is not sent.
    const sent = comparison.state === 'ready' ? comparison.pending : undefined;
    const next = sent === undefined ? world : afterChange(world, sent);
    const own = findings.flatMap((id) => report.findings.filter((one) => one.id === id));
    const named = namedBy(own, rules, indexSnapshot(snapshot));
    const effects = sent === undefined ? [] : effectsIn({ change: sent, undo, before: world, isOwn, named });
    const restricts = effects.some(({ kind: one }) => one === 'restricts');
    const needs = restricts ? yield* needsOf(change, world, next, rules, profile) : [];
    if (sent !== undefined) gates.push(...gatesOn(sent, current, needs, effects, world, rules, profile));
    drafts.push({
      // What is not there yet: that is what has effects.
      change: isDeferred(wanted) ? wanted : (sent ?? wanted),
      phase: 2,
      findings: findings.filter((id) => known.has(id)),
      needs,
      az: kind.az(change),
      ...(isDeferred(change) ? { advice: deferredText(change) } : {}),
      undo,
      ...(comparison.state === 'ready' ? {} : { standing: comparison.state }),
    });
    if (sent !== undefined) done.push(sent);
    world = next;
    yield;
  }
  const guess = drafts.some(({ needs }) => needs.length > 0) ? unknownArchitecture(snapshot) : undefined;
  if (guess !== undefined) gates.push({ kind: 'rule', outcome: 'fail', detail: guess });
  const inHand = withEffects(drafts, snapshot, { isOwn, rules, findings: report.findings }).map((step) => ({
    ...step,
    phase: phaseOf(step),
  }));
  const after = decided(yield* auditInSteps(world, rules, profile), done);
  const compared = compareReports(report, after);
  const sent = inHand.filter(isToSend);
  const { rehearsal: _said, managersUnread: _read, ...rest } = plan;
  return {
    ...rest,
    snapshot: snapshot.id,
    architecture: report.architecture.answer,
    steps: inHand.map((step, at) => ({ ...step, change: plan.steps[at]?.change ?? step.change })),
    gates: gathered([...gates, ...shiftGates(report, after)]),
    skipped: [],
    preview: previewOf(compared),
    gaps: planGaps(snapshot),
    irreversible: irreversibleIn(sent, snapshot),
    effects: effectsOfSteps(sent, snapshot),
  };
}

/** The phase of a step follows from what its settings say: what only restricts comes last and is checked as such. */
function phaseOf({ effects, change, needs }: Step): Phase {
  const restricts = effects.some(({ kind }) => kind === 'restricts') && !effects.some(({ kind }) => kind === 'allows');
  const isPrepared = change.kind === 'create' && !restricts;
  return restricts || needs.length > 0 ? 5 : isPrepared ? 1 : 2;
}

/** The rules that must pass first: those of every rule with gates that this change makes pass. */
function* needsOf(
  change: Change,
  before: Snapshot,
  after: Snapshot,
  rules: readonly Rule[],
  profile: ProfileChoice,
): StepwiseTask<readonly string[]> {
  const on = guarded(change.resource);
  const failing = (rule: Rule, snapshot: Snapshot): Finding[] =>
    findingsOf(rule, { index: indexSnapshot(snapshot), profile, assumeDenyByDefault: false }).filter(
      (one) => !isPassed(one.outcome) && isAbout(one, on),
    );
  const needs = new Set<string>();
  for (const rule of rules.filter(({ gates }) => gates.length > 0)) {
    const open = failing(rule, before);
    if (open.length > 0 && failing(rule, after).length < open.length) for (const gate of rule.gates) needs.add(gate);
    yield;
  }
  return [...needs];
}

function gatesOn(
  change: Change,
  current: Resource | undefined,
  needs: readonly string[],
  effects: readonly Effect[],
  world: Snapshot,
  rules: readonly Rule[],
  profile: ProfileChoice,
): Gate[] {
  const refusal = resourceTypeOf(typeOf(change.resource)).write(change, current ?? null);
  const index = indexSnapshot(world);
  return [
    ...(typeof refusal === 'string' ? [{ kind: 'state' as const, outcome: 'fail' as const, detail: refusal }] : []),
    // What was accepted with the plan is a warning here: it is confirmed with it again.
    ...dependantGates(change, () => effects, index, null),
    ...gatesOf(change, index),
    ...ruleGates(change, needs, world, rules, profile),
  ];
}

function ruleGates(
  { resource }: Change,
  needs: readonly string[],
  world: Snapshot,
  rules: readonly Rule[],
  profile: ProfileChoice,
): Gate[] {
  const context = { index: indexSnapshot(world), profile, assumeDenyByDefault: false };
  const name = nameOf(resource);
  return needs.map((gate): Gate => {
    const answer = gateAnswer(gate, resource, rules, context);
    if (answer.outcome === 'pass') {
      return { kind: 'rule', outcome: 'pass', detail: `The precondition ${gate} passes for ${name}.` };
    }
    return lockoutRules.includes(gate)
      ? { kind: 'lockout', outcome: 'warn', detail: `Restricting ${name} may block your own access: ${answer.detail}` }
      : { kind: 'rule', outcome: 'fail', detail: `${answer.detail} (${name})` };
  });
}
