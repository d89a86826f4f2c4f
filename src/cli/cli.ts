// Hosts 1 and 2, shell and script: from the words of a command line to text on stdout and an exit status.
// It opens nothing itself: sessions, settings and themes are passed in by the composition root.

import type { Format } from '../command/common-flags.ts';
import { type Defaults, hasVerb, type ParsedCommand, parseCommand } from '../command/parse-arguments.ts';
import { failedEnvelope } from '../command/run.ts';
import { onLongWait, stopReading } from '../disk/pipes.ts';
import { type ExitStatus, exitStatus, Failure, isFailure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import { answerText, failureText } from './answer.ts';
import { lookOf } from './look.ts';
import { paletteContext } from './palette-context.ts';
import { runParsed, write } from './run-parsed.ts';
import { showsUnicode, wantsLines } from './terminal.ts';
import type { Wiring } from './wiring.ts';

/** Starts the host in lines over the terminal, or over answers written beforehand. */
async function inLines(parsed: ParsedCommand, wiring: Wiring): Promise<ExitStatus> {
  const { startInLines } = await import('../accessible/start.ts');
  const { stdin, stdout } = wiring.streams;
  const session = await wiring.open(parsed.host, parsed.flags);
  return startInLines({
    session,
    context: paletteContext(wiring, parsed, await wiring.rules(parsed.flags)),
    input: stdin,
    output: stdout,
    terminal: stdin.isTTY === true && stdout.isTTY === true,
    ascii: parsed.host.ascii || (!parsed.explicit.has('ascii') && !showsUnicode(wiring.env)),
    notices: [],
    addLine: (line) => wiring.lines.add(line),
    signal: wiring.signal,
  });
}

/** Runs one command line to its end and gives the exit status. Throws only for bugs. */
export async function runCli(argv: readonly string[], wiring: Wiring): Promise<ExitStatus> {
  onLongWait((file) => wiring.streams.stderr.write(`Waiting for input from ${clean(file, 300)}. Ctrl+C stops.\n`));
  wiring.signal.addEventListener('abort', stopReading);
  try {
    const settings = await wiring.defaults();
    const bare = !hasVerb(argv);
    const words = spelledOut(argv, bare);
    const first = parseCommand(words, wiring.verbs, settings);
    const defaults = await withProjectDefaults(first, settings, wiring);
    const parsed = defaults === settings ? first : parseCommand(words, wiring.verbs, defaults);
    const shell = bare ? shellFor(parsed, wiring) : undefined;
    checkRecording(parsed, shell === 'screen');
    if (shell === 'screen') return await wiring.screen(parsed);
    if (shell === 'lines') return await inLines(parsed, wiring);
    return await runParsed(parsed, wiring, defaults, !bare && atTerminal(wiring));
  } catch (error) {
    if (!isFailure(error)) throw error;
    return await sayFailure(argv, error, wiring);
  }
}

/** The settings, and before them what `bastide.yaml` says of flags. A command that touches no workspace does not read it. */
async function withProjectDefaults(
  { command, flags }: ParsedCommand,
  settings: Defaults,
  wiring: Wiring,
): Promise<Defaults> {
  if (command.effect === 'local') return settings;
  const { failOn } = (await wiring.project(flags, command.writesProject)).config() ?? {};
  return failOn === undefined ? settings : { ...settings, failOn };
}

/** `--version` and `--help` as the commands they mean; flags alone as an audit. */
function spelledOut(argv: readonly string[], bare: boolean): readonly string[] {
  const beforeDashes = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (beforeDashes.some((word) => word === '--help' || word === '-h')) {
    const rest = argv.filter((word) => word !== '--help' && word !== '-h');
    const verb = rest.find((word) => !word.startsWith('-'));
    return verb === undefined || verb === 'help' ? ['help'] : ['help', verb];
  }
  const isVersion = (word: string) => word === '--version' || word === '-V' || word === '-v';
  if (bare && beforeDashes.some(isVersion)) return ['version', ...argv.filter((word) => !isVersion(word))];
  return bare ? ['audit', ...argv] : argv;
}

/**
 * Which shell to open without a command: on a terminal the screen, or lines where those are wanted. Lines that are asked for by
 * the flag itself are also read from a file or a pipe.
 */
function shellFor(parsed: ParsedCommand, { streams, env }: Wiring): 'screen' | 'lines' | undefined {
  const { command, host, explicit } = parsed;
  if (command.name !== 'audit' || explicit.has('format') || explicit.has('output')) return undefined;
  const lines = wantsLines(host, env, explicit);
  if (atTerminal({ streams })) return lines ? 'lines' : 'screen';
  return lines && explicit.has('accessible') ? 'lines' : undefined;
}

/** Throws Failure (exit 2) where there is nothing to record. */
function checkRecording({ host: { record, recordRedact } }: ParsedCommand, onScreen: boolean): void {
  const wrong =
    record === undefined
      ? recordRedact && '--record-redact needs --record.'
      : !onScreen && '--record records the full screen, which needs a terminal and no command.';
  if (wrong === false) return;
  throw new Failure('contradicting-flags', exitStatus.usage, wrong, 'Start `bastide --record FILE` in a terminal.');
}

const atTerminal = ({ streams }: Pick<Wiring, 'streams'>): boolean =>
  streams.stdout.isTTY === true && streams.stdin.isTTY === true;

/** A line that cannot even be parsed: said on stderr, and on stdout when a format for machines was asked for. */
async function sayFailure(argv: readonly string[], failure: Failure, wiring: Wiring): Promise<ExitStatus> {
  const { streams } = wiring;
  const look = lookOf({ color: 'auto', ascii: false, accessible: false }, wiring, streams.stderr);
  const format = argv.join(' ').match(/(?:--format[= ]|-f )(json|ndjson)\b/)?.[1] as Format | undefined;
  if (format !== undefined) {
    const verb = argv.find((word) => !word.startsWith('-')) ?? '';
    await write(streams.stdout, await answerText(failedEnvelope(verb, {}, failure), format, look));
  }
  await write(streams.stderr, failureText(failure, look));
  return failure.exit;
}
