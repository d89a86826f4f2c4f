// The stream that Ink draws on in place of the terminal: like it in everything but what is written, of which only the cells
// that change arrive.
import { createGrid, type TerminalModes } from './grid.ts';

export interface CellStream {
  readonly stream: NodeJS.WriteStream;
  /** Everything anew, whatever the terminal shows. */
  repaint(): void;
  /** To be told before Ink is. */
  resized(): void;
  /** Gives the terminal back where Ink could not. */
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
    // Who waits for nothing waits for what was written before it.
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
