// A theme by its name, as theme and config take it.
import type { ThemeEntry } from '../../src/command/definition.ts';
import { badTheme, unknownTheme } from '../../src/command/theme-refused.ts';
import { nearest } from '../../src/model/nearest.ts';

/** The name, when there is such a theme. Throws Failure (exit 2) that names file and member where its file is wrong. */
export function usableTheme(name: string, themes: readonly ThemeEntry[]): string {
  const found = themes.find((one) => one.name === name && name !== '');
  if (found !== undefined && found.wrong === undefined) return found.name;
  if (found !== undefined) throw badTheme(name, found.file, found.wrong);
  const usable = themes.filter((one) => one.wrong === undefined).map((one) => one.name);
  const near = nearest(name, usable);
  throw unknownTheme(name, near === undefined ? 'Run `bastide theme` for the list.' : `Did you mean ${near}?`);
}
