// Graphemes: visible characters, which may be several code points. The segmenter costs 12 ms when first created, and most
// texts of a screen do not need it: every code unit is a character of one column.

const narrow =
  '\\x20-\\x7e\\xa1-\\xac\\xae-\\u02ff\\u0370-\\u0373\\u0391-\\u03ff\\u0400-\\u0481\\u2010-\\u2027\\u2030-\\u203b\\u2190-\\u2193' +
  '\\u2500-\\u25a9\\u25b2\\u25bc\\u25c6\\u25c7\\u25cb\\u25cf\\u2713\\u2717\\u2800-\\u28ff';
const simple = new RegExp(`^[${narrow}]*$`);

/**
 * Each code unit is a character of one column in every terminal: letters, punctuation, arrows, lines, blocks and shapes, but
 * no parts of emoji.
 */
export const isSimple = (text: string): boolean => simple.test(text);

let segmenter: Intl.Segmenter | undefined;

/** The graphemes of a text, in order. */
export function graphemes(text: string): readonly string[] {
  if (isSimple(text)) return text.split('');
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
