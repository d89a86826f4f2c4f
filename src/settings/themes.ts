// The operator's themes: the files of one folder beside the settings. An invalid file is reported and does not stop Bastide.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { readFileBytes, TooLarge } from '../disk/read-text.ts';
import { clean } from '../model/text.ts';
import { BadTheme, isThemeName, readTheme } from '../theme/read-theme.ts';
import type { BrokenTheme, Theme } from '../theme/theme.ts';

export interface OwnThemes {
  readonly themes: readonly Theme[];
  readonly broken: readonly BrokenTheme[];
}

const largest = 64 * 1024;
const most = 200;

/** The `*.json` files of the folder, by name. `others`: existing themes, whose names are in use. Never throws. */
export async function ownThemes(folder: string, others: readonly Theme[]): Promise<OwnThemes> {
  const themes: Theme[] = [];
  const broken: BrokenTheme[] = [];
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => /\.json$/i.test(name))
      .sort();
  } catch (error) {
    // Most people have none.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return { themes, broken };
    return { themes, broken: [{ name: '', file: folder, why: 'the folder cannot be read' }] };
  }
  if (names.length > most) {
    broken.push({ name: '', file: folder, why: `the folder has ${names.length} files; only ${most} are read` });
  }
  for (const base of names.slice(0, most)) {
    const file = path.join(folder, base);
    const name = base.replace(/\.json$/i, '');
    try {
      themes.push(readTheme(await contentOf(file, name, others), { name, file, others }));
    } catch (error) {
      if (!(error instanceof BadTheme)) throw error;
      broken.push({ name: clean(name, 60), file: clean(file, 300), why: clean(error.message, 500) });
    }
  }
  return { themes, broken };
}

async function contentOf(file: string, name: string, others: readonly Theme[]): Promise<unknown> {
  if (!isThemeName(name)) throw new BadTheme('the file name may contain only letters, digits and dashes');
  if (others.some((other) => other.name === name.toLowerCase())) {
    throw new BadTheme(`${name} is a built-in theme: rename the file, and set "like": "${name.toLowerCase()}"`);
  }
  let text: string;
  try {
    const about = statSync(file);
    if (!about.isFile()) throw new BadTheme('it is not a file');
    text = (await readFileBytes(file, largest)).toString('utf8');
  } catch (error) {
    if (error instanceof BadTheme) throw error;
    throw new BadTheme(error instanceof TooLarge ? error.message : 'it cannot be read');
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new BadTheme(`it is not JSON: ${(error as Error).message}`);
  }
}
