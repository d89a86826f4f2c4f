// What is selected, asked of the state.
import type { Finding } from '../../model/finding.ts';
import { once } from '../draw/kept.ts';
import { markedKeys, noMarks } from './marks.ts';
import type { FindingTable, Selection, State } from './state.ts';

export const nothingSelected: Selection = { about: 'resource', finding: null, resource: null, marked: noMarks };

export const selectedFinding = (state: State): Finding | undefined => state.view.selection.finding ?? undefined;
/** The resource in question: the row's, or the one the selected finding is about. */
export const selectedResource = (state: State): string | null => state.view.selection.resource;

/** An Azure id inside a command line, shortened to its ends for the eye; what is copied or run is never shortened. */
export const shortIds = (text: string, more: string): string =>
  text.replace(/\/subscriptions\/[^\s#]*\/([^/\s#]+)(?=[\s#]|$)/gi, `${more}/$1`);

/** The marked findings that fail and have a fix, as they are now. */
export function* markedToFix({ view }: State): Generator<Finding> {
  const { byId } = view.findings.value;
  for (const id of markedKeys(view.selection.marked)) {
    const finding = byId.get(id);
    if (isMendable(finding)) yield finding;
  }
}

/** How many those are, without going through them. */
export function countToFix({ view }: State): number {
  const { base, turned } = view.selection.marked;
  const { byId } = view.findings.value;
  let count = countIn(view.findings.value)(base);
  for (const id of turned) if (isMendable(byId.get(id))) count += base.has(id) ? -1 : 1;
  return count;
}

const countIn = once(({ byId }: FindingTable) =>
  once((ids: ReadonlySet<string>) => ids.values().reduce((sum, id) => sum + Number(isMendable(byId.get(id))), 0)),
);

const isMendable = (finding: Finding | undefined): finding is Finding =>
  finding?.outcome === 'fail' && finding.fix.kind !== 'none';
