// A command line run to its end for the shell and the script host: its events reported while it runs, its answer printed where its
// format and `--output` say.
import type { Format } from '../command/common-flags.ts';
import type { CommandContext, CommandHost, DocumentText, ScriptOptions } from '../command/definition.ts';
import { type Defaults, type ParsedCommand, parseCommand } from '../command/parse-arguments.ts';
import { type Envelope, envelopeJson, failedEnvelope, runCommand } from '../command/run.ts';
import { placeOf, runScript } from '../command/script.ts';
import { linesWithSource, sourceOf } from '../command/suggested.ts';
import { type ExitStatus, exitStatus, Failure, isFailure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import { renderNdjson } from '../render/json.ts';
import { plain } from '../render/text.ts';
import type { SessionEvent } from '../session/session.ts';
import { answerText, checkFormat, failureText } from './answer.ts';
import { type DebugLog, openDebugLog } from './debug-log.ts';
import { checkWritable, hasFile, makeFolder, readText, writeWhole } from './files.ts';
import { type Look, lookOf, lookWith, settledTheme } from './look.ts';
import { type ProgressDisplay, progressOn } from './progress.ts';
import { terminalAsk } from './prompts.ts';
import { scriptLines } from './script-lines.ts';
import { wantsLines } from './terminal.ts';
import { contextOf, type Wiring } from './wiring.ts';

/** What goes on beside a command: progress, log, the look of its text. */
interface Beside {
  readonly progress: ProgressDisplay;
  readonly log: DebugLog | undefined;
  readonly look: Look;
  readonly errLook: Look;
  /** Has a write to Azure begun? */
  readonly heard: { sent: boolean };
}

/** `typed`: by a user at a terminal, who may want to have the line again. */
export async function runParsed(
  parsed: ParsedCommand,
  wiring: Wiring,
  defaults: Defaults,
  typed: boolean,
): Promise<ExitStatus> {
  const { host } = parsed;
  const { stdout, stderr } = wiring.streams;
  checkFormat(parsed, host.format, wiring.verbs);
  if (host.output !== undefined) await checkWritable(host.output);
  else if (host.format === 'xlsx' && stdout.isTTY === true) {
    throw new Failure(
      'binary-output',
      exitStatus.usage,
      'xlsx is not text: a terminal cannot show it.',
      'Use --output FILE.',
    );
  }
  const log = host.debug === undefined ? undefined : await openDebugLog(host.debug, wiring.now);
  const errLook = lookOf(host, wiring, stderr, parsed.explicit);
  const accessible = wantsLines(host, wiring.env, parsed.explicit);
  const beside: Beside = {
    log,
    progress: progressOn({ stderr, quiet: host.quiet, accessible, ascii: errLook.ascii }),
    look: lookOf(host, wiring, stdout, parsed.explicit),
    errLook,
    heard: { sent: false },
  };
  if (stderr.isTTY === true && !host.quiet) {
    for (const notice of settledTheme(host.theme, wiring)) await write(stderr, `${notice}\n`);
  }
  log?.note(`bastide ${wiring.version}, node ${wiring.node}: ${parsed.line}`);
  try {
    const context = await shellContext(parsed, wiring, beside, defaults);
    const envelope = await drive(runCommand(parsed, context), parsed, wiring, beside).catch((error: unknown) =>
      sayBug(error, parsed, wiring, beside),
    );
    beside.progress.clear();
    if (typed) await wiring.lines.add(parsed.line);
    log?.note(`exit ${envelope.exit}${envelope.failure === null ? '' : `: ${envelope.failure.code}`}`);
    return await say(envelope, parsed, wiring, beside);
  } finally {
    await log?.close();
  }
}

/** The look with which a text suggests commands that act where this one did. */
function suggesting(look: Look, parsed: ParsedCommand, { verbs }: Wiring): Look {
  if (parsed.command.effect === 'local') return look;
  const source = sourceOf(parsed);
  return lookWith({ ...look, suggest: (lines) => linesWithSource(lines, source, verbs) });
}

/** Takes a run to its end, reporting its events to the listener. */
async function drive<Result>(
  events: AsyncGenerator<SessionEvent, Result>,
  parsed: ParsedCommand,
  wiring: Wiring,
  beside: Beside,
): Promise<Result> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    await hear(next.value, parsed, wiring, beside);
  }
}

