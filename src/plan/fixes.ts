// What the fix of each failing finding would do if it were planned alone: its effects, its undo class, whether `--all` may include it,
// and the problems that the findings come to. A rule is auto-fixable at best; the finding says what holds here. Pure.
import { audit, dropGateAnswers, gateAnswer, guarded, isAbout } from '../audit/index.ts';
import { dropCaches } from '../model/caches.ts';
import { type Effect, gatheredEffects } from '../model/effect.ts';
import { type Finding, type Report, worstUndo } from '../model/finding.ts';
import { isLarge, openFindings, withEachFinding } from '../model/large-report.ts';
import { readNeed } from '../model/plan-need.ts';
import type { Problem, ProblemReport } from '../model/problem.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import { finish } from '../model/stepwise.ts';
import type { Proposal, Rule } from '../rules/rule.ts';
import { closing } from './attempt.ts';
import { introducedBy, tryThose } from './build.ts';
import { dependantGates } from './dependants.ts';
import { attributed, stepsOf } from './drafts.ts';
import { afterChange, effectsOfSteps, isUnasked, ownsNothing, withEffects } from './effects.ts';
import { blocks, gatesOf } from './gates.ts';
import { managed, managerOf } from './managers.ts';
import { problemsOf, type Remedy } from './problems.ts';
import type { PlanInput } from './request.ts';
import {
  type ChangeEffects,
  carriedBy,
  effectsInTurn,
  effectsOfFix,
  type FixTarget,
  gatedFrom,
  lockoutRules,
  proposalsOf,
  ruleContextOf,
  unblocking,
} from './targets.ts';
import { undoClassOf } from './undo-class.ts';

type FixInput = Pick<PlanInput, 'snapshot' | 'rules' | 'isOwn' | 'leftOut'> & { readonly profile: Report['profile'] };

/** What a fix here adds to a finding. */
type FixHere = Partial<Pick<Finding, 'fix' | 'takes' | 'effects' | 'managedBy' | 'blocked'>>;

/** The report with the fix of every failing finding as it is here, and its problems. */
export function withFixes(report: Report, input: FixInput): ProblemReport {
  const index = indexSnapshot(input.snapshot);
  const byRule = new Map(input.rules.map((rule) => [rule.id, rule]));
  const remedies = new Map<string, Remedy>();
  const targets = new Map<string, readonly FixTarget[]>();
  const fixed = new Map<string, FixHere>();
  const open = openFindings(report);
  for (const [at, finding] of byResource(open).entries()) {
    if (at % dropEvery === dropEvery - 1) dropCaches();
    const rule = byRule.get(finding.rule);
    if (finding.outcome !== 'fail' || rule?.fix === undefined || rule.fixKind === 'none') continue;
    const { remedy, targets: own, ...fix } = fixOf(finding, rule, index, input, report);
    remedies.set(finding.id, remedy);
    targets.set(finding.id, own);
    fixed.set(finding.id, fix);
  }
  if (isLarge(report)) {
    dropGateAnswers(index);
    dropCaches();
  }
  const managers = new Map<string, Pick<Finding, 'managedBy'>>();
  const managedIn = ({ resource }: Finding): Pick<Finding, 'managedBy'> => {
    const known = managers.get(resource) ?? managed(managerOf(resource, input.snapshot));
    managers.set(resource, known);
    return known;
  };
  for (const one of open) {
    const by = managedIn(one);
    if (by.managedBy !== undefined) fixed.set(one.id, { ...fixed.get(one.id), ...by });
  }
  const withFix = (one: Finding): Finding => {
    const own = fixed.get(one.id);
    return own === undefined ? one : { ...one, ...own };
  };
  const effects = (findings: readonly Finding[]) => effectsTogether(findings, targets, input);
  const problems = problemsOf(open.map(withFix), { remedies, rules: input.rules, index, effects });
  markBlocked(problems, remedies, fixed, index);
  return withEachFinding(report, { problems }, withFix);
}

