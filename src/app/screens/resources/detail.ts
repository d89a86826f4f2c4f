// The text of the detail pane: the finding, its evidence, the resource as Azure returned it, and its history. Lines of words
// with roles, already wrapped; foreign text is cleaned here.
import type { Line } from '../../../command/definition.ts';
import type { Resource } from '../../../model/resource.ts';
import { nameOf, sameId } from '../../../model/resource-id.ts';
import { missingPermission } from '../../../model/snapshot.ts';
import { columnSteps, type TableMeasure, tableLines } from '../../../model/table.ts';
import { clean } from '../../../model/text.ts';
import { resourceTypeOf, tablesOf } from '../../../resource-types/index.ts';
import { glyphsFor } from '../../draw/glyphs.ts';
import { fitText, line, widthOf, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { Selection, State } from '../../state/state.ts';
import { entriesAbout } from '../parts/entry-text.ts';
import { explainLines, restsOn } from '../parts/finding-text.ts';
import { jsonLines } from '../parts/resource-text.ts';
import type { TreeRow } from './rows.ts';
import type { Panes } from './slice.ts';

export const tabs = ['explain', 'evidence', 'json', 'tables', 'history'] as const;
export type Tab = (typeof tabs)[number];

const blank: Line = [];
export function detailLines(panes: Panes, selection: Selection, state: State, width: number): readonly Line[] {
  if (state.snapshot === null || state.report === null) return [];
  const { finding, resource: id } = selection;
  const row = panes.rows.value[panes.tree.index];
  const resource = state.snapshot.resources.find((one) => sameId(one.id, id));
  switch (panes.tab) {
    case 'explain':
      return finding ? explainLines(finding, state, width) : aboutRow(row, resource, panes, state, width);
    case 'evidence':
      return finding ? restsOn(finding, width) : [line(word('No finding is selected.', 'dim'))];
    case 'tables':
      return resource === undefined
        ? [line(word('Select a resource to see its tables.', 'dim'))]
        : settingLines(resource, panes.columns, state, width);
    case 'json':
      return jsonLines(id, state, width);
    case 'history':
      return entriesAbout(state.entries, panes.pane === 'tree' && row?.covers === null ? null : id, width);
  }
}

function aboutRow(
  row: TreeRow | undefined,
  resource: Resource | undefined,
  { filter, columns }: Panes,
  state: State,
  width: number,
): Line[] {
  const gap = state.snapshot?.gaps.find((one) => sameId(one.id, row?.resource ?? null));
  if (gap !== undefined) {
    return [
      ...wrapText(`Not accessible: ${clean(gap.reason)}`, width, 'unknown'),
      blank,
      ...wrapText(
        `${missingPermission(gap) === undefined ? '' : `Missing permission: ${clean(gap.action)}. `}Findings that depend on it are unknown.`,
        width,
      ),
      blank,
      ...wrapText(clean(gap.id), width, 'dim'),
    ];
  }
  const quiet = filter === '' ? 'No findings for this resource.' : 'No finding matches the filter; Esc clears it.';
  if (resource === undefined) return [line(word(quiet, filter === '' ? 'ok' : 'dim'))];
  return [line(word(quiet, filter === '' ? 'ok' : 'dim')), blank, ...settingLines(resource, columns, state, width)];
}

/** The settings of a resource by name, then its lists as tables, scrolled by `skip` columns. */
function settingLines(resource: Resource, skip: number, state: State, width: number): Line[] {
  const { label, columns } = resourceTypeOf(resource.type);
  const measure = measureOf(state);
  return [
    line(word(clean(nameOf(resource.id)), 'heading'), word(` ${clean(label)}`, 'dim')),
    ...columns
      .map(({ title, value }) => ({ title, text: clean(value(resource)) }))
      .filter(({ text }) => text !== '')
      .flatMap(({ title, text }) => wrapLine(line(word(`${title}: `, 'dim'), text), width, 2)),
    blank,
    ...tablesOf(resource, state.snapshot?.resources ?? [], state.snapshot?.live).flatMap((table) => [
      ...tableLines(table, { width, skip, measure }),
      blank,
    ]),
    ...wrapText(clean(resource.id), width, 'dim'),
  ];
}

const measureOf = ({ ascii }: State): TableMeasure => ({
  widthOf,
  cut: (text, cells) => fitText(text, cells, glyphsFor(ascii).more),
});

/** How many columns the widest table of the shown resource can be scrolled by. */
export function columnStepsOf(
  { tab }: Panes,
  { finding, resource: id }: Selection,
  state: State,
  width: number,
): number {
  if (tab !== 'tables' && (tab !== 'explain' || finding !== null)) return 0;
  const resource = state.snapshot?.resources.find((one) => sameId(one.id, id));
  const tables =
    resource === undefined ? [] : tablesOf(resource, state.snapshot?.resources ?? [], state.snapshot?.live);
  return Math.max(0, ...tables.map((table) => columnSteps(table, width, measureOf(state))));
}
