// Folders that others can write: what is kept there may be theirs.
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** `writable`: by the group or by all. `foreign`: of another user. `parent`: anyone can put another folder in its place. */
export interface UnsafeFolder {
  readonly reason: 'writable' | 'foreign' | 'parent';
  readonly folder: string;
}

const sticky = 0o1000;

/** Why what is in a folder, from the one named `root` on, may be others'; undefined where it is the user's, or not there yet. */
export function unsafeFolder(folder: string, root: string = folder): UnsafeFolder | undefined {
  // Windows has no such modes; a folder of the user's profile is the user's.
  const user = process.platform === 'win32' ? undefined : process.geteuid?.();
  if (user === undefined) return undefined;
  for (const one of between(root, folder)) {
    const about = statSync(one, { throwIfNoEntry: false });
    if (about === undefined) continue;
    if (about.uid !== user && about.uid !== 0) return { reason: 'foreign', folder: one };
    if ((about.mode & 0o022) !== 0) return { reason: 'writable', folder: one };
  }
  for (const one of above(real(root))) {
    const about = statSync(one, { throwIfNoEntry: false });
    if (about !== undefined && (about.mode & 0o002) !== 0 && (about.mode & sticky) === 0) {
      return { reason: 'parent', folder: one };
    }
  }
  return undefined;
}

/** The folders from `root` to `folder`, both included. */
function between(root: string, folder: string): string[] {
  const way = path.relative(root, folder);
  if (way === '' || way.startsWith('..') || path.isAbsolute(way)) return [root];
  const names = way.split(path.sep);
  return [root, ...names.map((_, index) => path.join(root, ...names.slice(0, index + 1)))];
}

function above(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [] : [parent, ...above(parent)];
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.dirname(folder) === folder ? folder : path.join(real(path.dirname(folder)), path.basename(folder));
  }
}
