// What shells may complete, taken from the registries: commands, their flags and arguments, and the words that each takes.
import type { CommandContext } from '../../src/command/definition.ts';
import { type FlagSpec, flagsOf } from '../../src/command/flag.ts';
import { sharedFlags } from '../../src/command/parse-arguments.ts';
import { placesOf, saysOf } from '../../src/command/usage.ts';
import { worldNames } from '../../src/command/world-names.ts';
import { assumptionEntries } from '../../src/model/assumption-values.ts';
import { settingEntries } from '../../src/model/setting.ts';

/** Words to choose from, a file, or nothing that is known before it is typed. */
export type CompletionSource = readonly string[] | 'file' | 'free';
export interface FlagWords {
  /** Without the dashes. */
  readonly name: string;
  readonly says: string;
  /** Null for one that is on or off. `bare`: it also stands alone, and its value goes after `=` only. */
  readonly takes: CompletionSource | null;
  readonly bare: boolean;
}
export interface VerbWords {
  readonly name: string;
  readonly says: string;
  readonly flags: readonly FlagWords[];
  /** What each argument takes, in order; `rest`: the last one goes on. */
  readonly places: readonly CompletionSource[];
  readonly rest: boolean;
}
export interface ShellWords {
  readonly verbs: readonly VerbWords[];
  readonly shared: readonly FlagWords[];
}

export function shellWords(context: Pick<CommandContext, 'verbs' | 'themes' | 'rules'>): ShellWords {
  const known: Readonly<Record<string, readonly string[]>> = {
    verb: context.verbs.map(({ name }) => name),
    theme: context.themes.filter(({ wrong }) => wrong === undefined).map(({ name }) => name),
    rule: context.rules.map(({ id }) => id),
    target: context.rules.filter(({ fixKind }) => fixKind !== 'none').map(({ id }) => id),
    setting: settingEntries.map(({ name }) => name),
    world: worldNames,
    intent: assumptionEntries.map(({ name }) => name),
  };
  const taken = ({ kind, choices, of }: FlagSpec): CompletionSource | null => {
    if (kind === 'boolean') return null;
    if (choices.length > 0) return choices;
    return of === 'file' ? 'file' : (known[of ?? ''] ?? 'free');
  };
  const words = (spec: FlagSpec): FlagWords => ({
    ...{ name: spec.name, says: saysOf(spec), takes: taken(spec), bare: spec.bare !== undefined },
  });
  const { common, output, source } = sharedFlags();
  return {
    shared: [...common, ...output, ...source].map(words),
    verbs: context.verbs.map((command) => {
      const { places, flags } = placesOf(command);
      return {
        ...{ name: command.name, says: command.summary, flags: flags.map(words) },
        places: places.map(({ spec }) => taken(spec) ?? 'free'),
        rest: places.at(-1)?.rest === true || flagsOf(command.args).length === 0,
      };
    }),
  };
}

/** Flags, with their dashes, that always take the word after them. */
export function valuedFlags({ verbs, shared }: ShellWords): readonly string[] {
  const valued = [...verbs.flatMap(({ flags }) => flags), ...shared].filter(
    ({ takes, bare }) => takes !== null && !bare,
  );
  return [...new Set(valued.map(({ name }) => `--${name}`))];
}

/** Text between single quotes, for any of the three shells. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
