// The columns of the overview as lines: sections one below the other, and what the selected problem is about.
import type { Line } from '../../../command/definition.ts';
import { barLine, rowsOf, titleLine } from '../../draw/areas.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { line, word } from '../../draw/text.ts';
import { clamp } from '../../draw/window.ts';
import type { Section } from './sections.ts';

export const goalsIn = (sections: readonly Section[]): number =>
  sections.reduce((sum, { rows }) => sum + rows.filter(({ goal }) => goal !== null).length, 0);

/** The sections stacked, scrolled so that the selected row is visible. `at` counts the rows with links. */
export function columnLines(
  sections: readonly Section[],
  at: number,
  width: number,
  height: number,
  glyphs: Glyphs,
): Line[] {
  const lines: Line[] = [];
  const titles = new Set<number>();
  let goals = 0;
  let selectedLine = 0;
  for (const { title, note, rows } of sections) {
    if (lines.length > 0) lines.push([]);
    titles.add(lines.length);
    lines.push(
      titleLine(line(word(title, 'heading'), word(note === '' ? '' : `  ${note}`, 'dim')), false, width, '', glyphs),
    );
    for (const { words, goal } of rows) {
      const selected = goal !== null && goals === at;
      if (goal !== null) goals += 1;
      if (selected) selectedLine = lines.length;
      const all = [word(selected ? `${glyphs.mark} ` : '  ', 'focus'), ...words];
      lines.push(selected ? barLine(all, width, glyphs.more) : all);
    }
  }
  const top = clamp(selectedLine - Math.floor(height / 2), lines.length - height);
  // A title without a row of its section says nothing.
  return rowsOf(lines, top, height).map((words, row) => (row === height - 1 && titles.has(top + row) ? [] : words));
}

/** Cells of the right one of two columns. */
export const rightOf = (width: number): number => width - 1 - Math.floor((width - 1) / 2);
/** Fewer rows of a problem say too little. */
const fewestRows = 8;

/** Below the other sections what the selected problem is about, as far as the room goes. */
export function withDetail(
  lines: readonly Line[],
  detail: readonly Line[],
  width: number,
  height: number,
  glyphs: Glyphs,
) {
  const used = lines.findLastIndex((one) => one.length > 0) + 1;
  const room = height - used - 2;
  if (detail.length === 0 || room < Math.min(fewestRows, detail.length)) return lines;
  const title = titleLine(line(word('Selected problem', 'heading')), false, width, '', glyphs);
  const shown =
    detail.length <= room ? detail : [...detail.slice(0, room - 1), line(word('Enter shows the rest', 'dim'))];
  return [...lines.slice(0, used), [], title, ...shown.map((words) => line('  ', ...words))];
}
