// What may follow in a line that is being typed: commands, flags, values of flags, ids; and whole lines for things that are only
// named. Pure; hosts hand in what is known.

import type { Command } from './definition.ts';
import { type Candidates, type FlagSpec, flagsOf } from './flag.ts';
import { type Fit, fuzzyFor, holdsLetters, lettersOf } from './fuzzy.ts';
import { sharedFlags } from './parse-arguments.ts';
import { parsePartialLine, quoteWord } from './parse-line.ts';
import { flagsBeside } from './usage.ts';

// Words asked whether they hold a text that is being typed. What a word was found to lack is remembered: a longer text that asks for
// it as well needs no look at the word. What is remembered spares work and decides nothing.

interface SieveQuestion<Word> {
  holds(word: Word, text: string): boolean;
  /** Is a word that holds `now` sure to hold `before`? */
  narrows(now: string, before: string): boolean;
}

interface Memory {
  readonly texts: string[];
  /** For each word the number of a text that it lacks, from 1; 0 where none is known. */
  readonly lacks: Uint8Array;
}
/** No more have a number in a byte. */
const mostTexts = 255;

/** For a list and a text: does the word at a place of the list hold the text? */
export function sieveFor<Word>({ holds, narrows }: SieveQuestion<Word>) {
  const memories = new WeakMap<readonly Word[], Memory>();
  return (words: readonly Word[], text: string): ((place: number) => boolean) => {
    const known = memories.get(words);
    const isFull = known?.texts.length === mostTexts;
    const memory = known && !isFull ? known : { texts: [], lacks: new Uint8Array(words.length) };
    memories.set(words, memory);
    const { texts, lacks } = memory;
    const tells = [false, ...texts.map((before) => narrows(text, before))];
    const number = texts.push(text);
    return (place) => {
      if (tells[lacks[place] ?? 0]) return false;
      const isHeld = holds(words[place] as Word, text);
      if (!isHeld) lacks[place] = number;
      return isHeld;
    };
  };
}

export interface KnownWord {
  /** The word itself. */
  readonly value: string;
  readonly says: string;
  /** The name shown where the word is an id that is hard to read. */
  readonly label?: string;
  /** The line that is meant when nothing but this is named. */
  readonly line?: string;
  /** The name is a sentence: it must hold the text as typed, because strewn letters fit almost any sentence. */
  readonly isSentence?: true;
}
/** Words that completion may offer, by what they are. */
export type KnownWords = Readonly<Partial<Record<Candidates, readonly KnownWord[]>>>;

/** Words of several kinds, those of one after those of another. */
type Lists = readonly (readonly KnownWord[])[];

export interface CompletionCandidate {
  /** The whole word, quoted where needed; of a jump the whole line. */
  readonly value: string;
  /** What is shown, and where in it the typed letters stand. */
  readonly label: string;
  readonly at: readonly number[];
  readonly says: string;
}
/** Something that is only named; `value` is the line that is meant. */
export interface NamedCandidate extends CompletionCandidate {
  readonly kind: Candidates;
  /** The word that names it. */
  readonly id: string;
}
export interface Completion {
  /** Where the word begins that a candidate replaces (up to the end of the line). */
  readonly from: number;
  readonly candidates: readonly CompletionCandidate[];
}

/** Candidates for the word at the end of `text`: those that begin with it, then those that its letters fit best. */
export function complete(text: string, verbs: readonly Command[], known: KnownWords): Completion {
  const { words, current, from } = parsePartialLine(text);
  const [verb] = words.filter((word) => !word.startsWith('-'));
  const command = verbs.find((candidate) => candidate.name === verb || candidate.aliases?.includes(verb ?? ''));
  if (command === undefined) {
    if (verb !== undefined) return { from, candidates: [] };
    const offered = verbs.map((candidate) => ({ value: candidate.name, says: candidate.summary }));
    return { from, candidates: matching(current, [current.startsWith('-') ? sharedFlagWords() : offered]) };
  }
  return { from, candidates: matching(current, offersOf(command, words, current, known)) };
}

/** Whole lines for a text that only names something: a finding, a resource, a theme. Each fits by its label or its id. */
export function jumps(text: string, known: KnownWords, most: number): readonly NamedCandidate[] {
  const wanted = text.trim();
  if (wanted === '') return [];
  const fits = fuzzyFor(wanted);
  const small = wanted.toLowerCase();
  const found = Object.entries(known).flatMap(([kind, words]) =>
    someOf([words], likely(small), (one) => {
      const label = one.label ?? one.value;
      const fit = one.isSentence ? within(small, label) : (fits(label) ?? byId(small, one.value));
      // Letters strewn over a text fit almost anything.
      if (fit === null || (fit.score <= 0 && fit.at.length > 0)) return null;
      const { line, says, value } = one;
      const score = fit.score + (rather[kind] ?? 0);
      return line === undefined ? null : { line, label, at: fit.at, says, score, kind: kind as Candidates, id: value };
    }),
  );
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ line, label, at, says, kind, id }) => ({ value: line, label, at, says, kind, id }));
}

/** Only the first matches are ranked: to see others, type another letter. */
const weighed = 1000;

function someOf<T>(
  lists: Lists,
  asked: (words: readonly KnownWord[]) => (place: number) => boolean,
  take: (one: KnownWord) => T | null,
): T[] {
  const found: T[] = [];
  for (const words of lists) {
    const isAsked = asked(words);
    for (let place = 0; place < words.length && found.length < weighed; place += 1) {
      const taken = isAsked(place) ? take(words[place] as KnownWord) : null;
      if (taken !== null) found.push(taken);
    }
  }
  return found;
}

