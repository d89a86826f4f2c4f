// Pipes and terminals that are read by their path. Opening a pipe waits for its writer in a thread, and Node.js cannot end before
// its threads: so a wait can be stopped, and is told when it is long.
import { closeSync, constants, createReadStream, fstatSync, open, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { stoppedUnsent } from '../model/failure.ts';

/** Milliseconds without a byte after which a wait is told. */
export const longWait = 3000;

const stops = new Set<() => void>();
let tell: (file: string) => void = () => {};

/** Hears of each file or stream that has given nothing for {@link longWait}. */
export function onLongWait(listener: (file: string) => void): void {
  tell = listener;
}

/** Ends every reading of a pipe: it throws Failure (exit 130). */
export function stopReading(): void {
  for (const stop of stops) stop();
}

/** The same stream, whose first byte is waited for: a long wait is told under this name. */
export async function* toldIfLong(
  file: string,
  stream: AsyncIterable<unknown> | Iterable<unknown>,
  signal?: AbortSignal,
): AsyncGenerator<unknown> {
  const timer = setTimeout(() => signal?.aborted || tell(file), longWait);
  try {
    for await (const chunk of stream) {
      clearTimeout(timer);
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** What a pipe, a terminal or a device gives. */
export async function* readPipe(file: string): AsyncGenerator<unknown> {
  let stream: Socket | ReadStream | undefined;
  let isStopped = false;
  let releasing: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (isStopped) return;
    isStopped = true;
    if (stream !== undefined) return void stream.destroy(stoppedUnsent());
    release(file);
    // The thread may not have come to open it yet.
    releasing = setInterval(release, 20, file);
  };
  stops.add(stop);
  try {
    // No other command pays for loading them.
    const [net, tty] = await Promise.all([import('node:net'), import('node:tty')]);
    const fd = await promisify(open)(file, 'r');
    if (isStopped) {
      closeSync(fd);
      throw stoppedUnsent();
    }
    if (tty.isatty(fd)) stream = new tty.ReadStream(fd);
    else if (fstatSync(fd).isFIFO()) stream = new net.Socket({ fd, readable: true });
    yield* stream ?? createReadStream('', { fd });
  } finally {
    clearInterval(releasing);
    stops.delete(stop);
    stream?.destroy();
  }
}

/** Lets the opening of a pipe without a writer come to its end. */
function release(file: string): void {
  try {
    closeSync(openSync(file, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // Nothing is reading it yet.
  }
}
