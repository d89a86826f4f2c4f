// A sortable heading: the letter of its key is marked, and an arrow shows the direction of the current sort.
import type { Line } from '../../command/definition.ts';
import { clickable } from './clicks.ts';
import type { Glyphs } from './glyphs.ts';
import { line, word } from './text.ts';

interface Heading {
  readonly title: string;
  /** Null where no key for one of its letters sorts by it. */
  readonly letter: string | null;
  /** Name of the binding that sorts by it. */
  readonly binding: string;
  /** Null while the sort uses another column. */
  readonly sorted: { readonly reverse: boolean } | null;
}

export function headingWords({ title, letter, sorted, binding }: Heading, glyphs: Glyphs): Line {
  return clickable(marked({ title, letter, sorted }, glyphs), { do: 'key', binding });
}

function marked({ title, letter, sorted }: Omit<Heading, 'binding'>, { up, down }: Glyphs): Line {
  const role = sorted === null ? 'dim' : 'accent';
  const at = letter === null ? -1 : title.toLowerCase().indexOf(letter.toLowerCase());
  const arrow = sorted === null ? '' : ` ${sorted.reverse ? down : up}`;
  if (at < 0) return line(word(`${title}${arrow}`, role));
  return [
    ...(at === 0 ? [] : [word(title.slice(0, at), role)]),
    word(title.slice(at, at + 1), 'letter'),
    ...(at + 1 === title.length && arrow === '' ? [] : [word(`${title.slice(at + 1)}${arrow}`, role)]),
  ];
}
