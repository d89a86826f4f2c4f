// Markdown that fits into a comment on GitHub: parts are added while there is space, and what is cut off is counted. Pure.
import { clean } from '../model/text.ts';

/** The longest comment on GitHub. */
export const mostCharacters = 65_536;
/** For the sentence at the end. */
const reserve = 400;

/** Foreign text, escaped: no markup, no table cell and no HTML. */
export const markdownText = (text: string): string =>
  clean(text, 20_000).replace(/[\\`*_{}[\]()<>#+!|~&-]/g, (char) =>
    char === '<' ? '&lt;' : char === '>' ? '&gt;' : char === '&' ? '&amp;' : `\\${char}`,
  );

export interface MarkdownPart {
  /** What begins the part; alone where it has no rows. Ends with a line break. */
  readonly head: string;
  /** A line each, or a block that ends with a line break. */
  readonly rows?: readonly string[];
  readonly tail?: string;
  /** What the rows are: `findings`. */
  readonly noun?: string;
}

/** A list under a heading, or closed at first. `count`: how many of its items count. */
export function listPart(
  title: string,
  noun: string,
  items: readonly string[],
  isOpen: boolean,
  count = items.length,
): MarkdownPart[] {
  if (items.length === 0) return [];
  const head = isOpen ? `## ${title}\n\n` : `<details>\n<summary>${title}: ${count}</summary>\n\n`;
  return [{ head, rows: items.map((item) => `- ${item}`), tail: isOpen ? '\n' : '\n</details>\n', noun }];
}

/** A table under a heading. Cells are foreign text. */
export function tablePart(
  title: string,
  noun: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): MarkdownPart[] {
  if (rows.length === 0) return [];
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    {
      head: `## ${title}\n\n${row(columns)}\n${row(columns.map(() => '---'))}\n`,
      rows: rows.map((cells) => row(cells.map((cell) => markdownText(String(cell))))),
      ...{ tail: '\n', noun },
    },
  ];
}

/** The parts as far as they fit. A row is there as a whole or not at all, and each part that begins is ended. */
export function limitedMarkdown(parts: readonly MarkdownPart[], most = mostCharacters): string {
  let text = '';
  const cut: string[] = [];
  for (const { head, rows = [], tail = '', noun = 'rows' } of parts) {
    const room = most - reserve - text.length - head.length - tail.length;
    let used = 0;
    let count = 0;
    for (const row of rows) {
      if (used + row.length + 1 > room) break;
      used += row.length + 1;
      count += 1;
    }
    const isEmpty = count === 0 && (rows.length > 0 || room < 0);
    if (!isEmpty)
      text += `${head}${rows
        .slice(0, count)
        .map((row) => `${row}\n`)
        .join('')}${tail}`;
    if (count < rows.length) cut.push(`${rows.length - count} of ${rows.length} ${noun}`);
    else if (isEmpty) cut.push('a section');
  }
  if (cut.length === 0) return text;
  return `${text}\n**Cut off at ${most} characters:** not shown are ${cut.join(', ')}. Use \`--format json\` or \`html\` for everything.\n`;
}
