// The interface of the shell to the drawn screen: redraw, suspend, resize, write outside the frame.

import type { Line } from '../../command/definition.ts';
import type { AppOptions } from '../options.ts';
import { copySequence } from '../terminal/clipboard.ts';
import type { ScreenController } from './effect-context.ts';

export type RowAt = (cell: { readonly x: number; readonly y: number }) => DrawnRow | null | undefined;
interface DrawnRow {
  readonly words: Line;
  readonly width: number;
  /** Cells from the start of the words. */
  readonly x: number;
}

/** The operations on the drawn screen. */
export interface Surface {
  /** Redraws the whole screen. */
  repaint(): void;
}

export interface Display {
  attach(surface: Surface): void;
  /** Sets the question which words are drawn at a cell. */
  attachRows(rowAt: RowAt): void;
  /** The words drawn at a cell, counted from 0. */
  readonly rowAt: RowAt;
  /** Sets Ink's function that suspends the screen. */
  attachSuspend(suspend: (away: () => Promise<void>) => Promise<void>): void;
  repaint(): void;
  resized(columns: number, rows: number): void;
  suspend(): Promise<void>;
  /** Sends a text to the terminal's clipboard. The terminal does not confirm, so success is unknown. */
  copy(text: string | null, what: string): void;
}

export function createDisplay({ stdout, suspend, context }: AppOptions, { store, say }: ScreenController): Display {
  let surface: Surface | null = null;
  let drawnAt: RowAt = () => null;
  let suspendScreen: ((away: () => Promise<void>) => Promise<void>) | null = null;
  const repaint = () => surface?.repaint();
  const resized = (columns: number, rows: number) => {
    store.dispatch({ type: 'resized', columns, rows });
    // The content of a terminal after a resize is undefined, so it is not used.
    repaint();
  };
  return {
    attach(drawn) {
      surface = drawn;
    },
    attachRows(rowAt) {
      drawnAt = rowAt;
    },
    rowAt: (cell) => drawnAt(cell),
    attachSuspend(away) {
      suspendScreen = away;
    },
    repaint,
    resized,
    async suspend() {
      if (suspend === undefined) return say('Windows cannot suspend a program.', 'warn');
      if (suspendScreen === null) return;
      await suspendScreen(async () => {
        suspend();
        // The process stops before this turn of the event loop ends; the following code runs after fg.
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
      resized(stdout.columns, stdout.rows);
    },
    copy(text, what) {
      if (text === null) return say('There is nothing to copy here.', 'warn');
      const sequence = copySequence(text, context.host.env.TMUX !== undefined);
      if (sequence === null) return say('Too long for a terminal to copy.', 'warn');
      stdout.write(sequence);
      say(`Sent the ${what} to the terminal's clipboard.`);
    },
  };
}
