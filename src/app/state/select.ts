// What is selected, asked of the state.
import { type Finding, isFixable } from '../../model/finding.ts';
import { memoizeByKey } from '../draw/memoize.ts';
import { markedRows, noMarks } from '../rows/marks.ts';
import type { Selection, State } from './state.ts';

export const nothingSelected: Selection = { about: 'resource', finding: null, resource: null, marked: noMarks };

export const selectedFinding = (state: State): Finding | undefined => state.view.selection.finding ?? undefined;
/** The resource in question: the row's, or the one the selected finding is about. */
export const selectedResource = (state: State): string | null => state.view.selection.resource;

/** An Azure id inside a command line, shortened to its ends for the eye; what is copied or run is never shortened. */
export const shortIds = (text: string, more: string): string =>
  text.replace(/\/subscriptions\/[^\s#]*\/([^/\s#]+)(?=[\s#]|$)/gi, `${more}/$1`);

/** The marked findings that fail and have a fix, the worst first. */
export function* markedToFix({ view }: State): Generator<Finding> {
  for (const finding of markedRows(view.selection.marked) ?? []) if (isFixable(finding)) yield finding;
}

const countIn = memoizeByKey((marked: Selection['marked']) => markedRows(marked)?.count(isFixable, true) ?? 0);
/** How many those are, without going through them. */
export const countToFix = ({ view }: State): number => countIn(view.selection.marked);
