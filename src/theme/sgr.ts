// A style as the codes of terminal attributes (SGR). Colours come from the theme; this file holds only their codes.
import { channels } from './depth.ts';
import { colourNames, type Style } from './theme.ts';

/** Its codes, one for each attribute; the theme holds only colours that the terminal has. */
export const sgrCodes = (style: Style): string[] => [
  ...(style.bold ? ['1'] : []),
  ...(style.dim ? ['2'] : []),
  ...(style.underline ? ['4'] : []),
  ...(style.inverse ? ['7'] : []),
  ...colour(style.color, 0),
  ...colour(style.background, 10),
];

function colour(value: string | undefined, shift: 0 | 10): string[] {
  if (value === undefined) return [];
  const rgb = channels(value);
  if (rgb !== undefined) return [`${38 + shift};2;${rgb.join(';')}`];
  const indexed = /^ansi256\((\d+)\)$/.exec(value)?.[1];
  if (indexed !== undefined) return [`${38 + shift};5;${indexed}`];
  if (/^gr[ae]y$/.test(value)) return [String(90 + shift)];
  const base = value.replace(/Bright$/, '');
  const index = (colourNames as readonly string[]).indexOf(base);
  return index < 0 ? [] : [String((base === value ? 30 : 90) + index + shift)];
}
