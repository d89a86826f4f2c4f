// Programs that a test starts and ends: waiting for their first line, and for their end.
import type { ChildProcess } from 'node:child_process';

/** The first line that `bastide simulate` prints: it is ready then. */
export const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    child.on('exit', (status) => reject(new Error(`simulate ended with ${status} before it was ready: ${text}`)));
  });

/** Asks the program to end, and waits until it has. */
export const stopped = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.on('exit', () => resolve());
    child.kill('SIGTERM');
  });
