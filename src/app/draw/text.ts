// Lines of words cut, padded and wrapped to a width in cells. All text of the screen is laid out here, so that no line is
// wider than its pane.
import stringWidth from 'string-width';
import type { Line, Word } from '../../command/definition.ts';
import { graphemes, isSimple } from '../terminal/graphemes.ts';
import { onScreen } from './screen-words.ts';

export const word = (text: string, role?: string): Word => (role === undefined ? { text } : { text, role });
export const line = (...words: readonly (Word | string)[]): Line =>
  words.map((item) => (typeof item === 'string' ? { text: item } : item));
export const plain = (words: Line): string => words.map((item) => item.text).join('');

/** Texts of some screens; beyond this the cache is cleared. */
const mostWidths = 2_000;
const widths = new Map<string, number>();

/** Width in terminal cells. */
export function widthOf(text: string): number {
  if (isSimple(text)) return text.length;
  const known = widths.get(text);
  if (known !== undefined) return known;
  if (widths.size >= mostWidths) widths.clear();
  const width = stringWidth(text);
  widths.set(text, width);
  return width;
}
export const lineWidth = (words: Line): number => words.reduce((sum, item) => sum + widthOf(item.text), 0);

/** As many whole characters of `text` as fit into `cells`. */
export function takeCells(text: string, cells: number): string {
  if (cells <= 0) return '';
  if (isSimple(text)) return text.slice(0, cells);
  let used = 0;
  let taken = '';
  for (const segment of graphemes(text)) {
    const width = stringWidth(segment);
    if (used + width > cells) break;
    used += width;
    taken += segment;
  }
  return taken;
}

/** `text` in exactly `cells` cells: cut with `more` at the end, or padded with spaces. */
export function fitText(text: string, cells: number, more: string): string {
  const width = widthOf(text);
  if (width <= cells) return text + ' '.repeat(cells - width);
  const kept = takeCells(text, Math.max(0, cells - widthOf(more))) + takeCells(more, cells);
  return kept + ' '.repeat(Math.max(0, cells - widthOf(kept)));
}

/** The same keeping the end of the text, where Azure names differ. */
export function fitTail(text: string, cells: number, more: string): string {
  if (widthOf(text) <= cells) return fitText(text, cells, more);
  const characters = graphemes(text).toReversed();
  const room = cells - widthOf(more);
  let used = 0;
  const kept: string[] = [];
  for (const character of characters) {
    used += widthOf(character);
    if (used > room) break;
    kept.unshift(character);
  }
  return fitText(more + kept.join(''), cells, more);
}

/** The same keeping both ends, where neither alone tells names apart. */
export function fitMiddle(text: string, cells: number, more: string): string {
  const room = cells - widthOf(more);
  if (widthOf(text) <= cells || room < 2) return fitText(text, cells, more);
  const head = takeCells(text, Math.ceil(room / 2));
  const tail = fitTail(text, cells - widthOf(head), more);
  return fitText(head + tail, cells, more);
}

/** A name as it is where it fits. A long one keeps both ends: names that Azure makes often begin alike. */
export function fitName(text: string, cells: number, more: string): string {
  if (widthOf(text) <= cells) return text;
  return (widthOf(text) > longName ? fitMiddle : fitText)(text, cells, more);
}
export const longName = 36;

/** A line of exactly `cells` cells. */
export function fitLine(words: Line, cells: number, more: string): Line {
  const fitted: Word[] = [];
  let left = cells;
  const total = lineWidth(words);
  for (const item of words) {
    const width = widthOf(item.text);
    if (total <= cells || width < left) {
      fitted.push(item);
      left -= width;
      continue;
    }
    fitted.push({ ...item, text: fitText(item.text + (width === left ? ' ' : ''), left, more) });
    left = 0;
    break;
  }
  if (left > 0) fitted.push({ text: ' '.repeat(left) });
  return fitted;
}

/** A line broken at spaces (or, where a word is too long, inside it) into lines of at most `cells`; later ones are indented. */
export function wrapLine(words: Line, cells: number, wished = 0): Line[] {
  // In a narrow pane, the indentation takes at most half of the pane.
  const indent = Math.min(wished, Math.floor(cells / 2));
  const lines: Word[][] = [[]];
  let used = 0;
  const put = (text: string, item: Word) => {
    const here = lines.at(-1) ?? [];
    const last = here.at(-1);
    if (last && last.role === item.role && last.href === item.href)
      here[here.length - 1] = { ...last, text: last.text + text };
    else here.push({ ...item, text });
    used += widthOf(text);
  };
  const breakLine = () => {
    lines.push(indent > 0 ? [{ text: ' '.repeat(indent) }] : []);
    used = indent;
  };
  const room = Math.max(1, cells - indent);
  for (const item of words) {
    for (const token of onScreen(item.text).split(/(?<=\s)(?=\S)/)) {
      let rest = token;
      // A word too long for any line starts on the current line: a new line would not help.
      const width = widthOf(rest.trimEnd());
      if (used > indent && used + width > cells && width <= room) breakLine();
      while (rest !== '' && widthOf(rest.trimEnd()) > cells - used) {
        const part = takeCells(rest, cells - used);
        if (part === '' && used > indent) {
          breakLine();
          continue;
        }
        // A character wider than the whole line is still placed, or the loop would never end.
        const taken = part === '' ? ([...rest][0] ?? '') : part;
        put(taken, item);
        rest = rest.slice(taken.length);
        breakLine();
      }
      if (rest !== '') put(used + widthOf(rest) > cells ? rest.trimEnd() : rest, item);
    }
  }
  return lines;
}

/** A text in lines of at most `cells`, in the words of the screen. */
export const wrapText = (text: string, cells: number, role?: string, indent = 0): Line[] =>
  text.split('\n').flatMap((part) => wrapLine([word(part, role)], cells, indent));

/** `just now`, `5 min ago`, `3 h 20 min ago`; in days from two days on. */
export function agoText(minutes: number): string {
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min ago` : `${Math.floor(hours / 24)} days ago`;
}
