// Key bindings. They are defined with their screen or overlay, or in keys/; the footer, the help and the keyboard use the
// same ones.

import type { KnownWord } from '../../command/completion.ts';
import { quoteWord } from '../../command/parse-line.ts';
import type { KeyName } from '../terminal/keys.ts';
import type { CompletionContext, EffectContext, RunOptions } from './effect-context.ts';
import type { State } from './state.ts';

/**
 * Where the keyboard is: `screen` is any top-level screen, `list` and `text` its lists and texts, `buttons`, `choices`,
 * `pages` (Space is a page),
 * `input`, `palette`, `result` the overlays; or the name of one screen or overlay. Several places are active at once.
 */
export type KeyScope = string;

export interface Binding {
  /** Unique name, used by remapping. */
  readonly name: string;
  readonly where: readonly KeyScope[];
  readonly keys: readonly KeyName[];
  /** One word for the footer. */
  readonly label: string;
  /** The same where it depends on what is shown. */
  readonly labelNow?: (state: State) => string | undefined;
  /** A sentence for the help. */
  readonly help: string;
  /** Its state change; pure. `times`: the number typed before it, else 1. */
  readonly change?: (state: State, times: number) => State;
  /** A number may be typed before it. */
  readonly counts?: true;
  /** Its side effect: on the terminal or the process. */
  readonly effect?: (effects: EffectContext, words?: readonly string[]) => void;
  /** Its word in the command line of the screen; the words after it are given to `effect`. */
  readonly word?: string;
  /** What may follow that word. */
  readonly completes?: {
    /** As in a usage: `[WORKSPACE]`. */
    readonly takes: string;
    readonly says: string;
    /** Calls `say` with what is known at once, and again when more is. */
    offer(effects: CompletionContext, say: (words: readonly KnownWord[]) => void): Promise<void>;
  };
  /** The words of the command line that it runs; null without a selected target. */
  readonly command?: (state: State) => readonly string[] | null;
  /** Asks for more words of that line; null when the question is cancelled. */
  readonly asks?: (effects: EffectContext) => Promise<readonly string[] | null>;
  /** How the command is run and its result shown; else as from the palette. */
  readonly how?: (effects: EffectContext) => RunOptions;
  /** How help and footer show the command line, where it is long or absent; or the equivalent line of `change`. */
  readonly line?: (state: State) => string | null;
  /** Gives up its key to another binding that the operator assigned it to. */
  readonly yields?: true;
  /** Shown in the footer, lower first. */
  readonly hint?: number;
  /** In the footer however narrow it is; its room is kept before that of the others. */
  readonly hintAlways?: true;
  /** In the footer only while available; a function: where it says so. */
  readonly hideWhenDisabled?: true | ((state: State) => boolean);
  /** Why it is unavailable. */
  readonly disabledReason?: (state: State) => string | null;
}

/** The command line of a binding as help and footer show it. */
export const lineOf = ({ line, command }: Binding, state: State): string | null =>
  line?.(state) ?? command?.(state)?.map(quoteWord).join(' ') ?? null;

/** A plan is made from the snapshot and shown in the plan overlay. */
export const planning = (): RunOptions => ({ title: 'Planning', withSnapshot: true, quiet: true });
