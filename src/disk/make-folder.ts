// A folder made where it is missing.
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { requireSafe } from './own-folders.ts';

/** As {@link made}; throws Failure (exit 2) for one of this process's own folders that others can write. */
export function makeFolder(folder: string): string | undefined {
  requireSafe(folder);
  return made(folder);
}

/**
 * Makes a folder and those above it, for its owner only; gives the topmost that was made. Throws what the system says. Node's own
 * recursive call never returns where a folder that exists refuses to hold another with ENOENT, as /proc does.
 */
function made(folder: string): string | undefined {
  const whole = path.resolve(folder);
  const parent = path.dirname(whole);
  if (statSync(whole, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const first = parent === whole ? undefined : made(parent);
  try {
    mkdirSync(whole, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!statSync(whole, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
  return first ?? whole;
}
