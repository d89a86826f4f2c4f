// Boxes made of lines: a title above, rows of exactly one width below, boxes side by side. Every function returns whole rows.
import type { Line, Word } from '../../command/definition.ts';
import { severities } from '../../model/finding.ts';
import { type Click, clickable, clickOf } from './clicks.ts';
import type { Glyphs } from './glyphs.ts';
import { fitLine, line, lineWidth, widthOf, word } from './text.ts';
import { windowWords } from './window.ts';

export interface Area {
  readonly width: number;
  /** Including the line of the title. */
  readonly height: number;
}

/** Rows a box has for its content, below its title. */
export const contentRows = (area: Area | null): number => Math.max(1, (area?.height ?? 2) - 1);

const blank: Line = [];

/** `height` rows of `lines` from `top`, empty ones after the last. */
export const rowsOf = (lines: readonly Line[], top: number, height: number): Line[] =>
  Array.from({ length: Math.max(0, height) }, (_, row) => lines[top + row] ?? blank);

/**
 * The line above a box: its name and, at the right, the position in its content. The focused one has a symbol as well as a
 * style.
 */
export function titleLine(name: Line, focused: boolean, width: number, at: string, { rule, mark }: Glyphs): Line {
  const role = focused ? 'focus' : 'border';
  const start = focused ? `${mark} ` : `${rule} `;
  const end = at === '' ? '' : ` ${at} `;
  const fill = Math.max(1, width - widthOf(start) - lineWidth(name) - widthOf(end) - 1);
  return line(word(start, role), ...name, word(` ${rule.repeat(fill)}`, role), word(end, 'dim'));
}

/** A name as a title has it. */
export const nameWords = (name: string, focused: boolean): Line => line(word(name, focused ? 'focus' : 'heading'));

/** Names of tabs; the current one is in brackets, so that it is visible without colours. `tight`: one blank between them. */
export const tabsLine = (names: readonly string[], shown: number, focused: boolean, tight = false): Line =>
  names.map((name, at) => {
    if (at === shown) return word(`[${name}]`, focused ? 'focus' : 'heading');
    return word(tight ? (at < shown ? `${name} ` : ` ${name}`) : ` ${name} `, 'dim');
  });

/** Roles that a selected row keeps: its severity is visible on every row. */
const keptRoles = new Set<string | undefined>([...severities, 'unknown']);

/** A row drawn as one bar, without the roles of its words but for severities. */
export function barLine(words: Line, width: number, more: string): Line {
  const bar: Word[] = [];
  for (const { text, role } of fitLine(words, width, more)) {
    const last = bar.at(-1);
    if (keptRoles.has(role)) bar.push(word(text, role));
    else if (last === undefined || keptRoles.has(last.role)) bar.push(word(text, 'selected'));
    else bar[bar.length - 1] = word(last.text + text, 'selected');
  }
  const click = words.map(clickOf).find((one) => one !== undefined);
  return click === undefined ? bar : clickable(bar, click);
}

interface TextBox {
  readonly name: Line;
  readonly focused: boolean;
  readonly area: Area;
  readonly lines: readonly Line[];
  readonly top: number;
  readonly glyphs: Glyphs;
}

/** A text below a title, one column free at its left. */
export function textBox({ name, focused, area, lines, top, glyphs }: TextBox): Line[] {
  const height = contentRows(area);
  return [
    titleLine(name, focused, area.width, windowWords(top, height, lines.length), glyphs),
    ...rowsOf(lines, top, height).map((words) => (words.length === 0 ? words : [word(' '), ...words])),
  ];
}

interface ListBox {
  readonly name: Line;
  readonly focused: boolean;
  readonly area: Area;
  readonly length: number;
  readonly cursor: { readonly index: number; readonly top: number };
  /** At the right end of the title; the position by default. */
  readonly at?: string;
  /** A line between title and rows. */
  readonly heads?: readonly Line[];
  readonly glyphs: Glyphs;
  row(index: number, selected: boolean): Line;
  /** Instead of rows where there are none. */
  readonly empty?: readonly Line[];
}

/** The visible rows of a list below a title; the selected one is a bar while the list has the focus. */
export function listBox(box: ListBox): Line[] {
  const { name, focused, area, length, cursor, glyphs, heads = [], empty = [] } = box;
  const height = Math.max(1, contentRows(area) - heads.length);
  const rows = Array.from({ length: Math.min(height, length - cursor.top) }, (_, row) => {
    const index = cursor.top + row;
    const selected = index === cursor.index;
    const words = box.row(index, selected);
    return selected && focused ? barLine(words, area.width, glyphs.more) : words;
  });
  const at = box.at ?? windowWords(cursor.top, height, length);
  const all = [titleLine(name, focused, area.width, at, glyphs), ...heads, ...(length === 0 ? empty : rows)];
  return rowsOf(all, 0, area.height);
}

/** Two boxes side by side with a separator between them; both as high as the higher one. */
export function beside(
  left: readonly Line[],
  right: readonly Line[],
  widths: readonly [number, number],
  glyphs: Glyphs,
) {
  return Array.from(
    { length: Math.max(left.length, right.length) },
    (_, row): Line => [
      ...fitLine(left[row] ?? blank, widths[0], glyphs.more),
      word(glyphs.wall, 'border'),
      ...fitLine(right[row] ?? blank, widths[1], glyphs.more),
    ],
  );
}

/**
 * A row of buttons; the selected one is a bar with a mark. `off`: why the `dead` ones are unavailable; empty when none is.
 * `click`: the action of a click on one.
 */
export function buttonsLine(
  labels: readonly string[],
  selected: number,
  { mark }: Glyphs,
  click: (index: number) => Click,
  off = '',
  dead: (index: number) => boolean = () => false,
): Line {
  return line(
    ' ',
    ...labels.flatMap((label, index) => {
      const isDead = off !== '' && dead(index);
      const role = index === selected ? 'selected' : isDead ? 'border' : 'heading';
      const button = [word(`${index === selected ? mark : ' '} ${label} `, role)];
      return [...(isDead ? button : clickable(button, click(index))), word('  ')];
    }),
    word(off, 'dim'),
  );
}
