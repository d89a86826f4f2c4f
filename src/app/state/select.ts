// Selectors of the current selection.
import { type Finding, isFixable } from '../../model/finding.ts';
import { memoizeByKey } from '../draw/memoize.ts';
import { markedRows, noMarks } from '../rows/marks.ts';
import type { Selection, State } from './state.ts';

export const nothingSelected: Selection = { about: 'resource', finding: null, resource: null, marked: noMarks };

export const selectedFinding = (state: State): Finding | undefined => state.view.selection.finding ?? undefined;
/** The selected resource: the row's, or that of the selected finding. */
export const selectedResource = (state: State): string | null => state.view.selection.resource;

/** An Azure id inside a command line, shortened to its ends for display; copied and executed lines are never shortened. */
export const shortIds = (text: string, more: string): string =>
  text.replace(/\/subscriptions\/[^\s#]*\/([^/\s#]+)(?=[\s#]|$)/gi, `${more}/$1`);

/** The marked findings that are fixable, the worst first. */
export function* markedToFix({ view }: State): Generator<Finding> {
  for (const finding of markedRows(view.selection.marked) ?? []) if (isFixable(finding)) yield finding;
}

const countIn = memoizeByKey((marked: Selection['marked']) => markedRows(marked)?.count(isFixable, true) ?? 0);
/** Their number, without iterating. */
export const countToFix = ({ view }: State): number => countIn(view.selection.marked);
