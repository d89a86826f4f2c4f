// What the next word of a line may be: which argument it is, what it takes, what counts without it. From the schemas alone.
import { flagNames, looseWords } from './completion.ts';
import type { Command } from './definition.ts';
import type { FlagSpec } from './flag.ts';
import { parsePartialLine } from './parse-line.ts';
import { flagsBeside, placesOf, placeWord, saysOf, standardWord, valueWord } from './usage.ts';

export interface Hint {
  /** The words of the line; `now` marks the one being typed. */
  readonly usage: readonly { readonly text: string; readonly now: boolean }[];
  /** What is being typed, in a sentence. */
  readonly says: string;
}

/** The hint for the end of `text`; null before there is a command. */
export function hintFor(text: string, verbs: readonly Command[]): Hint | null {
  const { words, current } = parsePartialLine(text);
  const [verb] = words.filter((word) => !word.startsWith('-'));
  const command = verbs.find((one) => one.name === verb || one.aliases?.includes(verb ?? '') === true);
  if (command === undefined) return null;
  const { places, flags } = placesOf(command);
  const shared = flagNames();
  const all = [...flags, ...shared];
  const flag = flagBeingTyped(words, current, all);
  const [, ...loose] = looseWords(words, all);
  const at = loose.length;
  const place = current.startsWith('-')
    ? undefined
    : (places[at] ?? (places.at(-1)?.rest === true ? places.at(-1) : undefined));
  const now = flag ?? place?.spec;
  return {
    usage: [
      { text: command.name, now: false },
      ...places.map((one) => ({ text: placeWord(one), now: flag === undefined && one === place })),
      ...flagsBeside(command, loose).map((one) => ({ text: flagWord(one), now: one === flag })),
      ...(flag !== undefined && !flags.includes(flag) ? [{ text: flagWord(flag), now: true }] : []),
    ],
    says: now === undefined ? command.summary : sentence(now),
  };
}

function flagBeingTyped(words: readonly string[], current: string, all: readonly FlagSpec[]): FlagSpec | undefined {
  const named = (word: string) => all.find((spec) => word === `--${spec.name}`);
  if (current.startsWith('--')) return named(current.split('=')[0] ?? '');
  const before = named(words.at(-1) ?? '');
  return before !== undefined && before.kind !== 'boolean' && before.bare === undefined ? before : undefined;
}

const flagWord = (spec: FlagSpec): string => {
  const value = valueWord(spec);
  return `[--${spec.name}${value === '' ? '' : spec.bare === undefined ? ` ${value}` : `[=${value}]`}]`;
};

function sentence(spec: FlagSpec): string {
  const standard = standardWord(spec);
  const without = standard !== null ? `default ${standard}` : spec.required ? 'required' : '';
  if (spec.choices.length === 0) return `${saysOf(spec)}${without === '' ? '' : `; ${without}`}`;
  return `${spec.choices.join(', ')}${without === '' ? '' : ` (${without})`}: ${saysOf(spec)}`;
}
