// A theme by its name, as theme and config take it.
import type { ThemeEntry } from '../../src/command/definition.ts';
import { nearest } from '../../src/command/nearest.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { clean } from '../../src/model/text.ts';

/** The name, when there is such a theme. Throws Failure (exit 2) that names file and member where its file is wrong. */
export function usableTheme(name: string, themes: readonly ThemeEntry[]): string {
  const found = themes.find((one) => one.name === name && name !== '');
  if (found !== undefined && found.wrong === undefined) return found.name;
  if (found !== undefined) {
    throw new Failure(
      'bad-theme',
      exitStatus.usage,
      `The theme ${clean(name, 60)} cannot be used: in ${found.file}, ${found.wrong}.`,
      'Mend the file, or choose another: see `bastide theme`.',
    );
  }
  const usable = themes.filter((one) => one.wrong === undefined).map((one) => one.name);
  const near = nearest(name, usable);
  throw new Failure(
    'unknown-theme',
    exitStatus.usage,
    `There is no theme ${clean(name, 60)}.`,
    near === undefined ? 'Run `bastide theme` for the list.' : `Did you mean ${near}?`,
  );
}
