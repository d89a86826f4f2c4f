// Files that a command line names: read whole, written whole or not at all.
import { lstat, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toldIfLong } from '../disk/pipes.ts';
import { readFileBytes, readStreamBytes } from '../disk/read-text.ts';
import { removeLeftovers, renameOver, temporaryName } from '../disk/replace-file.ts';
import { exitStatus, Failure, isFailure, stoppedUnsent } from '../model/failure.ts';
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

/** In bytes, of one file that a command line names: some ten thousand resources. */
export const largestFile = 32 * 1024 * 1024;

/**
 * The text of a file, or of stdin for `-`, of at most `most` bytes. UTF-8, or UTF-16 where a byte-order mark says so. Throws
 * Failure (exit 2; 130 when a signal stops it).
 */
export async function readText(
  file: string,
  stdin: NodeJS.ReadableStream,
  { most = largestFile, signal }: { readonly most?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  try {
    const reading =
      file === '-' ? readStreamBytes(toldIfLong('stdin', stdin, signal), most) : readFileBytes(file, most);
    return decode(await (signal === undefined ? reading : untilStopped(reading, signal)));
  } catch (error) {
    if (isFailure(error)) throw error;
    if (signal?.aborted) throw stoppedUnsent();
    throw usage('unreadable-file', `${clean(file, 300)} cannot be read: ${whyNot(error)}.`, 'Check the path.');
  }
}

/** A pipe may never end: then the stop does. */
function untilStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
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

/** Is there something that writing would replace? A folder is not replaced: it is refused. */
export const hasFile = (file: string): Promise<boolean> =>
  lstat(file).then(
    (about) => !about.isDirectory(),
    ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT' && code !== 'ENOTDIR',
  );

/** Throws Failure (exit 2). */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    // Of a file in the way the system says only that it is there.
    const why = (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'a file has its name' : whyNot(error);
    throw usage('unwritable-file', `The folder ${clean(folder, 300)} cannot be made: ${why}.`, 'Use another path.');
  }
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

/**
 * Writes a file whole: beside it first, then renamed, so that no reader sees half of it. `text`: in one, or in pieces. Throws Failure
 * (exit 2).
 */
export async function writeWhole(file: string, text: string | Iterable<string> | Iterable<Uint8Array>): Promise<void> {
  await checkWritable(file);
  const target = await stat(file).catch(() => undefined);
  // A device or a pipe (/dev/stdout) cannot be replaced by a file: it is written to.
  const special = target !== undefined && !target.isFile();
  const beside = special ? file : temporaryName(file);
  if (!special) removeLeftovers(file);
  try {
    await writeFile(beside, text, { mode: 0o600, flag: special ? 'w' : 'wx' });
    if (!special) renameOver(beside, file);
  } catch (error) {
    if (!special) await rm(beside, { force: true });
    throw usage('unwritable-file', `${clean(file, 300)} cannot be written: ${whyNot(error)}.`, 'Use another path.');
  }
}
