// Lines of words broken at spaces to a width in cells, for texts that are read on a terminal. Pure.
import { type Line, plainText, type Word } from '../model/words.ts';

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const cellsOf = (text: string): number =>
  /^[\x20-\x7e]*$/.test(text) ? text.length : [...text].reduce((sum, one) => sum + (wide.test(one) ? 2 : 1), 0);

/** Where the text of a line starts: after its indentation and a short label (`Risk    `, `- `, `3. `). */
const hang = (text: string): number =>
  /^\s*(?:\S{1,9}(?: \S{1,6})?\s{2,}|[-+\u2022*] |\d{1,2}\.? )?/.exec(text)?.[0].length ?? 0;

/**
 * The lines in at most `width` cells each; a broken line continues below the beginning of its text. A command (`$ `) is kept
 * whole, so that it can be copied, and so is a word that is longer than a line.
 */
export const wrapLines = (lines: readonly Line[], width: number): Line[] =>
  lines.flatMap((line) => wrapped(line, width));

function wrapped(line: Line, width: number): Line[] {
  const text = plainText(line);
  if (cellsOf(text) <= width || /^\s*\$ /.test(text)) return [line];
  const indent = Math.min(hang(text), Math.floor(width / 2));
  const lines: Word[][] = [[]];
  let used = 0;
  for (const word of line) {
    for (const token of word.text.split(/(?<=\s)(?=\S)/)) {
      const cells = cellsOf(token.trimEnd());
      if (used > indent && used + cells > width) {
        lines.push([{ text: ' '.repeat(indent) }]);
        used = indent;
      }
      lines.at(-1)?.push({ ...word, text: token });
      used += cellsOf(token);
    }
  }
  return lines;
}
