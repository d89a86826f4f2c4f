// One row of the tree: its depth, its name, the worst failing severity as a letter and the number of failures.
import type { Line } from '../../../command/definition.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitText, line, widthOf, word } from '../../draw/text.ts';
import type { TreeRow } from './rows.ts';

export function treeWords(row: TreeRow, selected: boolean, width: number, glyphs: Glyphs): Line {
  const fold = row.folded === null ? ' ' : row.folded ? glyphs.folded : glyphs.open;
  const mark = markOf(row, glyphs);
  const count = row.failing > 0 ? String(row.failing).padStart(3) : '   ';
  const room = Math.max(1, width - 8);
  const label = fitted(`${' '.repeat(row.depth)}${fold} ${row.label}`, room, glyphs.more);
  const left = room - widthOf(label);
  const note = fitText(widthOf(row.note) < left ? ` ${row.note}` : '', left, '');
  return line(
    word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text'),
    word(label, selected ? 'focus' : row.resource === null ? 'heading' : 'text'),
    word(note, 'dim'),
    ' ',
    word(mark.text, mark.role),
    word(count, mark.role),
    ' ',
  );
}

const fitted = (text: string, room: number, more: string) => (widthOf(text) <= room ? text : fitText(text, room, more));

/** The worst severity as its letter, so that nothing depends on colour. */
export function markOf(
  row: Pick<TreeRow, 'worst' | 'passed'>,
  glyphs: Glyphs,
): { readonly text: string; readonly role: string } {
  if (row.worst === null) return { text: row.passed ? glyphs.ok : ' ', role: 'ok' };
  if (row.worst === 'unknown' || row.worst === 'gap') return { text: '?', role: 'unknown' };
  return { text: row.worst.slice(0, 1).toUpperCase(), role: row.worst };
}
