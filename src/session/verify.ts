// What the audit after an act says of the findings the act was about. Pure.
import {
  compareReports,
  countedIn,
  isFailing,
  type LaterOutcome,
  laterOutcomes,
  resolvedOutcomes,
  severeIn,
  unknownOutcomes,
} from '../model/compare.ts';
import { type Entry, isUnsettled, madeCount, type ResolvedRecord } from '../model/entry.ts';
import { type Finding, isCounted, type Report } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import { failedOnlyIn } from '../model/reading.ts';
import { fold } from '../model/resource-id.ts';
import type { ApplyResult } from './session.ts';

type Verified = ApplyResult['verified'];

/** The findings a plan is about: those its steps serve, and those its preview said would go. */
const aboutOf = ({ verb, steps, preview }: Plan): string[] => [
  ...new Set([...(verb === 'fix' ? steps.flatMap(({ findings }) => findings) : []), ...preview.resolves]),
];

/**
 * `after` null: there was no scan, so all of them are unknown. `before` null: nothing was read before, so that what the plan's
 * preview announced is all that can be said of what was introduced, and what passes now counts as resolved. `judged`: `after` with
 * the severities and acceptances of `bastide.yaml`. `expected`: what was read before with the changes that were made and no others;
 * null where that is not known. `isFlawed`: is it about what Azure reported an error of? Its settings alone resolve nothing then. `undone`:
 * of an undo, what failed before the changes that it undoes.
 */
export function verified(
  plan: Plan,
  after: Report | null,
  before: Report | null,
  judged: Pick<Report, 'findings'> | null = after,
  expected: Report | null = null,
  isFlawed: (finding: Finding) => boolean = () => false,
  undone: readonly string[] = [],
): Verified {
  const about = aboutOf(plan);
  if (after === null) {
    return { introduced: [], isUnread: true, resolved: [], persisting: [], unknown: about, notApplicable: [] };
  }
  const byId = new Map<string, Finding>(after.findings.map((finding) => [finding.id, finding]));
  const failedBefore = new Set(before === null ? about : before.findings.filter(isFailing).map(({ id }) => id));
  const later = laterOutcomes(before?.reading ?? { failed: [] }, after);
  const having = (...outcomes: readonly LaterOutcome[]) => about.filter((id) => outcomes.includes(later(id)));
  const notJudged = having('notJudged');
  const isByOthers = resolvedByOthers(before, expected);
  const gone = having(...resolvedOutcomes).filter((id) => failedBefore.has(id));
  const passing = gone.filter((id) => !isByOthers(id));
  const byOthers = gone.filter(isByOthers);
  const flawed = passing.filter((id) => {
    const finding = byId.get(id);
    return finding !== undefined && isFlawed(finding);
  });
  // Of a part of a plan these are not included, and were told as that.
  const left = new Set(plan.skipped.map(({ finding }) => finding));
  const { introduced, meanwhile } = newlyFailing(plan, after, before, expected, undone);
  const repeats = (report: Report | null) =>
    new Set(report?.findings.filter((one) => !isCounted(one)).map(({ id }) => id));
  // What failed before was counted or not then; anything else is as it is now.
  const [then, now] = [before === null ? null : repeats(before), repeats(after)];
  const told = [...about, ...introduced, ...meanwhile.map(({ finding }) => finding)];
  const rollUps = [...new Set(told)].filter((id) => (then !== null && failedBefore.has(id) ? then : now).has(id));
  const back = plan.verb === 'undo' ? introduced.filter((id) => undone.includes(id)) : [];
  const own = introduced.filter((id) => !back.includes(id));
  const severe = severeIn(own, judged ?? after);
  return {
    introduced,
    ...(severe.length === 0 ? {} : { severe }),
    ...(back.length === 0 ? {} : { broughtBack: back }),
    ...(meanwhile.length === 0 ? {} : { meanwhile: withSeverities(meanwhile, judged ?? after) }),
    ...hiddenIn(after, before),
    resolved: passing.filter((id) => !flawed.includes(id)),
    ...(byOthers.length === 0 ? {} : { resolvedByOthers: byOthers }),
    persisting: having('fail').filter((id) => !left.has(id)),
    unknown: [...having(...unknownOutcomes), ...flawed],
    ...(notJudged.length === 0 ? {} : { notJudged }),
    ...(rollUps.length === 0 ? {} : { rollUps }),
    notApplicable: having('notApplicable')
      .filter((id) => !failedBefore.has(id))
      .map((id) => ({ finding: id, reason: byId.get(id)?.because ?? '' })),
  };
}

/**
 * What an entry keeps of its verification. `reports`: before the act, after it, and before it with its changes alone; null where one is not
 * known. Undefined where what the changes resolved is not known: then nothing is kept, and what an earlier call kept goes on being so.
 */
