// Graphemes: visible characters, which may be several code points. The full segmenter costs 12 ms when first created, and
// most texts of a screen do not need it: every code unit is a character of one column.

const narrow =
  '\\x20-\\x7e\\xa1-\\xac\\xae-\\u02ff\\u0370-\\u0373\\u0391-\\u03ff\\u0400-\\u0481\\u2010-\\u2027\\u2030-\\u203b\\u2190-\\u2193' +
  '\\u2500-\\u25a9\\u25b2\\u25bc\\u25c6\\u25c7\\u25cb\\u25cf\\u2713\\u2717\\u2800-\\u28ff';
const simple = new RegExp(`^[${narrow}]*$`);
// An escape does not combine either, so a line with colours can use the fast path.
const single = new RegExp(`^[${narrow}\\x1b]*$`);

/**
 * Each code unit is a character of one column in every terminal: letters, punctuation, arrows, lines, blocks and shapes, but
 * no parts of emoji.
 */
export const isSimple = (text: string): boolean => simple.test(text);

export type Graphemes = Pick<Intl.Segments, 'containing'> & Iterable<Intl.SegmentData>;

/** The segments of `new Intl.Segmenter()` for the text. */
export const graphemes = (text: string): Graphemes => (single.test(text) ? new Singles(text) : whole().segment(text));

/** Replaces `Intl.Segmenter` of libraries in the bundle; all of them use graphemes. */
export class Segmenter {
  readonly segment = graphemes;
}

const { Segmenter: Whole } = Intl;
let made: Intl.Segmenter | undefined;
const whole = () => {
  made ??= new Whole();
  return made;
};

class Singles implements Graphemes {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  *[Symbol.iterator](): Generator<Intl.SegmentData> {
    for (let index = 0; index < this.#text.length; index += 1) yield this.#at(index);
  }

  containing(index = 0): Intl.SegmentData | undefined {
    return index < this.#text.length ? this.#at(index) : undefined;
  }

  #at(index: number): Intl.SegmentData {
    return { segment: this.#text.charAt(index), index, input: this.#text };
  }
}
