// The state of the panes and its derivation: the rows of the tree, the findings of the selected row, the detail of the
// selected finding. Each is computed again only when an input changed.
import type { Line } from '../../../command/definition.ts';
import type { Finding } from '../../../model/finding.ts';
import { contentRows } from '../../draw/areas.ts';
import { emptyMemo, type Memo, memoize } from '../../draw/memoize.ts';
import { atStart, type Cursor, clamp, inside } from '../../draw/window.ts';
import { memoizeNarrowed, type Narrowed, unfiltered } from '../../rows/narrow.ts';
import { rowsOf as allOf } from '../../rows/rows.ts';
import { nothingSelected } from '../../state/select.ts';
import type { Selection, State } from '../../state/state.ts';
import { columnStepsOf, detailLines, type Tab } from './detail.ts';
import { findingGrammar, findingsOf } from './filter.ts';
import { layoutOf, type Pane, type PaneLayout, treeRows } from './layout.ts';
import { orders, rowsOf, type TreeOrder, type TreeRow } from './rows.ts';
import { type Branch, buildTree } from './tree.ts';

export interface Panes extends TreeOrder {
  readonly pane: Pane;
  readonly zoom: boolean;
  readonly tree: Cursor;
  readonly folded: ReadonlySet<string>;
  readonly findings: Cursor;
  readonly tab: Tab;
  readonly detailTop: number;
  /** By how many columns the tables of the detail are scrolled, and can be. */
  readonly columns: number;
  readonly columnSteps: number;
  /** Of the findings. */
  readonly filter: string;
  readonly treeFilter: string;
  /** Also findings that pass or do not apply. */
  readonly everyOutcome: boolean;
  readonly layout: Memo<PaneLayout>;
  readonly whole: Memo<Branch | null>;
  readonly rows: Memo<readonly TreeRow[]>;
  readonly shown: Memo<Narrowed<Finding>>;
  readonly detail: Memo<readonly Line[]>;
}

const none = allOf<Finding>([]);

export const startPanes: Panes = {
  pane: 'tree',
  zoom: false,
  tree: atStart,
  folded: new Set(),
  sort: 0,
  reverse: false,
  findings: atStart,
  tab: 'explain',
  detailTop: 0,
  columns: 0,
  columnSteps: 0,
  filter: '',
  treeFilter: '',
  everyOutcome: false,
  layout: emptyMemo(layoutOf(80, 20, 'tree', false)),
  whole: emptyMemo(null),
  rows: emptyMemo([]),
  shown: emptyMemo(unfiltered(none)),
  detail: emptyMemo([]),
};

export const rowOf = (panes: Panes): TreeRow | undefined => panes.rows.value[panes.tree.index];

/** The target of actions: in the tree the row's resource, elsewhere the finding's. */
export function selectionOf(panes: Panes): Selection {
  const finding = panes.shown.value.rows.at(panes.findings.index) ?? null;
  const row = rowOf(panes)?.resource ?? null;
  if (panes.pane === 'tree') return { ...nothingSelected, finding, resource: row };
  return { ...nothingSelected, about: 'finding', finding, resource: finding?.resource ?? row };
}

export function derivePanes(slice: Panes, state: State): Panes {
  const { snapshot, report, entries } = state;
  const { width, body } = state.view.layout;
  const layout = memoize(slice.layout, [width, body, slice.pane, slice.zoom], () =>
    layoutOf(width, body, slice.pane, slice.zoom),
  );
  const whole = memoize(slice.whole, [snapshot, report], () =>
    snapshot === null || report === null ? null : buildTree(snapshot, report),
  );
  const sort = slice.sort % (orders.length + 1);
  const { treeFilter } = slice;
  const rows = memoize(slice.rows, [whole.value, slice.folded, sort, slice.reverse, treeFilter], () =>
    whole.value === null ? [] : rowsOf(whole.value, slice.folded, { sort, reverse: slice.reverse }, treeFilter),
  );
  const known = rows === slice.rows ? slice.tree : found(slice, rows.value);
  const tree = inside(known, rows.value.length, treeRows(layout.value.tree));
  const row = rows.value[tree.index];
  const here = report === null || row === undefined ? none : findingsOf(report, row.covers, slice.everyOutcome);
  const shown = memoizeNarrowed(slice.shown, here, slice.filter, findingGrammar);
  const findings = inside(slice.findings, shown.value.rows.length, contentRows(layout.value.findings));
  const next = changed(slice, { layout, whole, sort, rows, tree, shown, findings });
  return withDetail(next, [snapshot, report, entries, state.ascii], state);
}

/** The cursor on the row that was selected before the tree changed; where that is gone, at its old position. */
function found(slice: Panes, rows: readonly TreeRow[]): Cursor {
  // A new filter selects the first match.
  const isNew = slice.treeFilter !== '' && slice.rows.of.length > 1 && slice.rows.of.at(-1) !== slice.treeFilter;
  if (isNew)
    return {
      index: Math.max(
        0,
        rows.findIndex(({ isMatch }) => isMatch),
      ),
      top: 0,
    };
  const key = rowOf(slice)?.key;
  const index = key === undefined ? -1 : rows.findIndex((row) => row.key === key);
  return index < 0 ? slice.tree : { ...slice.tree, index };
}

function withDetail(slice: Panes, of: readonly unknown[], state: State): Panes {
  const area = slice.layout.value.detail;
  const selection = selectionOf(slice);
  const subject = [selection.finding?.id, selection.resource, slice.tab];
  const moved = slice.detail.of.slice(-3).some((one, at) => one !== subject[at]);
  // One column is left free at the left.
  const width = Math.max(10, (area?.width ?? 0) - 2);
  const columns = moved ? 0 : slice.columns;
  const detail = memoize(slice.detail, [...of, slice.shown, area, columns, ...subject], () =>
    area === null ? [] : detailLines({ ...slice, columns }, selection, state, width),
  );
  const columnSteps = detail === slice.detail ? slice.columnSteps : columnStepsOf(slice, selection, state, width);
  const detailTop = moved ? 0 : clamp(slice.detailTop, detail.value.length - contentRows(area));
  return changed(slice, { detail, detailTop, columns: Math.min(columns, columnSteps), columnSteps });
}

/** The same object while every part is the same. */
function changed(slice: Panes, parts: Partial<Panes>): Panes {
  const names = Object.keys(parts) as (keyof Panes)[];
  return names.every((name) => slice[name] === parts[name]) ? slice : { ...slice, ...parts };
}
