// Which finding comes next: the worst one, but before it what its plan opens first, so that nothing is restricted while access
// is still missing. Pure but for the planning, which is handed in.

import { needOf, type PlanQuestion } from '../../src/command/needs.ts';
import { type Finding, isFixable, type Report } from '../../src/model/finding.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nothingToChange } from '../../src/plan/index.ts';

export interface QueueItem {
  /** What is asked about: one finding, or several of its rule. The first names it. */
  readonly findings: readonly [Finding, ...Finding[]];
  readonly plan: Plan;
  /** What must be answered before there is a plan. */
  readonly asked: PlanQuestion | null;
  /** The worse finding that this one makes way for. */
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

/** Failing findings with a fix that the operator has not put aside, worst first. */
export const openFindings = ({ findings }: Report, aside: readonly string[]): Finding[] =>
  findings.filter((finding) => isFixable(finding) && !aside.includes(finding.id));

export function queueOf(open: readonly Finding[], planOf: PlanOf): Queue {
  const blocked: Left[] = [];
  for (const worst of open) {
    const item = itemOf([worst], planOf);
    if ('reason' in item) {
      blocked.push({ finding: worst.id, reason: item.reason });
      continue;
    }
    for (const id of opensFirst(item.plan, worst.id)) {
      const finding = open.find((one) => one.id === id);
      const earlier = finding && itemOf([finding], planOf, worst);
      if (earlier && !('reason' in earlier)) return { next: { ...earlier, before: worst }, blocked };
    }
    return { next: item, blocked };
  }
  return { next: null, blocked };
}

/** The same question for all open findings of one rule; null where one has none beside it or they need answers. */
export function together({ findings, asked }: QueueItem, open: readonly Finding[], planOf: PlanOf): QueueItem | null {
  const [first] = findings;
  const same = open.filter(({ rule }) => rule === first.rule);
  if (same.length < 2 || asked !== null || first.fix.kind === 'guided') return null;
  const item = itemOf([first, ...same.filter(({ id }) => id !== first.id)], planOf);
  return 'reason' in item ? null : item;
}

/** What there is to ask about findings; or why they cannot be fixed now. */
export function itemOf(
  findings: readonly [Finding, ...Finding[]],
  planOf: PlanOf,
  goal?: Finding,
): QueueItem | { readonly reason: string } {
  const [first] = findings;
  const plan = planOf(findings, goal);
  const failed = plan.gates.find(({ outcome }) => outcome === 'fail');
  if (plan.steps.length > 0 && failed === undefined) return { findings, plan, asked: null, before: null };
  const asked = needOf(plan, first.id);
  if (asked !== null) return { findings, plan, asked, before: null };
  return {
    reason: plan.skipped.find(({ finding }) => finding === first.id)?.reason ?? failed?.detail ?? nothingToChange,
  };
}

/** Other findings that the steps before its own last one serve, in their order. */
function opensFirst({ steps }: Plan, finding: string): string[] {
  const last = steps.findLastIndex(({ findings }) => findings.includes(finding));
  return steps.slice(0, Math.max(0, last)).flatMap(({ findings }) => findings.filter((id) => id !== finding));
}
