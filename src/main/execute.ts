// A command of the operator's, run in a shell: what it prints goes to stderr, and it ends when this program is stopped.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { CommandHost } from '../command/definition.ts';

export const execute: CommandHost['execute'] = async (command, files, signal) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bastide-change-'));
  try {
    const variables: Record<string, string> = {};
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, `${name.toLowerCase()}.json`);
      await writeFile(file, text, { mode: 0o600 });
      variables[name] = file;
    }
    return await new Promise<number | null>((resolve, reject) => {
      const child = spawn(command, {
        shell: true,
        env: { ...process.env, ...variables },
        stdio: ['ignore', process.stderr, process.stderr],
        // A group of its own: what the shell has started ends with it.
        detached: process.platform !== 'win32',
      });
      const stop = (): void => {
        if (child.pid === undefined) return;
        if (process.platform === 'win32') {
          spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' }).once('error', () =>
            child.kill(),
          );
          return;
        }
        try {
          process.kill(-child.pid, 'SIGTERM');
        } catch {
          // It has ended meanwhile.
        }
      };
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      child.once('error', reject);
      child.once('close', (status) => {
        signal.removeEventListener('abort', stop);
        resolve(status);
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