/** Does a fix that restricts access introduce something of medium severity or above? `--all` does not include it then. */
function introduces(
  told: readonly ChangeEffects[],
  proposals: readonly Proposal[],
  report: Report,
  input: FixInput,
): boolean {
  const last = told.at(-1);
  if (last === undefined || !proposals.some(({ phase }) => phase === closing)) return false;
  const world = afterChange(last.before.snapshot, last.change);
  return introducedBy(report, audit(world, input.rules, input.profile)).length > 0;
}

/** Marks the findings of problems with gates whose own fix a gate stops. */
function markBlocked(
  problems: readonly Problem[],
  remedies: ReadonlyMap<string, Remedy>,
  fixed: Map<string, FixHere>,
  index: SnapshotIndex,
): void {
  for (const id of problems.flatMap(({ gates, findings }) => (gates.length === 0 ? [] : findings))) {
    const own = fixed.get(id);
    const fix = remedies.get(id)?.fix ?? '';
    const isBlocked = typeof fix !== 'string' && fix.some(({ change }) => gatesOf(change, index).some(blocks));
    if (own !== undefined && isBlocked) fixed.set(id, { ...own, blocked: true });
  }
}

/**
 * The effects of the fixes of findings in one plan: each change on the world that those before it lead to, with what must come first.
 * What does not fit into it is told as if it were planned alone.
 */
function effectsTogether(
  findings: readonly Finding[],
  targets: ReadonlyMap<string, readonly FixTarget[]>,
  input: FixInput,
): Effect[] {
  const { snapshot, rules, isOwn = ownsNothing } = input;
  const wanted = joinedTargets(findings.map(({ id }) => targets.get(id) ?? []));
  const own = findings.flatMap(({ effects = [] }) => effects);
  if (wanted.length < 2) return gatheredEffects(own);
  const ids = findings.map(({ id }) => id);
  const planInput = { ...asked(input), request: { ...asked(input).request, targets: ids } };
  const from = { snapshot, drafts: new Map(), gates: [] };
  const { tried, stopped } = finish(tryThose(wanted, planInput, from));
  const wishes = { index: indexSnapshot(snapshot), targets: wanted, stopped };
  const drafts = finish(attributed(tried.state.drafts, [wishes], planInput));
  const steps = withEffects(stepsOf(drafts), snapshot, { isOwn, rules, findings });
  const alone = findings.flatMap(({ id, effects = [] }) => (stopped.has(id) ? effects : []));
  return gatheredEffects([...effectsOfSteps(steps, snapshot), ...alone]);
}

/** The fixes of several findings with what each carries, once each. */
function joinedTargets(all: readonly (readonly FixTarget[])[]): FixTarget[] {
  const own = all.flatMap(([target]) => target ?? []);
  const known = new Set(own.map(({ finding }) => finding.id));
  const carried = all.flatMap(([, ...more]) => more).filter(({ finding }) => !known.has(finding.id));
  return [
    ...own,
    ...[...Map.groupBy(carried, ({ finding }) => finding.id).values()].flatMap(([first, ...others]) =>
      first === undefined ? [] : [{ ...first, broughtFor: [first, ...others].flatMap((one) => one.broughtFor) }],
    ),
  ];
}

/** What was computed for a resource is dropped after so many findings, which are in the order of their resources. */
const dropEvery = 1000;
const byResource = (findings: readonly Finding[]): Finding[] =>
  [...Map.groupBy(findings, ({ resource }) => resource).values()].flat();

interface OwnFix extends Pick<Finding, 'fix' | 'takes' | 'effects'> {
  readonly remedy: Remedy;
  /** The fix, and those that its plan does first. */
  readonly targets: readonly FixTarget[];
}

