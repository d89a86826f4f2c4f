// How many steps a regular expression takes over a text, counted by a matcher that goes back as engines do. The count is the same on
// every machine, so that growth can be told without a clock.

type Node =
  | { readonly kind: 'char'; readonly is: (character: string) => boolean; readonly source: string }
  | { readonly kind: 'assert'; readonly is: (text: string, at: number) => boolean }
  | { readonly kind: 'look'; readonly behind: boolean; readonly not: boolean; readonly inside: Node }
  | { readonly kind: 'group'; readonly number: number; readonly inside: Node }
  | { readonly kind: 'same'; readonly number: number }
  | { readonly kind: 'all'; readonly nodes: readonly Node[] }
  | { readonly kind: 'any'; readonly nodes: readonly Node[] }
  | {
      readonly kind: 'many';
      readonly inside: Node;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

/** Bounds of a quantifier above this are taken as this: what is bounded does not grow, and must not seem to in a short text. */
const most = 12;

class Reader {
  readonly #text: string;
  readonly #flags: string;
  #at = 0;
  #groups = 0;
  readonly #names = new Map<string, number>();

  constructor(pattern: string, flags: string) {
    this.#text = pattern;
    this.#flags = flags;
  }
  read(): Node {
    const node = this.#choice();
    if (this.#at < this.#text.length) throw new Error(`not read: ${this.#text.slice(this.#at)}`);
    return node;
  }
  #takes(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }
  #match(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern.source, `${pattern.flags}y`);
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text);
    if (found !== null) this.#at = sticky.lastIndex;
    return found;
  }
  #choice(): Node {
    const nodes = [this.#row()];
    while (this.#takes('|')) nodes.push(this.#row());
    return nodes.length === 1 ? (nodes[0] as Node) : { kind: 'any', nodes };
  }
  #row(): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#text.length && !/[|)]/.test(this.#text.charAt(this.#at))) {
      nodes.push(this.#counted(this.#atom()));
    }
    return { kind: 'all', nodes };
  }
  #counted(inside: Node): Node {
    const found = this.#match(/([*+?]|\{(\d+)(,(\d*))?\})(\??)/u);
    if (found === null) return inside;
    const [, sign = '', low, range, high, lazy] = found;
    const [min, max] =
      sign === '*'
        ? [0, Number.POSITIVE_INFINITY]
        : sign === '+'
          ? [1, Number.POSITIVE_INFINITY]
          : sign === '?'
            ? [0, 1]
            : [Number(low), range === undefined ? Number(low) : high === '' ? Number.POSITIVE_INFINITY : Number(high)];
    const bounded = max === Number.POSITIVE_INFINITY ? max : Math.min(max, most);
    return { kind: 'many', inside, min: Math.min(min, most), max: bounded, lazy: lazy === '?' };
  }
  #inside(): Node {
    const node = this.#choice();
    if (!this.#takes(')')) throw new Error('a group is not closed');
    return node;
  }
  #atom(): Node {
    if (this.#takes('(?:')) return this.#inside();
    for (const [word, behind, not] of [
      ['(?=', false, false],
      ['(?!', false, true],
      ['(?<=', true, false],
      ['(?<!', true, true],
    ] as const) {
      if (this.#takes(word)) return { kind: 'look', behind, not, inside: this.#inside() };
    }
    const named = this.#match(/\(\?<(\w+)>/u);
    if (named !== null || this.#takes('(')) {
      this.#groups += 1;
      const number = this.#groups;
      if (named?.[1] !== undefined) this.#names.set(named[1], number);
      return { kind: 'group', number, inside: this.#inside() };
    }
    const lines = this.#flags.includes('m');
    if (this.#takes('^')) return { kind: 'assert', is: (text, at) => at === 0 || (lines && text[at - 1] === '\n') };
    if (this.#takes('$'))
      return { kind: 'assert', is: (text, at) => at === text.length || (lines && text[at] === '\n') };
    const edge = this.#match(/\\([bB])/u)?.[1];
    if (edge !== undefined) {
      const isWord = (text: string, at: number) => /\w/.test(text.charAt(at));
      return { kind: 'assert', is: (text, at) => (isWord(text, at - 1) !== isWord(text, at)) === (edge === 'b') };
    }
    const same = this.#match(/\\([1-9])|\\k<(\w+)>/u);
    if (same !== null) return { kind: 'same', number: Number(same[1] ?? this.#names.get(same[2] ?? '')) };
    return this.#character();
  }
  #character(): Node {
    const found =
      this.#match(/\[(?:\\.|[^\]\\])*\]/su) ??
      this.#match(/\\(?:u\{[^}]*\}|u.{4}|x..|c.|[pP]\{[^}]*\}|.)/su) ??
      this.#match(/./su);
    if (found === null) throw new Error('a character is missing');
    const [source] = found;
    const one = new RegExp(`^(?:${source})$`, this.#flags.replace(/[gym]/g, ''));
    const known = new Map<string, boolean>();
    const is = (character: string): boolean => {
      const before = known.get(character);
      if (before !== undefined) return before;
      const result = character !== '' && one.test(character);
      known.set(character, result);
      return result;
    };
    return { kind: 'char', is, source };
  }
}

type Rest = (at: number) => boolean;
type Matcher = (at: number, rest: Rest) => boolean;

export class TooMany extends Error {}

export interface Counted {
  /** Steps that a search for all matches (flag g), or for the first, takes. Throws {@link TooMany} above the limit. */
  steps(text: string, limit: number): number;
  /** What the pattern is made of: what an attacker would repeat. */
  readonly characters: readonly string[];
  readonly words: readonly string[];
}

export function counted({ source, flags }: Pick<RegExp, 'source' | 'flags'>): Counted {
  const root = new Reader(source, flags).read();
  let text = '';
  let limit = 0;
  let steps = 0;
  const groups: (string | undefined)[] = [];
  const step = (): void => {
    steps += 1;
    if (steps > limit) throw new TooMany(`${steps} steps`);
  };
  const compiled = (node: Node, back: boolean): Matcher => {
    switch (node.kind) {
      case 'char':
        return (at, rest) => {
          step();
          return node.is(text.charAt(back ? at - 1 : at)) && rest(back ? at - 1 : at + 1);
        };
      case 'assert':
        return (at, rest) => {
          step();
          return node.is(text, at) && rest(at);
        };
      case 'look': {
        const inside = compiled(node.inside, node.behind);
        return (at, rest) => inside(at, () => true) !== node.not && rest(at);
      }
      case 'group': {
        const inside = compiled(node.inside, back);
        return (at, rest) =>
          inside(at, (to) => {
            const before = groups[node.number];
            groups[node.number] = text.slice(Math.min(at, to), Math.max(at, to));
            if (rest(to)) return true;
            groups[node.number] = before;
            return false;
          });
      }
      case 'same':
        return (at, rest) => {
          const wanted = groups[node.number] ?? '';
          steps += wanted.length;
          step();
          const to = back ? at - wanted.length : at + wanted.length;
          return text.slice(Math.min(at, to), Math.max(at, to)) === wanted && rest(to);
        };
      case 'any': {
        const ways = node.nodes.map((one) => compiled(one, back));
        return (at, rest) => ways.some((way) => way(at, rest));
      }
      case 'all': {
        const order = back ? node.nodes.toReversed() : node.nodes;
        const parts = order.map((one) => compiled(one, back));
        const from =
          (index: number, rest: Rest): Rest =>
          (at) =>
            parts[index] === undefined ? rest(at) : (parts[index] as Matcher)(at, from(index + 1, rest));
        return (at, rest) => from(0, rest)(at);
      }
      case 'many':
        return manyOf(node, back);
    }
  };
  const manyOf = ({ inside, min, max, lazy }: Extract<Node, { kind: 'many' }>, back: boolean): Matcher => {
    const one = compiled(inside, back);
    const more = (count: number, at: number, rest: Rest): boolean => {
      const again = (): boolean =>
        count < max && one(at, (to) => (to !== at || count < min) && more(count + 1, to, rest));
      if (count < min) return again();
      return lazy ? rest(at) || again() : again() || rest(at);
    };
    return (at, rest) => more(0, at, rest);
  };
  const match = compiled(root, false);
  return {
    ...partsOf(root),
    steps(given, most) {
      [text, limit, steps] = [given, most, 0];
      groups.length = 0;
      for (let at = 0; at <= text.length; ) {
        step();
        let end = -1;
        const found = match(at, (to) => {
          end = to;
          return true;
        });
        if (found ? !flags.includes('g') : flags.includes('y')) break;
        at = found && end > at ? end : at + 1;
      }
      return steps;
    },
  };
}

const candidates = [' ', '\n', 'a', 'Z', '0', '.', '-', '_', '/', '=', ':', '"', "'", '[', '(', '@', ',', '\\', 'é'];

function partsOf(root: Node): Pick<Counted, 'characters' | 'words'> {
  const characters = new Set<string>();
  const words = new Set<string>();
  const charactersOf = (node: Extract<Node, { kind: 'char' }>): string[] =>
    /^\[|^\.$|^\\[dDwWsSpP]/.test(node.source) ? fittingOf(node) : literalsOf(node);
  const walk = (node: Node): void => {
    if (node.kind === 'char') for (const one of charactersOf(node)) characters.add(one);
    if (node.kind === 'all') {
      let word = '';
      for (const one of [...node.nodes, undefined]) {
        if (one?.kind === 'many' && word.length > 1) words.add(word);
        const inside = one?.kind === 'many' && one.min > 0 ? one.inside : one;
        if (inside?.kind === 'char') word += charactersOf(inside)[0] ?? '';
        else if (one === undefined || (one.kind !== 'assert' && one.kind !== 'many')) {
          if (word.length > 1) words.add(word);
          word = '';
        }
      }
    }
    if ('nodes' in node) node.nodes.forEach(walk);
    else if ('inside' in node) walk(node.inside);
  };
  walk(root);
  return { characters: [...characters], words: [...words] };
}

const fittingOf = ({ is, source }: Extract<Node, { kind: 'char' }>): string[] =>
  [...new Set([...candidates, ...source])].filter(is).slice(0, 4);

const literalsOf = ({ is, source }: Extract<Node, { kind: 'char' }>): string[] => {
  const plain = source.replace(/^\\(?![a-zA-Z0-9])/, '');
  if (plain.length === 1) return [plain];
  try {
    const made = JSON.parse(`"${source.replace(/^\\x/, '\\u00')}"`) as string;
    return is(made) ? [made] : [];
  } catch {
    return [];
  }
};
