// What the audit after an act says of the findings the act was about. Pure.
import { compareReports, isFailing, type LaterOutcome, laterOutcomes, severeIn } from '../model/compare.ts';
import { type Finding, isCounted, type Report } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { ApplyResult } from './session.ts';

/** The findings a plan is about: those its steps serve, and those its preview said would go. */
const aboutOf = ({ verb, steps, preview }: Plan): string[] => [
  ...new Set([...(verb === 'fix' ? steps.flatMap(({ findings }) => findings) : []), ...preview.resolves]),
];

/**
 * `after` null: there was no scan, so all of them are unknown. `before` null: nothing was read before, so that what the plan's
 * preview announced is all that can be said of what was introduced, and what passes now counts as resolved. `judged`: `after` with
 * the severities and acceptances of `bastide.yaml`.
 */
export function verified(
  plan: Plan,
  after: Report | null,
  before: Report | null,
  judged: Pick<Report, 'findings'> | null = after,
): ApplyResult['verified'] {
  const about = aboutOf(plan);
  if (after === null) {
    return { introduced: [], isUnread: true, resolved: [], persisting: [], unknown: about, notApplicable: [] };
  }
  const byId = new Map<string, Finding>(after.findings.map((finding) => [finding.id, finding]));
  const failedBefore = new Set(before === null ? about : before.findings.filter(isFailing).map(({ id }) => id));
  const later = laterOutcomes(before?.reading ?? { failed: [] }, after);
  const having = (...outcomes: readonly LaterOutcome[]) => about.filter((id) => outcomes.includes(later(id)));
  const notJudged = having('notJudged');
  // Of a part of a plan these are not included, and were told as that.
  const left = new Set(plan.skipped.map(({ finding }) => finding));
  const introduced =
    before === null
      ? plan.preview.introduces.filter((id) => byId.get(id)?.outcome === 'fail')
      : compareReports(before, after).introduced;
  const repeats = (report: Report | null) =>
    new Set(report?.findings.filter((one) => !isCounted(one)).map(({ id }) => id));
  // What failed before was counted or not then; anything else is as it is now.
  const [then, now] = [before === null ? null : repeats(before), repeats(after)];
  const rollUps = [...new Set([...about, ...introduced])].filter((id) =>
    then !== null && failedBefore.has(id) ? then.has(id) : now.has(id),
  );
  const back = plan.verb === 'undo' ? introduced.filter((id) => plan.preview.introduces.includes(id)) : [];
  const severe = severeIn(
    introduced.filter((id) => !back.includes(id)),
    judged ?? after,
  );
  return {
    introduced,
    ...(severe.length === 0 ? {} : { severe }),
    ...(back.length === 0 ? {} : { broughtBack: back }),
    // A finding that is gone has lost its subject, which resolves it as well.
    resolved: having('pass', 'notApplicable', 'gone').filter((id) => failedBefore.has(id)),
    persisting: having('fail').filter((id) => !left.has(id)),
    unknown: having('unknown', 'notJudged'),
    ...(notJudged.length === 0 ? {} : { notJudged }),
    ...(rollUps.length === 0 ? {} : { rollUps }),
    notApplicable: having('notApplicable')
      .filter((id) => !failedBefore.has(id))
      .map((id) => ({ finding: id, reason: byId.get(id)?.because ?? '' })),
  };
}
