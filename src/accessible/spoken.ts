// Lines of words as sentences for a screen reader: no visual symbols, no columns, no drawing. Pure.
import { severities as known } from '../model/finding.ts';
import { clean } from '../model/text.ts';
import type { Line } from '../model/words.ts';

/** The spoken form of a symbol at the beginning of a line. */
const openers: Readonly<Record<string, string>> = {
  '✓': 'ok,',
  '✗': 'fails,',
  '?': 'unknown,',
  '·': '',
  '*': 'chosen,',
  $: 'command:',
};
const signs: Readonly<Record<string, string>> = {
  '→': ' becomes ',
  '←': ' from ',
  '·': ', ',
  '✓': ' ok ',
  '✗': ' fails ',
  '…': '...',
};
const severities = new Set<string>(known);
const drawing = /[\u2500-\u259f\u25a0-\u25ff\u2800-\u28ff]+/g;

/** One line as a sentence; '' for a line without spoken content. */
export function spokenLine(line: Line): string {
  const text = line.map(({ text: word, role }) => withSign(clean(word, 20_000), role)).join('');
  const [first = '', ...rest] = text.trimStart().split(' ');
  const opened = rest.length > 0 && first in openers ? `${openers[first]} ${rest.join(' ').trimStart()}` : text;
  return (
    opened
      .replace(drawing, ' ')
      // A label in a separate column.
      .replace(/^\s*([A-Z][A-Za-z ]{0,13}?) {2,}(?=\S)/, '$1: ')
      .split(/([\u2192\u2190\u00b7\u2713\u2717\u2026])/u)
      .map((part, at, all) => (at % 2 === 1 ? (signs[part] ?? ' ') : between(part, at > 0, at < all.length - 1)))
      .join('')
      .trim()
      .replace(/(?<=[:,;.(])\s{2,}/g, ' ')
      .replace(/\s{2,}/g, ', ')
      .replace(/^, /, '')
  );
}

const between = (text: string, afterSign: boolean, beforeSign: boolean): string => {
  const begun = afterSign ? text.trimStart() : text;
  return beforeSign ? begun.trimEnd() : begun;
};

/** The spoken form of a word's position and role. */
function withSign(text: string, role: string | undefined): string {
  if (role !== undefined && severities.has(role) && /\S\s+$/.test(text)) return `${text.trimEnd()}, `;
  if (role === 'heading' && /[a-z] +$/.test(text)) return `${text.trimEnd()}: `;
  if (role === 'added') return text.replace(/^\s*\+ /, 'added: ');
  return role === 'removed' ? text.replace(/^\s*- /, 'removed: ') : text;
}

/** Lines as sentences, with at most one empty line between two. */
export function spoken(lines: readonly Line[]): string[] {
  const all = lines.map(spokenLine);
  return all.filter((text, at) => text !== '' || (at > 0 && at < all.length - 1 && all[at - 1] !== ''));
}

/** A sentence in rows of at most `width` characters, broken at spaces; a word that is longer, such as an id, stays whole. */
export function wrap(text: string, width: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of text.split(' ')) {
    if (row !== '' && row.length + 1 + word.length > width) {
      rows.push(row);
      row = word;
    } else row = row === '' ? word : `${row} ${word}`;
  }
  return [...rows, row];
}
