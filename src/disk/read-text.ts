// Text of a file or stream, read up to a limit: what is larger is refused as soon as that is known, so that memory stays bounded.
import { readFileSync, type Stats, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { unsafeAt } from './own-folders.ts';
import { readPipe, toldIfLong } from './pipes.ts';

/** More bytes than may be read. */
export class TooLarge extends Error {
  constructor(readonly most: number) {
    super(`it is larger than ${sizeWords(most)}`);
  }
}

/** `64 MiB`, `16 KiB`. */
const sizeWords = (bytes: number): string =>
  bytes >= 1024 * 1024 ? `${Math.floor(bytes / (1024 * 1024))} MiB` : `${Math.floor(bytes / 1024)} KiB`;

/** The bytes of a file, of whatever the path leads to. Throws {@link TooLarge}, or what the file system throws. */
export async function readFileBytes(file: string, most: number): Promise<Buffer> {
  const about = await stat(file);
  if (!about.isFile() && !about.isDirectory()) return readStreamBytes(toldIfLong(file, readPipe(file)), most);
  const from = await open(file, 'r');
  try {
    // A file may grow while it is read: what is read counts.
    const { size }: Stats = await from.stat();
    if (size > most) throw new TooLarge(most);
    return await readStreamBytes(from.createReadStream({ autoClose: false }), most);
  } finally {
    await from.close();
  }
}

/** The bytes of a stream up to its end. */
export async function readStreamBytes(
  stream: AsyncIterable<unknown> | Iterable<unknown>,
  most: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes =
      chunk instanceof Uint8Array
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > most) throw new TooLarge(most);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, size);
}

/**
 * The text of a small file of Bastide's own; undefined where there is none. Throws as {@link readFileBytes} does. Every command
 * reads the settings: for a plain file nothing needs to be loaded.
 */
export async function readOwnText(file: string, most: number): Promise<string | undefined> {
  const about = statSync(file, { throwIfNoEntry: false });
  // What others may have written is as if it were not there.
  if (about === undefined || unsafeAt(path.dirname(file)) !== undefined) return undefined;
  if (about.size > most) throw new TooLarge(most);
  const bytes = about.isFile() ? readFileSync(file) : await readFileBytes(file, most);
  if (bytes.length > most) throw new TooLarge(most);
  return bytes.toString('utf8');
}
