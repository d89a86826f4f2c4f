// The input that a guided fix needs before it can be planned. A rule writes it as a sentence, because a reason is one; the
// sentence is formatted and parsed here, so that hosts can offer the choices.
import { clean } from './text.ts';

export interface NeedOption {
  readonly name: string;
  readonly value: string;
  /** Why to choose it; empty where the value is clear. */
  readonly says: string;
}

export type PlanNeed =
  /** One of these, each with the name of the answer that it gives. */
  | { readonly kind: 'choice'; readonly options: readonly NeedOption[] }
  /** A free value from the operator. */
  | {
      readonly kind: 'text';
      readonly name: string;
      /** The placeholder, in capitals: `NAME`, `RANGE`. */
      readonly what: string;
      readonly suggestion: string | null;
    };

const opening = 'Pass --answer ';
/** Values that need no quotes in a sentence. Capitals alone are placeholders, and so are quoted. */
const bare = /^(?![A-Z/]+$)[A-Za-z0-9][A-Za-z0-9._/-]*[A-Za-z0-9]$|^[a-z0-9]$/;

/** The sentence that asks, without text before and after it. Foreign text is made safe to show. */
export function needSentence(need: PlanNeed, what?: string): string {
  if (need.kind === 'text') {
    const instance = need.suggestion === null ? '' : `, for instance ${valueText(need.suggestion)}`;
    return `${opening}${need.name}=${need.what}${instance}.`;
  }
  const [first] = need.options;
  if (what !== undefined && first) {
    return `${opening}${first.name}=${what}, one of ${need.options.map(optionText).join(', ')}.`;
  }
  return `${opening}${need.options.map((one) => `${one.name}=${optionText(one)}`).join(' or ')}.`;
}

const valueText = (value: string): string => (bare.test(value) ? value : JSON.stringify(clean(value, 200)));
// Brackets inside would end it too early when it is parsed.
const plainSays = (says: string): string => clean(says, 300).replaceAll('(', '[').replaceAll(')', ']').trim();
const optionText = ({ value, says }: NeedOption): string => {
  const words = plainSays(says);
  return words === '' ? valueText(value) : `${valueText(value)} (${words})`;
};

const valuePattern = String.raw`("(?:[^"\\]|\\.)*"|[A-Za-z0-9._/-]*[A-Za-z0-9])`;
const optionPattern = String.raw`${valuePattern}(?: \(([^()]*)\))?`;
/** Plan files of version 0.1 say "It needs the answer". */
const head = /(?:Pass --answer|It needs the answer) ([a-z][A-Za-z-]*)=/;
const open = new RegExp(`^([A-Z/]+)(?:, for instance ${valuePattern})?(?![A-Za-z0-9])`);
const listStart = /^([A-Z/]+), one of /;

/** The input that a sentence asks for; null where it asks for none. */
export function readNeed(sentence: string): PlanNeed | null {
  const start = head.exec(sentence);
  const name = start?.[1];
  if (!start || name === undefined) return null;
  const rest = sentence.slice(start.index + start[0].length);
  const list = listStart.exec(rest);
  if (list) return choiceOf(optionsIn(rest.slice(list[0].length), name, /^, /, false));
  const asked = open.exec(rest);
  if (asked?.[1] !== undefined) {
    return { kind: 'text', name, what: asked[1], suggestion: asked[2] === undefined ? null : spelledValue(asked[2]) };
  }
  return choiceOf(optionsIn(rest, name, /^ or ([a-z][A-Za-z-]*)=/, true));
}

function optionsIn(text: string, first: string, between: RegExp, named: boolean): NeedOption[] {
  const option = new RegExp(`^${optionPattern}`);
  const found: NeedOption[] = [];
  let name = first;
  let rest = text;
  for (;;) {
    const [all, value, says] = option.exec(rest) ?? [];
    if (all === undefined || value === undefined) return found;
    found.push({ name, value: spelledValue(value), says: says ?? '' });
    rest = rest.slice(all.length);
    const next = between.exec(rest);
    if (!next) return found;
    rest = rest.slice(next[0].length);
    if (named) name = next[1] ?? name;
  }
}

const choiceOf = (options: readonly NeedOption[]): PlanNeed | null =>
  options.length === 0 ? null : { kind: 'choice', options };

function spelledValue(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}
