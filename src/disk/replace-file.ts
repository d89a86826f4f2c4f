// A small file written whole: beside it first, then renamed, so that no reader sees half of it. What a writer that was killed left
// beside it is removed by the next one.
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';

/** A name beside the file, which says whose it is. The global, not node:crypto: that costs every command's start 15 ms. */
export const temporaryName = (file: string): string => `${file}.${process.pid}-${crypto.randomUUID().slice(0, 8)}.tmp`;

/** Milliseconds after which what has no living owner's name is taken for left behind. */
const abandoned = 60_000;

/** Removes what writers of this file that ended early have left. Never throws. */
export function removeLeftovers(file: string): void {
  const folder = path.dirname(file);
  const base = path.basename(file);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) {
    if (!name.startsWith(`${base}.`)) continue;
    // The last is the name that conf gives its own.
    const [, owner] = /^(?:(\d+)-)?[0-9a-f]+\.tmp$|^tmp-[0-9a-f]+$/.exec(name.slice(base.length + 1)) ?? [null];
    if (owner === null) continue;
    const whole = path.join(folder, name);
    try {
      const isGone =
        owner === undefined ? isOld(whole, abandoned) : !isRunning(Number(owner)) || isOld(whole, 60 * abandoned);
      if (isGone) rmSync(whole, { recursive: true, force: true });
    } catch {
      // Another process may be doing the same.
    }
  }
}

const isOld = (file: string, ms: number): boolean => Date.now() - statSync(file).mtimeMs > ms;

/** How often a refused rename is tried again, with 50 ms between. */
const renames = 20;

/**
 * Renames a file over another. Windows refuses that while a program, such as a virus scanner, has one of them open: there it is tried
 * again for a second. Throws what the file system throws.
 */
export function renameOver(
  from: string,
  to: string,
  { platform = process.platform, rename = renameSync }: { platform?: NodeJS.Platform; rename?: typeof renameSync } = {},
): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      rename(from, to);
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (platform !== 'win32' || attempt === renames || !['EACCES', 'EBUSY', 'EPERM'].includes(code)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

/** Does a process of this number run here, of whatever owner? */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The file whole, or the one before, readable by its owner only. Makes its folder. Throws what the file system throws. */
export function replaceFile(file: string, text: string): void {
  makeFolder(path.dirname(file));
  removeLeftovers(file);
  const beside = temporaryName(file);
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx' });
    renameOver(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
