// What may follow in a line that is being typed: verbs, flags, values of flags, ids. Pure; hosts hand in what is known.
import type { Command } from './definition.ts';
import { type Candidates, type FlagSpec, flagsOf } from './flag.ts';
import { sharedFlags } from './parse-arguments.ts';
import { parsePartialLine, quoteWord } from './parse-line.ts';

/** Words that completion may offer, by what they are. */
export type KnownWords = Readonly<
  Partial<Record<Candidates, readonly { readonly value: string; readonly says: string }[]>>
>;

export interface Candidate {
  /** The whole word, quoted where needed. */
  readonly value: string;
  readonly says: string;
}
export interface Completion {
  /** Where the word begins that a candidate replaces (up to the end of the line). */
  readonly from: number;
  readonly candidates: readonly Candidate[];
}

/** Candidates for the word at the end of `text`, those that begin with it first, then those that hold it. */
export function complete(text: string, verbs: readonly Command[], known: KnownWords): Completion {
  const { words, current, from } = parsePartialLine(text);
  const [verb] = words.filter((word) => !word.startsWith('-'));
  const command = verbs.find((candidate) => candidate.name === verb || candidate.aliases?.includes(verb ?? ''));
  if (command === undefined) {
    if (verb !== undefined) return { from, candidates: [] };
    const offered = verbs.map((candidate) => ({ value: candidate.name, says: candidate.summary }));
    return { from, candidates: matching(current, current.startsWith('-') ? sharedFlagWords() : offered) };
  }
  return { from, candidates: matching(current, offersOf(command, words, current, known)) };
}

const sharedSpecs = () => {
  const { source, common, output } = sharedFlags();
  return [...common, ...output, ...source];
};
const flagWord = (spec: FlagSpec): Candidate => ({
  value: spec.kind === 'boolean' || spec.bare !== undefined ? `--${spec.name}` : `--${spec.name}=`,
  says: spec.says,
});
const sharedFlagWords = () => sharedSpecs().map(flagWord);

function offersOf(command: Command, words: readonly string[], current: string, known: KnownWords): Candidate[] {
  const specs = flagsOf(command.args);
  const positional = (command.positional ?? []).map((name) => name.replace(/\.\.\.$/, ''));
  const flags = [...specs.filter((spec) => !positional.includes(spec.key)), ...sharedSpecs()];
  const named = (word: string | undefined) => flags.find((spec) => word === `--${spec.name}`);

  const [, assigned] = /^(--[^=]+)=/.exec(current) ?? [];
  const target = named(assigned);
  if (target) return valuesOf(target, known).map((offer) => ({ ...offer, value: `${assigned}=${offer.value}` }));
  const before = named(words.at(-1));
  if (before && before.kind !== 'boolean' && before.bare === undefined) return valuesOf(before, known);
  if (current.startsWith('-')) return flags.map(flagWord);

  const given = loosePlaces(words, flags) - 1;
  const last = command.positional?.at(-1);
  const name = command.positional?.[given] ?? (last?.endsWith('...') ? last : undefined);
  const spec = specs.find((candidate) => candidate.key === name?.replace(/\.\.\.$/, ''));
  return spec ? valuesOf(spec, known) : flags.map(flagWord);
}

/** How many of the words are no flag and no flag's value. */
function loosePlaces(words: readonly string[], flags: readonly FlagSpec[]): number {
  let count = 0;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const spec = flags.find((candidate) => word === `--${candidate.name}`);
    if (spec && spec.kind !== 'boolean' && spec.bare === undefined) at += 1;
    else if (!word.startsWith('-')) count += 1;
  }
  return count;
}

function valuesOf(spec: FlagSpec, known: KnownWords): Candidate[] {
  if (spec.choices.length > 0) return spec.choices.map((value) => ({ value, says: '' }));
  if (spec.of === undefined) return [];
  const offers = spec.of === 'target' ? [...(known.finding ?? []), ...(known.rule ?? [])] : (known[spec.of] ?? []);
  return [...offers];
}

function matching(current: string, offers: readonly Candidate[]): Candidate[] {
  const wanted = current.toLowerCase();
  const begins = offers.filter((offer) => offer.value.toLowerCase().startsWith(wanted));
  const holds = offers.filter((offer) => !begins.includes(offer) && offer.value.toLowerCase().includes(wanted));
  return [...begins, ...holds].map((offer) => ({ ...offer, value: quoteWord(offer.value) }));
}
