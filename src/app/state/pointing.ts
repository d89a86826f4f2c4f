// The mouse: a click runs the action of the word under it, else selects in the body; the wheel scrolls. Every action also has
// a key.
import { type Click, clickAt, shownWords } from '../draw/clicks.ts';
import type { Pointed } from '../terminal/input-stream.ts';
import { overlayKind, placesOf } from './current.ts';
import { currentScreen } from './current-screen.ts';
import type { EffectContext } from './effect-context.ts';
import type { Keyboard } from './keyboard.ts';
import { submit } from './keys/asking.ts';
import { moved } from './keys/moving.ts';
import type { State } from './state.ts';
import type { RowAt } from './surface.ts';
import { sliceOf, withSlice } from './view.ts';

/** The action of a click on a cell, counted from 0. */
export function clickIn(rowAt: RowAt, cell: { readonly x: number; readonly y: number }, ascii: boolean) {
  const row = rowAt(cell);
  return row ? clickAt(shownWords(row.words, row.width, ascii), row.x) : undefined;
}

/** Rows per wheel step. */
const step = 3;

export function createPointing(effects: EffectContext, keyboard: Keyboard, rowAt: RowAt) {
  const { store, change, options } = effects;
  return ({ kind, x, y }: Pointed): void => {
    store.dispatch({ type: 'clock', now: options.now().getTime() });
    // A typed count does not apply to it.
    change((state) => (state.count === '' ? state : { ...state, count: '' }));
    if (kind !== 'click') {
      change((state) => turned(state, kind === 'wheel-up' ? -step : step));
      return;
    }
    const click = clickIn(rowAt, { x, y }, store.get().ascii);
    if (click === undefined) change((state) => selected(state, x, y));
    else followed(click, effects, keyboard);
  };
}

function turned(state: State, rows: number): State {
  const { overlay } = state;
  const turn = overlay === null ? undefined : overlayKind(overlay).turned;
  if (overlay === null || turn === undefined) return moved(state, rows < 0 ? 'up' : 'down', Math.abs(rows));
  return { ...state, overlay: turn(overlay, rows, state) };
}

/** On the screen, a click selects the target under the mouse. */
function selected(state: State, x: number, y: number): State {
  const { overlay, view } = state;
  const row = y - view.layout.header;
  if (overlay !== null || row < 0 || row >= view.layout.body) return state;
  const screen = currentScreen(state);
  return screen.click === undefined
    ? state
    : withSlice(state, screen, screen.click(sliceOf(state, screen), { x, row }, state));
}

function followed(click: Click, effects: EffectContext, keyboard: Keyboard): void {
  const { store, change, show } = effects;
  const state = store.get();
  const { overlay } = state;
  switch (click.do) {
    case 'key': {
      const places = placesOf(state);
      const binding = state.bindings.find(({ name }) => name === click.binding);
      if (binding?.where.some((place) => places.includes(place)) === true) keyboard.act(click.binding);
      return;
    }
    case 'screen':
      // As with digits, an open overlay must be answered first.
      if (overlay === null) change((now) => ({ ...now, screen: click.name }));
      return;
    case 'pick':
      if (overlay !== null) show(overlayKind(overlay).picked?.(overlay, click.row) ?? overlay);
      return;
    case 'press': {
      if (overlay === null || !('choice' in overlay)) return;
      show({ ...overlay, choice: click.button });
      submit(effects);
      return;
    }
  }
}
