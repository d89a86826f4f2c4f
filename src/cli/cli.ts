// Hosts 1 and 2, shell and script: from the words of a command line to text on stdout and an exit status.
// It opens nothing itself: sessions, settings and themes are handed in by the composition root.
import type { Format } from '../command/common-flags.ts';
import type { Context, Host } from '../command/definition.ts';
import { type Defaults, hasVerb, type Parsed, parseCommand } from '../command/parse-arguments.ts';
import { type Envelope, envelopeJson, failedEnvelope, runCommand } from '../command/run.ts';
import { parseScript, runScript } from '../command/script.ts';
import { type ExitStatus, exitStatus, Failure, isFailure } from '../model/failure.ts';
import { renderNdjson } from '../render/json.ts';
import { plain } from '../render/text.ts';
import type { SessionEvent } from '../session/session.ts';
import { answerText, checkFormat, failureText } from './answer.ts';
import { type DebugLog, openDebugLog } from './debug-log.ts';
import { checkWritable, readText, writeWhole } from './files.ts';
import { inLines } from './in-lines.ts';
import { type Look, lookOf, lookWith, settledTheme } from './look.ts';
import { type Progress, progressOn } from './progress.ts';
import { terminalAsk } from './prompts.ts';
import { wantsLines } from './terminal.ts';
import { contextOf, type Wiring } from './wiring.ts';

/** Runs one command line to its end and gives the exit status. Throws only for bugs. */
export async function runCli(argv: readonly string[], wiring: Wiring): Promise<ExitStatus> {
  try {
    const defaults = await wiring.defaults();
    const bare = !hasVerb(argv);
    const parsed = parseCommand(spelledOut(argv, bare), wiring.verbs, defaults);
    const shell = bare ? shellFor(parsed, wiring) : undefined;
    if (shell === 'screen') return await wiring.screen(parsed);
    if (shell === 'lines') return await inLines(parsed, wiring);
    return await runParsed(parsed, wiring, defaults, !bare && atTerminal(wiring));
  } catch (error) {
    if (!isFailure(error)) throw error;
    return await sayFailure(argv, error, wiring);
  }
}

/** `--version` and `--help` as the verbs they stand for; flags alone as an audit. */
function spelledOut(argv: readonly string[], bare: boolean): readonly string[] {
  const beforeDashes = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (beforeDashes.some((word) => word === '--help' || word === '-h')) {
    const rest = argv.filter((word) => word !== '--help' && word !== '-h');
    const verb = rest.find((word) => !word.startsWith('-'));
    return verb === undefined || verb === 'help' ? ['help'] : ['help', verb];
  }
  if (bare && beforeDashes.some((word) => word === '--version' || word === '-V')) {
    return ['version', ...argv.filter((word) => word !== '--version' && word !== '-V')];
  }
  return bare ? ['audit', ...argv] : argv;
}

/**
 * Which shell to open without a command: on a terminal the screen, or lines where those are wanted. Lines that are asked for by
 * the flag itself are also read from a file or a pipe.
 */
function shellFor(parsed: Parsed, { streams, env }: Wiring): 'screen' | 'lines' | undefined {
  const { command, host, explicit } = parsed;
  if (command.name !== 'audit' || explicit.has('format') || explicit.has('output')) return undefined;
  const lines = wantsLines(host, env, explicit);
  if (atTerminal({ streams })) return lines ? 'lines' : 'screen';
  return lines && explicit.has('accessible') ? 'lines' : undefined;
}

const atTerminal = ({ streams }: Pick<Wiring, 'streams'>): boolean =>
  streams.stdin.isTTY === true && streams.stdout.isTTY === true;

/** A line that cannot even be parsed: said on stderr, and on stdout when a format for machines was asked for. */
async function sayFailure(argv: readonly string[], failure: Failure, wiring: Wiring): Promise<ExitStatus> {
  const { streams } = wiring;
  const look = lookOf({ color: 'auto', ascii: false, accessible: false }, wiring, streams.stderr);
  const format = argv.join(' ').match(/(?:--format[= ]|-f )(json|ndjson)\b/)?.[1] as Format | undefined;
  if (format !== undefined) {
    const verb = argv.find((word) => !word.startsWith('-')) ?? '';
    await write(
      streams.stdout,
      await answerText(failedEnvelope(verb, {}, failure), undefined, format, look, wiring.version),
    );
  }
  await write(streams.stderr, failureText(failure, look));
  return failure.exit;
}

/** What goes on beside a command: progress, log, the look of its text. */
interface Beside {
  readonly progress: Progress;
  readonly log: DebugLog | undefined;
  readonly look: Look;
  readonly errLook: Look;
}

