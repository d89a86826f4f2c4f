// How an act is recorded: its own name, and who did it.
import os from 'node:os';
import process from 'node:process';

/** Sorts by time, and two sessions of one second do not meet. */
export function newId(): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15);
  // The global is loaded when it is first used; the module node:crypto would cost every start some milliseconds.
  return `${time}-${crypto.randomUUID().slice(0, 6)}`;
}

export function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A container's user need not have a name.
    return process.env.USER ?? 'unknown';
  }
}
