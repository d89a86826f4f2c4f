// Folding and searching in a document. Pure.
import type { DocumentOverlay } from '../document.tsx';
import { jsonRows, nextMatch, unfoldedTo } from './rows.ts';

/** Folds or unfolds the value that begins in the selected row; where none does, folds its parent. */
export function foldedAt(overlay: DocumentOverlay, fold: boolean): DocumentOverlay {
  const row = overlay.rows.value[overlay.cursor.index];
  if (row === undefined) return overlay;
  const path = row.folded === null && fold ? row.path.replace(/\/[^/]*$/, '') : row.path;
  if (path === '') return overlay;
  const folded = new Set(overlay.folded);
  if (fold) folded.add(path);
  else folded.delete(path);
  const index = overlay.rows.value.findIndex((one) => one.path === path);
  return { ...overlay, folded, cursor: { ...overlay.cursor, index: Math.max(0, index) } };
}

/** Does the document contain the text? */
export const holds = ({ body }: DocumentOverlay, text: string): boolean =>
  nextMatch(jsonRows(body, new Set()), text, -1, 1) >= 0;

/** The cursor on the next match, also inside folded values. */
export function matched(overlay: DocumentOverlay, text: string, step: 1 | -1): DocumentOverlay {
  const all = jsonRows(overlay.body, new Set());
  const now = overlay.rows.value[overlay.cursor.index];
  const from = all.findIndex((row) => row.path === now?.path);
  const hit = all[nextMatch(all, text, from, step)];
  if (hit === undefined) return overlay;
  const folded = unfoldedTo(overlay.folded, hit.path);
  const index = jsonRows(overlay.body, folded).findIndex((row) => row.path === hit.path);
  return { ...overlay, folded, cursor: { ...overlay.cursor, index } };
}
