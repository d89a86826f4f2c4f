// The current screen, from the registry, with its filter and its rows.

import { screens } from '../screens/index.ts';
import type { State } from './state.ts';
import { type Screen, sliceOf, withSlice } from './view.ts';
import { places } from './welcome.ts';

// A screen receives only its own slice from `state.slices`, so its type does not matter here.
const all = screens as unknown as readonly Screen<unknown>[];

export function currentScreen(state: State): Screen<unknown> {
  const found = screenNamed(state.screen) ?? all[0];
  if (found === undefined) throw new Error('there is no screen');
  return found;
}

/** The screen of a number key, from 1. */
export const screenNumber = (number: number): Screen<unknown> | undefined => all[number - 1];
/** The number key of a screen. */
export const screenNumberOf = (name: string): number => all.findIndex((screen) => screen.name === name) + 1;
/** A screen by its name; the setting `screen` may still hold an earlier name. */
export const screenNamed = (name: string): Screen<unknown> | undefined =>
  all.find((screen) => screen.name === (name === 'intents' ? 'assumptions' : name));

/** Is Welcome shown with workspaces to choose from? It has a filter of its own. */
export const isWelcome = (state: State): boolean =>
  currentScreen(state).always === undefined && places(state).length > 0;

/** Null where the screen has no filter. */
export function currentFilter(state: State): string | null {
  if (isWelcome(state)) return state.sought;
  const screen = currentScreen(state);
  return screen.filter?.(sliceOf(state, screen)) ?? null;
}

export function filterHint(state: State): string {
  if (isWelcome(state)) return 'name, group or subscription  !text';
  const screen = currentScreen(state);
  return screen.filterHint?.(sliceOf(state, screen)) ?? 'text  !text';
}

export function filtered(state: State, text: string): State {
  if (isWelcome(state)) return { ...state, sought: text, picked: 0 };
  const screen = currentScreen(state);
  const slice = sliceOf(state, screen);
  return withSlice(state, screen, screen.filtered?.(slice, text) ?? slice);
}