function fixOf(finding: Finding, rule: Rule, index: SnapshotIndex, input: FixInput, report: Report): OwnFix {
  const planInput = asked(input);
  const target = targetOf(finding, rule);
  const context = ruleContextOf(target, index, planInput);
  const proposals = proposalsOf(target, context);
  // Without an answer, or with what it needs unreadable, nothing is planned.
  if (typeof proposals === 'string') {
    const takes = readNeed(proposals) === null ? 'manual' : 'answer';
    const remedy = { fix: proposals, carries: [], waitsFor: [], brings: [] };
    return { fix: { kind: 'guided', undo: rule.undo }, takes, effects: [], remedy, targets: [] };
  }
  const told = effectsOfFix(target, proposals, context, planInput);
  const effects = effectsInTurn(told);
  const undo = worstUndo(proposals.map(({ change }) => undoClassOf(change, input.snapshot)));
  const closed = closedGates(proposals, target, index, planInput);
  const isAuto =
    rule.fixKind === 'auto' &&
    !told.some((one) => dependantGates(one.change, () => one.effects, one.before, {}).some(blocks)) &&
    isUnasked(effects) &&
    !waits(closed, index, planInput) &&
    !isRefusedWithout(target, report, index, planInput) &&
    !introduces(told, proposals, report, input);
  const named = { ...planInput, request: { ...planInput.request, targets: [finding.id] } };
  const carried = carriedBy(target, proposals, context, named);
  const carries = carried.flatMap((one) => {
    const found = proposalsOf(one, ruleContextOf(one, index, named));
    return typeof found === 'string' ? [] : found;
  });
  const brings = carried.map((one) => one.finding.id);
  const remedy = { fix: proposals, carries, waitsFor: closed.map((one) => one.finding.id), brings };
  const takes = isAuto ? 'fix' : 'review';
  return { fix: { kind: isAuto ? 'auto' : 'guided', undo }, takes, effects, remedy, targets: [target, ...carried] };
}

const targetOf = (finding: Finding, rule: Rule): FixTarget => ({
  ...{ finding, rule },
  ...{ answers: [{}], woken: false, broughtFor: [] },
});

const asked = ({ profile, ...input }: FixInput): PlanInput => ({
  ...{ ...input, id: '' },
  request: { targets: 'all', answers: {}, ips: [], profile },
});

interface ClosedGate {
  /** What does not pass. */
  readonly finding: Finding;
  readonly rule: Rule | undefined;
  /** What the fix would write. */
  readonly written: string;
}

/** Does Azure refuse the fix without another that must be asked for? */
function isRefusedWithout(target: FixTarget, report: Report, index: SnapshotIndex, input: PlanInput): boolean {
  return finish(unblocking(input, report, [target], index)).some((one) => {
    const context = ruleContextOf(one, index, input);
    const fixes = proposalsOf(one, context);
    return typeof fixes === 'string' || !isUnasked(effectsInTurn(effectsOfFix(one, fixes, context, input)));
  });
}

/** What the gates of a fix wait for. A lock-out of the operator is only a warning. */
function closedGates(
  proposals: readonly Proposal[],
  target: FixTarget,
  index: SnapshotIndex,
  input: PlanInput,
): ClosedGate[] {
  const written = proposals.filter(({ phase }) => phase >= gatedFrom).map(({ change }) => change.resource);
  const gates = target.rule.gates.filter((gate) => !lockoutRules.includes(gate));
  if (written.length === 0 || gates.length === 0) return [];
  const context = ruleContextOf(target, index, input);
  return [...new Set(written)].flatMap((resource) =>
    gates.flatMap((gate) => {
      const rule = input.rules.find(({ id }) => id === gate);
      const { findings } = gateAnswer(gate, resource, input.rules, context);
      return findings.map((finding) => ({ finding, rule, written: resource }));
    }),
  );
}

/** Does a closed gate wait for an answer, for what could not be read, or for a fix that `--all` leaves out? */
const waits = (closed: readonly ClosedGate[], index: SnapshotIndex, input: PlanInput): boolean =>
  closed.some(({ finding, rule, written }) => {
    if (rule?.fix === undefined || finding.outcome !== 'fail' || input.leftOut?.(finding) !== undefined) return true;
    if (!isAbout(finding, guarded(written))) return true;
    const own = { ...targetOf(finding, rule), woken: true };
    const context = ruleContextOf(own, index, input);
    const fixes = proposalsOf(own, context);
    if (typeof fixes === 'string' || rule.fixKind !== 'auto') return true;
    return !isUnasked(effectsInTurn(effectsOfFix(own, fixes, context, input)));
  });
