// The stream that Ink writes to instead of the terminal: it behaves like the terminal, but passes on only the cells that
// change.
import { createGrid, type TerminalModes } from './grid.ts';

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

export function createCellStream(stdout: NodeJS.WriteStream, modes: TerminalModes): CellStream {
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const grid = createGrid(size(), modes);
  const send = (bytes: string) => void (bytes === '' || stdout.write(bytes));
  const write = (data: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    const bytes = grid.write(typeof data === 'string' ? data : Buffer.from(data).toString('utf8'));
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
    resized: () => grid.resize(size()),
    close: () => send(grid.close()),
  };
}
