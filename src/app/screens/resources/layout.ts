// Layout of the three panes, in cells. Independent of their content.
import { type Area, contentRows } from '../../draw/areas.ts';

export const panes = ['tree', 'findings', 'detail'] as const;
export type Pane = (typeof panes)[number];

export interface PaneLayout {
  /** One pane at a time. */
  readonly single: boolean;
  readonly tree: Area | null;
  readonly findings: Area | null;
  readonly detail: Area | null;
}

/** From this width on, the tree has room for columns and leaves the findings enough. */
const wide = 170;
export const hasColumns = (tree: Area): boolean => tree.width >= 72;
/** Rows of the tree's window: its area less the title and, where there are columns, their headings. */
export const treeRows = (tree: Area | null): number =>
  Math.max(1, contentRows(tree) - (tree !== null && hasColumns(tree) ? 1 : 0));

/** The areas of the panes; a pane that is not shown has none. `zoom` gives the focused pane the whole body. */
export function layoutOf(width: number, body: number, pane: Pane, zoom: boolean): PaneLayout {
  const single = zoom || width < 76 || body < 16;
  const none = { tree: null, findings: null, detail: null };
  if (single) return { single, ...none, [pane]: { width, height: body } };
  const left = width >= wide ? Math.floor(width * 0.45) : Math.min(44, Math.max(26, Math.floor(width * 0.3)));
  // One column for the separator between the two sides.
  const right = width - left - 1;
  const upper = Math.max(5, Math.min(Math.floor(body * 0.4), 18));
  return {
    single,
    tree: { width: left, height: body },
    findings: { width: right, height: upper },
    detail: { width: right, height: body - upper },
  };
}
