// Whether and how a stream is coloured: the flag first, then NO_COLOR, then whether it is a terminal.

import { spoken } from '../accessible/spoken.ts';
import type { OutputFlags } from '../command/common-flags.ts';
import type { ParsedCommand } from '../command/parse-arguments.ts';
import { badTheme, unknownTheme } from '../command/theme-refused.ts';
import { isFailure } from '../model/failure.ts';
import type { Line } from '../model/words.ts';
import { asAscii, type Paint, plain, renderText } from '../render/text.ts';
import { chooseTheme } from '../theme/choose.ts';
import { atDepth, type ColourDepth, colourDepth } from '../theme/depth.ts';
import type { BrokenTheme, Theme } from '../theme/theme.ts';
import { painter } from './paint.ts';
import { showsUnicode, wantsLines } from './terminal.ts';

export interface Look {
  readonly paint: Paint;
  readonly ascii: boolean;
  /** Sentences for a screen reader instead of signs and columns. */
  readonly aloud: boolean;
  /** Lines as text in this look, with what a suggested command needs to act where this one did. */
  show(lines: readonly Line[]): string;
  readonly suggest: Suggest;
}

/** Completes the commands that lines suggest. */
type Suggest = (lines: readonly Line[]) => readonly Line[];
const asTheyAre: Suggest = (lines) => lines;

/** What a look is chosen from. */
export interface Looks {
  readonly themes: readonly Theme[];
  readonly brokenThemes: readonly BrokenTheme[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Throws Failure (exit 2) for a theme that was asked for by `--theme` and does not exist. */
export function lookOf(
  flags: Pick<OutputFlags, 'color' | 'ascii' | 'theme' | 'accessible'>,
  looks: Looks,
  stream: { readonly isTTY?: boolean },
  explicit: ReadonlySet<string> = new Set(),
): Look {
  if (explicit.has('theme') && flags.theme !== undefined) requireTheme(flags.theme, looks);
  const { env, themes } = looks;
  const depth = depthFor(flags.color, env, stream.isTTY === true);
  // What only a setting or the environment says of the terminal is no reason to change what goes into a pipe.
  const aloud = wantsLines(flags, env, explicit) && (stream.isTTY === true || explicit.has('accessible'));
  const paint = depth === null ? plain : painter(chooseTheme({ name: flags.theme, depth, themes }));
  const ascii = flags.ascii || (stream.isTTY === true && !explicit.has('ascii') && !showsUnicode(env));
  return lookWith({ paint, ascii, aloud });
}

/** A look from its parts. */
export const lookWith = ({
  paint,
  ascii,
  aloud,
  suggest = asTheyAre,
}: Omit<Look, 'show' | 'suggest'> & Partial<Look>): Look => ({
  ...{ paint, ascii, aloud, suggest },
  show(found) {
    const lines = suggest(found);
    const text = aloud ? `${spoken(lines).join('\n')}\n` : renderText(lines, paint);
    return ascii ? asAscii(text) : text;
  },
});

/** The themes as the full-screen shell shows them, and the one to begin with. Throws as {@link lookOf}. */
export function screenLook({ host, explicit }: Pick<ParsedCommand, 'host' | 'explicit'>, looks: Looks) {
  if (explicit.has('theme') && host.theme !== undefined) requireTheme(host.theme, looks);
  const depth = depthFor(host.color, looks.env, true) ?? 'none';
  const byLocale = !host.ascii && !explicit.has('ascii') && !showsUnicode(looks.env);
  return {
    theme: chooseTheme({ name: host.theme, depth, themes: looks.themes }),
    themes: looks.themes.map((theme) => atDepth(theme, depth)),
    depth,
    ascii: host.ascii || byLocale,
    notices: [
      ...settledTheme(host.theme, looks),
      ...(byLocale
        ? ['The locale is not UTF-8, so only ASCII characters are shown; pass --no-ascii to show all.']
        : []),
    ],
    /** The depth in the numbers of FORCE_COLOR; with 0 bold and inverse would go too. */
    chalkLevel: { none: '1', ansi: '1', '256': '2', full: '3' }[depth],
  };
}

/** How many colours text on a stream has; null for text without any mark at all. */
function depthFor(color: OutputFlags['color'], env: Looks['env'], terminal: boolean): ColourDepth | null {
  const depth = colourDepth(env);
  if (color === 'always') return depth === 'none' ? '256' : depth;
  if (color === 'never' || !terminal || env.TERM === 'dumb') return null;
  // Without colours, bold and selected text are still visible.
  return (env.NO_COLOR ?? '') === '' ? depth : 'none';
}

/** A sentence when the theme of the settings is not to be had: the work goes on in another. */
export function settledTheme(name: string | undefined, looks: Omit<Looks, 'env'>): string[] {
  if (name === undefined) return [];
  try {
    requireTheme(name, looks);
    return [];
  } catch (error) {
    if (!isFailure(error)) throw error;
    return [`${error.message} ${looks.themes[0]?.name} is shown; \`bastide theme\` tells more.`];
  }
}

/** Throws Failure (exit 2) that says what is wrong with the theme's file, where it has one. */
function requireTheme(name: string, { themes, brokenThemes }: Omit<Looks, 'env'>): void {
  if (themes.some((one) => one.name === name)) return;
  const broken = brokenThemes.find((one) => one.name === name);
  if (broken !== undefined) throw badTheme(name, broken.file, broken.why);
  throw unknownTheme(name, `Available themes: ${themes.map((one) => one.name).join(', ')}.`);
}
