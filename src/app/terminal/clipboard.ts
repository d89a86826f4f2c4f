// Copying through the terminal (OSC 52), which works over ssh. Nothing answers, so nobody may claim that it worked.

/** Terminals drop longer ones. */
const limit = 74_994;

/**
 * The sequence that asks the terminal to put `text` on the clipboard, wrapped so that tmux hands it on when `tmux` is
 * true; null when the text is too long for terminals to take.
 */
export function copySequence(text: string, tmux: boolean): string | null {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  if (encoded.length > limit) return null;
  const sequence = `\x1b]52;c;${encoded}\x07`;
  return tmux ? `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\` : sequence;
}
