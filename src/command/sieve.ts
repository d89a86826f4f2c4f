// Words asked whether they hold a text that is being typed. What a word was found to lack is remembered: a longer text that asks for
// it as well needs no look at the word. What is remembered spares work and decides nothing.

export interface SieveQuestion<Word> {
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
