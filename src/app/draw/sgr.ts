// A row of words as one text with terminal attributes. One text a row, in the form in which Ink writes rows itself, costs
// Ink a third of what a nested component for each word costs.
import type { Line } from '../../command/definition.ts';
import { sgrCodes } from '../../theme/sgr.ts';
import type { Style } from '../../theme/theme.ts';

/** The code that ends an attribute. */
function endOf(code: string): string {
  const number = Number.parseInt(code, 10);
  if (number <= 2) return '22';
  if (number < 10) return `2${number}`;
  const isBackground = (number >= 40 && number < 50) || number >= 100;
  return isBackground ? '49' : '39';
}

const sequence = (codes: readonly string[]): string => codes.map((code) => `\x1b[${code}m`).join('');

/** The shortest change from one style to another: what ends, the last first, then what begins. */
function change(from: readonly string[], to: readonly string[]): string {
  const kept = new Set(to.map(endOf));
  const ended = from.filter((code) => (endOf(code) === '22' ? !to.includes(code) : !kept.has(endOf(code))));
  const isIntensityLost = ended.some((code) => endOf(code) === '22');
  const begun = to.filter((code) => !from.includes(code) || (isIntensityLost && endOf(code) === '22'));
  return sequence([...new Set(ended.map(endOf).reverse()), ...begun]);
}

/** The words in the styles of their roles, plain at the end. `address` wraps the text of a link. */
export function styledText(
  words: Line,
  styleOf: (role: string | undefined) => Style,
  address: ((text: string, href: string) => string) | null,
): string {
  let text = '';
  let style: readonly string[] = [];
  for (const one of words) {
    if (one.text === '') continue;
    const next = sgrCodes(styleOf(one.role));
    text += change(style, next);
    text += address !== null && one.href !== undefined ? address(one.text, one.href) : one.text;
    style = next;
  }
  return text + change(style, []);
}

/** The words without the blanks at their end that show nothing: those with neither a background nor an underline. */
export function withoutTail(words: Line, styleOf: (role: string | undefined) => Style): Line {
  const last = words.findLastIndex(({ text, role }) => /\S/.test(text) || isVisible(styleOf(role)));
  const end = words[last];
  if (end === undefined) return [];
  const text = isVisible(styleOf(end.role)) ? end.text : end.text.trimEnd();
  return [...words.slice(0, last), { ...end, text }];
}
const isVisible = ({ inverse, background, underline }: Style): boolean =>
  inverse === true || underline === true || background !== undefined;
