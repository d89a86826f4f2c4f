// A lock between processes that a dead holder cannot block. Each contender announces itself by a file with its own name, which
// says who it is; it holds the lock when it sees no other living name. Names are never used twice, so removing a dead
// contender's file can never take away a living one's, however many rivals clear up at once.
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeFolder } from './make-folder.ts';
import { isRunning } from './replace-file.ts';

export interface LockOptions {
  /** `FOLDER/NAME`; the contenders' files are `NAME-PID-START-TOKEN`. */
  readonly file: string;
  readonly pid: number;
  /** Milliseconds to wait for a living holder. */
  readonly patience: number;
}

/** A living process held the lock too long. */
export class LockHeld extends Error {
  constructor(
    readonly file: string,
    readonly pid: number,
  ) {
    super(`${file} is held by process ${pid}`);
  }
}

/** Runs `act` while holding the lock. Throws {@link LockHeld}, or what the file system throws. */
export async function withLock<T>(options: LockOptions, act: () => Promise<T>): Promise<T> {
  const release = await acquire(options);
  try {
    return await act();
  } finally {
    release();
  }
}

/** The living process that holds the lock or is about to, other than the file `own`. */
export function holderOf(file: string, own?: string): { readonly file: string; readonly pid: number } | undefined {
  const folder = path.dirname(file);
  const prefix = `${path.basename(file)}-`;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return undefined;
  }
  for (const name of names) {
    if (!name.startsWith(prefix) || name === own) continue;
    const [, pid, start] = /^(\d+)-(\d+)-[0-9a-f]+$/.exec(name.slice(prefix.length)) ?? [];
    if (pid === undefined || start === undefined) continue;
    if (isAlive(Number(pid), start)) return { file: path.join(folder, name), pid: Number(pid) };
    rmSync(path.join(folder, name), { force: true });
  }
  return undefined;
}

async function acquire({ file, pid, patience }: LockOptions): Promise<() => void> {
  const started = performance.now();
  const unique = crypto.randomUUID().replaceAll('-', '').slice(0, 12);
  const own = `${path.basename(file)}-${pid}-${startOf(pid) ?? 0}-${unique}`;
  const ownFile = path.join(path.dirname(file), own);
  makeFolder(path.dirname(file));
  for (let attempt = 0; ; attempt += 1) {
    let other = holderOf(file);
    if (!other) {
      closeSync(openSync(ownFile, 'wx', 0o600));
      // Announced first, looked second: of two that announce at once, at least one sees the other and steps back.
      other = holderOf(file, own);
      if (!other) return () => rmSync(ownFile, { force: true });
      rmSync(ownFile, { force: true });
    }
    if (performance.now() - started > patience) throw new LockHeld(other.file, other.pid);
    await wait(Math.random() * Math.min(4 * 2 ** Math.min(attempt, 5), 100) + 1);
  }
}

function isAlive(pid: number, start: string): boolean {
  if (!isRunning(pid)) return false;
  const now = startOf(pid);
  return start === '0' || now === undefined || now === start;
}

/** When a process started, in the kernel's ticks since boot; undefined where the system does not show it. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
