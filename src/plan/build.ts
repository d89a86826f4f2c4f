// The making of a plan: each finding's fix, asked phase by phase of the world that the earlier phases lead to, so that later
// edits fit the earlier ones and gates of a closing fix see what the plan has opened; then what the plan itself wakes or makes
// possible, round by round, until nothing more comes of it. Sends nothing, reads nothing.
import { auditInSteps, compareReports, findingsByTarget, isAbout, isFailing } from '../audit/index.ts';
import type { Change } from '../model/change.ts';
import { previewOf } from '../model/compare.ts';
import { isCurrent } from '../model/effect.ts';
import { type Finding, isRollUp, type Report, type Severity, unjudgedCount } from '../model/finding.ts';
import type { Gate, Plan, Skipped, Step } from '../model/plan.ts';
import { nameInParent } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import { finish, type StepwiseTask } from '../model/stepwise.ts';
import { type AttemptState, type Tried, tryAll } from './attempt.ts';
import { attributed, stepsOf } from './drafts.ts';
import {
  afterChange,
  effectsOfSteps,
  irreversibleIn,
  ownsNothing,
  refusedEffect,
  refusedEffects,
  type StepDraft,
  withEffects,
} from './effects.ts';
import { gathered, planGaps, shiftGates } from './gates.ts';
import type { PlanInput } from './request.ts';
import { riskOf } from './risk.ts';
import { applyChanges } from './simulate.ts';
import { chooseTargets, type FixTarget, stillNamed, unusedAddresses } from './targets.ts';

/** Fixes that cause other findings form a short chain; this only ends a fix that never settles. */
const mostRounds = 6;

/** One look at a world: whose fixes were asked there, and how far that got. */
export interface Round {
  readonly index: SnapshotIndex;
  readonly targets: readonly FixTarget[];
  /** Ids of the findings whose fix was given up. */
  readonly stopped: ReadonlySet<string>;
  readonly skipped: readonly Skipped[];
  readonly refusals: readonly Gate[];
  readonly state: AttemptState;
}

/** Why a failing finding whose fix finds everything as wanted is left out. */
export const nothingToChange = 'The fix has nothing to change here.';

/** A plan for the findings asked for. Throws Failure (exit 2) when a target is neither a finding nor a rule. */
export const buildPlan = (input: PlanInput): Plan => finish(planInSteps(input));

/** The same in small steps. What was not named by hand introduces nothing of medium severity or above: its fix is left out. */
export function* planInSteps(input: PlanInput): StepwiseTask<Plan> {
  const { snapshot, rules, request } = input;
  const report = input.report ?? decided(input, yield* auditInSteps(snapshot, rules, request.profile), []);
  const why = new Map<string, string>();
  const careful = { ...input, leftOut: (finding: Finding) => why.get(finding.id) ?? input.leftOut?.(finding) };
  for (;;) {
    const made = yield* inRounds(careful, report);
    const plan = planOf(careful, report, made);
    // Who allows effects, or names a fix, sees in the preview what it introduces.
    const isCareful = request.targets === 'all' && (request.allowEffects ?? []).length === 0;
    const causes = [...lossesOf(plan, input), ...(isCareful ? yield* causesOf(input, report, made) : [])];
    if (causes.length === 0) return plan;
    for (const { finding, reason } of causes) why.set(finding, reason);
  }
}

/** The findings of the last step without which a plan of everything has no effect that is not allowed: only the whole plan has it. */
function lossesOf({ steps, effects }: Plan, { snapshot, request }: PlanInput): Skipped[] {
  if (request.targets !== 'all') return [];
  const allowed = request.allowEffects ?? [];
  const refused = refusedEffects(effects, allowed);
  if (refused.length === 0) return [];
  for (const step of steps.toReversed()) {
    const rest = steps.filter((one) => one !== step);
    const left = refusedEffects(effectsOfSteps(rest, snapshot), allowed);
    const reason = refusedEffect(effects, allowed, { id: ruleOf(step) });
    if (left.length === refused.length || reason === undefined || step.findings.length === 0) continue;
    return step.findings.map((finding) => ({ finding, reason }));
  }
  return [];
}

const ruleOf = ({ findings }: StepDraft): string => findings[0]?.split('@')[0] ?? '';

const grave: readonly Severity[] = ['critical', 'high', 'medium'];

/** What fails of medium severity or above that did not fail before. */
export const introducedBy = (report: Report, after: Report): Finding[] => {
  const ids = new Set(compareReports(report, after).introduced);
  return after.findings.filter(
    (one) => ids.has(one.id) && isFailing(one) && !isRollUp(one) && grave.includes(one.severity),
  );
};

