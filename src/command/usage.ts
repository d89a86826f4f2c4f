// The words of a command line in order, as help and hints show them: `[--ip ADDRESS]`, `FINDING...`.
import type { Command } from './definition.ts';
import { applies, type FlagSpec, flagsOf } from './flag.ts';

export interface PositionalSlot {
  readonly spec: FlagSpec;
  /** Takes all the words that are left. */
  readonly rest: boolean;
}

/** The arguments without a flag, in their order, and the flags that a command has for itself. */
export function placesOf(command: Command): {
  readonly places: readonly PositionalSlot[];
  readonly flags: readonly FlagSpec[];
} {
  const specs = flagsOf(command.args);
  const names = command.positional ?? [];
  const keys = names.map((name) => name.replace(/\.\.\.$/, ''));
  const places = keys.flatMap((key, at) => {
    const spec = specs.find((candidate) => candidate.key === key);
    return spec === undefined ? [] : [{ spec, rest: names[at]?.endsWith('...') === true }];
  });
  return { places, flags: specs.filter((spec) => !keys.includes(spec.key)) };
}

/** The flags that mean something beside the arguments given so far, without the command; one half typed excludes nothing. */
export function flagsBeside(command: Command, given: readonly string[]): readonly FlagSpec[] {
  const { places, flags } = placesOf(command);
  const made = places.flatMap(({ spec }, at) => {
    const word = given[at];
    return word !== undefined && spec.choices.includes(word) ? [[spec.key, word] as const] : [];
  });
  return flags.filter((spec) => applies(spec, Object.fromEntries(made)));
}

/** `FINDING...`, in brackets where it may be left out. */
export function placeWord({ spec, rest }: PositionalSlot): string {
  const word = `${spec.value ?? spec.key.toUpperCase()}${rest ? '...' : ''}`;
  return spec.required ? word : `[${word}]`;
}

/** What a flag takes: `FILE`, `VALUE`; '' for one that is on or off. */
export const valueWord = (spec: FlagSpec): string =>
  spec.kind === 'boolean'
    ? ''
    : (spec.value ?? (spec.choices.length > 0 ? 'VALUE' : spec.kind === 'number' ? 'N' : 'TEXT'));

/** The value that counts when none is given, where it can be told in a word. */
export const standardWord = ({ standard }: FlagSpec): string | null =>
  typeof standard === 'string' || typeof standard === 'number' ? String(standard) : null;

/** What it is for, and what for only. */
export const saysOf = (spec: FlagSpec): string =>
  [spec.says, ...Object.values(spec.only ?? {}).map((is) => `only for ${is.join(', ')}`)].join('; ');
