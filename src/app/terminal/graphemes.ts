// The characters that a reader sees, of which one may be several code points. What takes any text apart costs 12 ms when it is
// first made, and most texts of a screen need none of it: there every code unit is a character of one column.

const narrow =
  '\\x20-\\x7e\\xa1-\\xac\\xae-\\u02ff\\u0370-\\u0373\\u0391-\\u03ff\\u0400-\\u0481\\u2010-\\u2027\\u2030-\\u203b\\u2190-\\u2193' +
  '\\u2500-\\u25a9\\u25b2\\u25bc\\u25c6\\u25c7\\u25cb\\u25cf\\u2713\\u2717\\u2800-\\u28ff';
const simple = new RegExp(`^[${narrow}]*$`);
// An escape joins nothing either, so a line with its colours may be taken apart in the short way.
const single = new RegExp(`^[${narrow}\\x1b]*$`);

/**
 * Each code unit is a character of one column in every terminal: letters, punctuation, arrows, lines, blocks and shapes, and not
 * what emoji are made of.
 */
export const isSimple = (text: string): boolean => simple.test(text);

export type Graphemes = Pick<Intl.Segments, 'containing'> & Iterable<Intl.SegmentData>;

/** What `new Intl.Segmenter()` gives for the text. */
export const graphemes = (text: string): Graphemes => (single.test(text) ? new Singles(text) : whole().segment(text));

/** Stands in the bundle where a library says `Intl.Segmenter`; all of them mean graphemes. */
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
