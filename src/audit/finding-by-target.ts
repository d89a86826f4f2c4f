// What the operator names on a command line, found among the findings: a finding's id, or a rule's id for all of its findings.
import { exitStatus, Failure } from '../model/failure.ts';
import type { Finding, Report } from '../model/finding.ts';
import { fold } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import type { Rule } from '../rules/rule.ts';

/** The findings a target names. Throws Failure (exit 2) when it is neither a finding of the report nor a rule. */
export function findingsByTarget(report: Report, rules: readonly Rule[], target: string): readonly Finding[] {
  const wanted = fold(target.trim());
  const exact = report.findings.filter((finding) => finding.id === wanted || fold(finding.id) === wanted);
  if (exact.length > 0) return exact;
  const rule = rules.find((one) => fold(one.id) === wanted);
  if (rule) return report.findings.filter((finding) => finding.rule === rule.id);
  throw new Failure(
    'unknown-target',
    exitStatus.usage,
    `${clean(target, 300)} is neither a finding of this report nor a rule.`,
    'bastide findings lists the findings, bastide explain the rules.',
  );
}
