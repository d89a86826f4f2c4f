// What can be wrong with a history, as failures that say what to do.
import path from 'node:path';
import { LockHeld } from '../disk/lock.ts';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import { codeOf } from './files.ts';

/** `where`: all files of this history. A history is never begun anew by itself. */
export const historyCorrupt = (file: string, why: string, where: string): Failure =>
  new Failure(
    'history-corrupt',
    exitStatus.notSent,
    `The history cannot be read: ${file}${why}.`,
    `Restore it from a backup, or run \`bastide history --repair\`: it keeps a copy of what is there, and goes on without what is lost. To start a new history, move all files ${where}* away; earlier changes can then no longer be undone.`,
    { file },
  );

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** The folder itself refuses, so that no command that keeps something can work. */
const refused = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'EISDIR', 'ELOOP', 'ENAMETOOLONG']);

/** An error of the file system, or of the lock, as a failure; any other as it is. */
export function explained(error: unknown, folder: string, act: 'read' | 'write' = 'write'): unknown {
  if (isFailure(error)) return error;
  if (error instanceof LockHeld) {
    return new Failure(
      'history-locked',
      exitStatus.notSent,
      `Another Bastide (process ${error.pid}) is writing to this workspace: ${error.file}.`,
      'Wait until it has finished, then retry.',
      { file: error.file, pid: error.pid },
    );
  }
  const code = codeOf(error);
  if (code === '') return error;
  const isRefused = refused.has(code);
  if (act === 'read') {
    return new Failure(
      'history-not-readable',
      isRefused ? exitStatus.usage : exitStatus.notSent,
      `The history cannot be read in ${folder} (${code}).`,
      isRefused ? 'Make the folder readable, or set BASTIDE_HOME to another one.' : otherDisk,
      { folder, code },
    );
  }
  return new Failure(
    'history-not-writable',
    isRefused ? exitStatus.usage : exitStatus.notSent,
    `${full.has(code) ? 'The disk is full: the history' : 'The history'} cannot be written to ${folder} (${code}).`,
    isRefused
      ? 'Make the folder writable, or set BASTIDE_HOME to another one.'
      : full.has(code)
        ? 'Free some space, then retry.'
        : otherDisk,
    { folder, code },
  );
}
const otherDisk = 'Check the disk, or set BASTIDE_HOME to a folder on another one.';

export const historyRaced = (file: string): Failure =>
  new Failure(
    'history-raced',
    exitStatus.notSent,
    `Another program wrote to ${path.basename(file)} at the same time: ${file}.`,
    'Let only Bastide write to this file. `bastide history` says whether it is damaged.',
    { file },
  );
