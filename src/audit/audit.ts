// A snapshot and the rules make a report: every rule against every subject, in a stable order. Pure: no clock, no network.

import { architectureOf } from '../facts/architecture.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import type { Finding, Report, Severity, Summary } from '../model/finding.ts';
import { isAccepted, isCounted, isRollUp, severities } from '../model/finding.ts';
import { fold } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { finish, type StepwiseTask } from '../model/stepwise.ts';
import type { Rule } from '../rules/rule.ts';
import { findingsOf } from './check.ts';
import { withDiagnosis } from './diagnosis.ts';
import { withLive } from './live.ts';
import { inScope } from './scope.ts';

/**
 * Every outcome of every rule of the profile, by severity, then the order of the rules, then id. A rule that needs what could not
 * be read is `unknown`; any other error of a rule is a bug and is not caught.
 */
export const audit = (snapshot: Snapshot, rules: readonly Rule[], profile: ProfileChoice = 'all'): Report =>
  finish(auditInSteps(snapshot, rules, profile));

/** The reports of each snapshot so far: it is immutable, and so is what the rules say of it. */
const made = new WeakMap<Snapshot, { readonly rules: readonly Rule[]; readonly report: Report }[]>();

/** The same, rule by rule. */
export function* auditInSteps(
  snapshot: Snapshot,
  rules: readonly Rule[],
  profile: ProfileChoice = 'all',
): StepwiseTask<Report> {
  const known = made.get(snapshot) ?? [];
  const same = known.find((one) => one.rules === rules && one.report.profile === profile);
  if (same !== undefined) return same.report;
  const report = yield* auditedNow(snapshot, rules, profile);
  made.set(snapshot, [...known, { rules, report }]);
  return report;
}

function* auditedNow(snapshot: Snapshot, rules: readonly Rule[], profile: ProfileChoice): StepwiseTask<Report> {
  const spoken = rules.filter((rule) => profile === 'all' || rule.profiles.includes(profile));
  const audited = yield* inScope(snapshot, function* (scope) {
    const context = { index: indexSnapshot(scope), profile, assumeDenyByDefault: false };
    const all: Finding[] = [];
    for (const rule of spoken) {
      all.push(...findingsOf(rule, context));
      yield;
    }
    return all;
  });
  const findings = withRollUps(withDiagnosis(snapshot, withLive(snapshot, audited)), spoken);
  const sorted = worstFirst(findings, rules);
  return {
    snapshot: snapshot.id,
    architecture: architectureOf(indexSnapshot(snapshot)),
    profile,
    summary: summaryOf(sorted),
    findings: sorted,
  };
}

/** By severity, then the order of the rules, then id. */
export function worstFirst(findings: readonly Finding[], rules: readonly Rule[]): Finding[] {
  const order = new Map(rules.map((rule, position) => [rule.id, position]));
  const rank = (finding: Finding) =>
    severities.indexOf(finding.severity) * rules.length + (order.get(finding.rule) ?? 0);
  return findings.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Marks the findings that only repeat what the rules they roll up say of the same resource. One that is graver is counted. */
export function withRollUps(findings: readonly Finding[], rules: readonly Rule[]): readonly Finding[] {
  const parts = new Map(rules.flatMap(({ id, rollsUp }) => (rollsUp === undefined ? [] : [[id, rollsUp] as const])));
  const named = new Set([...parts.values()].flat());
  // What is unknown for another reason is not the same.
  const said = (rule: string, { resource, outcome, gaps }: Finding) =>
    [rule, outcome, ...[resource, ...gaps].map(fold)].join(' ');
  const gravest = new Map<string, number>();
  for (const one of findings) {
    if (!named.has(one.rule)) continue;
    const rank = severities.indexOf(one.severity);
    const key = said(one.rule, one);
    gravest.set(key, Math.min(rank, gravest.get(key) ?? rank));
  }
  return findings.map((one) => {
    const rank = severities.indexOf(one.severity);
    const repeats = parts.get(one.rule)?.some((part) => {
      const own = gravest.get(said(part, one));
      return own !== undefined && (one.outcome !== 'fail' || own <= rank);
    });
    return repeats === true ? { ...one, rollUp: true } : one;
  });
}

/** The findings of the same resource and outcome that each roll-up repeats, by its id. */
export function partsOfRollUps(
  findings: readonly Finding[],
  rules: readonly Rule[],
): ReadonlyMap<string, readonly Finding[]> {
  const rollsUp = new Map(rules.map((rule) => [rule.id, rule.rollsUp ?? []]));
  const byResource = Map.groupBy(findings, ({ resource, outcome }) => `${outcome} ${fold(resource)}`);
  return new Map(
    findings.filter(isRollUp).map((one) => {
      const names = rollsUp.get(one.rule) ?? [];
      const beside = byResource.get(`${one.outcome} ${fold(one.resource)}`) ?? [];
      return [one.id, beside.filter(({ rule }) => names.includes(rule))];
    }),
  );
}

export function summaryOf(findings: readonly Finding[]): Summary {
  const counted = findings.filter(isCounted);
  const count = (outcome: Finding['outcome']) => counted.filter((one) => one.outcome === outcome).length;
  const failing = counted.filter((one) => one.outcome === 'fail');
  const bySeverity = Object.fromEntries(
    severities.map((severity) => [severity, failing.filter((one) => one.severity === severity).length]),
  ) as Record<Severity, number>;
  return {
    pass: count('pass'),
    fail: failing.length,
    unknown: count('unknown'),
    notApplicable: count('notApplicable'),
    bySeverity,
    rollUps: findings.filter(isRollUp).length,
    accepted: findings.filter((one) => isAccepted(one) && !isRollUp(one)).length,
  };
}
