// The lock between processes: a dead holder does not block, not even when its number was given to another process.
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holderOf, LockHeld, processTable, withLock } from '../../src/disk/lock.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-lock-'));
  file = path.join(folder, 'history');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The ticks since boot at which a process started: the twentieth field behind its name in brackets. */
function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
const contender = (pid: number, start: string): string => {
  const name = `history-${pid}-${start}-0123456789ab`;
  writeFileSync(path.join(folder, name), '');
  return name;
};
const hold = () => withLock({ file, pid: process.pid, patience: 50 }, async () => 'held');
// A process that lives as long as this test, and is not this process.
const living = process.ppid;

test('a living process with the start that it announced holds the lock', async () => {
  contender(living, startOf(living));
  expect(holderOf(file)?.pid).toBe(living);
  await expect(hold()).rejects.toThrow(LockHeld);
});

test('a living process that started at another time has a reused number: its file is cleared away', async () => {
  const name = contender(living, `${Number(startOf(living)) + 1}`);
  expect(holderOf(file)).toBeUndefined();
  expect(readdirSync(folder)).not.toContain(name);
  expect(await hold()).toBe('held');
});

test('where the start could not be read, a living process counts as the holder', () => {
  contender(living, '0');
  expect(holderOf(file)?.pid).toBe(living);
});

test('where the system tells no starts, a file from before the last boot has no owner', () => {
  const name = contender(living, '0');
  const windows = { ...processTable('win32'), booted: Date.now() - 3600_000 };
  expect(windows.startOf(living)).toBeUndefined();
  expect(holderOf(file, undefined, windows)?.pid).toBe(living);
  const before = new Date(Date.now() - 7200_000);
  utimesSync(path.join(folder, name), before, before);
  expect(holderOf(file, undefined, windows)).toBeUndefined();
  expect(readdirSync(folder)).not.toContain(name);
});

test('macOS has no /proc: ps says when a process started, in the same words each time', () => {
  const table = processTable('darwin');
  const start = table.startOf(living);
  expect(Number(start)).toBeGreaterThan(1.7e9);
  expect(Number(start)).toBeLessThanOrEqual(Date.now() / 1000);
  expect(table.startOf(living)).toBe(start);
  expect(table.startOf(2 ** 22 + 1)).toBeUndefined();
  contender(living, start ?? '');
  expect(holderOf(file, undefined, table)?.pid).toBe(living);
  const reused = contender(living, `${Number(start) - 60}`);
  rmSync(path.join(folder, `history-${living}-${start}-0123456789ab`));
  expect(holderOf(file, undefined, table)).toBeUndefined();
  expect(readdirSync(folder)).not.toContain(reused);
});

test('the file of a process that is gone is cleared away', async () => {
  const name = contender(2 ** 22 + 1, '7');
  expect(await hold()).toBe('held');
  expect(readdirSync(folder)).not.toContain(name);
});

test('the lock says which process holds it, and is released when the act throws', async () => {
  await expect(
    withLock({ file, pid: process.pid, patience: 50 }, async () => {
      const [name = ''] = readdirSync(folder);
      expect(name.startsWith(`history-${process.pid}-${startOf(process.pid)}-`)).toBe(true);
      throw new Error('stop');
    }),
  ).rejects.toThrow('stop');
  expect(readdirSync(folder)).toEqual([]);
});
