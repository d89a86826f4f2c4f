// The words of panes: titles, tabs, the bar of a selected row, the window of a text. Every row fits its width.
import type { Line, Word } from '../../command/definition.ts';
import { severities } from '../../model/finding.ts';
import { clickable, clickOf } from './clicks.ts';
import type { Glyphs } from './glyphs.ts';
import { fitLine, line, lineWidth, widthOf, word } from './text.ts';

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

/** A text with one column free at its left. */
export const indented = (lines: readonly Line[]): Line[] =>
  lines.map((words) => (words.length === 0 ? words : [word(' '), ...words]));
