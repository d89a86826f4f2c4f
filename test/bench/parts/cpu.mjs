// Processor time of a whole command, for the benchmarks.
import { execFileSync } from 'node:child_process';

/** CPU milliseconds of a command and all it started, by the shell's own accounting. */
export function cpu(words, env) {
  const script = `TIMEFORMAT='%3U %3S'; time "$@" >/dev/null 2>/dev/null </dev/null`;
  const output = execFileSync('bash', ['-c', `{ ${script}; } 2>&1; exit 0`, 'bench', ...words], {
    env,
    encoding: 'utf8',
  });
  const [user, system] = output.trim().split(/\s+/).map(Number);
  return (user + system) * 1000;
}
