// Where the panes stand, in cells, for a size of terminal. It knows nothing of what they show.
import type { Pane } from './state.ts';

export interface Area {
  readonly width: number;
  /** With the line of the title. */
  readonly height: number;
}

export interface Layout {
  readonly tooSmall: boolean;
  /** One pane at a time. */
  readonly single: boolean;
  readonly width: number;
  /** Rows between header and footer. */
  readonly body: number;
  readonly tree: Area | null;
  readonly findings: Area | null;
  readonly detail: Area | null;
}

/** The smallest terminal the screen works in. */
export const smallest = { columns: 60, rows: 15 } as const;
/** Header and footer, two rows each. */
const frame = 4;

/** The areas of the panes; a pane that is not shown has none. `zoom` gives the focused pane the whole body. */
export function layoutFor(size: { columns: number; rows: number }, pane: Pane, zoom: boolean): Layout {
  const { columns: width, rows } = size;
  const body = Math.max(0, rows - frame);
  const tooSmall = width < smallest.columns || rows < smallest.rows;
  const single = zoom || width < 76 || rows < 20;
  const none = { tree: null, findings: null, detail: null };
  if (single) return { tooSmall, single, width, body, ...none, [pane]: { width, height: body } };
  const left = Math.min(44, Math.max(26, Math.floor(width * 0.3)));
  // One column for the wall between the two sides.
  const right = width - left - 1;
  const upper = Math.max(5, Math.min(Math.floor(body * 0.4), 18));
  return {
    tooSmall,
    single,
    width,
    body,
    tree: { width: left, height: body },
    findings: { width: right, height: upper },
    detail: { width: right, height: body - upper },
  };
}

/** Rows a pane has for its content, below its title. */
export const contentRows = (area: Area | null): number => Math.max(1, (area?.height ?? 2) - 1);
