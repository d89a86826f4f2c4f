// The modes of the terminal that go with full screen and that Ink does not know.
import type { Modes } from './cells/grid.ts';

/** Autowrap is off, so that a quarrel about the width of a character cannot scroll the screen. */
export const fullScreenModes: Modes = { on: '\x1b[?7l', off: '\x1b[?7h' };
