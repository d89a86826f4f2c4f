// What a binding of a key is. Bindings stand with the screen or the question they belong to, or in keys/; the footer, the help
// and the keyboard read the same ones.

import { quoteWord } from '../../command/parse-line.ts';
import type { KeyName } from '../terminal/keys.ts';
import type { RunOptions } from './dispatcher.ts';
import type { EffectContext } from './effect-context.ts';
import type { State } from './state.ts';

/**
 * Where the keyboard is: `screen` any of the top-level screens, `list` and `text` what moves in them, `buttons`, `choices`,
 * `input`, `palette`, `result` the questions; or the name of one screen or overlay. A place is in force with others at once.
 */
export type KeyScope = string;

export interface Binding {
  /** Unique; what a remapping calls it. */
  readonly name: string;
  readonly where: readonly KeyScope[];
  readonly keys: readonly KeyName[];
  /** One word for the footer. */
  readonly label: string;
  /** A sentence for the help. */
  readonly help: string;
  /** What it does to the state; pure. `times`: the number typed before it, else 1. */
  readonly change?: (state: State, times: number) => State;
  /** A number may be typed before it. */
  readonly counts?: true;
  /** What it does outside: the terminal, the process. */
  readonly effect?: (effects: EffectContext) => void;
  /** The words of the command line that it runs; null while nothing is selected to run it on. */
  readonly command?: (state: State) => readonly string[] | null;
  /** Asks for more words of that line; null when the question is cancelled. */
  readonly asks?: (effects: EffectContext) => Promise<readonly string[] | null>;
  /** How the command is run and its result shown; else as from the palette. */
  readonly how?: (effects: EffectContext) => RunOptions;
  /** How help and footer show the command line, where its words are many or missing; or the line that does the same as `change`. */
  readonly line?: (state: State) => string | null;
  /** Loses its key to another binding that the operator has given it to. */
  readonly yields?: true;
  /** Shown in the footer, lower first. */
  readonly hint?: number;
  /** In the footer only while it is on. */
  readonly hideWhenDisabled?: true;
  /** Why it does nothing now. */
  readonly disabledReason?: (state: State) => string | null;
}

/** The command line of a binding as help and footer show it. */
export const lineOf = ({ line, command }: Binding, state: State): string | null =>
  line?.(state) ?? command?.(state)?.map(quoteWord).join(' ') ?? null;
