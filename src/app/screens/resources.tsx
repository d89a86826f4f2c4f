// Resources: the tree at the left, the findings of the selected row, and the detail of the selected finding below.
import type { Line } from '../../command/definition.ts';
import { isRollUp } from '../../model/finding.ts';
import { counted } from '../../model/text.ts';
import { List } from '../components/List.tsx';
import { Split } from '../components/Split.tsx';
import { Tabs } from '../components/Tabs.tsx';
import { type Area, contentRows, nameWords } from '../draw/areas.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { headingWords } from '../draw/heading.ts';
import { line, lineWidth, word } from '../draw/text.ts';
import { atStart, windowWords } from '../draw/window.ts';
import { letterOf, sorterOf } from '../state/keys/sorting.ts';
import type { State } from '../state/state.ts';
import { defineScreen, type ViewProps } from '../state/view.ts';
import { tabs } from './resources/detail.ts';
import { findingFilterHint } from './resources/filter.ts';
import { findingColumns, findingWords } from './resources/finding-row.ts';
import { paneBindings, self } from './resources/keys.ts';
import { hasColumns, panes as paneNames, treeRows } from './resources/layout.ts';
import { backed, clicked, cycle, moved } from './resources/moving.ts';
import { orders } from './resources/rows.ts';
import { derivePanes, type Panes, rowOf, selectionOf } from './resources/slice.ts';
import { treeHeads, treeWords, wideTreeWords } from './resources/tree-columns.ts';

export const resources = defineScreen<Panes>({
  ...self,
  title: 'Resources',
  summary: 'The resources the workspace depends on, with their findings',
  places: ({ pane }) => ['panes', pane === 'detail' ? 'jumps' : 'pane-open'],
  bindings: paneBindings,
  derive: derivePanes,
  selection: selectionOf,
  move: moved,
  click: clicked,
  focus: (slice, step) => ({ ...slice, pane: cycle(paneNames, slice.pane, step) }),
  back: backed,
  filter: (slice) => (slice.pane === 'tree' ? slice.treeFilter : slice.filter),
  filtered: (slice, filter) =>
    slice.pane === 'tree' ? { ...slice, treeFilter: filter } : { ...slice, filter, findings: atStart },
  filterHint: (slice) => (slice.pane === 'tree' ? undefined : findingFilterHint),
  Body,
});

function Body({ slice, state }: ViewProps<Panes>) {
  const { tree, findings, detail } = slice.layout.value;
  const right = (
    <>
      {findings !== null && <FindingsPane slice={slice} area={findings} glyphs={glyphsFor(state.ascii)} />}
      {detail !== null && <DetailPane slice={slice} area={detail} />}
    </>
  );
  if (tree === null) return right;
  const left = <TreePane slice={slice} area={tree} state={state} />;
  return detail === null ? left : <Split left={left} right={right} height={tree.height} />;
}

function TreePane({ slice, area, state }: ViewProps<Panes> & { readonly area: Area }) {
  const glyphs = glyphsFor(state.ascii);
  const rows = slice.rows.value;
  return (
    <List
      name={treeTitle(slice, area, state, glyphs)}
      focused={slice.pane === 'tree'}
      area={area}
      length={rows.length}
      cursor={slice.tree}
      heads={hasColumns(area) ? [treeHeads(area.width, glyphs)] : []}
      row={(index, selected) => {
        const row = rows[index];
        if (row === undefined) return [];
        return (hasColumns(area) ? wideTreeWords : treeWords)(row, selected, area.width, glyphs);
      }}
      empty={[line(word('  No match; Esc clears it.', 'dim'))]}
    />
  );
}

/** With all sort orders where there is room; else with the current one. */
function treeTitle(slice: Panes, area: Area, { bindings }: State, glyphs: Glyphs): Line {
  const { sort, reverse, tree, rows, pane } = slice;
  const filter = slice.treeFilter === '' ? [] : [word(` /${slice.treeFilter}`, 'warn')];
  const name = line(...nameWords('Resources', pane === 'tree'), ...filter);
  const heads = orders.map((order, at) => {
    const sorted = at + 1 === sort ? { reverse } : null;
    const [letter, binding] = [letterOf(bindings, 'tree', order), sorterOf('tree', order)];
    return headingWords({ title: order.title, letter, binding, sorted }, glyphs);
  });
  const turned = sort === 0 && reverse ? ` ${glyphs.down}` : '';
  const all = line(...name, word(turned, 'dim'), ' ', ...heads.flatMap((words) => [word(' '), ...words]));
  // The symbol before it, the line and the position after it.
  const taken = 8 + windowWords(tree.top, treeRows(area), rows.value.length).length;
  if (lineWidth(all) + taken <= area.width) return all;
  return line(...name, word(sort === 0 ? turned : ' by ', 'dim'), ...(heads[sort - 1] ?? []));
}

interface PaneInput {
  readonly slice: Panes;
  readonly area: Area;
}

function FindingsPane({ slice, area, glyphs }: PaneInput & { readonly glyphs: Glyphs }) {
  const shown = slice.shown.value.rows;
  const rollUps = shown.count(isRollUp, true);
  const focused = slice.pane === 'findings';
  const { filter } = slice;
  const rows = contentRows(area);
  const { top } = slice.findings;
  const visible = Array.from({ length: rows }, (_, at) => shown.at(top + at) ?? []).flat();
  const columns = findingColumns(visible, rowOf(slice)?.resource ?? null, area.width);
  return (
    <List
      name={line(
        ...nameWords('Findings', focused),
        word(` ${rowOf(slice)?.label ?? ''}`, 'dim'),
        word(rollUps === 0 ? '' : `, with ${counted(rollUps, 'roll-up')}`, 'dim'),
        ...(filter === '' ? [] : [word(`  /${filter}`, 'warn')]),
      )}
      focused={focused}
      area={area}
      length={shown.length}
      cursor={slice.findings}
      at={windowWords(top, rows, shown.length) || String(shown.length)}
      row={(index, selected) => {
        const finding = shown.at(index);
        return finding === undefined ? [] : findingWords(finding, selected, area.width, glyphs, columns);
      }}
      empty={[
        filter === ''
          ? line(word('  No findings for this resource', 'ok'))
          : line(word('  No finding matches the filter; Esc clears it.', 'dim')),
      ]}
    />
  );
}

const tabNames = {
  explain: 'Explain',
  evidence: 'Evidence',
  tables: 'Tables',
  json: 'JSON',
  history: 'History',
} as const;

function DetailPane({ slice, area }: PaneInput) {
  return (
    <Tabs
      names={tabs.map((one) => tabNames[one])}
      shown={tabs.indexOf(slice.tab)}
      focused={slice.pane === 'detail'}
      area={area}
      lines={slice.detail.value}
      top={slice.detailTop}
    />
  );
}
