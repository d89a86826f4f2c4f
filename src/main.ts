// The only composition root, with its parts in main/, and the only exit. Before it has checked the version it may need nothing
// that an old Node lacks, so everything but those parts is imported when it is needed; that is also what keeps short commands short.
import { writeSync } from 'node:fs';
import nodeModule from 'node:module';
import path from 'node:path';
import process from 'node:process';
import tty from 'node:tty';
import { openClock } from './main/clock.ts';
import { foldersOf, isMade, isOwn } from './main/folders.ts';
import type { MainRun } from './main/run.ts';
import { listenForSignals, type StopSignals } from './main/signals.ts';
import { loadParts, wire } from './main/wiring.ts';
import type { ExitStatus } from './model/failure.ts';

declare const BASTIDE_VERSION: string | undefined;

const oldest = [22, 12] as const;

function checkNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  process.stderr.write(
    `Bastide needs Node.js ${oldest.join('.')} or newer, and this is ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer one. In a checkout, bin/bastide and npm start use the Node.js that is installed with it.\n',
  );
  process.exit(69);
}

/**
 * The screen, which stays, and an audit of a fleet, which is long, start again in this process with less room for young objects: left
 * to itself, Node.js takes 128 MB for them, which makes nothing faster here. It cannot be set once Node.js runs. Nowhere else is that
 * worth the time.
 */
function restartWithLessRoom(): void {
  const room = '--max-semi-space-size';
  const [, file = '', ...words] = process.argv;
  const [first] = words;
  const isCommand = first !== undefined && (!first.startsWith('-') || /^(?:-h|--help|[vV]|--version)$/.test(first));
  const isScreen = !isCommand && tty.isatty(0) && tty.isatty(1);
  const isFleet = words.find((word) => !word.startsWith('-')) === 'fleet';
  const isSet = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((option) => option.includes(room));
  if (!(isScreen || isFleet) || isSet || process.execve === undefined) return;
  process.execve(process.execPath, [process.execPath, `${room}=8`, ...process.execArgv, file, ...words], process.env);
}

checkNode();
restartWithLessRoom();
// React reads it when it is first loaded; its development build costs half as much again per key.
process.env.NODE_ENV ||= 'production';
const folders = foldersOf(process.env);
// A stack is only shown then, and Node must be told before it loads what the stack will name.
if (isDebug()) process.setSourceMapsEnabled(true);
// A folder of the user's own: compiled code that others could write must not be run.
if (isMade(folders.cache) && isOwn(folders.cache))
  nodeModule.enableCompileCache?.(path.join(folders.cache, 'compiled'));

const interrupt = new AbortController();
const run: MainRun = {
  version: typeof BASTIDE_VERSION === 'string' ? BASTIDE_VERSION : '0.0.0',
  folders,
  clock: openClock(),
  signal: interrupt.signal,
  closers: [],
  sent() {
    hasSent = true;
  },
  leaveSignals: () => signals?.leave(),
};
let hasSent = false;
let signals: StopSignals | undefined;

/** The second signal. Whatever is under way is on disk already, and a later command settles it. */
function leaveAtOnce(): void {
  if (!hasSent) process.exit(130);
  const text = 'Stopped at once. The history has what was sent, and the next command that writes reads its outcome.\n';
  try {
    writeSync(2, text);
  } catch {
    // Its reader has gone.
  }
  process.exit(5);
}

process.on('uncaughtException', (error) => end(bug(error)));
process.on('unhandledRejection', (error) => end(bug(error)));
// A reader that has gone (`| head`) is no error; the work goes on. A full disk is one, told at the end.
let unwritten: string | undefined;
process.stdout.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) unwritten ??= code;
});
process.stderr.on('error', () => {});

// Everything below is a function, and so there already.
await main();

async function main(): Promise<void> {
  signals = listenForSignals({
    first: (signal) => interrupt.abort(new DOMException(`interrupted by ${signal}`, 'AbortError')),
    again: leaveAtOnce,
  });
  let status: ExitStatus;
  try {
    const argv = process.argv.slice(2);
    const parts = await loadParts(argv);
    status = await parts.runCli(argv, await wire(run, parts));
  } catch (error) {
    status = bug(error);
  }
  await Promise.allSettled(run.closers.splice(0).map((close) => close()));
  end(status);
}

function end(status: ExitStatus): void {
  process.exitCode = status;
  // What is still being written to a pipe must arrive; then nothing is waited for.
  process.stdout.write('', () => {
    const last = unwritten === undefined ? status : cutShort(unwritten, status);
    process.stderr.write('', () => process.exit(last));
  });
}

/** Standard output went to a file on a full disk, and only a part of it is there. */
function cutShort(code: string, status: ExitStatus): ExitStatus {
  const next = hasSent ? 'See `bastide history` for the changes that were made.' : 'Free some space, then retry.';
  process.stderr.write(`bastide: The output could not be written whole (${code}).\n  ${next}\n`);
  if (status === 70) return status;
  return hasSent ? 5 : 2;
}

function isDebug(): boolean {
  return process.argv.some((word) => word === '--debug' || word.startsWith('--debug='));
}

/** One line for a bug, with the stack only where it was asked for. */
function bug(error: unknown): ExitStatus {
  const debug = isDebug();
  const text = error instanceof Error ? error.message : String(error);
  const stack = debug && error instanceof Error ? `\n${error.stack}` : '';
  const next = debug ? '' : ' Run it again with --debug FILE for details.';
  process.stderr.write(
    `bastide: this is a bug in Bastide: ${text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').slice(0, 500)}.${next}${stack}\n`,
  );
  return 70;
}
