// The look of a role as terminal attributes. Colours come from the theme; here stands only how a terminal is told them.
import type { Paint } from '../render/text.ts';
import type { Style, Theme } from '../theme/theme.ts';

export type ColourDepth = 'none' | 'ansi' | '256' | 'full';

/** The sixteen names of a terminal, in the order of their codes (ECMA-48, SGR 30-37 and 90-97). */
const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** How many colours the terminal says it has. */
export function colourDepth(env: Readonly<Record<string, string | undefined>>): ColourDepth {
  if (/^(truecolor|24bit)$/i.test(env.COLORTERM ?? '')) return 'full';
  if (/256/.test(env.TERM ?? '')) return '256';
  return env.TERM === undefined || env.TERM === 'dumb' ? 'none' : 'ansi';
}

/** Words in the theme's look. With depth `none` attributes such as bold stay and colours go. */
export function painter(theme: Theme, depth: ColourDepth): Paint {
  const styles: Readonly<Record<string, Style>> = theme.styles;
  return (text, role) => {
    const style = role === undefined ? undefined : styles[role];
    const codes = style === undefined ? [] : codesOf(style, depth);
    return codes.length === 0 || text === '' ? text : `\x1b[${codes.join(';')}m${text}\x1b[0m`;
  };
}

const codesOf = (style: Style, depth: ColourDepth): string[] => [
  ...(style.bold ? ['1'] : []),
  ...(style.dim ? ['2'] : []),
  ...(style.underline ? ['4'] : []),
  ...(style.inverse ? ['7'] : []),
  ...colour(style.color, depth, 0),
  ...colour(style.background, depth, 10),
];

function colour(value: string | undefined, depth: ColourDepth, shift: 0 | 10): string[] {
  if (value === undefined || depth === 'none') return [];
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value);
  if (!hex) {
    const base = value.replace(/Bright$/, '');
    if (/^gr[ae]y$/.test(value)) return [String(90 + shift)];
    const index = names.indexOf(base);
    return index < 0 ? [] : [String((base === value ? 30 : 90) + index + shift)];
  }
  const [red, green, blue] = hex.slice(1).map((part) => Number.parseInt(part, 16)) as [number, number, number];
  if (depth === 'full') return [`${38 + shift};2;${red};${green};${blue}`];
  if (depth === 'ansi') return [];
  const step = (channel: number) => Math.round((channel / 255) * 5);
  return [`${38 + shift};5;${16 + 36 * step(red) + 6 * step(green) + step(blue)}`];
}
