// The tokens of a Resource Graph query (the part of the Kusto language that queries use), read one after another, and the columns
// that are known at each place.

export class QueryError extends Error {
  readonly at: number;
  /** The text of the token that is there; `<EOF>` at the end. */
  readonly token: string;
  /** False for a query that can be parsed and still means nothing. */
  readonly isSyntax: boolean;
  constructor(what: string, at: number, token = '<EOF>', isSyntax = true) {
    super(what);
    this.at = at;
    this.token = token;
    this.isSyntax = isSyntax;
  }
}

export interface QueryToken {
  readonly kind: 'name' | 'text' | 'number' | 'span' | 'sign';
  /** Of a text the part between the quotes. */
  readonly text: string;
  /** Characters before it. */
  readonly at: number;
}

const pattern =
  /\s+|\/\/[^\n]*|(?<span>[0-9]+(?:\.[0-9]+)?(?:d|h|m|s|ms)\b)|(?<name>[A-Za-z_$][\w$]*(?:-(?:away|keep|rename|expand)\b)?)|(?<number>[0-9]+(?:\.[0-9]+)?)|@'(?<raw>[^']*)'|'(?<single>(?:[^'\\\n]|\\.)*)'|"(?<double>(?:[^"\\\n]|\\.)*)"|(?<sign>==|=~|!=|!~|<=|>=|\.\.|[|(),.=<>!~[\]-])/gy;

/** Throws QueryError at the first character that belongs to no token. */
export function tokensOf(query: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  for (let at = 0; at < query.length; ) {
    pattern.lastIndex = at;
    const found = pattern.exec(query);
    if (!found?.groups) throw new QueryError(`unexpected ${JSON.stringify(query[at])}`, at, query[at]);
    const { double, name, number, raw, sign, single, span } = found.groups;
    const quoted = single ?? double;
    if (raw !== undefined) tokens.push({ kind: 'text', text: raw, at });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1'), at });
    else if (span !== undefined) tokens.push({ kind: 'span', text: span, at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at });
    at = pattern.lastIndex;
  }
  return tokens;
}

/** The tokens still to be read. */
export class QueryReader {
  /** Milliseconds since 1970 at which the query runs. */
  readonly now: number;
  /** The columns of the rows at this place. */
  schema: readonly string[] = [];
  /** The columns that were named since this was last emptied. */
  readonly named = new Set<string>();
  readonly #tokens: readonly QueryToken[];
  readonly #end: number;
  #next = 0;

  constructor(query: string, now: number) {
    this.#tokens = tokensOf(query);
    this.#end = query.length;
    this.now = now;
  }

  get peek(): QueryToken | undefined {
    return this.#tokens[this.#next];
  }

  /** Is the token after the next one this sign? */
  isFollowedBy(sign: string): boolean {
    const token = this.#tokens[this.#next + 1];
    return token?.kind === 'sign' && token.text === sign;
  }

  /** Takes the next token if it is one of these; letter case is ignored, texts in quotes never fit. */
  take(...wanted: readonly string[]): string | undefined {
    const token = this.peek;
    const found = token?.kind === 'text' ? undefined : wanted.find((one) => one === token?.text.toLowerCase());
    if (found !== undefined) this.#next += 1;
    return found;
  }

  /** As {@link take}, and refuses anything else. */
  need(...wanted: readonly string[]): string {
    return this.take(...wanted) ?? this.fail(`expected ${wanted.join(' or ')}`);
  }

  kind(kind: QueryToken['kind']): string {
    const token = this.peek;
    if (token?.kind !== kind) return this.fail(`expected a ${kind}`);
    this.#next += 1;
    return token.text;
  }

  /** The name of a column that is there. */
  column(): string {
    const at = this.peek?.at ?? this.#end;
    const name = this.kind('name');
    if (!this.schema.includes(name)) {
      throw new QueryError(`Failed to resolve scalar expression named '${name}'`, at, name, false);
    }
    this.named.add(name);
    return name;
  }

  fail(what: string): never {
    throw new QueryError(what, this.peek?.at ?? this.#end, this.peek?.text);
  }
}
