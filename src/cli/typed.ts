// What was typed before a question was put is no answer to it: on a slow line people type twice, and the second y must not
// confirm what has not been shown yet.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Takes what waits in the terminal and forgets it. Rejects when Ctrl+C or Ctrl+D is among it. */
export async function forgetTyped(stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (stdin.isTTY !== true) return;
  let leaves = false;
  const drop = (data: Buffer | string): void => {
    leaves ||= /[\x03\x04]/.test(String(data));
  };
  // A line that is not ended yet can only be had in raw mode.
  stdin.setRawMode(true);
  stdin.on('data', drop);
  stdin.resume();
  // Each turn of the loop reads what is there.
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  stdin.off('data', drop);
  stdin.pause();
  if (!leaves) return;
  stdin.setRawMode(false);
  throw new Error('left');
}
