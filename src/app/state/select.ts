// What is selected, asked of the state.
import type { Finding } from '../../model/finding.ts';
import type { Selection, State } from './state.ts';

export const nothingSelected: Selection = { about: 'resource', finding: null, resource: null, marked: new Set() };

export const selectedFinding = (state: State): Finding | undefined => state.view.selection.finding ?? undefined;
/** The resource in question: the row's, or the one the selected finding is about. */
export const selectedResource = (state: State): string | null => state.view.selection.resource;

/** An Azure id inside a command line, shortened to its ends for the eye; what is copied or run is never shortened. */
export const shortIds = (text: string, more: string): string =>
  text.replace(/\/subscriptions\/[^\s#]*\/([^/\s#]+)(?=[\s#]|$)/gi, `${more}/$1`);

/** The marked findings that fail and have a fix, as they are now. */
export const markedToFix = ({ view }: State): Finding[] =>
  [...view.selection.marked].flatMap((id) => {
    const finding = view.findings.value.byId.get(id);
    return finding?.outcome === 'fail' && finding.fix.kind !== 'none' ? [finding] : [];
  });
