// The file of a recording: a new one that only its owner can read, written line by line, and whole lines only.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import { whyNot } from './files.ts';

export interface RecordFile {
  /** False: it could not be written whole, and holds the lines before. */
  write(text: string): boolean;
  startedAt: number | null;
  written: number;
}

/** `closers` gets what closes it. Throws Failure (exit 2) where the file exists or cannot be made. */
export function openRecordFile(file: string, closers: (() => Promise<void>)[]): RecordFile {
  const handle = opened(file);
  let closed = false;
  closers.push(async () => {
    closed = true;
    closeSync(handle);
  });
  let whole = 0;
  return {
    startedAt: null,
    written: 0,
    write(text) {
      // Its number may be that of another file by now.
      if (closed) return false;
      const bytes = Buffer.from(text);
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
        whole += bytes.length;
        return true;
      } catch {
        cutBack(handle, whole);
        return false;
      }
    },
  };
}

/** A line that was written in part, on a full disk, is taken out. */
function cutBack(handle: number, length: number): void {
  try {
    ftruncateSync(handle, length);
  } catch {
    // A pipe has no length.
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const reason = exists ? 'it exists' : whyNot(error);
    const message = `${clean(file, 300)} cannot be written: ${reason}.`;
    throw new Failure('unwritable-file', exitStatus.usage, message, 'Name a new file for --record.');
  }
}
