// Which problem comes next: the worst one, but before it what its plan opens first, so that nothing is restricted while access is
// still missing. Pure but for the planning, which is handed in.

import { needOf, type PlanQuestion } from '../../src/command/needs.ts';
import { type Finding, isFixable } from '../../src/model/finding.ts';
import type { Plan } from '../../src/model/plan.ts';
import { isToDo, type Problem, type ProblemReport } from '../../src/model/problem.ts';
import { nothingToChange } from '../../src/plan/index.ts';

/** A problem with those of its findings that are asked about, the worst first. */
export interface OpenProblem {
  readonly problem: Problem;
  readonly findings: readonly [Finding, ...Finding[]];
}

export interface QueueItem extends OpenProblem {
  readonly plan: Plan;
  /** What must be answered before there is a plan. */
  readonly asked: PlanQuestion | null;
  /** The worst finding of the problem that this one makes way for. */
  readonly before: Finding | null;
}

export interface Left {
  readonly finding: string;
  readonly reason: string;
}

export interface Queue {
  readonly next: QueueItem | null;
  /** Findings that cannot be fixed now, among those that were tried. */
  readonly blocked: readonly Left[];
}

/** The plan for findings, with the answers given for them and for `goal`. */
export type PlanOf = (findings: readonly Finding[], goal?: Finding) => Plan;

/** Problems with a fix that are not accepted, with the findings of each that the operator has not put aside; worst first. */
export function openProblems({ problems, findings }: ProblemReport, aside: ReadonlySet<string>): OpenProblem[] {
  const byId = new Map(findings.map((one) => [one.id, one]));
  return problems.filter(isToDo).flatMap((problem): OpenProblem[] => {
    const [first, ...others] = problem.findings
      .flatMap((id) => byId.get(id) ?? [])
      .filter((one) => isFixable(one) && !aside.has(one.id));
    return first === undefined || problem.kind === 'manual' ? [] : [{ problem, findings: [first, ...others] }];
  });
}

export function queueOf(open: readonly OpenProblem[], planOf: PlanOf): Queue {
  const blocked: Left[] = [];
  for (const worst of open) {
    const item = itemOf(worst, planOf);
    if ('reason' in item) {
      blocked.push(...worst.findings.map(({ id }) => ({ finding: id, reason: item.reason })));
      continue;
    }
    for (const id of opensFirst(item)) {
      const other = open.find((one) => one !== worst && one.findings.some((finding) => finding.id === id));
      const earlier = other && itemOf(other, planOf, worst.findings[0]);
      if (earlier && !('reason' in earlier)) return { next: { ...earlier, before: worst.findings[0] }, blocked };
    }
    return { next: item, blocked };
  }
  return { next: null, blocked };
}

/** The same question for the worst finding of a problem alone; null where it has no other or cannot be fixed alone. */
export function worstAlone({ problem, findings, asked }: QueueItem, planOf: PlanOf): QueueItem | null {
  if (findings.length < 2 || asked !== null) return null;
  const item = itemOf({ problem, findings: [findings[0]] }, planOf);
  return 'reason' in item ? null : item;
}

/** What there is to ask about a problem; or why it cannot be fixed now. */
export function itemOf(
  { problem, findings }: OpenProblem,
  planOf: PlanOf,
  goal?: Finding,
): QueueItem | { readonly reason: string } {
  const [first] = findings;
  const plan = planOf(findings, goal);
  const failed = plan.gates.find(({ outcome }) => outcome === 'fail');
  const item = { problem, findings, plan, before: null };
  if (plan.steps.length > 0 && failed === undefined) return { ...item, asked: null };
  const asked = needOf(plan, first.id);
  if (asked !== null) return { ...item, asked };
  return {
    reason: plan.skipped.find(({ finding }) => finding === first.id)?.reason ?? failed?.detail ?? nothingToChange,
  };
}

/** Findings of other problems that the steps before its own last one serve, in their order. */
function opensFirst({ plan: { steps }, findings }: QueueItem): string[] {
  const own = new Set(findings.map(({ id }) => id));
  const last = steps.findLastIndex((step) => step.findings.some((id) => own.has(id)));
  return steps.slice(0, Math.max(0, last)).flatMap((step) => step.findings.filter((id) => !own.has(id)));
}
