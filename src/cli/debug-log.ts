// The file of `--debug`: one line for each event. Events hold method, path and status of a request, never a header or a token.
import { createWriteStream } from 'node:fs';
import { stringifyJson } from '../model/json.ts';
import type { SessionEvent } from '../session/session.ts';
import { checkWritable } from './files.ts';

export interface DebugLog {
  event(event: SessionEvent): void;
  note(text: string): void;
  close(): Promise<void>;
}

/** Opens the log, readable by its owner only. Throws Failure (exit 2) when it cannot be written. */
export async function openDebugLog(file: string, now: () => Date): Promise<DebugLog> {
  await checkWritable(file);
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  // A log that can no longer be written must not end the work that it is about.
  stream.on('error', () => {});
  const put = (text: string) => stream.write(`${now().toISOString()} ${text}\n`);
  return {
    event: (event) => put(stringifyJson({ ...event })),
    note: put,
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}
