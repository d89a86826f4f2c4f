// Copying through the terminal (OSC 52), which works over ssh. The terminal does not confirm, so success must not be claimed.

/** Terminals drop longer ones. */
const limit = 74_994;

/**
 * The sequence that puts `text` on the clipboard, wrapped for tmux when `tmux` is true; null when the text is too long for
 * terminals.
 */
export function copySequence(text: string, tmux: boolean): string | null {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  if (encoded.length > limit) return null;
  const sequence = `\x1b]52;c;${encoded}\x07`;
  return tmux ? `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\` : sequence;
}
