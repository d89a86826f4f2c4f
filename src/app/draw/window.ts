// Movement in a list or a text, with the selection kept visible. Numbers only.

/** A list's selection and the first row shown. */
export interface Cursor {
  readonly index: number;
  readonly top: number;
}
export const atStart: Cursor = { index: 0, top: 0 };

export type Move =
  | 'up'
  | 'down'
  | 'first'
  | 'last'
  | 'page-up'
  | 'page-down'
  | 'half-up'
  | 'half-down'
  | 'left'
  | 'right';

export const clamp = (value: number, max: number): number => Math.max(0, Math.min(value, max));

/**
 * The position after a move, repeated `times` times, from `at` in `length` rows with `page` visible. `first` and `last` with
 * a count mean the row of that number, as `5G` does in a pager.
 */
export function target(at: number, move: Move, length: number, page: number, times = 1): number {
  const half = Math.max(1, Math.floor(page / 2));
  const to: Record<Move, number> = {
    up: at - times,
    down: at + times,
    first: times > 1 ? times - 1 : 0,
    last: times > 1 ? times - 1 : length - 1,
    'page-up': at - page * times,
    'page-down': at + page * times,
    'half-up': at - half * times,
    'half-down': at + half * times,
    left: at,
    right: at,
  };
  return clamp(to[move], length - 1);
}

/** A cursor inside a list of `length` rows, its window of `rows` holding the selection. */
export function inside(cursor: Cursor, length: number, rows: number): Cursor {
  const index = clamp(cursor.index, length - 1);
  const lowest = Math.max(0, index - rows + 1);
  const top = clamp(Math.min(Math.max(cursor.top, lowest), index), length - rows);
  return index === cursor.index && top === cursor.top ? cursor : { index, top };
}

/** `first-last/all` of a window, empty when everything is visible. */
export function windowWords(top: number, height: number, length: number): string {
  if (length <= height) return '';
  return `${top + 1}-${Math.min(length, top + height)}/${length}`;
}