export function resolvedRecord(
  entry: Entry,
  { resolved, rollUps: repeated = [] }: Verified,
  reports: readonly (Report | null)[],
  before: number,
): ResolvedRecord | undefined {
  const after = reports[1] ?? null;
  if (entry.verb !== 'fix' && entry.verb !== 'redo') return undefined;
  if (after === null || reports.includes(null) || entry.steps.some(isUnsettled) || madeCount(entry.steps) === 0)
    return undefined;
  const earlier = before === 0 ? noneResolved : entry.resolved;
  if (earlier === undefined) return undefined;
  // Of what an earlier call resolved, what fails again by now is not resolved by all of them.
  const failing = new Set(after.findings.filter(isFailing).map(({ id }) => id));
  const was = [...earlier.findings, ...(earlier.others ?? [])].filter((id) => !failing.has(id));
  const all = [...new Set([...was, ...resolved])];
  const own = new Set(entry.findings);
  const findings = all.filter((id) => own.has(id));
  const others = all.filter((id) => !own.has(id));
  const rollUps = [...new Set([...(earlier.rollUps ?? []), ...repeated])].filter(
    (id) => own.has(id) || all.includes(id),
  );
  return {
    made: countedIn(findings, rollUps),
    findings,
    ...(others.length === 0 ? {} : { others }),
    ...(rollUps.length === 0 ? {} : { rollUps }),
  };
}
const noneResolved: ResolvedRecord = { made: 0, findings: [] };

/**
 * What failed before the changes that an undo undoes, by the history: what the audit after their own act saw resolved. Of an entry
 * without such a record, what it was to resolve.
 */
export function resolvedByUndone(plan: Plan, entries: readonly Entry[]): readonly string[] {
  const named = (id: string | null | undefined) => entries.find((one) => one.id === id);
  const entry = plan.verb === 'undo' ? named(plan.of) : undefined;
  // A redo repeats the changes of another entry.
  const all = [entry, entry?.verb === 'redo' ? named(entry.redoes ?? entry.partOf) : undefined];
  return all.flatMap((one) =>
    one?.resolved === undefined
      ? [...(one?.findings ?? []), ...(one?.resolves ?? [])]
      : [...one.resolved.findings, ...(one.resolved.others ?? [])],
  );
}

/** Does it still fail with the changes of the act alone? What made it pass was not the act. */
function resolvedByOthers(before: Report | null, expected: Report | null): (id: string) => boolean {
  if (before === null || expected === null) return () => false;
  const alone = laterOutcomes(before.reading, expected);
  return (id) => alone(id) === 'fail';
}

/** The findings that what Azure reported an error of was to resolve. */
export function flawedIn(entry: Entry | null): (finding: Finding) => boolean {
  const flawed = entry?.steps.filter(({ flaw }) => flaw !== undefined && flaw.reason !== 'other-value') ?? [];
  const about = new Set(flawed.flatMap(({ findings }) => findings));
  const resources = new Set(flawed.map(({ resource }) => fold(resource)));
  return ({ id, resource }) => about.has(id) || resources.has(fold(resource));
}

type Meanwhile = NonNullable<Verified['meanwhile']>[number];
type NewlyFailing = Pick<Verified, 'introduced'> & { readonly meanwhile: readonly Meanwhile[] };

/**
 * What fails now and did not before. The changes of the act introduced it where what was read before, with these changes alone, fails it,
 * too; anything else became so meanwhile, or was not known before. Where these changes alone leave it unknown, an undo brings back what
 * failed before; of anything else it is not known whether it is by them.
 */
function newlyFailing(
  plan: Plan,
  after: Report,
  before: Report | null,
  expected: Report | null,
  undone: readonly string[],
): NewlyFailing {
  const now = new Set(after.findings.filter(isFailing).map(({ id }) => id));
  if (before === null) return { introduced: plan.preview.introduces.filter((id) => now.has(id)), meanwhile: [] };
  const { introduced } = compareReports(before, after);
  if (expected === null) return { introduced, meanwhile: [] };
  const caused = new Set(expected.findings.filter(isFailing).map(({ id }) => id));
  // What Azure makes of a creation is more than its body says: a failing check of what was not there before is the act's own.
  const makes = plan.steps.some(({ change }) => change.kind === 'create');
  const known = new Set(before.findings.map(({ resource }) => fold(resource)));
  for (const one of makes ? after.findings : []) if (!known.has(fold(one.resource))) caused.add(one.id);
  const was = laterOutcomes(after.reading, before);
  const alone = laterOutcomes(before.reading, expected);
  const isOpen = (id: string): boolean => unknownOutcomes.includes(alone(id)) && !unknownOutcomes.includes(was(id));
  if (plan.verb === 'undo') for (const id of undone) if (isOpen(id)) caused.add(id);
  const others = introduced.filter((id) => !caused.has(id));
  return {
    introduced: introduced.filter((id) => caused.has(id)),
    meanwhile: others.map((finding) => ({
      finding,
      reason: unknownOutcomes.includes(was(finding)) ? 'not-known-before' : isOpen(finding) ? 'may-be-own' : 'changed',
      by: [],
    })),
  };
}

function withSeverities(all: readonly Meanwhile[], report: Pick<Report, 'findings'>): Meanwhile[] {
  const ids = all.map(({ finding }) => finding);
  const severities = new Map(severeIn(ids, report).map(({ finding, severity }) => [finding, severity]));
  return all.map((one) => {
    const severity = severities.get(one.finding);
    return severity === undefined ? one : { ...one, severity };
  });
}

/** The reads that failed after the act and not before, and how many checks are unknown since: those may fail, too. */
function hiddenIn(after: Report, before: Report | null): Pick<Verified, 'unread' | 'unknownChecks'> {
  const unread = failedOnlyIn(after.reading, before?.reading ?? { failed: [] });
  if (before === null || unread.length === 0) return {};
  const was = new Set(before.findings.filter(({ outcome }) => outcome === 'unknown').map(({ id }) => id));
  const since = after.findings.filter(({ id, outcome }) => outcome === 'unknown' && !was.has(id));
  return { unread, unknownChecks: since.length };
}
