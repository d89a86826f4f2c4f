// A lock between processes that a dead holder cannot block. Each contender announces itself by a file with its own name, which
// says who it is; it holds the lock when it sees no other living name. Names are never used twice, so removing a dead
// contender's file can never take away a living one's, however many rivals clear up at once.
import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
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

/** What the system tells of its processes. */
export interface ProcessTable {
  isRunning(pid: number): boolean;
  /** When it started, as a number in the system's own unit; undefined where the system does not say. */
  startOf(pid: number): string | undefined;
  /** Milliseconds since 1970 at which the system was started. */
  readonly booted: number;
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
export function holderOf(
  file: string,
  own?: string,
  table: ProcessTable = processTable(),
): { readonly file: string; readonly pid: number } | undefined {
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
    const whole = path.join(folder, name);
    if (isAlive(Number(pid), start, whole, table)) return { file: whole, pid: Number(pid) };
    rmSync(whole, { force: true });
  }
  return undefined;
}

async function acquire({ file, pid, patience }: LockOptions): Promise<() => void> {
  const started = performance.now();
  const unique = crypto.randomUUID().replaceAll('-', '').slice(0, 12);
  const own = `${path.basename(file)}-${pid}-${processTable().startOf(pid) ?? 0}-${unique}`;
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

function isAlive(pid: number, start: string, file: string, { isRunning, startOf, booted }: ProcessTable): boolean {
  if (!isRunning(pid)) return false;
  // Without a start to compare, a process that runs since the last boot cannot be told from another of its number. The clock may
  // have been set meanwhile, by less than a minute.
  if (start === '0') return (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > booted - 60_000;
  const now = startOf(pid);
  return now === undefined || now === start;
}

export const processTable = (platform: NodeJS.Platform = process.platform): ProcessTable => ({
  isRunning,
  startOf: platform === 'linux' ? ticksOf : platform === 'win32' ? () => undefined : secondsOf,
  get booted() {
    return Date.now() - os.uptime() * 1000;
  },
});

/** In the kernel's ticks since boot. */
function ticksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

const ownSeconds = new Map<number, string>();

/** In seconds since 1970, from ps: macOS has no /proc. That of this process is asked for once. */
function secondsOf(pid: number): string | undefined {
  const known = ownSeconds.get(pid);
  if (known !== undefined) return known;
  try {
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    // Asked for here: every command would load it.
    const { execFileSync } = process.getBuiltinModule('node:child_process');
    const started = execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
      env,
      encoding: 'utf8',
      timeout: 2000,
    });
    const seconds = Date.parse(`${started.trim()} UTC`) / 1000;
    if (!Number.isFinite(seconds)) return undefined;
    if (pid === process.pid) ownSeconds.set(pid, String(seconds));
    return String(seconds);
  } catch {
    return undefined;
  }
}
