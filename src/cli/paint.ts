// The look of a role as terminal attributes. Colours come from the theme; this file holds only their escape sequences.
import type { Paint } from '../render/text.ts';
import { channels } from '../theme/depth.ts';
import { colourNames, type Style, type Theme } from '../theme/theme.ts';

/** Words in the theme's look. The theme holds only colours that the terminal has. */
export function painter(theme: Theme): Paint {
  const styles: Readonly<Record<string, Style>> = theme.styles;
  return (text, role) => {
    const style = role === undefined ? undefined : styles[role];
    const codes = style === undefined ? [] : codesOf(style);
    return codes.length === 0 || text === '' ? text : `\x1b[${codes.join(';')}m${text}\x1b[0m`;
  };
}

const codesOf = (style: Style): string[] => [
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
