// The drawn screen as the shell sees it: drawn anew, given away for a while, resized, written to beside the frame.
import type { AppOptions } from '../options.ts';
import { copySequence } from '../terminal/clipboard.ts';
import type { ScreenController } from './controller.ts';

/** What the shell needs of the drawn screen. */
export interface Surface {
  /** Draws the screen whole, whatever the terminal shows. */
  repaint(): void;
}

export interface Display {
  attach(surface: Surface): void;
  /** Hands in Ink's way of giving the terminal away for a while. */
  attachSuspend(suspend: (away: () => Promise<void>) => Promise<void>): void;
  repaint(): void;
  resized(columns: number, rows: number): void;
  suspend(): Promise<void>;
  /** Sends a text to the terminal's clipboard. Nothing answers, so nothing is claimed. */
  copy(text: string | null, what: string): void;
}

export function createDisplay({ stdout, suspend, context }: AppOptions, { store, say }: ScreenController): Display {
  let surface: Surface | null = null;
  let suspendScreen: ((away: () => Promise<void>) => Promise<void>) | null = null;
  const repaint = () => surface?.repaint();
  const resized = (columns: number, rows: number) => {
    store.dispatch({ type: 'resized', columns, rows });
    // What a terminal keeps of the old size is its own affair, so nothing of it is trusted.
    repaint();
  };
  return {
    attach(drawn) {
      surface = drawn;
    },
    attachSuspend(away) {
      suspendScreen = away;
    },
    repaint,
    resized,
    async suspend() {
      if (suspendScreen === null) return;
      await suspendScreen(async () => {
        suspend();
        // The stop takes hold before this turn of the loop ends; what follows runs after fg.
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
