// Click targets of drawn words. A word carries its action, so that no position is computed a second time.
import type { Line, Word } from '../../command/definition.ts';
import { asciiText, glyphsFor } from './glyphs.ts';
import { fitLine, widthOf } from './text.ts';

export type Click =
  /** The action of the binding of this name, where it is active. */
  | { readonly do: 'key'; readonly binding: string }
  | { readonly do: 'screen'; readonly name: string }
  /** Selects a button of the overlay and presses it. */
  | { readonly do: 'press'; readonly button: number }
  /** Selects a row of the overlay. */
  | { readonly do: 'pick'; readonly row: number };

interface Clickable extends Word {
  readonly click: Click;
}

/** The words, each with its click action. Cutting, padding and placing keep it. */
export const clickable = (words: Line, click: Click): readonly Clickable[] => words.map((one) => ({ ...one, click }));

export const clickOf = (one: Word): Click | undefined => (one as Partial<Clickable>).click;

/** The words laid out in `width` cells: for printing and for the mouse. */
export function shownWords(words: Line, width: number, ascii: boolean): Line {
  const told = ascii ? words.map((item) => ({ ...item, text: asciiText(item.text) })) : words;
  return fitLine(told, width, glyphsFor(ascii).more);
}

/** The action of a click on the cell `x` of a row of words. */
export function clickAt(words: Line, x: number): Click | undefined {
  let end = 0;
  for (const item of words) {
    end += widthOf(item.text);
    if (x < end) return clickOf(item);
  }
  return undefined;
}
