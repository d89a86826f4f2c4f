// The places that were left by a jump, so that one can go back to them: screen, selection and scroll position. A bounded list.
import { screenNamed } from './current-screen.ts';
import type { State } from './state.ts';
import { sliceOf } from './view.ts';

type Place = State['trail'][number];
const most = 50;

const here = (state: State): Place => ({ screen: state.screen, slice: state.slices[state.screen] });

/** `now` after a jump from `before`, which can be gone back to. */
export const leaving = (before: State, now: State): State => ({
  ...now,
  trail: [...before.trail, here(before)].slice(-most),
});

/** Every change of the screen is a jump. */
export const trailed = (before: State, now: State): State =>
  now.screen === before.screen || now.trail !== before.trail ? now : leaving(before, now);

/** At the last place that was left; the same state where there is none. */
export function wentBack(state: State): State {
  const place = state.trail.at(-1);
  if (place === undefined) return state;
  const slices = { ...state.slices, [place.screen]: place.slice };
  return { ...state, screen: place.screen, slices, trail: state.trail.slice(0, -1) };
}

/** Titles of the screens to go back to, the last first. */
export const trailTitles = ({ trail }: State): readonly string[] =>
  trail.toReversed().map(({ screen }) => screenNamed(screen)?.title ?? screen);

/** The places without what was computed from an earlier scan, which would keep it in memory. */
export const withoutComputed = (state: State): readonly Place[] =>
  state.trail.map(({ screen, slice }) => {
    const start: unknown = sliceOf({ ...state, slices: {} }, screenNamed(screen) ?? { name: screen, start: undefined });
    return { screen, slice: isRecord(slice) && isRecord(start) ? restarted(slice, start) : slice };
  });

const restarted = (slice: Readonly<Record<string, unknown>>, start: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(slice).map(([name, value]) => [name, isComputed(start[name]) ? start[name] : value]),
  );

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
/** A memo, or marks, which hold rows. */
const isComputed = (value: unknown): boolean =>
  isRecord(value) && ('value' in value || 'size' in value) && !(value instanceof Set);
