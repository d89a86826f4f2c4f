// The sequences that Ink writes to a terminal, and how a text is split into them.

/** The alternate screen. */
export const screen = { open: '\x1b[?1049h', close: '\x1b[?1049l' };
/** No color, and an empty screen: one that a killed program has left open is not emptied by opening it. */
export const clear = '\x1b[m\x1b[2J\x1b[H';
/** Between these nothing is shown (synchronized output). */
export const frame = { begin: '\x1b[?2026h', end: '\x1b[?2026l' };
export const caret = { show: '\x1b[?25h', hide: '\x1b[?25l' };
/** A piece of a line with its colours and links, or one sequence or control character. */
export const pieces =
  /((?:[^\x00-\x1f\x7f]+|\x1b\[[\d;:]*m|\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\))+)|\x1b\[([<-?]?)([\d;:]*)([ -/]*[@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f]/g;
/** CSI sequences that change no cell: modes, reports, keyboards, the shape of the cursor. */
export const harmless = /^(?:[hlnuc]| q|\$p)$/;
