// The filter of the current screen, and its rows, for the filter overlay.
import type { Line } from '../../command/definition.ts';
import { currentScreen } from './current-screen.ts';
import type { State } from './state.ts';
import { sliceOf, withSlice } from './view.ts';

/** Null where the screen has no filter. */
export function currentFilter(state: State): string | null {
  const screen = currentScreen(state);
  return screen.filter?.(sliceOf(state, screen)) ?? null;
}

export function filtered(state: State, text: string): State {
  const screen = currentScreen(state);
  const slice = sliceOf(state, screen);
  return withSlice(state, screen, screen.filtered?.(slice, text) ?? slice);
}

export function drawScreen(state: State): readonly Line[] {
  const screen = currentScreen(state);
  return screen.draw(sliceOf(state, screen), state);
}
