// The text of the detail pane: the finding, its evidence, the resource as Azure returned it, and its history. Lines of words
// with roles, already wrapped; foreign text is cleaned here.
import type { Line } from '../../../command/definition.ts';
import type { Resource } from '../../../model/resource.ts';
import { nameOf, sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { resourceTypeOf } from '../../../resource-types/index.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { Selection, State } from '../../state/state.ts';
import { entriesAbout } from '../parts/entry-text.ts';
import { explainLines, restsOn } from '../parts/finding-text.ts';
import { jsonLines } from '../parts/resource-text.ts';
import type { TreeRow } from './rows.ts';
import type { Panes } from './slice.ts';

export const tabs = ['explain', 'evidence', 'json', 'history'] as const;
export type Tab = (typeof tabs)[number];

const blank: Line = [];
export function detailLines(panes: Panes, selection: Selection, state: State, width: number): readonly Line[] {
  if (state.snapshot === null || state.report === null) return [];
  const { finding, resource: id } = selection;
  const row = panes.rows.value[panes.tree.index];
  const resource = state.snapshot.resources.find((one) => sameId(one.id, id));
  switch (panes.tab) {
    case 'explain':
      return finding ? explainLines(finding, state, width) : aboutRow(row, resource, panes.filter, state, width);
    case 'evidence':
      return finding ? restsOn(finding, width) : [line(word('No finding is selected.', 'dim'))];
    case 'json':
      return jsonLines(id, state, width);
    case 'history':
      return entriesAbout(state.entries, panes.pane === 'tree' && row?.covers === null ? null : id, width);
  }
}

function aboutRow(
  row: TreeRow | undefined,
  resource: Resource | undefined,
  filter: string,
  state: State,
  width: number,
): Line[] {
  const gap = state.snapshot?.gaps.find((one) => sameId(one.id, row?.resource ?? null));
  if (gap !== undefined) {
    return [
      ...wrapText(`Not accessible: ${clean(gap.reason)}`, width, 'unknown'),
      blank,
      ...wrapText(
        `${gap.action === '' ? '' : `Missing permission: ${clean(gap.action)}. `}Findings that depend on it are unknown.`,
        width,
      ),
      blank,
      ...wrapText(clean(gap.id), width, 'dim'),
    ];
  }
  const quiet = filter === '' ? 'No findings for this resource.' : 'No finding matches the filter; Esc clears it.';
  if (resource === undefined) return [line(word(quiet, filter === '' ? 'ok' : 'dim'))];
  return [
    line(word(clean(nameOf(resource.id)), 'heading'), word(` ${clean(resourceTypeOf(resource.type).label)}`, 'dim')),
    line(word(quiet, filter === '' ? 'ok' : 'dim')),
    blank,
    ...resourceTypeOf(resource.type).columns.flatMap((column) =>
      wrapLine(line(word(`${column.title}: `, 'dim'), clean(column.value(resource))), width, 2),
    ),
    blank,
    ...wrapText(clean(resource.id), width, 'dim'),
  ];
}