async function hear(event: SessionEvent, parsed: ParsedCommand, wiring: Wiring, beside: Beside): Promise<void> {
  beside.heard.sent ||= event.kind === 'step' && event.state === 'intended';
  beside.progress.tell(event);
  beside.log?.event(event);
  // The lines of an audit are findings, those of a watch what it says itself.
  const streaming = parsed.host.format === 'ndjson' && !['audit', 'watch'].includes(parsed.command.name);
  if (streaming) await write(wiring.streams.stdout, renderNdjson([{ ...event }]));
}

async function shellContext(
  parsed: ParsedCommand,
  wiring: Wiring,
  beside: Beside,
  defaults: Defaults,
): Promise<CommandContext> {
  const { stdin, stdout, stderr } = wiring.streams;
  const { command, args } = parsed;
  const interactive = stdin.isTTY === true && stderr.isTTY === true;
  const passing = beside.progress;
  const look = suggesting(beside.look, parsed, wiring);
  const errLook = suggesting(beside.errLook, parsed, wiring);
  return contextOf(wiring, parsed, {
    interactive,
    rules: command.effect === 'local' ? [] : await wiring.rules(parsed.flags, command.writesProject),
    say(line) {
      passing.clear();
      stderr.write(`${clean(line, 10_000)}\n`);
    },
    tell(event) {
      passing.tell(event);
      beside.log?.event(event);
    },
    ask: terminalAsk({
      stdin,
      stderr,
      interactive,
      accessible: wantsLines(parsed.host, wiring.env, parsed.explicit),
      answers: (args.answer as Readonly<Record<string, string>> | undefined) ?? {},
      signal: wiring.signal,
      show(lines) {
        passing.clear();
        return errLook.show(lines);
      },
    }),
    files: {
      readFile: (file) => readText(file, stdin, { signal: wiring.signal }),
      writeFile: writeWhole,
      hasFile,
      makeFolder,
    },
    async emit(lines, item) {
      passing.clear();
      const { format } = parsed.host;
      const text = format === 'text' ? look.show(lines) : renderNdjson([{ ...item }]);
      await write(stdout, text);
    },
    simulate: (options, ready, signal) =>
      wiring.simulate(
        options,
        (line) => {
          stdout.write(`${line}\n`);
          ready(line);
        },
        signal,
      ),
    script: (text, options) => script(text, options, parsed, wiring, beside, defaults),
    ...(interactive
      ? {
          showPrivately(line: string) {
            passing.clear();
            stderr.write(`${clean(line, 10_000)}\n`);
          },
        }
      : {}),
    serveAssistant: () => assistant(parsed, wiring, beside, defaults),
  });
}

/** Serves an assistant with the source and flags of this run; its calls are answered without questions. */
async function assistant(run: ParsedCommand, wiring: Wiring, beside: Beside, settled: Defaults): Promise<void> {
  const given = Object.entries({ ...run.host, ...run.flags }).filter(
    ([key]) => run.explicit.has(key) && !['output', 'yes', 'allowEffects', 'dryRun'].includes(key),
  );
  const defaults = { ...settled, ...Object.fromEntries(given), format: 'json' as const };
  const refuse = async (): Promise<never> => {
    throw new Failure('needs-input', exitStatus.notSent, 'An assistant cannot answer questions.', 'Pass `answers`.');
  };
  const unasked = { confirm: refuse, choose: refuse, text: refuse };
  const { serveAssistant } = await import('./assistant.ts');
  await serveAssistant(
    {
      ...{ version: wiring.version, signal: wiring.signal },
      now: wiring.now,
      approvals: wiring.approvals,
      async run({ words, input }, yes) {
        try {
          const parsed = parseCommand([...(yes ? ['--yes'] : []), ...words], wiring.verbs, defaults);
          const context = await shellContext(parsed, wiring, beside, defaults);
          const host = {
            ...context.host,
            interactive: false,
            ...(input === undefined ? {} : { readFile: async () => input }),
          };
          return await drive(runCommand(parsed, { ...context, host, ask: unasked }), parsed, wiring, beside);
        } catch (error) {
          if (!isFailure(error)) throw error;
          return failedEnvelope(words[0] ?? '', {}, error);
        }
      },
    },
    wiring.streams,
  );
}

