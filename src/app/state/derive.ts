// Keeps `view` in step with the rest of the state. Each part is computed again only when something it is made of changed.
import { detailLines } from './detail.ts';
import { shownFindings } from './filter.ts';
import { contentRows, layoutFor } from './layout.ts';
import { panelLines } from './panel.ts';
import { pathAreas } from './path.ts';
import { selectedFinding, selectedResource } from './select.ts';
import type { Cursor, Overlay, PathOverlay, State, View } from './state.ts';
import { buildTree } from './tree.ts';

/** Rows of a scrolling overlay: the body without its title and its buttons. */
export const panelRows = (state: State): number => Math.max(1, state.view.layout.body - 3);
/** Columns text may use in a pane: one left free at the left. */
const textWidth = (width: number): number => Math.max(10, width - 2);

const same = (a: State, b: State, ...keys: readonly (keyof State)[]): boolean => keys.every((key) => a[key] === b[key]);

/** The state with a `view` that fits it and with cursors inside their lists. */
export function derive(previous: State, state: State): State {
  const before = previous.view;
  const layout = same(previous, state, 'size', 'pane', 'zoom')
    ? before.layout
    : layoutFor(state.size, state.pane, state.zoom);
  const rows =
    state.snapshot === null || state.report === null
      ? []
      : same(previous, state, 'snapshot', 'report', 'folded') && before.rows.length > 0
        ? before.rows
        : buildTree(state.snapshot, state.report, state.folded);
  let next: State = { ...state, view: { ...before, layout, rows } };
  next = { ...next, tree: inside(next.tree, rows.length, contentRows(layout.tree)) };

  const shown =
    state.report === null
      ? []
      : rows === before.rows &&
          same(previous, next, 'report', 'filter', 'everyOutcome') &&
          previous.tree.index === next.tree.index
        ? before.shown
        : shownFindings(state.report, rows[next.tree.index], state.filter, state.everyOutcome);
  next = { ...next, view: { ...next.view, shown } };
  next = { ...next, findings: inside(next.findings, shown.length, contentRows(layout.findings)) };
  return withTexts(previous, next);
}

function withTexts(previous: State, state: State): State {
  const { layout } = state.view;
  const subject = (one: State) => `${selectedFinding(one)?.id}|${selectedResource(one)}|${one.tab}`;
  const moved = subject(previous) !== subject(state);
  const detailKept =
    !moved &&
    layout === previous.view.layout &&
    state.view.shown === previous.view.shown &&
    same(previous, state, 'snapshot', 'report', 'entries');
  const area = layout.detail;
  const detail = detailKept ? previous.view.detail : area === null ? [] : detailLines(state, textWidth(area.width));
  const panelKept =
    layout === previous.view.layout &&
    sameText(previous.overlay, state.overlay) &&
    (state.overlay?.kind !== 'progress' || same(previous, state, 'act')) &&
    (state.overlay?.kind !== 'help' || same(previous, state, 'work', 'entries', 'report'));
  const panel = panelKept ? previous.view.panel : panelLines(state, textWidth(layout.width));
  const view: View = { ...state.view, detail, panel };
  const detailTop = moved ? 0 : clamp(state.detailTop, detail.length - contentRows(area));
  return withPanelTop({ ...state, view, detailTop });
}

/** Do two overlays show the same text, wherever it is scrolled to and whichever button is selected? */
function sameText(a: Overlay | null, b: Overlay | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.kind !== b.kind) return false;
  const beside = new Set(['top', 'choice', 'input']);
  return Object.entries(a).every(([key, value]) => beside.has(key) || (b as Record<string, unknown>)[key] === value);
}

function withPanelTop(state: State): State {
  const overlay = state.overlay;
  if (overlay === null || !('top' in overlay)) return state;
  if (overlay.kind === 'path') return withPath(state, overlay);
  const top = clamp(overlay.top, state.view.panel.length - panelRows(state));
  return top === overlay.top ? state : { ...state, overlay: { ...overlay, top } };
}

function withPath(state: State, overlay: PathOverlay): State {
  const { hops, detail } = pathAreas(state, overlay);
  const top = clamp(overlay.top, state.view.panel.length - contentRows(detail));
  const hop = inside(overlay.hop, overlay.answer.hops.length, contentRows(hops));
  return top === overlay.top && hop === overlay.hop ? state : { ...state, overlay: { ...overlay, top, hop } };
}

const clamp = (value: number, max: number): number => Math.max(0, Math.min(value, max));

/** A cursor inside a list of `length` rows, its window of `rows` holding the selection. */
export function inside(cursor: Cursor, length: number, rows: number): Cursor {
  const index = clamp(cursor.index, length - 1);
  const lowest = Math.max(0, index - rows + 1);
  const top = clamp(Math.min(Math.max(cursor.top, lowest), index), length - rows);
  return index === cursor.index && top === cursor.top ? cursor : { index, top };
}
