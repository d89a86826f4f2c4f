// Scripts: command lines one after another, each parsed before the first is run. Opens no file and prints nothing.
import { type ExitStatus, exitStatus, Failure, isFailure } from '../model/failure.ts';
import type { SessionEvent } from '../session/session.ts';
import type { Command, CommandContext } from './definition.ts';
import { type Defaults, type ParsedCommand, parseCommand } from './parse-arguments.ts';
import { type Lookup, parseLine } from './parse-line.ts';
import { type Envelope, runCommand } from './run.ts';

export interface ScriptLine {
  /** 1-based. */
  readonly number: number;
  readonly parsed: ParsedCommand;
  /** Written with a leading `-`: its status does not stop the script. */
  readonly forgiving: boolean;
}

/** Every line of a script. Throws Failure (exit 2) that names the line. */
export function parseScript(
  text: string,
  verbs: readonly Command[],
  options: { readonly lookup: Lookup; readonly defaults?: Defaults },
): ScriptLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((raw, index) => {
      const number = index + 1;
      const trimmed = raw.trim();
      const forgiving = /^-(?!-)/.test(trimmed);
      const body = forgiving ? trimmed.slice(1) : trimmed;
      try {
        const words = parseLine(body, options.lookup);
        if (words.length === 0) return [];
        const spoken = words[0] === 'bastide' ? words.slice(1) : words;
        const parsed = parseCommand(spoken, verbs, options.defaults);
        if (parsed.command.name === 'run') {
          throw new Failure(
            'nested-script',
            exitStatus.usage,
            'A script cannot run another script.',
            'Copy its lines into this script.',
          );
        }
        return [{ number, parsed, forgiving }];
      } catch (error) {
        if (!isFailure(error)) throw error;
        throw new Failure(error.code, exitStatus.usage, `Line ${number}: ${error.message}`, error.next, {
          line: number,
        });
      }
    });
}

/**
 * Runs the lines in order and stops at the first whose status is not 0, with that status. `tell` gets each envelope as it
 * comes; `contextOf` gives each line its context.
 */
export async function* runScript(
  lines: readonly ScriptLine[],
  contextOf: (line: ScriptLine) => Promise<CommandContext>,
  tell: (envelope: Envelope, line: ScriptLine) => void | Promise<void>,
): AsyncGenerator<SessionEvent, { readonly exit: ExitStatus; readonly envelopes: readonly Envelope[] }> {
  const envelopes: Envelope[] = [];
  for (const line of lines) {
    const envelope = yield* runCommand(line.parsed, await contextOf(line));
    envelopes.push(envelope);
    await tell(envelope, line);
    if (envelope.exit === exitStatus.done) continue;
    const interrupted = envelope.exit === exitStatus.interrupted;
    if (!line.forgiving || interrupted) return { exit: envelope.exit, envelopes };
  }
  return { exit: exitStatus.done, envelopes };
}