/** What was read is meant rather than what is only known: a finding before its rule. */
const rather: Readonly<Record<string, number>> = { resource: 12, problem: 10, finding: 8, theme: 4 };

function within(wanted: string, label: string): Fit | null {
  const from = label.toLowerCase().indexOf(wanted);
  return from < 0
    ? null
    : { score: wanted.length, at: Array.from({ length: wanted.length }, (_, place) => from + place) };
}

/** A pasted part of an id is meant literally; a few letters appear in every id somewhere. `wanted` in small letters. */
const byId = (wanted: string, id: string): Fit | null =>
  asksIds(wanted) && id.toLowerCase().includes(wanted) ? { score: -1000, at: [] } : null;
const asksIds = (wanted: string): boolean => wanted.length > 5 || wanted.includes('/');

/** Which words of a list a text in small letters may fit: by what they are called or, where it counts, by their ids. */
const likely = (wanted: string) => (words: readonly KnownWord[]) => {
  const isCalled = byLabel(words, lettersOf(wanted));
  if (!asksIds(wanted)) return isCalled;
  const isPasted = byPart(words, wanted);
  return (place: number): boolean => isCalled(place) || isPasted(place);
};

const byLabel = sieveFor<KnownWord>({
  holds: (word, letters) => holdsLetters(letters, word.label ?? word.value),
  narrows: (now, before) => now.includes(before),
});
const byPart = sieveFor<KnownWord>({
  holds: ({ value }, part) => value.toLowerCase().includes(part),
  narrows: (now, before) => now.includes(before),
});
const byBeginning = sieveFor<KnownWord>({
  holds: begins,
  // How some other letters are made small depends on what follows them.
  narrows: (now, before) => /^[\x20-\x7e]*$/.test(now) && now.startsWith(before),
});

function begins({ value }: KnownWord, wanted: string): boolean {
  return value.slice(0, wanted.length).toLowerCase() === wanted;
}

/** The flags that every command takes. */
export const flagNames = (): readonly FlagSpec[] => {
  const { source, common, output } = sharedFlags();
  return [...common, ...output, ...source];
};
const flagWord = (spec: FlagSpec): KnownWord => ({
  value: spec.kind === 'boolean' || spec.bare !== undefined ? `--${spec.name}` : `--${spec.name}=`,
  says: spec.says,
});
const sharedFlagWords = () => flagNames().map(flagWord);

function offersOf(command: Command, words: readonly string[], current: string, known: KnownWords): Lists {
  const specs = flagsOf(command.args);
  const positional = (command.positional ?? []).map((name) => name.replace(/\.\.\.$/, ''));
  const flags = [...specs.filter((spec) => !positional.includes(spec.key)), ...flagNames()];
  const named = (word: string | undefined) => flags.find((spec) => word === `--${spec.name}`);

  const [, assigned] = /^(--[^=]+)=/.exec(current) ?? [];
  const target = named(assigned);
  if (target) {
    const assign = ({ value, label, says }: KnownWord): KnownWord => ({
      ...{ value: `${assigned}=${value}`, says },
      ...(label === undefined ? {} : { label: `${assigned}=${label}` }),
    });
    return valuesOf(target, known).map((words) => words.map(assign));
  }
  const before = named(words.at(-1));
  if (before && before.kind !== 'boolean' && before.bare === undefined) return valuesOf(before, known);
  const [, ...loose] = looseWords(words, flags);
  const offered = [...flagsBeside(command, loose), ...flagNames()];
  if (current.startsWith('-')) return [offered.map(flagWord)];

  const given = loose.length;
  const last = command.positional?.at(-1);
  const name = command.positional?.[given] ?? (last?.endsWith('...') ? last : undefined);
  const spec = specs.find((candidate) => candidate.key === name?.replace(/\.\.\.$/, ''));
  return spec ? valuesOf(spec, known) : [offered.map(flagWord)];
}

/** The words that are no flag and no flag's value. */
export function looseWords(words: readonly string[], flags: readonly FlagSpec[]): string[] {
  const loose: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const spec = flags.find((candidate) => word === `--${candidate.name}`);
    if (spec && spec.kind !== 'boolean' && spec.bare === undefined) at += 1;
    else if (!word.startsWith('-')) loose.push(word);
  }
  return loose;
}

function valuesOf(spec: FlagSpec, known: KnownWords): Lists {
  if (spec.choices.length > 0) return [spec.choices.map((value) => ({ value, says: '' }))];
  if (spec.of === undefined) return [];
  return spec.of === 'target' ? [known.finding ?? [], known.rule ?? []] : [known[spec.of] ?? []];
}

function matching(current: string, offers: Lists): CompletionCandidate[] {
  const wanted = current.toLowerCase();
  const shown = ({ value, label = value, says }: KnownWord, at: readonly number[]): CompletionCandidate => ({
    ...{ value: quoteWord(value), label, at, says },
  });
  const fitOf = fuzzyFor(wanted);
  const letters = Array.from({ length: wanted.length }, (_, place) => place);
  const isBegun = (words: readonly KnownWord[]) => byBeginning(words, wanted);
  const begun = someOf(offers, isBegun, (offer) =>
    shown(offer, offer.label === undefined ? letters : (fitOf(offer.label)?.at ?? [])),
  );
  if (begun.length === weighed) return begun;
  const fits = someOf(offers, likely(wanted), (offer) => {
    const fit = begins(offer, wanted) ? null : (fitOf(offer.label ?? offer.value) ?? byId(wanted, offer.value));
    return fit === null ? null : { offer, fit };
  });
  return [...begun, ...fits.sort((a, b) => b.fit.score - a.fit.score).map(({ offer, fit }) => shown(offer, fit.at))];
}
