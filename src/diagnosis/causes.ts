// From known errors to their possible causes in the workspace: each cause a rule, with its finding where there is one. Pure.

import { type Finding, isFixable, isOpen, type Outcome } from '../model/finding.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { withoutEnd } from '../model/text.ts';
import type { ErrorDiagnosis } from './diagnose.ts';

export interface Cause {
  readonly rule: string;
  readonly title: string;
  readonly problem: string;
  /** The finding's sentence; without a finding why the rule matters. */
  readonly because: string;
  /** Id of the finding; null without a workspace, or where the rule has no subject. */
  readonly finding: string | null;
  readonly outcome: Outcome | null;
  /** The command that fixes it; null where nothing fails or Bastide has no fix. */
  readonly fix: string | null;
}

/** The part of a rule that a cause shows. */
export interface CauseRule {
  readonly id: string;
  readonly title: string;
  readonly problem: string;
  readonly explain: { readonly why: string };
}

const order: readonly (Outcome | null)[] = ['fail', 'unknown', 'pass', 'notApplicable', null];

/**
 * The causes, most likely first: failing, then unknown, then the rest. Within each, what the text names comes first. A rule
 * that is neither failing nor unknown has one finding here. `findings`: null when no workspace was read. `fixOf`: the command
 * that fixes a finding.
 */
export function causesOf(
  { known, error }: ErrorDiagnosis,
  rules: readonly CauseRule[],
  findings: readonly Finding[] | null,
  fixOf: (finding: Finding) => string,
): Cause[] {
  const wanted = [...new Set(known.flatMap((one) => one.rules))];
  const named = namedIn(error.text);
  const causes = wanted.flatMap((id) => {
    const rule = rules.find((one) => one.id === id);
    if (rule === undefined) return [];
    const all = (findings ?? []).filter((finding) => finding.rule === id);
    const open = all.filter(isOpen);
    const told = open.length > 0 ? open : bestOf(all, named);
    if (told.length === 0) return [{ cause: withoutFindings(rule), names: 0 }];
    return told.map((finding) => ({ cause: causeOf(finding, fixOf), names: named(finding) }));
  });
  return causes.toSorted((a, b) => place(a.cause) - place(b.cause) || b.names - a.names).map(({ cause }) => cause);
}

const place = ({ outcome }: Cause): number => order.indexOf(outcome);

const withoutFindings = ({ id, title, problem, explain }: CauseRule): Cause => ({
  rule: id,
  title,
  problem,
  because: explain.why,
  finding: null,
  outcome: null,
  fix: null,
});

const causeOf = (finding: Finding, fixOf: (finding: Finding) => string): Cause => ({
  rule: finding.rule,
  title: finding.title,
  problem: finding.problem,
  because: finding.because,
  finding: finding.id,
  outcome: finding.outcome,
  fix: isFixable(finding) ? fixOf(finding) : null,
});

/** The first, passing before not applicable, named before the rest. */
function bestOf(findings: readonly Finding[], named: (finding: Finding) => number): Finding[] {
  const score = (finding: Finding): number => 3 * order.indexOf(finding.outcome) - named(finding);
  return findings.toSorted((a, b) => score(a) - score(b)).slice(0, 1);
}

/** How many of the two resources of a finding the text names, each as a whole word. */
function namedIn(text: string): (finding: Finding) => number {
  const words = new Set(text.match(/[\w.-]{2,200}/g)?.map((word) => withoutEnd(fold(word), '.')));
  return ({ resource, where }) => [resource, where].filter((id) => id !== null && words.has(fold(nameOf(id)))).length;
}
