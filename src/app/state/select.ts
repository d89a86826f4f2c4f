// Selectors of the current selection.

import { memoizePerObject } from '../../model/caches.ts';
import { type Finding, isFixable, isRollUp } from '../../model/finding.ts';
import type { Problem } from '../../model/problem.ts';
import { clean } from '../../model/text.ts';
import { markedRows, noMarks } from '../rows/marks.ts';
import type { BackgroundWork, ScreenAct, Selection, State, StepView } from './state.ts';

export const nothingSelected: Selection = {
  about: 'resource',
  problems: [],
  finding: null,
  resource: null,
  marked: noMarks,
};

/** Is the workspace marked as production in `bastide.yaml`? */
export const isProduction = ({ report }: State): boolean => report?.project?.production === true;

export const selectedFinding = (state: State): Finding | undefined => state.view.selection.finding ?? undefined;
/** The selected resource: the row's, or that of the selected finding. */
export const selectedResource = (state: State): string | null => state.view.selection.resource;

/** An Azure id inside a command line, shortened to its ends for display; copied and executed lines are never shortened. */
export const shortIds = (text: string, more: string): string =>
  text.replace(/\/subscriptions\/[^\s#]*\/([^/\s#]+)(?=[\s#]|$)/gi, `${more}/$1`);

/** A marked roll-up adds nothing: what it repeats may not be marked. */
export const isFixedWithMarks = (finding: Finding): boolean => isFixable(finding) && !isRollUp(finding);

/** The marked findings that are fixable, the worst first. */
function* markedToFix({ marked }: Selection): Generator<string> {
  for (const finding of markedRows(marked) ?? []) if (isFixedWithMarks(finding)) yield finding.id;
}

const countIn = memoizePerObject(
  (marked: Selection['marked']) => markedRows(marked)?.count(isFixedWithMarks, true) ?? 0,
);

/** Ids of the findings that a fix is about: those of the problems, the marked ones, or the selected one. */
export function findingsToFix({ view: { selection } }: State): readonly string[] {
  if (selection.problems.length > 0) return ofProblems(selection.problems);
  if (selection.marked.size > 0) return [...markedToFix(selection)];
  return selection.finding === null ? [] : [selection.finding.id];
}
const ofProblems = memoizePerObject((problems: Selection['problems']) => [
  ...new Set(problems.filter(isRequestable).flatMap(({ findings }) => findings)),
]);
/** Can its fix be planned? */
const isRequestable = ({ kind }: Problem): boolean => kind === 'fix' || kind === 'input';

/** Their number and the first of them, without going through many marks. */
export function countToFix(state: State): { readonly count: number; readonly first: string | undefined } {
  const { marked, problems } = state.view.selection;
  if (problems.length === 0 && marked.size > 0)
    return { count: countIn(marked), first: markedToFix(state.view.selection).next().value ?? undefined };
  const ids = findingsToFix(state);
  return { count: ids.length, first: ids[0] };
}

const pending: readonly string[] = ['waiting', 'intended', 'sent', 'running'];
const isStepOver = ({ state }: StepView): boolean => !pending.includes(state);
export const isOver = ({ outcome, failure }: ScreenAct): boolean => outcome !== null || failure !== null;
/** All steps are over; what they did is read again, which takes as long as a scan. */
export const isVerifying = (act: ScreenAct): boolean => !isOver(act) && act.steps.every(isStepOver);

/** The running work, under the name of what it does now; while changes are sent, what counts are the steps. */
export function workShown({ work, act }: State): BackgroundWork | null {
  if (work === null) return null;
  const shown = { ...work, detail: clean(work.detail) };
  if (!work.writing || act === null || isOver(act)) return shown;
  if (isVerifying(act)) return { ...shown, title: 'Verifying' };
  const done = act.steps.filter(isStepOver).length;
  return { ...shown, done, total: act.steps.length, detail: clean(act.note) };
}
