// Digits: a number before a move is its count; a single digit followed by another key, or by a pause, is the number of a
// screen.
import type { KeyName } from '../../terminal/keys.ts';
import { screenNumber } from '../current-screen.ts';
import type { State } from '../state.ts';

/** How long a digit waits for a move before it selects a screen, in milliseconds. */
export const digitPause = 250;
const most = 6;

export const isDigit = (key: KeyName): boolean => /^[0-9]$/.test(key);

/** The state with one more digit of a count; a count never begins with 0. */
export const counted = (state: State, digit: KeyName): State => {
  const count = `${state.count}${digit}`.slice(0, most);
  return /^0/.test(count) ? state : { ...state, count };
};

/** Is the typed count the number of a screen if no move follows? */
export const meansScreen = ({ count, overlay }: State): boolean => overlay === null && /^[1-9]$/.test(count);

/** The state without a count, on the screen of its number if there is one. */
export function settled(state: State): State {
  if (state.count === '') return state;
  const screen = meansScreen(state) ? screenNumber(Number(state.count)) : undefined;
  return { ...state, count: '', screen: screen?.name ?? state.screen };
}
