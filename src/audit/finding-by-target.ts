// The findings that a target on the command line names: the id of a finding, the id of a rule for all of its findings, or a pattern
// for several rules (`nsg.outbound-*`).
import { exitStatus, Failure } from '../model/failure.ts';
import type { Finding, Report } from '../model/finding.ts';
import { matchesGlob } from '../model/glob.ts';
import { nearest } from '../model/nearest.ts';
import { fold, nameOf } from '../model/resource-id.ts';
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
    nearestTarget(report, rules, wanted) ?? 'Run `bastide findings` for the findings, `bastide explain` for the rules.',
  );
}

/** Does a target name this finding, itself or by its rule? */
export function isNamedBy({ id, rule }: Pick<Finding, 'id' | 'rule'>, target: string): boolean {
  const wanted = fold(target.trim());
  return [id, rule].some((one) => fold(one) === wanted) || rulesLike([{ id: rule }], wanted).length > 0;
}

/** What was most likely meant by a target that is neither, as a question; undefined where nothing is near. */
export function nearestTarget(
  { findings }: Pick<Report, 'findings'>,
  rules: readonly Pick<Rule, 'id'>[],
  target: string,
): string | undefined {
  const [word = '', ...subject] = fold(target.trim()).split('@');
  const ids = rules.map(({ id }) => fold(id));
  const rule = ids.includes(word) ? word : nearest(word, ids);
  if (rule === undefined) return undefined;
  if (subject.length === 0) return `Did you mean ${rule}?`;
  const of = findings.filter((finding) => fold(finding.rule) === rule);
  // By its whole subject, else by the name of its resource: ids of one group differ in little else.
  const named = subject.join('@');
  const subjectOf = ({ id }: Pick<Finding, 'id'>): string => fold(id).slice(rule.length + 1);
  const last = nearest(
    fold(nameOf(named)),
    of.map(({ resource }) => fold(nameOf(resource))),
  );
  const meant =
    of.find((one) => subjectOf(one) === named) ?? of.find(({ resource }) => fold(nameOf(resource)) === last);
  return meant === undefined
    ? `Run \`bastide findings --rule ${rule}\` for its findings.`
    : `Did you mean ${clean(meant.id, 600)}?`;
}

/** Ids of the rules that match a pattern: `*` matches any text, as in `nsg.outbound-*`. */
const rulesLike = (rules: readonly Pick<Rule, 'id'>[], pattern: string): string[] =>
  pattern.includes('*') ? rules.flatMap(({ id }) => (matchesGlob(pattern, id) ? [id] : [])) : [];
