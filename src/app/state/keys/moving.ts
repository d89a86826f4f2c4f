// Movement keys, the same everywhere; the screen or overlay defines their effect.
import type { Move } from '../../draw/window.ts';
import type { Binding, KeyScope } from '../binding.ts';
import { choosing, overlayKind } from '../current.ts';
import { currentScreen, filtered } from '../current-screen.ts';
import type { Overlay, State } from '../state.ts';
import { declined } from '../tour.ts';
import { sliceOf, withSlice } from '../view.ts';
import { pickedBy } from '../welcome.ts';

export function moved(state: State, move: Move, times: number): State {
  const { overlay } = state;
  if (overlay !== null) {
    const next: Overlay = overlayKind(overlay).move?.(overlay, move, times, state) ?? overlay;
    return next === overlay ? state : { ...state, overlay: next };
  }
  if (choosing(state)) return pickedBy(state, move, times);
  const screen = currentScreen(state);
  const slice = sliceOf(state, screen);
  return withSlice(state, screen, screen.move?.(slice, move, times, state) ?? slice);
}

function focused(state: State, step: 1 | -1): State {
  const { overlay } = state;
  if (overlay !== null) return { ...state, overlay: overlayKind(overlay).focus?.(overlay, step, state) ?? overlay };
  const screen = currentScreen(state);
  const slice = sliceOf(state, screen);
  return withSlice(state, screen, screen.focus?.(slice, step, state) ?? slice);
}

/** One step back on the screen, never more. */
function back(state: State): State {
  if (state.tour === 'offered') return declined(state);
  if (choosing(state) && state.sought !== '') return filtered(state, '');
  const screen = currentScreen(state);
  const slice = screen.back?.(sliceOf(state, screen), state) ?? null;
  return slice === null ? state : withSlice(state, screen, slice);
}

const lists: readonly KeyScope[] = ['panes', 'list'];
/** A page with vertical movement only. */
const pages: readonly KeyScope[] = ['moves'];
const texts: readonly KeyScope[] = ['text', 'buttons', 'result', 'guide'];
const both = [...lists, ...pages, ...texts];

const move = (
  step: Move,
  keys: readonly string[],
  help: string,
  where: readonly KeyScope[] = both,
  label = step.replace('-', ' '),
): Binding => ({
  name: step,
  where,
  keys,
  label,
  help,
  counts: true,
  change: (state, times) => moved(state, step, times),
});

export const moving: readonly Binding[] = [
  move('down', ['j', 'down'], 'Down; 5j moves five rows, and a number works with the other moves too'),
  move('up', ['k', 'up'], 'Up'),
  move('first', ['g', 'home', '<'], 'To the start'),
  move('last', ['G', 'end', '>'], 'To the end; 12G to the twelfth row'),
  move('page-up', ['page-up', 'ctrl-b', ','], 'A page up'),
  move('page-down', ['page-down', 'ctrl-f', '.'], 'A page down'),
  { ...move('page-down', [' '], 'A page down', ['text', 'pages', 'result', 'guide']), name: 'page-space' },
  move('half-up', ['ctrl-u'], 'Half a page up'),
  move('half-down', ['ctrl-d'], 'Half a page down'),
  move('left', ['h', 'left'], 'Fold the row, or move left', lists),
  move('right', ['l', 'right'], 'Unfold the row, or move right', lists),
  {
    name: 'next-pane',
    where: lists,
    keys: ['tab'],
    label: 'pane',
    help: 'Next pane',
    change: (state) => focused(state, 1),
    hint: 8,
  },
  {
    name: 'pane-before',
    where: lists,
    keys: ['shift-tab'],
    label: 'pane',
    help: 'Previous pane',
    change: (state) => focused(state, -1),
  },
  {
    name: 'back',
    where: ['screen'],
    keys: ['esc'],
    label: 'back',
    help: 'One step back: clear the filter, end the zoom, previous pane',
    change: back,
  },
];
