// A recording of the screen in the format of asciinema (asciicast, version 2): a line for the size, then one for each output and
// resize. Every line is written at once, so that a recording is complete at any moment, however the program ends.
import { createGrid, type GridSize } from './cells/grid.ts';
import type { RowShape } from './cells/row.ts';
import { fullScreenModes } from './modes.ts';

/** Where lines go. It stays the same when another workspace is opened on the screen. */
export interface RecordingFile {
  /** False: it could not be written, and nothing more is written. */
  write(text: string): boolean;
  /** When its first line was written, in milliseconds since 1970; null before. */
  startedAt: number | null;
  /** Bytes so far. */
  written: number;
}

export interface RecordingOptions {
  readonly file: RecordingFile;
  readonly size: GridSize;
  /** Milliseconds since 1970. */
  now(): number;
  /** Replaces what must not be in it. */
  readonly shape?: RowShape;
  /** Nothing is recorded before this is true. */
  readonly isReady?: () => boolean;
  /** Bytes; {@link largestRecording} unless given. */
  readonly limit?: number;
  /** The recording ended early: it has reached its limit, or could not be written. */
  onEnd?(reason: 'full' | 'unwritten'): void;
}

export interface Recording {
  /** What Ink writes to the terminal. */
  feed(data: string): void;
  resized(size: GridSize): void;
  close(): void;
}

/** A recording ends here: 64 MB, hours of work. */
const largestRecording = 64 * 1024 * 1024;

export function createRecording({ file, size, now, shape, isReady, limit, onEnd }: RecordingOptions): Recording {
  const grid = createGrid(size, fullScreenModes, shape);
  const most = limit ?? largestRecording;
  let { columns, rows } = size;
  let started = false;
  let ended = false;
  const put = (line: string): void => {
    if (ended) return;
    const text = `${line}\n`;
    const bytes = Buffer.byteLength(text);
    const fits = file.written + bytes <= most;
    if (fits && file.write(text)) file.written += bytes;
    else {
      ended = true;
      onEnd?.(fits ? 'unwritten' : 'full');
    }
  };
  const event = (code: 'o' | 'r', data: string): void => {
    put(JSON.stringify([Math.max(0, Math.round(now() - (file.startedAt ?? 0))) / 1000, code, data]));
  };
  const begin = (): boolean => {
    if (started || (isReady?.() ?? true) === false) return started;
    started = true;
    if (file.startedAt !== null) {
      event('r', `${columns}x${rows}`);
      return true;
    }
    file.startedAt = now();
    put(
      JSON.stringify({
        ...{ version: 2, width: columns, height: rows, timestamp: Math.floor(file.startedAt / 1000), title: 'bastide' },
        env: { TERM: 'xterm-256color' },
      }),
    );
    return true;
  };
  return {
    feed(data) {
      if (ended) return;
      const wasStarted = started;
      const bytes = grid.write(data);
      if (!begin()) return;
      // What was shown before the start is painted as a whole.
      const shown = wasStarted ? bytes : grid.opened() || bytes;
      if (shown !== '') event('o', shown);
    },
    resized(next) {
      ({ columns, rows } = next);
      grid.resize(next);
      if (started) event('r', `${columns}x${rows}`);
    },
    close() {
      if (!started || ended) return;
      const bytes = grid.close();
      if (bytes !== '') event('o', bytes);
      ended = true;
    },
  };
}
