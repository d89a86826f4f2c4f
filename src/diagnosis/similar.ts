// Known errors that resemble an unknown one, by the letters of its codes and the words of its sentence. Pure.
import { fold } from '../model/resource-id.ts';
import type { KnownError } from './known-error.ts';
import type { MetError } from './read-error.ts';

const most = 3;
/** Shared pairs of letters from which two codes resemble each other; shared words from which two sentences do. */
const leastOfCode = 0.55;
const leastOfWords = 2;

/** At most three names, the nearest first; none when nothing is near. */
export function similarNames({ codes, text }: MetError, known: readonly KnownError[]): string[] {
  const asked = [...codes, ...(text.slice(0, 5000).match(/\b\w*[a-z][A-Z]\w*/g) ?? [])].slice(0, 50).map(pairsOf);
  const words = wordsOf(text.slice(0, 5000));
  const byCode = known.flatMap(({ names }) =>
    names.map((name) => ({ name, score: Math.max(0, ...asked.map((pairs) => likeness(pairs, pairsOf(name)))) })),
  );
  const byWords = known.map((error) => ({
    name: error.names[0] ?? '',
    score: [...wordsOf(`${error.names.join(' ')} ${error.means}`)].filter((word) => words.has(word)).length,
  }));
  const near = [
    ...ranked(byCode.filter(({ score }) => score >= leastOfCode)),
    ...ranked(byWords.filter(({ score }) => score >= leastOfWords)),
  ];
  return [...new Set(near.map(({ name }) => name))].slice(0, most);
}

interface Scored {
  readonly name: string;
  readonly score: number;
}
const ranked = (list: readonly Scored[]): Scored[] => list.toSorted((a, b) => b.score - a.score);

const pairsOf = (word: string): Set<string> => {
  const folded = fold(word).slice(0, 100);
  return new Set(Array.from({ length: Math.max(0, folded.length - 1) }, (_, at) => folded.slice(at, at + 2)));
};

/** 0 for nothing in common, 1 for the same pairs (Dice's coefficient). */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

/** Significant words: five letters and more, codes split. */
const wordsOf = (text: string): Set<string> =>
  new Set(
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .match(/[A-Za-z]{5,40}/g)
      ?.map(fold),
  );
