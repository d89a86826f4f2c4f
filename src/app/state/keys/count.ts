// Digits: a number before a move says how often it is made; a single one followed by anything else, or by nothing for a
// moment, is the number of a screen.
import type { KeyName } from '../../terminal/keys.ts';
import { screenNumber } from '../current-screen.ts';
import type { State } from '../state.ts';

/** How long a digit waits for a move before it is taken for a screen, in milliseconds. */
export const digitPause = 250;
const most = 6;

export const isDigit = (key: KeyName): boolean => /^[0-9]$/.test(key);

/** The state with one more digit of a count; a count never begins with 0. */
export const counted = (state: State, digit: KeyName): State => {
  const count = `${state.count}${digit}`.slice(0, most);
  return /^0/.test(count) ? state : { ...state, count };
};

/** Is what was typed so far the number of a screen, should no move follow? */
export const meansScreen = ({ count, overlay }: State): boolean => overlay === null && /^[1-9]$/.test(count);

/** The state without a count: on the screen of its number where it means one. */
export function settled(state: State): State {
  if (state.count === '') return state;
  const screen = meansScreen(state) ? screenNumber(Number(state.count)) : undefined;
  return { ...state, count: '', screen: screen?.name ?? state.screen };
}
