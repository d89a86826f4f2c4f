// The lines of a script that are run: with the files that it includes, all parsed, from the line that was asked for on.
import path from 'node:path';
import type { ScriptOptions } from '../command/definition.ts';
import type { Defaults } from '../command/parse-arguments.ts';
import { includedLines, parseScript, type ScriptLine } from '../command/script.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { readText } from './files.ts';
import { lookupIn, type Wiring } from './wiring.ts';

/** Throws Failure (exit 2) that names file and line. */
export async function scriptLines(
  text: string,
  { set, file, from = 1 }: ScriptOptions,
  { env, streams, verbs, signal }: Wiring,
  defaults: Defaults,
): Promise<ScriptLine[]> {
  const lookup = lookupIn(set, env);
  const written = await includedLines(text, file, {
    lookup,
    async read(name, includer) {
      const whole = path.resolve(includer === undefined ? '.' : path.dirname(includer), name);
      const shown = path.relative('.', whole);
      return { file: shown, text: await readText(shown, streams.stdin, { signal }) };
    },
  });
  const last = written.at(-1)?.root ?? 0;
  if (from > last) {
    throw new Failure('unknown-line', exitStatus.usage, `The script has no line ${from}.`, `Its last line is ${last}.`);
  }
  return parseScript(written, verbs, { lookup, defaults }).filter(({ root }) => root >= from);
}
