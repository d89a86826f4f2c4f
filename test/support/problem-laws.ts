// What holds of the problems of every audit, and of the numbers that a plan promises of them. Each gives sentences about what does not
// hold; none where all does.
import { countedIn } from '../../src/model/compare.ts';
import { isCounted, isOpen } from '../../src/model/finding.ts';
import type { Plan } from '../../src/model/plan.ts';
import { isPromised, type ProblemReport, problemNumbers } from '../../src/model/problem.ts';
import type { ApplyResult } from '../../src/session/session.ts';

/** Each finding that fails or is unknown is in one problem; a roll-up is under one, and counted in none. */
export function misplaced({ findings, problems, summary }: ProblemReport): string[] {
  const open = findings.filter(isOpen);
  const places = Map.groupBy(
    problems.flatMap((problem) => [...problem.findings, ...problem.rollUps].map((id) => ({ id, problem }))),
    ({ id }) => id,
  );
  const known = new Set(open.map(({ id }) => id));
  const counted = open.filter(isCounted).length;
  const told = problems.flatMap((one) => one.findings).length;
  const ids = new Set(problems.map(({ id }) => id));
  return [
    ...open.flatMap((finding) => {
      const own = places.get(finding.id) ?? [];
      const [first] = own;
      if (first === undefined || own.length > 1) return [`${finding.id} is in ${own.length} problems`];
      const isListed = first.problem.findings.includes(finding.id);
      return isListed === isCounted(finding) ? [] : [`${finding.id} is counted as it should not be`];
    }),
    ...[...places.keys()].filter((id) => !known.has(id)).map((id) => `${id} is in a problem and not open`),
    ...(counted === told && counted === summary.fail + summary.unknown
      ? []
      : [`${counted} findings are counted, ${told} in problems, ${summary.fail + summary.unknown} in the summary`]),
    ...(ids.size === problems.length ? [] : ['two problems have one id']),
    ...problems.flatMap(({ id, blockedBy, kind, findings: own, resolves, rollUps }) => [
      ...blockedBy.filter((one) => one === id || !ids.has(one)).map((one) => `${id} is blocked by ${one}`),
      ...(own.length === 0 ? [`${id} has no finding`] : []),
      ...(resolves.length === (kind === 'fix' || kind === 'input' ? own.length + rollUps.length : 0)
        ? []
        : [`${id} resolves ${resolves.length} findings`]),
    ]),
  ];
}

/** Promised, planned, resolved, gone from the next audit: the same findings, and so the same problems. */
export function miscounted(
  plan: Plan,
  { verified }: Pick<ApplyResult, 'verified'>,
  before: ProblemReport,
  after: ProblemReport,
): string[] {
  const failing = (report: ProblemReport) =>
    report.findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
  const left = new Set(after.findings.filter(isOpen).map(({ id }) => id));
  const gone = failing(before).filter((id) => !left.has(id));
  const { resolves, rollUps } = plan.preview;
  const same = (a: readonly string[], b: readonly string[]) =>
    JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted());
  const promised = problemNumbers(before.problems, resolves);
  const kept = new Set(after.problems.flatMap(({ findings }) => findings));
  const done = before.problems.filter(
    ({ kind, findings }) => kind !== 'unreadable' && !findings.some((id) => kept.has(id)),
  );
  const planned = new Set(resolves);
  // Of a plan of all, what fails is resolved or not included.
  const beforeRollUps = before.findings.filter((one) => !isCounted(one)).map(({ id }) => id);
  const failed = new Set(failing(before));
  const leftOut = countedIn(
    plan.skipped.map(({ finding }) => finding).filter((id) => failed.has(id)),
    rollUps,
  );
  return [
    ...before.problems
      .filter((one) => isPromised(one) && !one.resolves.every((id) => planned.has(id)))
      .map(({ id }) => `${id} is promised, and not resolved by the plan of all`),
    ...(countedIn(failing(before), beforeRollUps) === promised.findings + leftOut
      ? []
      : [`${leftOut} findings are not included`]),
    ...(same(resolves, gone) ? [] : [`${resolves.length} findings are planned, ${gone.length} are gone`]),
    ...(same(verified.resolved, gone) ? [] : [`${verified.resolved.length} are verified, ${gone.length} are gone`]),
    ...(promised.findings === countedIn(resolves, rollUps) ? [] : [`${promised.findings} findings are promised`]),
    ...(promised.findings === countedIn(verified.resolved, verified.rollUps) ? [] : ['other findings are counted']),
    ...(promised.resolved === done.length
      ? []
      : [`${promised.resolved} problems are promised, ${done.length} are gone`]),
  ];
}