/** The findings of the steps without which less is introduced, and why they are left out. */
function* causesOf(input: PlanInput, report: Report, { steps, after }: Made): StepwiseTask<Skipped[]> {
  const { snapshot, rules, request } = input;
  const judge = function* (changes: readonly Change[]): StepwiseTask<Report> {
    const world = changes.reduce(afterChange, snapshot);
    return decided(input, yield* auditInSteps(world, rules, request.profile), changes);
  };
  const cause = yield* causeOf(introducedBy(report, after), steps, report, judge);
  if (cause === undefined) return [];
  const reason = `${introducesWords(cause.finding)} To include it, run \`bastide fix ${ruleOf(cause.step)}\`.`;
  return cause.step.findings.map((finding) => ({ finding, reason }));
}

/** The step without which less of these findings is introduced, and one of them. The last steps are looked at first. */
export function* causeOf<Caused extends Pick<Step, 'change' | 'findings'>>(
  all: readonly Finding[],
  steps: readonly Caused[],
  report: Report,
  judge: (changes: readonly Change[]) => StepwiseTask<Report>,
  isCause = ({ findings }: Caused): boolean => findings.length > 0,
): StepwiseTask<{ readonly step: Caused; readonly finding: Finding } | undefined> {
  if (all.length === 0) return undefined;
  for (const step of steps.toReversed().filter(isCause)) {
    const rest = steps.filter((one) => one !== step).map(({ change }) => change);
    const ids = new Set(introducedBy(report, yield* judge(rest)).map(({ id }) => id));
    const finding = all.find(({ id }) => !ids.has(id));
    if (finding !== undefined) return { step, finding };
  }
  return undefined;
}

/** `Introduces nsg.inbound-ssh (high) on nsg-train: SSH is open to the Internet.` */
export const introducesWords = ({ rule, severity, resource, problem }: Finding): string =>
  `Introduces ${rule} (${severity}) on ${nameInParent(resource)}: ${problem}.`;

function planOf(input: PlanInput, report: Report, { rounds, steps: drafts, after }: Made): Plan {
  const { snapshot, rules } = input;
  const findings = [...report.findings, ...after.findings];
  const { ips } = input.request;
  const told = withEffects(drafts, snapshot, { isOwn: input.isOwn ?? ownsNothing, rules, findings, ips });
  const harm = introducedBy(report, after);
  const steps = told.map((step) => (harm.some((one) => isAbout(one, step.change.resource)) ? asking(step) : step));
  const compared = compareReports(report, after);
  const gates = rounds.at(-1)?.state.gates ?? [];
  const refusals = rounds[0]?.refusals ?? [];
  const changes = steps.map(({ change }) => change);
  const skipped = skippedIn(rounds, steps, compared.resolved, after);
  return {
    id: input.id,
    snapshot: snapshot.id,
    source: snapshot.source,
    workspace: snapshot.workspace,
    architecture: report.architecture.answer,
    verb: 'fix',
    of: null,
    steps,
    gates: gathered([
      ...gates,
      ...(steps.length === 0 ? refusals : []),
      ...shiftGates(report, after),
      ...unusedAddresses(input, changes, changes.reduce(afterChange, snapshot)),
    ]),
    skipped,
    preview: previewOf(compared, skipped),
    gaps: planGaps(snapshot),
    ...(steps.length === 0 ? unjudgedIn(input, report) : {}),
    irreversible: irreversibleIn(steps, snapshot),
    effects: effectsOfSteps(steps, snapshot),
    ...(ips.length === 0 ? {} : { ips }),
  };
}

/** The checks that were asked about and are unknown because something could not be read. */
function unjudgedIn({ request, rules }: PlanInput, report: Report): Pick<Plan, 'unjudged'> {
  const { targets, resource } = request;
  const named = targets === 'all' ? report.findings : targets.flatMap((one) => findingsByTarget(report, rules, one));
  const unjudged = unjudgedCount(named.filter((one) => resource === undefined || isAbout(one, resource)));
  return unjudged === 0 ? {} : { unjudged };
}

/** What opens something and introduces a finding there is never automatic. */
function asking(step: Step): Step {
  const effects = step.effects.map((one) =>
    isCurrent(one) && one.kind === 'opens' ? { ...one, automatic: false } : one,
  );
  return { ...step, effects, risk: riskOf({ ...step, effects }) };
}

const decided = ({ decide }: PlanInput, report: Report, changes: readonly Change[]): Report =>
  decide?.(report, changes) ?? report;

interface Made {
  readonly rounds: readonly Round[];
  readonly steps: readonly StepDraft[];
  /** The audit of the world that the steps lead to. */
  readonly after: Report;
}

