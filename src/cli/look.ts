// Whether and how a stream is coloured: the flag first, then NO_COLOR, then whether it is a terminal.
import type { OutputFlags } from '../command/common-flags.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import type { Line } from '../model/words.ts';
import { asAscii, type Paint, plain, renderText } from '../render/text.ts';
import type { Theme } from '../theme/theme.ts';
import { colourDepth, painter } from './paint.ts';

export interface Look {
  readonly paint: Paint;
  readonly ascii: boolean;
  /** Lines as text in this look. */
  show(lines: readonly Line[]): string;
}

/** Throws Failure (exit 2) for a theme that does not exist. */
export function lookOf(
  flags: Pick<OutputFlags, 'color' | 'ascii' | 'theme'>,
  { themes, env }: { readonly themes: readonly Theme[]; readonly env: Readonly<Record<string, string | undefined>> },
  stream: { readonly isTTY?: boolean },
): Look {
  const theme = flags.theme === undefined ? themes[0] : themes.find((one) => one.name === flags.theme);
  if (theme === undefined && flags.theme !== undefined) {
    throw new Failure(
      'unknown-theme',
      exitStatus.usage,
      `There is no theme ${clean(flags.theme, 60)}.`,
      `There are: ${themes.map((one) => one.name).join(', ')}.`,
    );
  }
  const quiet = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb' || stream.isTTY !== true;
  const coloured = theme !== undefined && (flags.color === 'always' || (flags.color === 'auto' && !quiet));
  const depth = flags.color === 'always' && colourDepth(env) === 'none' ? '256' : colourDepth(env);
  const paint = coloured ? painter(theme, depth) : plain;
  const { ascii } = flags;
  return {
    paint,
    ascii,
    show(lines) {
      const text = renderText(lines, paint);
      return ascii ? asAscii(text) : text;
    },
  };
}
