// The findings that a target on the command line names: the id of a finding, the id of a rule for all of its findings, or a pattern
// for several rules (`nsg.outbound-*`).
import { exitStatus, Failure } from '../model/failure.ts';
import type { Finding, Report } from '../model/finding.ts';
import { matchesGlob } from '../model/glob.ts';
import { fold } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import type { Rule } from '../rules/rule.ts';

/** The findings a target names. Throws Failure (exit 2) when it is neither a finding of the report nor a rule. */
export function findingsByTarget(
  report: Pick<Report, 'findings'>,
  rules: readonly Pick<Rule, 'id'>[],
  target: string,
): readonly Finding[] {
  const wanted = fold(target.trim());
  const exact = report.findings.filter((finding) => finding.id === wanted || fold(finding.id) === wanted);
  if (exact.length > 0) return exact;
  const rule = rules.find((one) => fold(one.id) === wanted);
  if (rule) return report.findings.filter((finding) => finding.rule === rule.id);
  const several = rulesLike(rules, wanted);
  if (several.length > 0) return report.findings.filter((finding) => several.includes(finding.rule));
  throw new Failure(
    'unknown-target',
    exitStatus.usage,
    `${clean(target, 300)} is not a finding or a rule.`,
    'Run `bastide findings` for the findings, `bastide explain` for the rules.',
  );
}

/** Ids of the rules that match a pattern: `*` matches any text, as in `nsg.outbound-*`. */
const rulesLike = (rules: readonly Pick<Rule, 'id'>[], pattern: string): string[] =>
  pattern.includes('*') ? rules.flatMap(({ id }) => (matchesGlob(pattern, id) ? [id] : [])) : [];
