// What the mouse does: the wheel is three presses of an arrow, a click selects in the body. It has no meaning of its own, so that
// everything works without it.
import type { Pointed } from '../terminal/input-stream.ts';
import { currentScreen } from './current-screen.ts';
import type { Keyboard } from './keyboard.ts';
import type { Kit } from './kit.ts';
import { withSlice } from './view.ts';

const step = 3;

export function createPointing({ store, change }: Pick<Kit, 'store' | 'change'>, keyboard: Keyboard) {
  return ({ kind, x, y }: Pointed): void => {
    if (kind !== 'click') {
      const key = kind === 'wheel-up' ? 'up' : 'down';
      for (let times = 0; times < step; times += 1) keyboard.press(key);
      return;
    }
    const { overlay, view } = store.get();
    const row = y - view.layout.header;
    if (overlay !== null || row < 0 || row >= view.layout.body) return;
    change((state) => {
      const screen = currentScreen(state);
      const slice = state.slices[screen.name] ?? screen.start;
      return screen.click === undefined ? state : withSlice(state, screen, screen.click(slice, { x, row }, state));
    });
  };
}
