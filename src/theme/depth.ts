// How many colours a terminal has, and a theme converted to that number. An unavailable colour becomes the nearest available
// one. The environment is a parameter.
import { luminance } from './contrast.ts';
import { colourNames, type Style, type Theme } from './theme.ts';

export type ColourDepth = 'none' | 'ansi' | '256' | 'full';

type Environment = Readonly<Record<string, string | undefined>>;

/** Terminals with true colour that may not set COLORTERM. */
const fullTerms = /-direct$|^(xterm-kitty|xterm-ghostty|alacritty|wezterm|foot)/i;
const fullPrograms = /^(iTerm\.app|WezTerm|vscode|ghostty)$/;

/** How many colours the terminal reports. */
export function colourDepth(env: Environment): ColourDepth {
  const term = env.TERM ?? '';
  if (term === '' || term === 'dumb')
    return /^(truecolor|24bit)$/i.test(env.COLORTERM ?? '') && term === '' ? 'full' : 'none';
  const says = /^(truecolor|24bit)$/i.test(env.COLORTERM ?? '') || env.WT_SESSION !== undefined;
  const full = says || fullTerms.test(term) || fullPrograms.test(env.TERM_PROGRAM ?? '');
  // GNU screen passes on COLORTERM of the outer terminal without supporting true colour.
  const within = /^screen/.test(term) && env.STY !== undefined && env.TMUX === undefined;
  if (full) return within ? '256' : 'full';
  return /256/.test(term) ? '256' : 'ansi';
}

/** The theme with no colour that a terminal of this depth lacks. At `none` inverse, bold and underline stay. */
export function atDepth(theme: Theme, depth: ColourDepth): Theme {
  if (depth === 'full') return theme;
  const dark = theme.ground === null || luminance(theme.ground) < 0.18;
  const told = ({ color, background, ...rest }: Style): Style => ({
    ...rest,
    ...(depth === 'none' || color === undefined ? {} : { color: nearest(color, depth, dark) }),
    ...(depth === 'none' || background === undefined ? {} : { background: nearest(background, depth, dark) }),
  });
  const styles = Object.fromEntries(Object.entries(theme.styles).map(([role, style]) => [role, told(style)]));
  return { ...theme, styles: styles as Theme['styles'] };
}

/** `#rrggbb` as `ansi256(n)` or one of the sixteen names; a name stays as it is. */
function nearest(colour: string, depth: 'ansi' | '256', dark: boolean): string {
  const rgb = channels(colour);
  if (rgb === undefined) return colour;
  return depth === '256' ? `ansi256(${nearest256(rgb)})` : nearestName(rgb, dark);
}

export type Channels = readonly [red: number, green: number, blue: number];

/** The channels of `#rrggbb`, 0 to 255; undefined for a colour by name. */
export function channels(colour: string): Channels | undefined {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  return hex === null ? undefined : (hex.slice(1).map((part) => Number.parseInt(part, 16)) as unknown as Channels);
}

/** The levels of the colour cube of 256-colour terminals (xterm, "256colres"). */
const levels = [0, 95, 135, 175, 215, 255];

/** The channels of one of the upper 240 of 256 colours. */
export function channels256(index: number): Channels {
  if (index >= 232) return [8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)];
  const at = (part: number) => levels[part % 6] ?? 0;
  const cube = index - 16;
  return [at(Math.floor(cube / 36)), at(Math.floor(cube / 6)), at(cube)];
}

function nearest256(rgb: Channels): number {
  let best = 16;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 16; index < 256; index += 1) {
    const [red, green, blue] = channels256(index);
    // Weighted by perception ("redmean" with its middle weights).
    const far = 2.5 * (red - rgb[0]) ** 2 + 4 * (green - rgb[1]) ** 2 + 2.5 * (blue - rgb[2]) ** 2;
    if (far < least) [best, least] = [index, far];
  }
  return best;
}

/**
 * By hue: pale colours would otherwise all be nearest to white. On a dark background the bright half of the sixteen is more
 * readable.
 */
function nearestName([red, green, blue]: Channels, dark: boolean): string {
  const top = Math.max(red, green, blue);
  const spread = top - Math.min(red, green, blue);
  if (spread < 45) {
    if (dark) return top > 220 ? 'whiteBright' : top > 140 ? 'white' : 'gray';
    return top < 70 ? 'black' : 'gray';
  }
  const turn =
    top === red ? (green - blue) / spread : top === green ? 2 + (blue - red) / spread : 4 + (red - green) / spread;
  const hue = (60 * turn + 360) % 360;
  // Bits as in the codes: red 1, green 2, blue 4. Orange becomes yellow and pink magenta, which distinguishes them from red.
  const code = hue < 25 || hue >= 330 ? 1 : hue < 75 ? 3 : hue < 160 ? 2 : hue < 200 ? 6 : hue < 245 ? 4 : 5;
  const name = colourNames[code] ?? 'white';
  return dark ? `${name}Bright` : name;
}
