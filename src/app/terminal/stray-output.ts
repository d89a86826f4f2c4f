// Keeps what others write to stderr (warnings of Node, a library) out of the frame, where it would stay for ever.
import process from 'node:process';

/** Hands every line written to stderr to `onLine` until the returned function is called. */
export function catchStrayOutput(onLine: (line: string) => void): () => void {
  const original = process.stderr.write;
  let rest = '';
  const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') callback();
    return true;
  };
  process.stderr.write = write as typeof process.stderr.write;
  return () => {
    process.stderr.write = original;
    if (rest !== '') onLine(rest);
  };
}
