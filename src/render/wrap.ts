// Sentences cut into lines for a terminal of 80 columns. Without styling.
import { type Line, line } from '../model/words.ts';

export const textWidth = 78;

/** Words laid out from column `indent` on; `first` precedes the first of them. Ids that are too long are cut before a slash. */
export function wrapped(text: string, indent: number, role = '', first = ''): Line[] {
  const room = textWidth - indent;
  const rows: string[] = [];
  for (const [piece, gap] of text.split(/\s+/).flatMap((word) => piecesOf(word, room))) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + gap.length + piece.length <= room)
      rows[rows.length - 1] = last + gap + piece;
    else rows.push(piece);
  }
  const lead = (row: number) => (row === 0 ? first.padEnd(indent) : ' '.repeat(indent));
  return rows.map((words, row) => line(lead(row), role === '' ? words : [words, role]));
}

/** A word in pieces that fit, each with the separator before it. */
function piecesOf(word: string, room: number): (readonly [piece: string, gap: string])[] {
  if (word === '') return [];
  if (word.length <= room) return [[word, ' ']];
  return word.split(/(?=\/)/).map((piece, index) => [piece, index === 0 ? ' ' : '']);
}
