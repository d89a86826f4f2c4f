// The folders that a process keeps things in. Nothing is read from one that others can write, and nothing is kept there.
import path from 'node:path';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import { type UnsafeFolder, unsafeFolder } from './unsafe-folder.ts';

let roots: readonly string[] = [];

/** To be called once, when the process starts. */
export function keepIn(folders: readonly string[]): void {
  roots = [...new Set(folders.map((one) => path.resolve(one)))];
}

const isWithin = (root: string, folder: string): boolean => folder === root || folder.startsWith(`${root}${path.sep}`);

/** Why nothing may be read from, or kept in, a folder; undefined for a safe one, and for what is none of this process's own. */
export function unsafeAt(folder: string): UnsafeFolder | undefined {
  const whole = path.resolve(folder);
  const root = roots.find((one) => isWithin(one, whole));
  return root === undefined ? undefined : unsafeFolder(whole, root);
}

/** Throws Failure (exit 2) for a folder that others can write. */
export function requireSafe(folder: string): void {
  const unsafe = unsafeAt(folder);
  if (unsafe !== undefined) throw unsafeHome(unsafe);
}

function unsafeHome({ reason, folder }: UnsafeFolder): Failure {
  const name = clean(folder, 300);
  const why = {
    writable: `Other users can write to ${name}`,
    foreign: `${name} belongs to another user`,
    parent: `Any user can put another folder in the place of what is in ${name}`,
  }[reason];
  const next = {
    writable: `Run \`chmod go-w ${name}\` if what is in it is yours, or set BASTIDE_HOME to another folder.`,
    foreign: 'Set BASTIDE_HOME to one of your folders.',
    parent: 'Set BASTIDE_HOME to a folder elsewhere, or have that folder made sticky.',
  }[reason];
  return new Failure('unsafe-home', exitStatus.usage, `${why}: nothing is read from there or kept there.`, next, {
    reason,
    folder,
  });
}
