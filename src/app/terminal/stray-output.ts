// Keeps stderr output of other code (Node warnings, libraries) out of the frame, where it would remain.
import process from 'node:process';

export interface StrayOutput {
  /** Releases stderr. */
  release(): void;
  /** The same, and writes the last captured lines: they may explain why the program ends. */
  giveBack(): void;
}

/** Lines written on release. */
const most = 20;

/** Passes every line written to stderr to `onLine` until it is released. */
export function catchStrayOutput(onLine: (line: string) => void): StrayOutput {
  const original = process.stderr.write;
  let rest = '';
  let last: string[] = [];
  const keep = (line: string) => {
    last = [...last, line].slice(-most);
    onLine(line);
  };
  const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) keep(line);
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') callback();
    return true;
  };
  process.stderr.write = write as typeof process.stderr.write;
  const release = () => {
    process.stderr.write = original;
    if (rest !== '') keep(rest);
    rest = '';
  };
  return {
    release,
    giveBack() {
      release();
      for (const line of last) process.stderr.write(`${line}\n`);
    },
  };
}
