// Lines of tagged words as text. The look of a role is a parameter, so that there is no colour here. Pure.
import { clean } from '../model/text.ts';
import type { Line } from '../model/words.ts';

/** Styles a word by its role. */
export type Paint = (text: string, role: string | undefined) => string;
export const plain: Paint = (text) => text;

/** One line of text for each line of words; foreign text in them is made safe to show. */
export const renderText = (lines: readonly Line[], paint: Paint): string =>
  lines
    .map(
      (line) =>
        `${line
          .map((word) => paint(clean(word.text, 20_000), word.role))
          .join('')
          .trimEnd()}\n`,
    )
    .join('');

// Characters that a terminal without Unicode cannot show, and their ASCII replacements.
const ascii: Readonly<Record<string, string>> = {
  '…': '...',
  '→': '->',
  '←': '<-',
  '–': '-',
  '—': '-',
  '·': '-',
  '✓': 'ok',
  '✗': 'x',
  '“': '"',
  '”': '"',
  '’': "'",
};

/** The text without characters beyond ASCII. */
export const asAscii = (text: string): string => text.replace(/[^\x00-\x7f]/gu, (char) => ascii[char] ?? '?');
