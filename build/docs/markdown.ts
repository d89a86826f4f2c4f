// The little Markdown that the printed pages need.

export interface Page {
  /** From the root of the project. */
  readonly file: string;
  readonly text: string;
}

const notice = '<!-- Written by `npm run docs`. Change the source, not this file. -->';

export const page = (title: string, ...parts: readonly string[]): string =>
  `${[`# ${title}`, notice, ...parts.filter((part) => part !== '')].join('\n\n')}\n`;

export const sentences = (...all: readonly string[]): string => all.join(' ');
export const code = (text: string): string => `\`${text}\``;
export const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

/** A bar would end the cell, and a line break the row; neither stands in code. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

export const fenced = (text: string, language = 'sh'): string => `\`\`\`${language}\n${text}\n\`\`\``;
