// How well a few typed letters fit a text: all of them in order, better where they stand together or begin words. Pure.

export interface Fit {
  /** Higher is better. */
  readonly score: number;
  /** Where in the text the letters stand. */
  readonly at: readonly number[];
}

const together = 16;
const wordStart = 12;
const gap = 2;

/**
 * Asked of many texts for the same letters: the best place of the letters of `query` (spaces count for nothing) in `text`, whatever their case; null when they are not
 * there in order. Costs no more than some walks over the text, so that thousands can be tried for each key.
 */
export function fuzzyFor(query: string): (text: string) => Fit | null {
  const wanted = lettersOf(query);
  return (text) => (wanted === '' ? { score: 0, at: [] } : bestFit(wanted, text));
}

export const fuzzy = (query: string, text: string): Fit | null => fuzzyFor(query)(text);

/** What counts of a query. */
export const lettersOf = (query: string): string => query.toLowerCase().replace(/\s+/g, '');

/** Do these letters fit the text at all? */
export const holdsLetters = (letters: string, text: string): boolean => restFits(letters, 0, smallOf(text), 0);

function bestFit(wanted: string, text: string): Fit | null {
  const hay = smallOf(text);
  let best: Fit | null = null;
  // From every place where the first letter begins a word, and from the first place of all.
  for (let from = hay.indexOf(wanted.charAt(0)), tries = 0; from >= 0 && tries < 12; ) {
    if (best === null || beginsWord(text, from)) {
      const fit = fitFrom(wanted, hay, text, from);
      if (fit === null) break;
      if (best === null || fit.score > best.score) best = fit;
      tries += 1;
    }
    from = hay.indexOf(wanted.charAt(0), from + 1);
  }
  return best;
}

function smallOf(text: string): string {
  const small = text.toLowerCase();
  // A letter may grow when it is made small, and then places would no longer agree.
  return small.length === text.length ? small : text;
}

function fitFrom(wanted: string, hay: string, text: string, from: number): Fit | null {
  const at: number[] = [from];
  for (let letter = 1, place = from; letter < wanted.length; letter += 1) {
    const sought = wanted.charAt(letter);
    const next = hay.charAt(place + 1) === sought ? place + 1 : nextPlace(hay, text, sought, place + 1);
    if (next < 0) return null;
    // What a leap to the beginning of a word would lose is found by staying near.
    place = restFits(wanted, letter + 1, hay, next + 1) ? next : hay.indexOf(sought, place + 1);
    if (place < 0 || !restFits(wanted, letter + 1, hay, place + 1)) return null;
    at.push(place);
  }
  return { score: scoreOf(at, text), at };
}

/** The next place of a letter, rather where it begins a word. */
function nextPlace(hay: string, text: string, sought: string, from: number): number {
  const first = hay.indexOf(sought, from);
  for (let place = first; place >= 0 && place < first + 40; place = hay.indexOf(sought, place + 1)) {
    if (beginsWord(text, place)) return place;
  }
  return first;
}

function restFits(wanted: string, letter: number, hay: string, from: number): boolean {
  let place = from - 1;
  for (let index = letter; index < wanted.length; index += 1) {
    place = hay.indexOf(wanted.charAt(index), place + 1);
    if (place < 0) return false;
  }
  return true;
}

function beginsWord(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  const isSmall = isBetween(before, 'a', 'z') || isBetween(before, '0', '9');
  return isSmall ? isBetween(text.charCodeAt(at), 'A', 'Z') : !isBetween(before, 'A', 'Z');
}

const isBetween = (code: number, first: string, last: string): boolean =>
  code >= first.charCodeAt(0) && code <= last.charCodeAt(0);

function scoreOf(at: readonly number[], text: string): number {
  let score = at[0] === 0 ? wordStart : 0;
  let before: number | undefined;
  for (const place of at) {
    if (before !== undefined) score += before === place - 1 ? together : -Math.min(gap * (place - before), 20);
    if (beginsWord(text, place)) score += wordStart;
    before = place;
  }
  // Of two that fit alike, the shorter says more of what was typed.
  return score - Math.min(text.length - at.length, 120) / 12;
}
