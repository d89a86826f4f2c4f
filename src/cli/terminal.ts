// What the environment says of the terminal and of who sits at it.
import type { OutputFlags } from '../command/common-flags.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const given = (text: string | undefined): text is string => text !== undefined && text !== '';

/**
 * Does the locale have more than ASCII? The first of LC_ALL, LC_CTYPE and LANG that is set decides (POSIX, 8.2). Where none is,
 * as in most containers, the terminal is trusted.
 */
export function showsUnicode({ LC_ALL, LC_CTYPE, LANG }: Environment): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find(given);
  return locale === undefined || /utf-?8/i.test(locale);
}

/** Lines to be read one after another instead of a screen that is painted over: asked for, or the only thing the terminal can do. */
export function wantsLines(
  { accessible }: Pick<OutputFlags, 'accessible'>,
  env: Environment,
  explicit: ReadonlySet<string>,
): boolean {
  if (accessible || explicit.has('accessible')) return accessible;
  const on = (text: string | undefined) => given(text) && !/^(0|false|no|off)$/i.test(text);
  return env.TERM === 'dumb' || on(env.ACCESSIBLE) || on(env.INK_SCREEN_READER);
}

/**
 * Are addresses on the screen links of the terminal (OSC 8)? Unless the setting says so, not where a link may be shown as rubbish
 * or lost on the way: the console of Linux, screen, and tmux before 3.4 or of an unknown version.
 */
export function showsLinks(setting: unknown, env: Environment): boolean {
  if (setting === 'on' || setting === 'off') return setting === 'on';
  const { TERM = '', TMUX, STY, TERM_PROGRAM, TERM_PROGRAM_VERSION = '' } = env;
  if (/^(|dumb|linux|unknown|vt\d.*)$/.test(TERM) || given(STY)) return false;
  if (TERM_PROGRAM !== 'tmux') return !given(TMUX) && !/^(screen|tmux)/.test(TERM);
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(TERM_PROGRAM_VERSION) ?? [];
  return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 4);
}
