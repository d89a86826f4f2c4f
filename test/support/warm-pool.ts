// One process for each worker that keeps Bastide loaded, for the tests that run many commands (`bastide` in bastide.ts).
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { recordingEnvironment } from './record-exchanges.ts';

/** The environment variable that names the folder of their sockets. */
export const poolVariable = 'WARM_BASTIDES';
export const socketOf = (folder: string, worker: number): string => path.join(folder, `${worker}.sock`);

const root = path.resolve(import.meta.dirname, '../..');
/** The Node that the launcher would take. */
const own = path.join(root, `node_modules/node-linux-${process.arch}/bin/node`);

export async function setup({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env[poolVariable] !== undefined) return undefined;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-warm-'));
  const workers = Number(vitest.config.maxWorkers);
  const children: ChildProcess[] = [];
  for (let worker = 1; worker <= workers; worker += 1) {
    const child = fork(path.join(import.meta.dirname, 'warm.mjs'), [socketOf(folder, worker), root], {
      execPath: existsSync(own) ? own : process.execPath,
      // As the restart of main.ts sets it, which would leave the pool.
      execArgv: ['--max-semi-space-size=8'],
      env: { ...process.env, ...recordingEnvironment() },
    });
    children.push(child);
    await once(child, 'message');
  }
  process.env[poolVariable] = folder;
  return async () => {
    delete process.env[poolVariable];
    for (const child of children) {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
}
