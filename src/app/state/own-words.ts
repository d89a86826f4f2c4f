// Completions after a word that only the screen knows, as `:ws`: what its binding offers, matched by the typed letters.
import type { KnownWord } from '../../command/completion.ts';
import { fuzzy } from '../../command/fuzzy.ts';
import type { Hint } from '../../command/hint.ts';
import { quoteWord } from '../../command/parse-line.ts';
import { isFailure } from '../../model/failure.ts';
import { clean } from '../../model/text.ts';
import type { Suggestion } from './actions.ts';
import type { Binding } from './binding.ts';
import type { CompletionContext } from './effect-context.ts';

/** The binding whose word a line begins with. */
export const ownOf = (text: string, bindings: readonly Binding[]): Binding | undefined =>
  bindings.find(({ word }) => word !== undefined && word === text.trim().split(/\s+/)[0]);

/** Does the line go on after the word of a binding that completes? */
export const isCompleting = (text: string, own: Binding | undefined): own is Binding =>
  own?.completes !== undefined && /\s/.test(text.trimStart());

export interface OwnWords {
  /** What is known now; `onMore` is called when more is. */
  of(binding: Binding): readonly KnownWord[];
  forget(): void;
}

/** Offered once until it is forgotten. A list that Azure refuses offers nothing. */
export function createOwnWords(
  effects: CompletionContext,
  guard: (job: Promise<unknown>) => void,
  onMore: () => void,
): OwnWords {
  const offered = new Map<string, readonly KnownWord[]>();
  return {
    forget: () => offered.clear(),
    of({ name, completes }) {
      const known = offered.get(name);
      if (known !== undefined) return known;
      offered.set(name, []);
      let isLate = false;
      const say = (words: readonly KnownWord[]) => {
        offered.set(name, words);
        if (isLate) onMore();
      };
      const job = completes?.offer(effects, say).catch((error: unknown) => {
        if (!isFailure(error)) throw error;
      });
      isLate = true;
      if (job !== undefined) guard(job);
      return offered.get(name) ?? [];
    },
  };
}

const typedIn = (text: string): string =>
  text
    .trimStart()
    .replace(/^\S+\s+/, '')
    .trim()
    .toLowerCase();

/** Those whose name the letters fit, best first; else those with every word in their id or description. */
export function suggestionsAfter(text: string, { word = '' }: Binding, words: readonly KnownWord[]): Suggestion[] {
  const typed = typedIn(text);
  const parts = typed.split(/\s+/);
  const found = words.flatMap(({ value, label = value, says }) => {
    const fit = fuzzy(typed, label);
    const begins = label.toLowerCase().startsWith(typed);
    const holds = parts.every((one) => `${value} ${label} ${says}`.toLowerCase().includes(one));
    if (fit === null && !holds) return [];
    const rank = begins ? 2 : fit === null ? 0 : 1;
    // Interval and word are two words of a line.
    const line = `${word} ${value.split(' ').map(quoteWord).join(' ')}`;
    return [{ rank, shown: { line, label: clean(label), at: fit?.at ?? [], hint: clean(says) } }];
  });
  return found.toSorted((a, b) => b.rank - a.rank).map(({ shown }) => shown);
}

/** The match that Enter takes; -1 for the line as typed: where nothing or a whole name follows the word. */
export function choiceAfter(text: string, suggestions: readonly Suggestion[]): number {
  const typed = typedIn(text);
  const isWhole = suggestions.some(({ line, label }) => label.toLowerCase() === typed || typedIn(line) === typed);
  return typed === '' || isWhole || suggestions.length === 0 ? -1 : 0;
}

export const hintAfter = ({ word = '', completes }: Binding): Hint => ({
  usage: [
    { text: word, now: false },
    { text: completes?.takes ?? '', now: true },
  ],
  says: completes?.says ?? '',
});
