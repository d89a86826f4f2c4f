// What is selected, asked of the state.
import type { Finding } from '../../model/finding.ts';
import type { State, TreeRow } from './state.ts';

export const selectedRow = (state: State): TreeRow | undefined => state.view.rows[state.tree.index];
export const selectedFinding = (state: State): Finding | undefined => state.view.shown[state.findings.index];

/** The resource in question: in the tree the row's, elsewhere the finding's. */
export function selectedResource(state: State): string | null {
  if (state.pane === 'tree') return selectedRow(state)?.resource ?? null;
  return selectedFinding(state)?.resource ?? selectedRow(state)?.resource ?? null;
}

/** An Azure id inside a command line, shortened to its ends for the eye; what is copied or run is never shortened. */
export const shortIds = (text: string, more: string): string =>
  text.replace(/\/subscriptions\/[^\s#]*\/([^/\s#]+)(?=[\s#]|$)/gi, `${more}/$1`);
