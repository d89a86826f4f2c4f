// One run of the process, as its parts see it: what main.ts alone opens and ends.
import type { AzureTime } from './clock.ts';
import type { Folders } from './folders.ts';

export interface MainRun {
  readonly version: string;
  readonly folders: Folders;
  readonly clock: AzureTime;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** What must be given back before the process ends, in this order. */
  readonly closers: (() => Promise<void>)[];
  /** A write is about to be sent: the exit status says so from here on. */
  sent(): void;
  /** The signals are left to the part that must restore the terminal first. */
  leaveSignals(): void;
}