/** Runs a script's lines with the flags of the run itself as their defaults, and prints each answer as it comes. */
async function* script(
  text: string,
  options: ScriptOptions,
  run: ParsedCommand,
  wiring: Wiring,
  beside: Beside,
  settled: Defaults,
): ReturnType<CommandHost['script']> {
  const given = Object.entries({ ...run.host, ...run.flags }).filter(
    ([key]) => run.explicit.has(key) && key !== 'output',
  );
  const defaults = { ...settled, ...Object.fromEntries(given) };
  const lines = await scriptLines(text, options, wiring, defaults);
  for (const line of lines) {
    checkFormat(line.parsed, line.parsed.host.format, wiring.verbs);
    if (line.parsed.command.streams === true) {
      throw new Failure(
        'endless-line',
        exitStatus.usage,
        `${placeOf(line)}: ${line.parsed.command.name} runs until it is stopped, so a script cannot run it.`,
        'Start it outside the script.',
      );
    }
  }
  const { exit, outcomes } = yield* runScript(
    lines,
    (line) => shellContext(line.parsed, wiring, beside, defaults),
    async (envelope, line) => {
      beside.progress.clear();
      await say(envelope, line.parsed, wiring, beside, true);
    },
  );
  return { exit, lines: outcomes.filter((one) => one.exit !== null).length, outcomes };
}

/**
 * Prints an envelope where its format and `--output` say. Gives the exit status, which a failing file changes to 2; to 5 once
 * something was sent, and the result is then printed, so that it is not lost with the file.
 */
async function say(
  envelope: Envelope,
  parsed: ParsedCommand,
  wiring: Wiring,
  beside: Beside,
  inScript = false,
): Promise<ExitStatus> {
  const { command, host } = parsed;
  const { heard } = beside;
  const look = suggesting(beside.look, parsed, wiring);
  const errLook = suggesting(beside.errLook, parsed, wiring);
  const { stdout, stderr } = wiring.streams;
  if (envelope.failure !== null) await write(stderr, failureText(envelope.failure, errLook));
  if (command.streams === true && envelope.failure === null) return envelope.exit;
  const written = (format: Format, as: Look) => answerText(envelope, format, as);
  const toFile = host.output !== undefined && envelope.result !== null;
  // The log of a pipeline then says why the job fails.
  if (toFile || host.format !== 'text') {
    const unread = envelope.exit === exitStatus.gaps ? envelope.view?.unread() : [];
    for (const sentence of [...(unread ?? []), ...(envelope.view?.unjudged() ?? [])])
      await write(stderr, errLook.show([[{ text: sentence }]]));
  }
  let isLost = false;
  if (toFile && host.output !== undefined) {
    try {
      await writeWhole(
        host.output,
        await written(command.artefact ? 'json' : host.format, lookWith({ ...look, paint: plain })),
      );
    } catch (error) {
      if (!isFailure(error)) throw error;
      await write(stderr, failureText(error, errLook));
      if (!heard.sent) return error.exit;
      isLost = true;
    }
    if (!command.artefact && !isLost) return envelope.exit;
  }
  // One envelope per line in a script: the result is one document, however long.
  const compact = inScript && host.format === 'json';
  await write(stdout, compact ? renderNdjson([envelopeJson(envelope)]) : await written(host.format, look));
  return isLost ? exitStatus.partial : envelope.exit;
}

/** A bug ends the process with one line on stderr; stdout has its document before, where the format is one. */
async function sayBug(
  error: unknown,
  { command, given, host }: ParsedCommand,
  wiring: Wiring,
  beside: Beside,
): Promise<never> {
  beside.progress.clear();
  if (!isFailure(error) && (host.format === 'json' || host.format === 'ndjson')) {
    const message = `This is a bug in Bastide: ${clean(error instanceof Error ? error.message : error, 500)}.`;
    const bug = new Failure('bug', exitStatus.bug, message, 'Run it again with --debug FILE for details.');
    const envelope = failedEnvelope(command.name, given, bug);
    await write(wiring.streams.stdout, await answerText(envelope, host.format, beside.look));
  }
  throw error;
}

/** Writes and waits until it has left. A reader that has gone is no error: the work goes on. */
export async function write(stream: NodeJS.WritableStream, text: DocumentText): Promise<void> {
  const pieces = typeof text === 'string' ? [text] : text;
  for (const piece of pieces) {
    if (piece.length > 0) await new Promise<void>((resolve) => stream.write(piece, () => resolve()));
  }
}
