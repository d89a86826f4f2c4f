// What `bastide.yaml` makes of a report: findings of rules that are off go, severities change, what is accepted is marked. And a
// report narrowed to some of its findings. The rules themselves stay as they are: gates and previews need them all. Pure.

import type { Finding, Report } from '../model/finding.ts';
import { isAccepted, isRollUp } from '../model/finding.ts';
import { matchesAny, matchesGlob } from '../model/glob.ts';
import {
  acceptanceOf,
  isExpired,
  isProduction,
  type ProjectConfig,
  type ProjectSummary,
} from '../model/project-config.ts';
import type { Rule } from '../rules/rule.ts';
import { partsOfRollUps, summaryOf, withRollUps, worstFirst } from './audit.ts';

/** `today` as 2026-11-28, or longer. */
export function withProject<T extends Report>(
  report: T,
  rules: readonly Rule[],
  config: ProjectConfig,
  today: string,
): T {
  const { rulesOff, severities, accepted } = config;
  const parts = partsOfRollUps(report.findings, rules);
  const isOff = (rule: string): boolean => matchesAny(rulesOff, rule);
  const overrides = Object.entries(severities).toReversed();
  const severityOf = ({ rule, severity }: Finding) =>
    overrides.find(([pattern]) => matchesGlob(pattern, rule))?.[1] ?? severity;
  const marked = new Map(
    report.findings.flatMap((one) => {
      const found = one.outcome === 'fail' ? acceptanceOf(accepted, one, today) : undefined;
      return found === undefined ? [] : [[one.id, { reason: found.reason, by: found.by, until: found.until }] as const];
    }),
  );
  // A roll-up says nothing of its own: it goes, or is accepted, with everything that it repeats.
  const follows = (one: Finding, has: (part: Finding) => boolean): boolean => {
    const own = isRollUp(one) ? (parts.get(one.id) ?? []) : [];
    return own.length > 0 && own.every(has);
  };
  const findings = report.findings
    .filter((one) => !isOff(one.rule) && !follows(one, (part) => isOff(part.rule)))
    .map((one): Finding => {
      const [first] = parts.get(one.id) ?? [];
      const followed = follows(one, ({ id, rule }) => marked.has(id) || isOff(rule)) && first !== undefined;
      const own = marked.get(one.id) ?? (followed ? marked.get(first.id) : undefined);
      const severity = severityOf(one);
      if (own === undefined && severity === one.severity) return one;
      return { ...one, severity, ...(own === undefined ? {} : { accepted: own }) };
    });
  return { ...withFindings(report, findings, rules), rules: report.rules.filter((rule) => !isOff(rule)) };
}

/** Of these findings, worst first. */
function withFindings<T extends Report>(report: T, findings: readonly Finding[], rules: readonly Rule[]): T {
  const sorted = worstFirst(findings, rules);
  return { ...report, findings: sorted, summary: summaryOf(sorted) };
}

/** The report narrowed to the findings that are wanted. Without what it repeats, a roll-up is counted. */
export function narrowed<T extends Report>(
  report: T,
  rules: readonly Rule[],
  isWanted: (finding: Finding) => boolean,
): T {
  const plain = report.findings.filter(isWanted).map((one) => {
    if (!isRollUp(one)) return one;
    const { rollUp: _old, ...rest } = one;
    return rest;
  });
  return withFindings(report, withRollUps(plain, rules), rules);
}

/** What stands of it in a result; `report` as {@link withProject} gives it. */
export function projectSummary(
  report: Report,
  rules: readonly Rule[],
  config: ProjectConfig,
  { today, workspace }: { readonly today: string; readonly workspace: string | null },
): ProjectSummary {
  const failing = report.findings.filter(({ outcome }) => outcome === 'fail');
  const named = (pattern: string) => failing.filter(({ id }) => matchesGlob(pattern, id));
  const [expired, standing] = [
    config.accepted.filter((one) => isExpired(one, today)),
    config.accepted.filter((one) => !isExpired(one, today)),
  ];
  return {
    path: config.path,
    rulesOff: rules.filter(({ id }) => matchesAny(config.rulesOff, id)).length,
    accepted: failing.filter((one) => isAccepted(one) && !isRollUp(one)).length,
    expired: expired.map((one) => ({
      ...one,
      findings: named(one.finding)
        .filter((found) => !isAccepted(found))
        .map(({ id }) => id),
    })),
    unused: standing.filter(({ finding }) => named(finding).length === 0).map(({ finding }) => finding),
    production: isProduction(config, workspace),
  };
}

/** Why `fix --all` leaves a failing finding out; undefined where it does not. */
export function leftOutBy(config: ProjectConfig, { id, rule }: Finding, today: string): string | undefined {
  if (matchesAny(config.rulesOff, rule)) return `The rule is off in ${config.path}.`;
  const found = acceptanceOf(config.accepted, { id }, today);
  if (found === undefined) return undefined;
  const until = found.until === null ? '' : ` until ${found.until}`;
  return `Accepted${until} in ${config.path}: ${found.reason}`;
}
