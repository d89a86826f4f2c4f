// Terminal modes of the full screen that Ink does not set.

/** Modes that are set and reset with the alternate screen. */
export interface TerminalModes {
  readonly on: string;
  readonly off: string;
}

/** Autowrap is off, so that a different character width cannot scroll the screen. */
export const fullScreenModes: TerminalModes = { on: '\x1b[?7l', off: '\x1b[?7h' };

/** Mouse buttons and wheel are reported in decimal (1006). The terminal's own selection of text then needs Shift. */
export const withMouse: TerminalModes = {
  on: `${fullScreenModes.on}\x1b[?1000h\x1b[?1006h`,
  off: `\x1b[?1006l\x1b[?1000l${fullScreenModes.off}`,
};
