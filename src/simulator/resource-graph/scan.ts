// The tokens of a Resource Graph query (the part of the Kusto language that simple queries use), read one after another.

export class QueryError extends Error {
  readonly at: number;
  constructor(what: string, at: number) {
    super(what);
    this.at = at;
  }
}

export interface QueryToken {
  readonly kind: 'name' | 'text' | 'number' | 'sign';
  /** Of a text the part between the quotes. */
  readonly text: string;
  /** Characters before it. */
  readonly at: number;
}

const pattern =
  /\s+|\/\/[^\n]*|(?<name>[A-Za-z_$][\w$-]*)|(?<number>[0-9]+)|'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)"|(?<sign>==|=~|!=|!~|<=|>=|[|(),.=<>!~[\]])/gy;

/** Throws QueryError at the first character that belongs to no word. */
export function wordsOf(query: string): QueryToken[] {
  const words: QueryToken[] = [];
  for (let at = 0; at < query.length; ) {
    pattern.lastIndex = at;
    const found = pattern.exec(query);
    if (!found?.groups) throw new QueryError(`unexpected ${JSON.stringify(query[at])}`, at);
    const { double, name, number, sign, single } = found.groups;
    const quoted = single ?? double;
    if (quoted !== undefined) words.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1'), at });
    else if (name !== undefined) words.push({ kind: 'name', text: name, at });
    else if (number !== undefined) words.push({ kind: 'number', text: number, at });
    else if (sign !== undefined) words.push({ kind: 'sign', text: sign, at });
    at = pattern.lastIndex;
  }
  return words;
}

/** The words still to be read. */
export class QueryReader {
  readonly #words: readonly QueryToken[];
  readonly #end: number;
  #next = 0;

  constructor(query: string) {
    this.#words = wordsOf(query);
    this.#end = query.length;
  }

  get peek(): QueryToken | undefined {
    return this.#words[this.#next];
  }

  /** Takes the next word if it is one of these; letter case is ignored, texts in quotes never fit. */
  take(...wanted: readonly string[]): string | undefined {
    const word = this.peek;
    const found = word?.kind === 'text' ? undefined : wanted.find((one) => one === word?.text.toLowerCase());
    if (found !== undefined) this.#next += 1;
    return found;
  }

  /** As {@link take}, and refuses anything else. */
  need(...wanted: readonly string[]): string {
    return this.take(...wanted) ?? this.fail(`expected ${wanted.join(' or ')}`);
  }

  kind(kind: QueryToken['kind']): string {
    const word = this.peek;
    if (word?.kind !== kind) return this.fail(`expected a ${kind}`);
    this.#next += 1;
    return word.text;
  }

  fail(what: string): never {
    throw new QueryError(what, this.peek?.at ?? this.#end);
  }
}
