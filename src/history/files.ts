// The calls that the history makes to the file system, in one place: a test can refuse, shorten or cut off each of them. What is
// built on them writes whole files: all bytes, on disk, read again.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../disk/make-folder.ts';
import { renameOver } from '../disk/replace-file.ts';

/** Each call may throw what the system says; `write` may write less than it was given. */
export interface FileLayer {
  /** `append`: created where it is missing, each write goes to the end. `new`: must not exist. `change`: must exist. */
  open(file: string, how: 'read' | 'append' | 'change' | 'new'): number;
  /** At most as many bytes as fit into `bytes`; 0 at the end. */
  read(descriptor: number, bytes: Uint8Array, at: number): number;
  /** `at` null: to the end. */
  write(descriptor: number, bytes: Uint8Array, at: number | null): number;
  size(descriptor: number): number;
  truncate(descriptor: number, size: number): void;
  sync(descriptor: number): void;
  close(descriptor: number): void;
  rename(from: string, to: string): void;
  remove(file: string): void;
  /** Empty where there is no such folder. */
  names(folder: string): readonly string[];
  /** The folder and those above it; gives the topmost that was made. */
  makeFolder(folder: string): string | undefined;
  /** A new name in a folder is on disk only when the folder is. */
  syncFolder(folder: string): void;
}

const flags = { read: 'r', append: 'a+', change: 'r+', new: 'wx+' } as const;

export const diskFiles: FileLayer = {
  open: (file, how) => openSync(file, flags[how], 0o600),
  read: (descriptor, bytes, at) => readSync(descriptor, bytes, 0, bytes.length, at),
  write: (descriptor, bytes, at) => writeSync(descriptor, bytes, 0, bytes.length, at),
  size: (descriptor) => fstatSync(descriptor).size,
  truncate: ftruncateSync,
  sync: fsyncSync,
  close: closeSync,
  rename: (from, to) => renameOver(from, to),
  remove: (file) => rmSync(file, { force: true }),
  names(folder) {
    try {
      return readdirSync(folder);
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  },
  makeFolder,
  syncFolder(folder) {
    let descriptor: number;
    try {
      descriptor = openSync(folder, 'r');
    } catch (error) {
      // Windows opens no folder, and writes names through by itself.
      if (process.platform === 'win32') return;
      throw error;
    }
    try {
      fsyncSync(descriptor);
    } catch (error) {
      // Some network file systems cannot do this for a folder.
      if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error))) throw error;
    } finally {
      closeSync(descriptor);
    }
  },
};

/** The system's name of an error, such as ENOSPC; '' for any other. */
export const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^E[A-Z0-9]+$/.test(code) ? code : '';
};

/** Is there no such file or folder? */
export const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

class WriteError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

/** Runs `work` with the file open. An error of `close` counts only where nothing else failed. */
export function withFile<T>(
  files: FileLayer,
  file: string,
  how: Parameters<FileLayer['open']>[1],
  work: (descriptor: number) => T,
): T {
  const descriptor = files.open(file, how);
  let result: T;
  try {
    result = work(descriptor);
  } catch (error) {
    try {
      files.close(descriptor);
    } catch {
      // The first error says more.
    }
    throw error;
  }
  files.close(descriptor);
  return result;
}

/** The bytes between two positions, fewer where the file ends before. */
export function readBytes(files: FileLayer, descriptor: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  let count = 0;
  while (count < bytes.length) {
    const read = files.read(descriptor, bytes.subarray(count), from + count);
    if (read <= 0) break;
    count += read;
  }
  return bytes.subarray(0, count);
}

/** The whole file; undefined where there is none. */
export function readFile(files: FileLayer, file: string): Buffer | undefined {
  try {
    return withFile(files, file, 'read', (descriptor) => readBytes(files, descriptor, 0, files.size(descriptor)));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** All bytes, however few the system takes at a time, from `at` on or at the end. */
export function writeBytes(files: FileLayer, descriptor: number, bytes: Uint8Array, at: number | null): void {
  let count = 0;
  while (count < bytes.length) {
    const written = files.write(descriptor, bytes.subarray(count), at === null ? null : at + count);
    if (written <= 0) throw new WriteError('EIO', 'no bytes were written');
    count += written;
  }
}

/** Throws where the file does not hold these bytes at this position. */
export function expectBytes(files: FileLayer, descriptor: number, bytes: Uint8Array, at: number): void {
  if (!readBytes(files, descriptor, at, at + bytes.length).equals(bytes)) {
    throw new WriteError('EIO', 'other bytes were read than were written');
  }
}

/**
 * The folder on disk, with those above it that are made now, and at least the one above it: a call before that failed, or a process
 * that died, may have made them without their names being on disk.
 */
export function keepFolder(files: FileLayer, folder: string): void {
  const first = files.makeFolder(folder);
  let isOurs = first !== undefined;
  let made = folder;
  for (let level = 0; (isOurs || level < 2) && made !== path.dirname(made); level += 1) {
    if (made === first) isOurs = false;
    made = path.dirname(made);
    try {
      files.syncFolder(made);
    } catch (error) {
      // What may not be read is of others, and was not made by this.
      if (!['EACCES', 'EPERM'].includes(codeOf(error))) throw error;
    }
  }
}

/** On disk when this returns: the file whole, or the one before. Throws what the file system throws. */
export function writeThrough(file: string, content: string | Uint8Array, files: FileLayer = diskFiles): void {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    withFile(files, temporary, 'new', (descriptor) => {
      writeBytes(files, descriptor, bytes, 0);
      files.sync(descriptor);
      expectBytes(files, descriptor, bytes, 0);
    });
    files.rename(temporary, file);
  } catch (error) {
    try {
      files.remove(temporary);
    } catch {
      // The first error says more.
    }
    throw error;
  }
  files.syncFolder(path.dirname(file));
}
