// Files that a command line names: read whole, written whole or not at all.
import { readFile as read, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);
/** Why the system refused a file, as a clause. */
export const whyNot = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk is read-only',
    ENOTDIR: 'a part of the path is not a folder',
    ELOOP: 'it is a link',
    ENXIO: 'it is a pipe without a reader',
  };
  return known[code ?? ''] ?? clean(error instanceof Error ? error.message : error, 200);
};

/** The text of a file, or of stdin for `-`. UTF-8, or UTF-16 where a byte-order mark says so. Throws Failure (exit 2). */
export async function readText(file: string, stdin: NodeJS.ReadableStream): Promise<string> {
  try {
    if (file !== '-') return decode(await read(file));
    const chunks: Buffer[] = [];
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
    return decode(Buffer.concat(chunks));
  } catch (error) {
    throw usage('unreadable-file', `${clean(file, 300)} cannot be read: ${whyNot(error)}.`, 'Check the path.');
  }
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  }
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** Throws Failure (exit 2) when a file could not be written there; asked before anything is done that costs. */
export async function checkWritable(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const there = await stat(folder).catch((error: unknown) => {
    throw usage('unwritable-file', `${clean(file, 300)} cannot be written: ${whyNot(error)}.`, 'Use another path.');
  });
  const target = await stat(file).catch(() => undefined);
  if (target?.isDirectory() || !there.isDirectory()) {
    throw usage('unwritable-file', `${clean(file, 300)} cannot be written: it is a folder.`, 'Use the path of a file.');
  }
}

/** Writes a file whole: beside it first, then renamed, so that no reader sees half of it. Throws Failure (exit 2). */
export async function writeWhole(file: string, text: string): Promise<void> {
  await checkWritable(file);
  const target = await stat(file).catch(() => undefined);
  // A device or a pipe (/dev/stdout) cannot be replaced by a file: it is written to.
  const special = target !== undefined && !target.isFile();
  const beside = special ? file : `${file}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(beside, text, { mode: 0o600, flag: special ? 'w' : 'wx' });
    if (!special) await rename(beside, file);
  } catch (error) {
    if (!special) await rm(beside, { force: true });
    throw usage('unwritable-file', `${clean(file, 300)} cannot be written: ${whyNot(error)}.`, 'Use another path.');
  }
}
