// Key actions on the panes. Pure.
import { contentRows } from '../../draw/areas.ts';
import { atStart, clamp, type Move, target } from '../../draw/window.ts';
import { type Tab, tabs } from './detail.ts';
import { type Pane, panes, treeRows } from './layout.ts';
import { type Panes, rowOf } from './slice.ts';

export const cycle = <T>(all: readonly T[], now: T, step: 1 | -1): T =>
  all[(all.indexOf(now) + step + all.length) % all.length] ?? now;

export function moved(slice: Panes, move: Move, times: number): Panes {
  if (move === 'left' || move === 'right')
    return scrolledBy(slice, move === 'left' ? -times : times) ?? sideways(slice, move);
  const { tree, findings, detail } = slice.layout.value;
  if (slice.pane === 'tree') {
    const index = target(slice.tree.index, move, slice.rows.value.length, treeRows(tree), times);
    return index === slice.tree.index ? slice : { ...slice, tree: { ...slice.tree, index }, findings: atStart };
  }
  if (slice.pane === 'findings') {
    const index = target(slice.findings.index, move, slice.shown.value.rows.length, contentRows(findings), times);
    return { ...slice, findings: { ...slice.findings, index } };
  }
  return {
    ...slice,
    detailTop: target(slice.detailTop, move, slice.detail.value.length, contentRows(detail), times),
  };
}

/** The clicked pane gets the focus; in a list the row under the mouse is selected. */
export function clicked(slice: Panes, { x, row }: { readonly x: number; readonly row: number }): Panes {
  const { single, tree, findings, detail } = slice.layout.value;
  const inTree = tree !== null && (single || x < tree.width);
  const inDetail = detail !== null && !inTree && (single || row >= (findings?.height ?? 0));
  const pane: Pane = inTree ? 'tree' : inDetail ? 'detail' : 'findings';
  const next = { ...slice, pane };
  // Above the rows of a pane are its title and, in a tree with columns, the headings.
  const at = row - (inTree ? tree.height - treeRows(tree) : 1);
  if (pane === 'detail' || at < 0) return next;
  if (pane === 'findings') {
    const index = slice.findings.top + at;
    return index < slice.shown.value.rows.length ? { ...next, findings: { ...slice.findings, index } } : next;
  }
  const index = slice.tree.top + at;
  return index < slice.rows.value.length && index !== slice.tree.index ? atRow(next, index) : next;
}

/** The tables of the detail scrolled by columns; null where they cannot be. */
function scrolledBy(slice: Panes, by: number): Panes | null {
  const columns = clamp(slice.columns + by, slice.columnSteps);
  return slice.pane !== 'detail' || columns === slice.columns ? null : { ...slice, columns };
}

function sideways(slice: Panes, move: 'left' | 'right'): Panes {
  const row = rowOf(slice);
  if (slice.pane === 'tree' && row !== undefined) {
    if (row.folded !== null && row.folded === (move === 'right')) return fold(slice, row.key, move === 'left');
    if (move === 'left') {
      const parent = slice.rows.value.findLastIndex((other, at) => at < slice.tree.index && other.depth < row.depth);
      return parent < 0 ? slice : { ...slice, tree: { ...slice.tree, index: parent }, findings: atStart };
    }
  }
  const pane: Pane | undefined = panes[panes.indexOf(slice.pane) + (move === 'right' ? 1 : -1)];
  return pane === undefined ? slice : { ...slice, pane };
}

function fold(slice: Panes, key: string, isFolding: boolean): Panes {
  const folded = new Set(slice.folded);
  if (isFolding) folded.add(key);
  else folded.delete(key);
  return { ...slice, folded };
}

/** One step back, never more: the filter, the zoom, then the pane before. */
export function backed(slice: Panes): Panes | null {
  if (slice.pane !== 'tree' && slice.filter !== '') return { ...slice, filter: '', findings: atStart };
  if (slice.pane === 'tree' && slice.treeFilter !== '') return { ...slice, treeFilter: '' };
  if (slice.zoom) return { ...slice, zoom: false };
  const at = panes.indexOf(slice.pane);
  return at > 0 ? { ...slice, pane: panes[at - 1] ?? slice.pane } : null;
}

export const tabbed = (slice: Panes, step: 1 | -1): Panes => withTab(slice, cycle(tabs, slice.tab, step));
export const withTab = (slice: Panes, tab: Tab): Panes => ({ ...slice, tab, detailTop: 0 });

/** The tree with one row selected. */
export const atRow = (slice: Panes, index: number): Panes => ({
  ...slice,
  pane: 'tree',
  tree: { ...slice.tree, index },
  findings: atStart,
});
