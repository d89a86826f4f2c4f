// The whole screen as rows of words, as printed; also maps a cell to its click action.
import type { Line } from '../../command/definition.ts';
import { type Click, clickAt, shownWords } from '../draw/clicks.ts';
import { footerRows } from '../parts/footer-rows.ts';
import { headerRows } from '../parts/header-rows.ts';
import { bodyRows } from './body.ts';
import type { State } from './state.ts';

function rowAt(state: State, y: number): Line | undefined {
  const { header, body } = state.view.layout;
  if (y < header) {
    const { where, age, rest } = headerRows(state);
    return [[...where, ...(age ?? [])], ...rest][y];
  }
  return y < header + body ? bodyRows(state)[y - header] : footerRows(state)[y - header - body];
}

/** The action of a click on a cell, counted from 0. */
export function clickIn(state: State, { x, y }: { readonly x: number; readonly y: number }): Click | undefined {
  const { tooSmall, width } = state.view.layout;
  const words = tooSmall ? undefined : rowAt(state, y);
  return words === undefined ? undefined : clickAt(shownWords(words, width, state.ascii), x);
}
