// What the panes remember, and how it is kept in step: the rows of the tree, the findings of the selected row, the detail of
// the selected finding. Each is made anew only when something it is made of changed.
import type { Line } from '../../../command/definition.ts';
import type { Finding } from '../../../model/finding.ts';
import { contentRows } from '../../draw/boxes.ts';
import { type Kept, keep, nothingKept } from '../../draw/kept.ts';
import { atStart, type Cursor, clamp, inside } from '../../draw/window.ts';
import { nothingSelected } from '../../state/select.ts';
import type { Selection, State } from '../../state/state.ts';
import { detailLines, type Tab } from './detail.ts';
import { shownFindings } from './filter.ts';
import { layoutOf, type Pane, type PaneLayout } from './layout.ts';
import { buildTree, type TreeRow } from './tree.ts';

export interface Panes {
  readonly pane: Pane;
  readonly zoom: boolean;
  readonly tree: Cursor;
  readonly folded: ReadonlySet<string>;
  readonly findings: Cursor;
  readonly tab: Tab;
  readonly detailTop: number;
  readonly filter: string;
  /** Also findings that pass or do not apply. */
  readonly everyOutcome: boolean;
  readonly layout: Kept<PaneLayout>;
  readonly rows: Kept<readonly TreeRow[]>;
  readonly shown: Kept<readonly Finding[]>;
  readonly detail: Kept<readonly Line[]>;
}

export const startPanes: Panes = {
  pane: 'tree',
  zoom: false,
  tree: atStart,
  folded: new Set(),
  findings: atStart,
  tab: 'explain',
  detailTop: 0,
  filter: '',
  everyOutcome: false,
  layout: nothingKept(layoutOf(80, 20, 'tree', false)),
  rows: nothingKept([]),
  shown: nothingKept([]),
  detail: nothingKept([]),
};

export const rowOf = (panes: Panes): TreeRow | undefined => panes.rows.value[panes.tree.index];

/** What the acts are about: in the tree the row's resource, elsewhere the finding's. */
export function selectionOf(panes: Panes): Selection {
  const finding = panes.shown.value[panes.findings.index] ?? null;
  const row = rowOf(panes)?.resource ?? null;
  if (panes.pane === 'tree') return { ...nothingSelected, finding, resource: row };
  return { ...nothingSelected, about: 'finding', finding, resource: finding?.resource ?? row };
}

export function derivePanes(slice: Panes, state: State): Panes {
  const { snapshot, report, entries } = state;
  const { width, body } = state.view.layout;
  const layout = keep(slice.layout, [width, body, slice.pane, slice.zoom], () =>
    layoutOf(width, body, slice.pane, slice.zoom),
  );
  const rows = keep(slice.rows, [snapshot, report, slice.folded], () =>
    snapshot === null || report === null ? [] : buildTree(snapshot, report, slice.folded),
  );
  const tree = inside(slice.tree, rows.value.length, contentRows(layout.value.tree));
  const row = rows.value[tree.index];
  const shown = keep(slice.shown, [report, row, slice.filter, slice.everyOutcome], () =>
    report === null ? [] : shownFindings(report, row, slice.filter, slice.everyOutcome),
  );
  const findings = inside(slice.findings, shown.value.length, contentRows(layout.value.findings));
  const next = changed(slice, { layout, rows, tree, shown, findings });
  return withDetail(next, [snapshot, report, entries, state.ascii], state);
}

function withDetail(slice: Panes, of: readonly unknown[], state: State): Panes {
  const area = slice.layout.value.detail;
  const selection = selectionOf(slice);
  const subject = [selection.finding?.id, selection.resource, slice.tab];
  const detail = keep(slice.detail, [...of, slice.shown, area, ...subject], () =>
    // One column is left free at the left.
    area === null ? [] : detailLines(slice, selection, state, Math.max(10, area.width - 2)),
  );
  const moved = slice.detail.of.slice(-3).some((one, at) => one !== subject[at]);
  const detailTop = moved ? 0 : clamp(slice.detailTop, detail.value.length - contentRows(area));
  return changed(slice, { detail, detailTop });
}

/** The same object while every part is the same. */
function changed(slice: Panes, parts: Partial<Panes>): Panes {
  const names = Object.keys(parts) as (keyof Panes)[];
  return names.every((name) => slice[name] === parts[name]) ? slice : { ...slice, ...parts };
}
