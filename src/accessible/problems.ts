// The list of problems, and one problem: what is wrong, what is done about it, its findings.
import { type Finding, headline } from '../model/finding.ts';
import { type Problem, problemWords, toDo, unknownLabel } from '../model/problem.ts';
import { subjectWords } from '../model/short-finding.ts';
import { clean, counted } from '../model/text.ts';
import { effectLines } from '../plan/describe.ts';
import { problemCounts } from '../render/problem-text.ts';
import { oneFinding } from './areas.ts';
import type { AccessibleController } from './controller.ts';
import { choose, type MenuItem } from './menu.ts';
import { spokenEffect } from './plan-words.ts';
import { spokenLine } from './spoken.ts';

/** Items read out before the listener is asked whether to continue. */
const page = 15;
const back = { label: 'Back', value: null, words: ['b', 'q'] };

const problemsOf = (controller: AccessibleController): readonly Problem[] => controller.known()?.report.problems ?? [];
const takesText = (problem: Problem): string =>
  problem.kind === 'unreadable' ? unknownLabel(problem) : problemWords(problem);

/** Every problem, the worst first. */
export async function problems(controller: AccessibleController): Promise<void> {
  for (let from = 0; ; ) {
    const all = problemsOf(controller);
    if (all.length === 0) return controller.talk.say('No problems, and all checks were completed.');
    if (from >= all.length) from = 0;
    const shown = all.slice(from, from + page);
    const rest = all.length - from - shown.length;
    const place = all.length > page ? ` Listed: ${from + 1} to ${from + shown.length} of ${all.length}.` : '';
    const choice = await choose<Problem | 'more' | null>(controller.talk, {
      title: `${spokenLine(problemCounts(all))}.${place} Which one?`,
      items: [
        ...shown.map((one): MenuItem<Problem | 'more'> => ({ label: briefly(one), value: one })),
        ...(rest > 0 ? [{ label: `More: ${rest} further`, value: 'more' as const }] : []),
      ],
      zero: back,
      other: controller.other,
    });
    if (choice === null) return;
    if (choice === 'more') from += page;
    else await oneProblem(controller, choice.id);
  }
}

const briefly = (problem: Problem): string => {
  const severity = problem.kind === 'unreadable' ? '' : `${problem.severity}, `;
  return clean(`${severity}${takesText(problem)}: ${problem.headline}`, 400);
};

type Act = 'fix' | 'show' | { readonly finding: string } | null;

async function oneProblem(controller: AccessibleController, id: string): Promise<void> {
  for (let isTold = false; ; isTold = true) {
    const problem = problemsOf(controller).find((one) => one.id === id);
    if (problem === undefined) return controller.talk.say('This problem is resolved.');
    if (!isTold) controller.talk.say('', ...atLength(problem));
    const isFixable = problem.kind === 'fix' || problem.kind === 'input';
    const findings = controller.known()?.report.findings.filter((one) => problem.findings.includes(one.id)) ?? [];
    const act = await choose<Act>(controller.talk, {
      title: 'Which action for this problem?',
      items: [
        ...(isFixable ? [{ label: 'Fix, after a preview', value: 'fix' as const }] : []),
        { label: 'Show the JSON of the resource', value: 'show' },
        ...findings.slice(0, page).map((one) => ({ label: findingText(one), value: { finding: one.id } })),
      ],
      zero: back,
      other: controller.other,
    });
    if (act === null) return;
    if (act === 'fix') await controller.run(['fix', ...problem.findings]);
    else if (act === 'show') await controller.run(['show', problem.resource]);
    else await oneFinding(controller, act.finding);
  }
}

const findingText = (finding: Finding): string => clean(`Finding: ${headline(finding)}. ${subjectWords(finding)}`, 400);

function atLength(problem: Problem): string[] {
  const { headline: text, severity, kind, findings, rollUps, effects, gates } = problem;
  const isUnread = kind === 'unreadable';
  const noun = isUnread ? 'check' : 'finding';
  const repeated = rollUps.length === 0 ? '' : `, and ${counted(rollUps.length, 'roll-up')}, not counted`;
  return [
    clean(text, 600),
    isUnread ? `${counted(findings.length, noun)} cannot be done.` : `Severity ${severity}; ${takesText(problem)}.`,
    ...(isUnread ? [] : [`${counted(findings.length, noun)}${repeated}.`]),
    ...toDo(problem).map((one) => clean(`${kind === 'fix' || kind === 'input' ? 'To do' : 'Details'}: ${one}`, 1500)),
    ...effectLines(effects).map((one) => clean(spokenEffect(one), 900)),
    ...gates.map((gate) => clean(`Blocked: ${gate}`, 900)),
  ];
}
