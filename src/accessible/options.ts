// What the host in lines is handed: it opens nothing and knows no environment of its own.
import type { CommandContext } from '../command/definition.ts';
import type { Session } from '../session/session.ts';

export interface AccessibleOptions {
  readonly session: Session;
  /** Context for commands; this host supplies its own `ask`. */
  readonly context: Omit<CommandContext, 'ask' | 'signal'>;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & { readonly columns?: number };
  /** Somebody types; otherwise the lines of `input` were written beforehand. */
  readonly terminal: boolean;
  /** No characters beyond ASCII. */
  readonly ascii: boolean;
  readonly notices: readonly string[];
  /** Keeps a command line that was typed. */
  addLine(line: string): Promise<void>;
  /** Aborted when the process is to end. */
  readonly signal: AbortSignal;
}
