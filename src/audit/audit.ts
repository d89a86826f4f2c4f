// A snapshot and the rules make a report: every rule against every subject, in a stable order. Pure: no clock, no network.

import { architectureOf } from '../facts/architecture.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import {
  eachSeverity,
  type Finding,
  isAccepted,
  isCounted,
  isOpen,
  isRollUp,
  type Report,
  type Summary,
  severities,
} from '../model/finding.ts';
import { type EveryFinding, largeReport } from '../model/large-report.ts';
import { readingOf } from '../model/reading.ts';
import { fold } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { finish, type StepwiseTask } from '../model/stepwise.ts';
import type { Rule } from '../rules/rule.ts';
import { findingsOf } from './check.ts';
import { withDiagnosis } from './diagnosis.ts';
import { findingsByResource, findingsInParts } from './in-parts.ts';
import { withLive } from './live.ts';
import { hasSeveralScopes, inScope } from './scope.ts';

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

export interface AuditLimits {
  /** More resources are audited in parts. */
  readonly atOnce: number;
  /** Resources of a part. */
  readonly part: number;
  /** Of more findings those that pass are made again when they are read. */
  readonly kept: number;
}
const usual: AuditLimits = { atOnce: 1000, part: 250, kept: 30_000 };

/** The same, whatever was audited before. */
export function* auditedNow(
  snapshot: Snapshot,
  rules: readonly Rule[],
  profile: ProfileChoice,
  { atOnce, part, kept } = usual,
): StepwiseTask<Report> {
  const spoken = rules.filter((rule) => profile === 'all' || rule.profiles.includes(profile));
  const contextOf = (scope: Snapshot) => ({ index: indexSnapshot(scope), profile, assumeDenyByDefault: false });
  const judged = (found: readonly Finding[]) => withRollUps(withDiagnosis(snapshot, withLive(snapshot, found)), spoken);
  const shape = {
    ...{ snapshot: snapshot.id, architecture: architectureOf(indexSnapshot(snapshot)), profile },
    reading: readingOf(snapshot),
    rules: spoken.map(({ id }) => id),
  };
  if (snapshot.resources.length > atOnce && !hasSeveralScopes(snapshot)) {
    const parts = () => findingsInParts(spoken, contextOf(snapshot), part);
    const { all, open, summary, kinds, ...size } = yield* gathered(parts(), judged, kept);
    if (all !== undefined) return { ...shape, summary, findings: worstFirst(all, rules) };
    const again = () => worstFirst([...parts()].flatMap(judged), rules);
    const found = {
      ...{ ...size, open: worstFirst(open, rules) },
      *parts() {
        for (const one of parts()) yield worstFirst(judged(one), rules);
      },
      *sorted() {
        for (const severity of severities) {
          for (const rule of spoken) {
            if (!kinds.has(kindOf({ severity, rule: rule.id }))) continue;
            const beside = spoken.filter(({ id }) => rule.rollsUp?.includes(id));
            const isMeant = (one: Finding) => one.rule === rule.id && one.severity === severity;
            for (const some of findingsByResource(rule, beside, contextOf(snapshot), part))
              yield* worstFirst(judged(some).filter(isMeant), rules);
          }
        }
      },
    };
    return largeReport({ ...shape, summary }, found, again);
  }
  const audited = yield* inScope(snapshot, function* (scope) {
    const context = contextOf(scope);
    const all: Finding[] = [];
    for (const rule of spoken) {
      all.push(...findingsOf(rule, context));
      yield;
    }
    return all;
  });
  const sorted = worstFirst(judged(audited), rules);
  return { ...shape, summary: summaryOf(sorted), findings: sorted };
}

interface Gathered extends Pick<EveryFinding, 'count' | 'resources'> {
  readonly all: Finding[] | undefined;
  readonly open: Finding[];
  readonly summary: Summary;
  /** Which severities the findings of which rules have. */
  readonly kinds: ReadonlySet<string>;
}
const kindOf = ({ severity, rule }: Pick<Finding, 'severity' | 'rule'>): string => `${severity} ${rule}`;

/** The findings of all parts, unless they are more than are kept; those that are open; and the numbers of all. */
function* gathered(
  parts: Iterable<readonly Finding[]>,
  judged: (found: readonly Finding[]) => readonly Finding[],
  kept: number,
): StepwiseTask<Gathered> {
  let all: Finding[] | undefined = [];
  let count = 0;
  const resources = new Map<string, string>();
  const open: Finding[] = [];
  const kinds = new Set<string>();
  let summary = summaryOf([]);
  for (const part of parts) {
    const found = judged(part);
    summary = sumOf(summary, summaryOf(found));
    open.push(...found.filter(isOpen));
    count += found.length;
    for (const one of found) {
      const key = fold(one.resource);
      if (!resources.has(key)) resources.set(key, one.resource);
      kinds.add(kindOf(one));
    }
    all = all === undefined || all.length + found.length > kept ? undefined : all.concat(found);
    yield;
  }
  return { all, open, summary, kinds, count, resources: [...resources.values()] };
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

function sumOf(a: Summary, b: Summary): Summary {
  const sum = (count: (of: Summary) => number) => count(a) + count(b);
  return {
    pass: sum(({ pass }) => pass),
    fail: sum(({ fail }) => fail),
    unknown: sum(({ unknown }) => unknown),
    notApplicable: sum(({ notApplicable }) => notApplicable),
    bySeverity: eachSeverity((severity) => sum(({ bySeverity }) => bySeverity[severity])),
    rollUps: sum(({ rollUps }) => rollUps),
    accepted: sum(({ accepted }) => accepted),
  };
}

export function summaryOf(findings: readonly Finding[]): Summary {
  const counted = findings.filter(isCounted);
  const count = (outcome: Finding['outcome']) => counted.filter((one) => one.outcome === outcome).length;
  const failing = counted.filter((one) => one.outcome === 'fail');
  const bySeverity = eachSeverity((severity) => failing.filter((one) => one.severity === severity).length);
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
