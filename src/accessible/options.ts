// The inputs of accessible mode: it opens nothing and reads no environment.
import type { CommandContext } from '../command/definition.ts';
import type { Session } from '../session/session.ts';

export interface AccessibleOptions {
  readonly session: Session;
  /** Context for commands; this host supplies its own `ask`. */
  readonly context: Omit<CommandContext, 'ask' | 'signal'>;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & { readonly columns?: number };
  /** Input is interactive; otherwise `input` is a script. */
  readonly terminal: boolean;
  /** ASCII output only. */
  readonly ascii: boolean;
  readonly notices: readonly string[];
  /** Stores a typed command line in the command history. */
  addLine(line: string): Promise<void>;
  /** Aborted when the process is to end. */
  readonly signal: AbortSignal;
}
