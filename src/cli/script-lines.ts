// The lines of a script that are run: with the files that it includes, all parsed, from the line that was asked for on.
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ScriptOptions } from '../command/definition.ts';
import type { Defaults } from '../command/parse-arguments.ts';
import { includedLines, parseScript, type ScriptLine } from '../command/script.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import { readText, whyNot } from './files.ts';
import { lookupIn, type Wiring } from './wiring.ts';

/** Throws Failure (exit 2) that names file and line. */
export async function scriptLines(
  text: string,
  { set, file, from = 1 }: ScriptOptions,
  { env, streams, verbs, signal }: Wiring,
  defaults: Defaults,
): Promise<ScriptLine[]> {
  const lookup = lookupIn(set, env);
  const find = includeFinder(file);
  const written = await includedLines(text, file, {
    lookup,
    async read(name, includer) {
      const whole = await find(name, includer);
      return { file: path.relative('.', whole), text: await readText(whole, streams.stdin, { signal }) };
    },
  });
  const last = written.at(-1)?.root ?? 0;
  if (from > last) {
    throw new Failure('unknown-line', exitStatus.usage, `The script has no line ${from}.`, `Its last line is ${last}.`);
  }
  return parseScript(written, verbs, { lookup, defaults }).filter(({ root }) => root >= from);
}

/**
 * Finds what a script includes: files in its folder, or what is named by an absolute path, which then has a folder in the same way. A
 * script may come from elsewhere, and must not have the program read, and show, what lies around it.
 */
function includeFinder(script: string | undefined) {
  const folderOf = (file: string | undefined) => path.resolve(file === undefined ? '.' : path.dirname(file));
  const bases = new Map<string, string>();
  return async (name: string, includer: string | undefined): Promise<string> => {
    const base = (includer === undefined ? undefined : bases.get(path.resolve(includer))) ?? folderOf(script);
    const isNamed = path.isAbsolute(name);
    const whole = path.resolve(folderOf(includer), name);
    if (!isNamed && !isInside(base, whole)) throw outside(name);
    const real = await realpath(whole).catch((error: unknown) => {
      throw unreadable(name, whyNot(error));
    });
    if (!isNamed && !isInside(await realpath(base), real)) throw outside(name);
    if (!(await stat(real)).isFile()) throw unreadable(name, 'it is not a regular file');
    bases.set(whole, isNamed ? path.dirname(whole) : base);
    return whole;
  };
}

function isInside(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '' && way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

const outside = (name: string): Failure =>
  new Failure(
    'include-outside',
    exitStatus.usage,
    `${clean(name, 300)} is not in the folder of the script.`,
    'Move it there, or name it by its absolute path.',
  );
const unreadable = (name: string, why: string): Failure =>
  new Failure('unreadable-file', exitStatus.usage, `${clean(name, 300)} cannot be read: ${why}.`, 'Check the path.');
