// Which words are drawn where, asked of Ink's layout: for the mouse. What is drawn later lies above.
import type { DOMElement } from 'ink';
import type { Line } from '../../command/definition.ts';

interface NotedRows {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
  /** Beneath a dialog: no target of the mouse. */
  readonly isInert?: boolean;
}
/** Rows of words with the position of the first cell, counted from 0. */
export interface PlacedRows extends NotedRows {
  readonly x: number;
  readonly y: number;
}

const noted = new WeakMap<DOMElement, NotedRows>();

/** Notes what an element prints, each time that it prints something else. */
export const noteRows = (element: DOMElement, rows: NotedRows): void => void noted.set(element, rows);

/** All rows below an element, in the order in which they are drawn. */
export function placedRows(element: DOMElement, left = 0, top = 0): PlacedRows[] {
  const x = left + (element.yogaNode?.getComputedLeft() ?? 0);
  const y = top + (element.yogaNode?.getComputedTop() ?? 0);
  const own = noted.get(element);
  if (own !== undefined) return [{ ...own, x, y }];
  return element.childNodes.flatMap((child) => (child.nodeName === 'ink-box' ? placedRows(child, x, y) : []));
}

export interface RowHit {
  readonly words: Line;
  readonly width: number;
  /** Cells from the start of the words. */
  readonly x: number;
}

/** The row of words at a cell; undefined where none is. */
export function rowIn(
  all: readonly PlacedRows[],
  cell: { readonly x: number; readonly y: number },
): RowHit | undefined {
  const rows = all.findLast(
    ({ x, y, width, height }) => cell.x >= x && cell.x < x + width && cell.y >= y && cell.y < y + height,
  );
  return (
    rows && { words: rows.isInert ? [] : (rows.lines[cell.y - rows.y] ?? []), width: rows.width, x: cell.x - rows.x }
  );
}
