// Commands that a text suggests. As they are shown they must act where the text came from: `fix --all` seen on the demo is no command
// for Azure.
import type { Line } from '../model/words.ts';
import { commonFlags, sourceFlags } from './common-flags.ts';
import type { Command } from './definition.ts';
import { type FlagSpec, flagsOf } from './flag.ts';
import type { ParsedCommand } from './parse-arguments.ts';
import { quoteWord } from './parse-line.ts';

/** A flag as it is written on a line, with its name. */
export interface WrittenFlag {
  readonly name: string;
  readonly text: string;
}

/** Not for another command: `fresh` acts once, and the value of a parameter may be a secret. */
const once = new Set(['fresh', 'setParameter']);
const rulesOfRun = new Set(['profile', 'serviceTags', 'config', 'rules']);

/** The flags of a run that decide what it reads and by which rules it is checked. */
export function sourceOf({
  host,
  flags,
  explicit,
}: Pick<ParsedCommand, 'host' | 'flags' | 'explicit'>): readonly WrittenFlag[] {
  const source = flagsOf(sourceFlags).filter(({ key }) => !once.has(key));
  const rules = flagsOf(commonFlags).filter(({ key }) => rulesOfRun.has(key) && explicit.has(key));
  const values: Readonly<Record<string, unknown>> = { ...host, ...flags };
  return [...source, ...rules].flatMap((spec) => written(spec, values[spec.key]));
}

function written(spec: FlagSpec, value: unknown): WrittenFlag[] {
  const { name, standard, bare } = spec;
  if (value === undefined || value === false || value === standard) return [];
  if (Array.isArray(value)) return value.flatMap((one) => written(spec, one));
  const text =
    value === true || value === bare
      ? `--${name}`
      : bare === undefined
        ? `--${name} ${quoteWord(String(value))}`
        : `--${name}=${quoteWord(String(value))}`;
  return [{ name, text }];
}

/** A command line with the flags that it does not give itself. One that reads no workspace stays as it is. */
export function withSource(command: string, source: readonly WrittenFlag[], verbs: readonly Command[]): string {
  const verb = /^bastide ([a-z-]+)/.exec(command)?.[1];
  const known = verbs.find(({ name }) => name === verb);
  if (known === undefined || known.effect === 'local') return command;
  // What --from reads is made elsewhere.
  if (verb === 'scan' && /\s--output\b/.test(command) && source.some(({ name }) => name === 'from')) return command;
  const lacking = source.filter(({ name }) => !new RegExp(`\\s--${name}(?:[\\s=]|$)`).test(command));
  return [command, ...lacking.map(({ text }) => text)].join(' ');
}

/** The same for each command in a sentence: `bastide …` between backticks. */
export const sentenceWithSource = (text: string, ...of: SourceAndVerbs): string =>
  text.replace(/`(bastide [^`\n]+)`/g, (_, command: string) => `\`${withSource(command, ...of)}\``);

type SourceAndVerbs = readonly [source: readonly WrittenFlag[], verbs: readonly Command[]];

/** The same for lines: a command is a word of its own, as a key or as a line that was run, or stands in a sentence. */
export const linesWithSource = (lines: readonly Line[], ...of: SourceAndVerbs): readonly Line[] =>
  lines.map((words) =>
    words.map((word) => ({
      ...word,
      text:
        word.role === 'key' || word.role === 'dim'
          ? sentenceWithSource(word.text, ...of).replace(
              /^(\s*)(bastide \S.*\S)$/,
              (_, indent, command: string) => `${indent}${withSource(command, ...of)}`,
            )
          : sentenceWithSource(word.text, ...of),
    })),
  );
