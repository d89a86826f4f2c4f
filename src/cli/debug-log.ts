// The file of `--debug`: one line for each event. Events hold method, path and status of a request, never a header or a token.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { exitStatus, Failure } from '../model/failure.ts';
import { withoutSecretText } from '../model/secrets.ts';
import { clean } from '../model/text.ts';
import { renderNdjson } from '../render/json.ts';
import type { SessionEvent } from '../session/session.ts';
import { checkWritable, whyNot } from './files.ts';

export interface DebugLog {
  event(event: SessionEvent): void;
  note(text: string): void;
  close(): Promise<void>;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/** Opens the log, readable by its owner only; never through a link, and never anything but a file. Throws Failure (exit 2). */
export async function openDebugLog(file: string, now: () => Date): Promise<DebugLog> {
  await checkWritable(file);
  const log = await openOwn(file);
  const stream = log.createWriteStream({ autoClose: true });
  // A log that can no longer be written must not end the work that it is about.
  stream.on('error', () => {});
  const put = (text: string) => stream.write(`${now().toISOString()} ${withoutSecretText(text)}\n`);
  return {
    event: (event) => put(renderNdjson([{ ...event }]).trimEnd()),
    note: (text) => put(clean(text, 10_000)),
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}

async function openOwn(file: string): Promise<FileHandle> {
  const refuse = (why: string) =>
    new Failure(
      'unwritable-file',
      exitStatus.usage,
      `${clean(file, 300)} cannot be written: ${why}.`,
      'Use another path.',
    );
  let log: FileHandle;
  try {
    log = await open(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    throw refuse(whyNot(error));
  }
  try {
    if (!(await log.stat()).isFile()) throw refuse('it is not a file');
    // A log of an older version, or one that was there before, may be readable by others.
    await log.chmod(0o600);
    return log;
  } catch (error) {
    await log.close();
    throw error instanceof Failure ? error : refuse(whyNot(error));
  }
}
