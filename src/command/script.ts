// Scripts: command lines one after another, each parsed before the first is run. Opens no file and prints nothing.
import { type ExitStatus, exitStatus, Failure, introducedCode, isFailure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import type { SessionEvent } from '../session/session.ts';
import type { Command, CommandContext, LineOutcome } from './definition.ts';
import { type Defaults, type ParsedCommand, parseCommand } from './parse-arguments.ts';
import { type Lookup, parseLine } from './parse-line.ts';
import { type Envelope, runCommand } from './run.ts';

/** A line of a script as it is written. */
export interface WrittenLine {
  /** The file it is in; undefined for a script without a name. */
  readonly file: string | undefined;
  /** 1-based, in its file. */
  readonly number: number;
  /** The line of the script itself that it is, or that includes it. */
  readonly root: number;
  readonly text: string;
  /** Of an included file that is not named as a script: no message shows what it holds. */
  readonly isHidden?: boolean;
}

export interface ScriptLine extends Omit<WrittenLine, 'text' | 'isHidden'> {
  readonly parsed: ParsedCommand;
  /** Written with a leading `-`: its status does not stop the script. */
  readonly forgiving: boolean;
}

const isScriptName = (file: string): boolean => /\.bastide$/i.test(file);

const writtenIn = (text: string, file?: string, root?: number): WrittenLine[] =>
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((raw, index) => ({ file, number: index + 1, root: root ?? index + 1, text: raw }))
    .map((line) =>
      root === undefined || file === undefined || isScriptName(file) ? line : { ...line, isHidden: true },
    );

/** Far more than anyone writes; a script that includes itself by two names ends there. */
const includesAtMost = 100;

/**
 * The lines of a script with those of the files that it includes in their place. `read` finds a file that another names, and gives
 * its path. Throws Failure (exit 2) that names file and line.
 */
export async function includedLines(
  text: string,
  file: string | undefined,
  options: {
    readonly lookup: Lookup;
    read(name: string, from: string | undefined): Promise<{ readonly file: string; readonly text: string }>;
  },
): Promise<WrittenLine[]> {
  let count = 0;
  return linesOf(writtenIn(text, file), file === undefined ? [] : [file]);

  async function linesOf(lines: readonly WrittenLine[], around: readonly string[]): Promise<WrittenLine[]> {
    const all: WrittenLine[] = [];
    for (const line of lines) {
      if (!/^\s*include(?:\s|$)/.test(line.text)) {
        all.push(line);
        continue;
      }
      try {
        const [, name, ...more] = parseLine(line.text, options.lookup);
        if (name === undefined || more.length > 0)
          throw usage('bad-include', 'include takes one file.', 'Write `include FILE`.');
        const included = await options.read(name, line.file);
        count += 1;
        if (around.includes(included.file) || count > includesAtMost) {
          throw usage(
            'endless-include',
            `${clean(included.file, 300)} includes itself.`,
            'Remove one of the includes.',
          );
        }
        all.push(...(await linesOf(writtenIn(included.text, included.file, line.root), [...around, included.file])));
      } catch (error) {
        throw atLine(error, line);
      }
    }
    return all;
  }
}

/** Every line of a script. Throws Failure (exit 2) that names the line. */
export const parseScript = (
  script: string | readonly WrittenLine[],
  verbs: readonly Command[],
  options: { readonly lookup: Lookup; readonly defaults?: Defaults },
): ScriptLine[] =>
  (typeof script === 'string' ? writtenIn(script) : script).flatMap((written) => {
    const { file, number, root, text } = written;
    const trimmed = text.trim();
    const forgiving = /^-(?!-)/.test(trimmed);
    const body = forgiving ? trimmed.slice(1) : trimmed;
    try {
      const words = parseLine(body, options.lookup);
      if (words.length === 0) return [];
      const spoken = words[0] === 'bastide' ? words.slice(1) : words;
      const parsed = parseCommand(spoken, verbs, options.defaults);
      if (parsed.command.name === 'run') {
        throw usage('nested-script', 'A script cannot run another script.', 'Write `include FILE` instead.');
      }
      return [{ file, number, root, parsed, forgiving }];
    } catch (error) {
      throw atLine(error, written);
    }
  });

const usage = (code: string, message: string, next: string): Failure =>
  new Failure(code, exitStatus.usage, message, next);

/** Where a line is, in a message: `close.bastide:3`, or `Line 3` of a script without a name. */
export const placeOf = ({ file, number }: Pick<WrittenLine, 'file' | 'number'>): string =>
  file === undefined ? `Line ${number}` : `${clean(file, 300)}:${number}`;

/** The failure with the place of its line; one of an included file has its own already. */
function atLine(error: unknown, line: WrittenLine): unknown {
  if (!isFailure(error) || placed.has(error)) return error;
  const { file, number } = line;
  const { code, message, next } = line.isHidden === true ? notScript : error;
  const at = new Failure(code, exitStatus.usage, `${placeOf(line)}: ${message}`, next, {
    ...(file === undefined ? {} : { file }),
    line: number,
  });
  placed.add(at);
  return at;
}
const placed = new WeakSet<Failure>();
const notScript = {
  code: 'not-a-script',
  message: 'this is no command line of Bastide.',
  next: 'Include a script. Name it *.bastide to see what is wrong with a line.',
};

/**
 * Runs the lines in order and stops at the first whose status is not 0, with that status. `tell` gets each envelope as it
 * comes; `contextOf` gives each line its context.
 */
export async function* runScript(
  lines: readonly ScriptLine[],
  contextOf: (line: ScriptLine) => Promise<CommandContext>,
  tell: (envelope: Envelope, line: ScriptLine) => void | Promise<void>,
): AsyncGenerator<SessionEvent, { readonly exit: ExitStatus; readonly outcomes: readonly LineOutcome[] }> {
  const outcomes: LineOutcome[] = [];
  let exit: ExitStatus = exitStatus.done;
  let isStopped = false;
  for (const line of lines) {
    const at = placeOf(line);
    if (isStopped) {
      outcomes.push({ at, line: line.parsed.line, exit: null });
      continue;
    }
    const envelope = yield* runCommand(line.parsed, await contextOf(line));
    outcomes.push({ at, line: line.parsed.line, exit: envelope.exit });
    await tell(envelope, line);
    if (envelope.exit === exitStatus.done) continue;
    if (line.forgiving && envelope.exit !== exitStatus.interrupted) {
      // The line may fail; what it introduced is not passed over.
      if (envelope.failure?.code === introducedCode) exit = envelope.exit;
      continue;
    }
    exit = envelope.exit;
    isStopped = true;
  }
  return { exit, outcomes };
}