/** `typed`: by somebody at a terminal, who may want to have the line again. */
async function runParsed(parsed: Parsed, wiring: Wiring, defaults: Defaults, typed: boolean): Promise<ExitStatus> {
  const { host } = parsed;
  const { stdout, stderr } = wiring.streams;
  checkFormat(parsed.command, host.format);
  if (host.output !== undefined) await checkWritable(host.output);
  const log = host.debug === undefined ? undefined : await openDebugLog(host.debug, wiring.now);
  const errLook = lookOf(host, wiring, stderr, parsed.explicit);
  const accessible = wantsLines(host, wiring.env, parsed.explicit);
  const beside: Beside = {
    log,
    progress: progressOn({ stderr, quiet: host.quiet, accessible, ascii: errLook.ascii }),
    look: lookOf(host, wiring, stdout, parsed.explicit),
    errLook,
  };
  if (stderr.isTTY === true && !host.quiet) {
    for (const notice of settledTheme(host.theme, wiring)) await write(stderr, `${notice}\n`);
  }
  log?.note(`bastide ${wiring.version}, node ${wiring.node}: ${parsed.line}`);
  try {
    const context = await shellContext(parsed, wiring, beside, defaults);
    const envelope = await drive(runCommand(parsed, context), parsed, wiring, beside);
    beside.progress.clear();
    if (typed) await wiring.lines.add(parsed.line);
    log?.note(`exit ${envelope.exit}${envelope.failure === null ? '' : `: ${envelope.failure.code}`}`);
    return await say(envelope, parsed, wiring, beside);
  } finally {
    await log?.close();
  }
}

/** Takes a run to its end, telling its events to whoever watches. */
async function drive<Result>(
  events: AsyncGenerator<SessionEvent, Result>,
  parsed: Parsed,
  wiring: Wiring,
  beside: Beside,
): Promise<Result> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    await hear(next.value, parsed, wiring, beside);
  }
}

async function hear(event: SessionEvent, parsed: Parsed, wiring: Wiring, beside: Beside): Promise<void> {
  beside.progress.tell(event);
  beside.log?.event(event);
  const streaming = parsed.host.format === 'ndjson' && parsed.command.name !== 'audit';
  if (streaming) await write(wiring.streams.stdout, renderNdjson([{ ...event }]));
}

async function shellContext(parsed: Parsed, wiring: Wiring, beside: Beside, defaults: Defaults): Promise<Context> {
  const { stdin, stdout, stderr } = wiring.streams;
  const { command, args } = parsed;
  const interactive = stdin.isTTY === true && stderr.isTTY === true;
  const passing = beside.progress;
  return contextOf(wiring, parsed, {
    interactive,
    rules: command.effect === 'local' ? [] : await wiring.rules(),
    say(line) {
      passing.clear();
      stderr.write(`${line}\n`);
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
        return beside.errLook.show(lines);
      },
    }),
    files: { readFile: (file) => readText(file, stdin), writeFile: writeWhole },
    simulate: (options, ready, signal) =>
      wiring.simulate(
        options,
        (line) => {
          stdout.write(`${line}\n`);
          ready(line);
        },
        signal,
      ),
    script: (text, { set }) => script(text, set, parsed, wiring, beside, defaults),
  });
}

/** Runs a script's lines with the flags of the run itself as their defaults, and prints each answer as it comes. */
async function* script(
  text: string,
  set: Readonly<Record<string, string>>,
  run: Parsed,
  wiring: Wiring,
  beside: Beside,
  settled: Defaults,
): ReturnType<Host['script']> {
  const given = Object.entries({ ...run.host, ...run.flags }).filter(
    ([key]) => run.explicit.has(key) && key !== 'output',
  );
  const defaults = { ...settled, ...Object.fromEntries(given) };
  const lines = parseScript(text, wiring.verbs, { lookup: (name) => set[name] ?? wiring.env[name], defaults });
  for (const line of lines) {
    checkFormat(line.parsed.command, line.parsed.host.format);
    if (line.parsed.command.streams === true) {
      throw new Failure(
        'endless-line',
        exitStatus.usage,
        `Line ${line.number}: ${line.parsed.command.name} never ends by itself.`,
        'Start it beside the script.',
      );
    }
  }
  const { exit, envelopes } = yield* runScript(
    lines,
    (line) => shellContext(line.parsed, wiring, beside, defaults),
    async (envelope, line) => {
      beside.progress.clear();
      await say(envelope, line.parsed, wiring, beside, true);
    },
  );
  return { exit, result: envelopes.map((envelope) => ({ command: envelope.command, ok: envelope.ok })) };
}

/** Prints an envelope where its format and `--output` say. Gives the exit status, which a failing file changes to 2. */
async function say(
  envelope: Envelope,
  parsed: Parsed,
  wiring: Wiring,
  { look, errLook }: Beside,
  inScript = false,
): Promise<ExitStatus> {
  const { command, host } = parsed;
  const { stdout, stderr } = wiring.streams;
  if (envelope.failure !== null) await write(stderr, failureText(envelope.failure, errLook));
  if (command.streams === true && envelope.failure === null) return envelope.exit;
  const written = (format: Format, as: Look) => answerText(envelope, command, format, as, wiring.version);
  const toFile = host.output !== undefined && envelope.result !== null;
  if (toFile && host.output !== undefined) {
    try {
      await writeWhole(
        host.output,
        await written(command.artefact ? 'json' : host.format, lookWith({ ...look, paint: plain })),
      );
    } catch (error) {
      if (!isFailure(error)) throw error;
      await write(stderr, failureText(error, errLook));
      return error.exit;
    }
    if (!command.artefact) return envelope.exit;
  }
  // One envelope per line in a script: the result is one document, however long.
  const compact = inScript && host.format === 'json';
  await write(stdout, compact ? renderNdjson([envelopeJson(envelope)]) : await written(host.format, look));
  return envelope.exit;
}

/** Writes and waits until it has left. A reader that has gone is no error: the work goes on. */
function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (text === '') return Promise.resolve();
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
