// The folders that Bastide keeps things in: made where they are missing, and refused in a sentence where they cannot be.
import { accessSync, constants } from 'node:fs';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import { makeFolder } from './make-folder.ts';
import { requireSafe } from './own-folders.ts';

/** Why nothing can be kept in a folder: the system's name of the error; undefined where it can. Makes the folder. */
export function refusalToKeep(folder: string): string | undefined {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return isFailure(error) ? error.code : codeOf(error);
  }
}

/** Throws Failure (exit 2) where nothing can be kept in a folder. `what` begins the sentence: `The history`. */
export function requireFolder(folder: string, what: string): void {
  requireSafe(folder);
  const refusal = refusalToKeep(folder);
  if (refusal !== undefined) throw notKept(folder, what, refusal, 'home-not-writable');
}

/** The failure for an error of the file system; any other error as it is. `name`: the failure's code. */
export function keepFailure(error: unknown, folder: string, what: string, name = 'home-not-writable'): unknown {
  const code = codeOf(error);
  return code === '' || error instanceof Failure ? error : notKept(folder, what, code, name);
}

/** The disk is full, or broken: the folder is right, and the same command may work later. */
const passing = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']);

const notKept = (folder: string, what: string, code: string, name: string): Failure =>
  new Failure(
    name,
    passing.has(code) ? exitStatus.notSent : exitStatus.usage,
    `${what} cannot be written to ${clean(folder, 300)} (${code}). Nothing was sent.`,
    'Make the folder writable, or set BASTIDE_HOME to another one.',
    { folder },
  );

/** The system's name of an error, such as EACCES; '' for any other. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^E[A-Z0-9]+$/.test(code) ? code : '';
}
