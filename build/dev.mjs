// `npm run dev [-- WORLD]`: builds, starts the screen on a demo world, and starts it again whenever a source file is saved.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * Runs `start` until a file below `folders` changes; then ends it, waits until it has given the terminal back, runs `build`, and
 * starts it again. A build that fails leaves its errors on the terminal until the next change. Ends with the program.
 */
export async function develop({ folders, build, start, settle = 150 }) {
  let child;
  let isStopping = false;
  let changed = Promise.withResolvers();
  let timer;
  const watchers = folders.map((folder) =>
    watch(folder, { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => changed.resolve('changed'), settle);
    }),
  );
  // The terminal sends these to the program as well, which says itself what they mean.
  const ignore = () => {};
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, ignore);
  const end = () => {
    isStopping = true;
    child?.kill('SIGTERM');
    changed.resolve('ended');
  };
  process.on('SIGTERM', end);
  try {
    while (!isStopping) {
      changed = Promise.withResolvers();
      if ((await exitOf(run(build))) !== 0) {
        process.stderr.write('The build failed; it runs again after the next change.\n');
        await changed.promise;
        continue;
      }
      child = run(start);
      const exit = exitOf(child);
      const first = await Promise.race([changed.promise, exit]);
      if (typeof first === 'number') return first;
      child.kill('SIGTERM');
      await exit;
    }
    return 0;
  } finally {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
    for (const signal of ['SIGINT', 'SIGHUP']) process.off(signal, ignore);
    process.off('SIGTERM', end);
  }
}

const run = ([command, ...words]) => spawn(command, words, { stdio: 'inherit' });
const exitOf = (child) =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(import.meta.dirname, '..');
  const at = (name) => path.join(root, name);
  process.exitCode = await develop({
    folders: ['src', 'commands', 'themes', 'build'].map(at),
    build: [process.execPath, at('build.mjs')],
    start: ['sh', at('bin/bastide'), `--demo=${process.argv[2] ?? 'mixed'}`, '--fail-on', 'never'],
  });
}
