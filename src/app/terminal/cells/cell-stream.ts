// The stream that Ink writes to instead of the terminal: it behaves like the terminal, but passes on only the cells that
// change.

import type { TerminalModes } from '../modes.ts';
import type { Recording } from '../recording.ts';
import { createGrid } from './grid.ts';

export interface CellStream {
  readonly stream: NodeJS.WriteStream;
  /** Repaints everything. */
  repaint(): void;
  /** Must be called before Ink handles the event. */
  resized(): void;
  /** Restores the terminal where Ink could not. */
  close(): void;
}

type Done = (error?: Error | null) => void;

/** `recording` gets everything that Ink writes. */
export function createCellStream(
  stdout: NodeJS.WriteStream,
  modes: TerminalModes,
  recording?: Pick<Recording, 'feed' | 'resized' | 'close'>,
): CellStream {
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const grid = createGrid(size(), modes);
  const send = (bytes: string) => void (bytes === '' || stdout.write(bytes));
  const write = (data: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    const text = typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
    const bytes = grid.write(text);
    recording?.feed(text);
    const callback = typeof encoding === 'function' ? encoding : done;
    // An empty write completes after the previous one.
    return bytes === '' && callback === undefined ? true : stdout.write(bytes, callback);
  };
  return {
    stream: new Proxy(stdout, {
      get(target, name) {
        if (name === 'write') return write;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
    repaint: () => send(grid.repaint()),
    resized() {
      grid.resize(size());
      recording?.resized(size());
    },
    close() {
      send(grid.close());
      recording?.close();
    },
  };
}