function* inRounds(input: PlanInput, report: Report): StepwiseTask<Made> {
  const { rules, request } = input;
  const rounds: Round[] = [];
  let state: AttemptState = { snapshot: input.snapshot, drafts: new Map(), gates: [] };
  let steps: readonly StepDraft[] = [];
  let after = report;
  while (rounds.length < mostRounds) {
    const round = yield* look(input, after, state, rounds.length === 0);
    rounds.push(round);
    if (round.state.drafts === state.drafts) break;
    steps = stepsOf(yield* attributed(round.state.drafts, rounds, input));
    const snapshot = applied(input.snapshot, steps);
    state = { ...round.state, snapshot };
    const changes = steps.map(({ change }) => change);
    after = decided(input, yield* auditInSteps(snapshot, rules, request.profile), changes);
  }
  return { rounds, steps, after };
}

const applied = (snapshot: Snapshot, steps: readonly StepDraft[]): Snapshot =>
  applyChanges(
    snapshot,
    steps.map(({ change }) => change),
  );

function* look(input: PlanInput, report: Report, from: AttemptState, isFirst: boolean): StepwiseTask<Round> {
  const index = indexSnapshot(from.snapshot);
  const asked = isFirst ? input : { ...input, request: stillNamed(input, report) };
  const chosen = yield* chooseTargets(asked, report, index);
  const wanted = isFirst ? chosen.targets : chosen.targets.filter(({ finding }) => isFailing(finding));
  const { tried, stopped, skipped, refusals } = yield* tryThose(wanted, input, from);
  const targets = wanted.filter((target) => stopped.has(target.finding.id) || isWanted(target, stopped));
  return { index, targets, stopped, skipped: [...chosen.skipped, ...skipped], refusals, state: tried.state };
}

/** What was added for fixes that are all given up is not wanted any more. */
const isWanted = ({ broughtFor }: FixTarget, stopped: ReadonlySet<string>): boolean =>
  broughtFor.length === 0 || !broughtFor.every((id) => stopped.has(id));

interface TriedAll {
  /** The last attempt, in which none was given up. */
  readonly tried: Tried;
  readonly stopped: ReadonlySet<string>;
  readonly skipped: readonly Skipped[];
  readonly refusals: readonly Gate[];
}

/** Tries them until none is given up: a fix that stops in a late phase leaves none of its earlier changes in the plan. */
export function* tryThose(wanted: readonly FixTarget[], input: PlanInput, from: AttemptState): StepwiseTask<TriedAll> {
  const stopped = new Set<string>();
  const skipped: Skipped[] = [];
  const refusals: Gate[] = [];
  for (let targets = wanted; ; ) {
    const tried = yield* tryAll(targets, input, from);
    skipped.push(...tried.skipped);
    refusals.push(...tried.refusals);
    if (tried.stopped.size === 0) return { tried, stopped, skipped, refusals };
    for (const id of tried.stopped.keys()) stopped.add(id);
    for (const { broughtFor, finding, rule, unblocks } of targets) {
      const why = unblocks === true ? tried.stopped.get(finding.id) : undefined;
      if (why === undefined) continue;
      const reason = `Blocked: Azure refuses every change there while ${rule.id} fails on ${nameInParent(finding.resource)}. ${why}`;
      for (const id of broughtFor.filter((one) => !stopped.has(one))) {
        stopped.add(id);
        skipped.push({ finding: id, reason });
      }
    }
    targets = targets.filter((target) => !stopped.has(target.finding.id) && isWanted(target, stopped));
  }
}

/** The final reason for every finding that was requested and is not fixed. */
function skippedIn(
  rounds: readonly Round[],
  steps: readonly StepDraft[],
  resolved: readonly string[],
  after: Report,
): Skipped[] {
  const served = new Set(steps.flatMap(({ findings }) => findings));
  const said = new Map<string, Skipped>();
  for (const { targets, stopped, skipped } of rounds) {
    for (const { finding, broughtFor } of targets) {
      if (stopped.has(finding.id)) continue;
      said.delete(finding.id);
      const isIdle = broughtFor.length === 0 && finding.outcome === 'fail' && !served.has(finding.id);
      if (isIdle) said.set(finding.id, { finding: finding.id, reason: nothingToChange });
    }
    for (const one of skipped) said.set(one.finding, one);
  }
  const done = new Set(resolved);
  const woken = new Set(after.findings.filter(isFailing).map(({ id }) => id));
  const first = new Set(rounds[0]?.skipped.map(({ finding }) => finding));
  const early = new Set(rounds[0]?.targets.map(({ finding }) => finding.id));
  return [...said.values()].filter(
    ({ finding }) => !done.has(finding) && (first.has(finding) || early.has(finding) || woken.has(finding)),
  );
}
