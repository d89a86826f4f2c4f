// A question with numbered answers. It accepts a number, the beginning of a label, or a whole command line.
import type { Talk } from './talk.ts';

export interface MenuItem<T> {
  readonly label: string;
  readonly value: T;
  /** Words accepted besides the beginning of its label. */
  readonly words?: readonly string[];
}
export interface Menu<T> {
  readonly title: string;
  readonly items: readonly MenuItem<T>[];
  /** Answer 0: leaves the question, and changes nothing. */
  readonly zero: MenuItem<T>;
  /** The default for an empty answer; without it the question is repeated. */
  readonly empty?: T;
  /** Handles an answer that matches no item; false when it does not know it. */
  readonly other?: (answer: string) => Promise<boolean> | boolean;
  /** Input typed before the question is ignored. */
  readonly fresh?: boolean;
}

/** The value chosen; at the end of the input that of answer 0. */
export async function choose<T>(talk: Talk, menu: Menu<T>): Promise<T> {
  const { title, items, zero, other } = menu;
  const put = () => talk.say('', title, ...items.map(({ label }, at) => `${at + 1}  ${label}`), `0  ${zero.label}`);
  put();
  for (let fresh = menu.fresh ?? false; ; fresh = false) {
    const answer = await talk.hear(
      menu.empty === undefined ? 'Number or word:' : 'Number or word, Enter for 0:',
      fresh,
    );
    if (answer === null) return zero.value;
    if (answer === '' && menu.empty !== undefined) return menu.empty;
    if (answer === '' || answer === '?') {
      put();
      continue;
    }
    const found = meant(answer, menu);
    if (found !== undefined) return found.value;
    if (other !== undefined && (await other(answer))) {
      put();
      continue;
    }
    talk.say(
      `${answer.slice(0, 60)} is not an answer. Type a number from 0 to ${items.length}, or ? to hear them again.`,
    );
  }
}

function meant<T>(answer: string, { items, zero }: Menu<T>): MenuItem<T> | undefined {
  if (/^\d{1,6}$/.test(answer)) return Number(answer) === 0 ? zero : items[Number(answer) - 1];
  const word = answer.toLowerCase();
  const all = [...items, zero];
  const named = all.find((item) => item.words?.includes(word) === true);
  if (named !== undefined) return named;
  const begins = all.filter(({ label }) => label.toLowerCase().startsWith(word));
  // Labels with the same beginning are chosen by number.
  return begins.length === 1 ? begins[0] : undefined;
}
