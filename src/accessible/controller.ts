// One session on one workspace: runs command lines, prints their results, and holds the current audit.
import type { Command } from '../command/definition.ts';
import { type ParsedCommand, parseCommand } from '../command/parse-arguments.ts';
import { parseLine } from '../command/parse-line.ts';
import { type Envelope, runCommand } from '../command/run.ts';
import type { Entry } from '../model/entry.ts';
import { type ExitStatus, exitStatus, Failure, type FailureValue, isFailure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { ProblemReport } from '../model/problem.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import type { Line } from '../model/words.ts';
import type { SinceLast } from '../render/audit-result.ts';
import { sinceLines } from '../render/since-text.ts';
import type { SessionEvent } from '../session/session.ts';
import { askInLines } from './asking.ts';
import type { AccessibleOptions } from './options.ts';
import { progressInLines } from './progress.ts';
import type { Talk } from './talk.ts';

export interface AccessibleController {
  readonly talk: Talk;
  readonly options: AccessibleOptions;
  /** The current audit; null before the first. */
  known(): { readonly snapshot: Snapshot; readonly report: ProblemReport } | null;
  entries(): Promise<readonly Entry[]>;
  /** Runs a command from its arguments and prints the result, unless `quiet`. */
  run(words: readonly string[], quiet?: boolean): Promise<ExitStatus>;
  /** Runs an answer as a command line; false when it is not one. */
  other(answer: string): Promise<boolean>;
  /** Audits the workspace, which settles what it shows of an interrupted run. Returns the exit status of that audit. */
  begin(): Promise<ExitStatus>;
  close(): void;
}

export function createAccessibleController(options: AccessibleOptions, talk: Talk): AccessibleController {
  const { session, context, signal } = options;
  const ask = askInLines(talk);
  const tell = progressInLines(
    (sentence) => talk.say(sentence),
    () => context.now().getTime(),
  );

  // Events of the session outside commands: waits and sign-ins.
  const stopListening = session.onEvent((event) => {
    if (event.kind === 'wait' || event.kind === 'sign-in') tell(event);
  });

  async function drain<T>(events: AsyncGenerator<SessionEvent, T>): Promise<T> {
    for (;;) {
      const next = await events.next();
      if (next.done === true) return next.value;
      tell(next.value);
    }
  }

  const failed = ({ message, next }: FailureValue) => talk.say(clean(message), clean(next));

  async function answer(words: readonly string[]): Promise<{ envelope: Envelope } | Failure> {
    try {
      const parsed = parseCommand(words, context.verbs, { ...context.flags });
      refuseForShell(parsed);
      const running = runCommand(parsed, { ...context, ask, signal, line: parsed.line });
      return { envelope: await drain(running) };
    } catch (error) {
      if (!isFailure(error)) throw error;
      return error;
    }
  }

  const ran = async (words: readonly string[], quiet = false): Promise<Ended> => {
    const told = await answer(words);
    if (told instanceof Failure || !('envelope' in told)) {
      failed(told.toJSON());
      return { exit: told.exit, result: null };
    }
    const { envelope } = told;
    // Cancelled by the operator: no further question, and the status shows what was sent.
    if (signal.aborted)
      throw new Failure('interrupted', envelope.exit, envelope.failure?.message ?? 'Interrupted.', '');
    if (!quiet && envelope.view !== null) talk.read([[], ...envelope.view.text()]);
    if (envelope.failure !== null) failed(envelope.failure);
    return { exit: envelope.exit, result: envelope.result };
  };
  const run: AccessibleController['run'] = async (words, quiet) => (await ran(words, quiet)).exit;

  return {
    talk,
    options,
    run,
    close: stopListening,
    known() {
      const snapshot = session.latest();
      return snapshot === undefined ? null : { snapshot, report: session.report(snapshot, context.flags.profile) };
    },
    entries: () => session.history(),
    async other(text) {
      const typed = text.replace(/^:\s*/, '').replace(/^bastide\s+/, '');
      if (!isCommand(typed, context.verbs)) return false;
      try {
        if (options.terminal) await options.addLine(typed);
        await run(parseLine(typed, (name) => context.host.env[name]));
      } catch (error) {
        if (!isFailure(error) || signal.aborted) throw error;
        failed(error.toJSON());
      }
      return true;
    },
    async begin() {
      const compared = session.source.kind === 'files' ? [] : ['--since-last'];
      const { exit, result } = await ran(['audit', ...compared], true);
      talk.read(sinceTold(result));
      return exit;
    },
  };
}

interface Ended {
  readonly exit: ExitStatus;
  readonly result: Json | null;
}

/** What has changed since the last run, where one is stored. */
function sinceTold(result: Json | null): readonly Line[] {
  const { since } = (result ?? {}) as { readonly since?: SinceLast };
  if (since === undefined || (since.at === null && since.note === null)) return [];
  return sinceLines(since);
}

const isCommand = (text: string, verbs: readonly Command[]): boolean => {
  const word = text.split(/\s/)[0] ?? '';
  return verbs.some((verb) => verb.name === word || verb.aliases?.includes(word) === true);
};

/** Results are printed here; files and machine formats belong to the shell. */
function refuseForShell({ explicit }: ParsedCommand): void {
  const flag = ['format', 'output'].find((name) => explicit.has(name));
  if (flag === undefined) return;
  throw new Failure('not-here', exitStatus.usage, `--${flag} is not available here.`, 'Run the command in a shell.');
}
