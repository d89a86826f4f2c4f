// Access scopes: sentences such as `nothing from Internet reaches stmlsim except 203.0.113.0/24`. Reads them; facts/path/scope.ts
// judges them. Pure.

/** Traffic as a path takes it. */
export interface ScopeTraffic {
  readonly protocol: 'Tcp' | 'Udp' | 'Icmp' | '*';
  readonly ports: readonly string[];
}

/** Traffic that does not count; `side` undefined: whatever the ends. */
export interface ScopeException {
  readonly side: 'source' | 'destination' | undefined;
  readonly ends: readonly string[];
  readonly traffic: ScopeTraffic | undefined;
}

export interface AccessScope {
  /** As written, with single spaces. */
  readonly text: string;
  /** `never`: no packet may arrive. `always`: every packet must. */
  readonly kind: 'never' | 'always';
  /** Ends as `path` takes them; `anything` stands for the Internet, every subnet and every service. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly traffic: ScopeTraffic;
  readonly except: readonly ScopeException[];
}

export interface ScopeResult {
  readonly scope: string;
  readonly outcome: 'holds' | 'broken' | 'unknown';
  /** One sentence. */
  readonly because: string;
  /** A packet that breaks it; null unless it is broken. */
  readonly witness: string | null;
  /** The path of that packet, or of what is unknown: a command line that shows it; null where it holds. */
  readonly path: string | null;
  /** Ids of what was not read and leaves it unknown. */
  readonly gaps: readonly string[];
}

/**
 * Scopes by their names, which stand in the ids of their findings: the words of the sentence with dashes, as
 * `nothing-from-internet-reaches-stmlsim`. Sentences that differ in signs alone are numbered.
 */
export function scopeNames(scopes: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const text of new Set(scopes.map((one) => one.replace(/\s+/g, ' ').trim()))) {
    const name = text
      .toLowerCase()
      .replace(/[^a-z0-9.:_]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 120);
    const plain = name === '' ? 'scope' : name;
    let free = plain;
    for (let at = 2; names.has(free); at += 1) free = `${plain}-${at}`;
    names.set(free, text);
  }
  return names;
}

export const scopeForms: readonly string[] = [
  'nothing [from ENDS] reaches ENDS [on TRAFFIC] [except [from|to] ENDS] [except on TRAFFIC]',
  'only ENDS reaches ENDS [on TRAFFIC]',
  'ENDS reaches ENDS [on TRAFFIC]',
  'ENDS is [not|only] reachable from ENDS [on TRAFFIC]',
];

/** What is wrong with a sentence, and where: `at` counts characters from 0. */
export class ScopeError extends Error {
  constructor(
    readonly text: string,
    readonly at: number,
    message: string,
    /** A sentence that may be meant, of the same words; null where none can be told. */
    readonly suggestion: string | null = null,
  ) {
    super(message);
  }
  /** The sentence, and a caret under the place. */
  get shown(): string {
    return `${this.text}\n${' '.repeat(this.at)}^`;
  }
}

interface Token {
  readonly text: string;
  readonly at: number;
  /** In quotes: always an end. */
  readonly quoted: boolean;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const found of text.matchAll(/'([^']*)'|"([^"]*)"|[^\s,'"]+|,|['"]/g)) {
    const [whole, single, double] = found;
    const quoted = single ?? double;
    if (quoted === undefined && /^['"]$/.test(whole)) {
      throw new ScopeError(text, found.index, `The quote ${whole} is not closed.`);
    }
    tokens.push({ text: quoted ?? whole, at: found.index, quoted: quoted !== undefined });
  }
  return tokens;
}

const keywords = ['nothing', 'only', 'from', 'to', 'reaches', 'reach', 'on', 'except', 'and', 'or', ','];
const protocols: Readonly<Record<string, ScopeTraffic['protocol']>> = {
  ...{ tcp: 'Tcp', udp: 'Udp', icmp: 'Icmp', any: '*', '*': '*' },
};

/** Words around two ends that a firewall rule would say: what they most likely mean as a scope. */
const fillers =
  /^(?:deny|block|forbid|disallow|allow|permit|let|no|not|nothing|nobody|traffic|access|connections?|to|from|the|of|any|all|for|must|should|can|cannot|be|is|are|has|have|it|reach|reaches|blocked|denied|allowed|->|=>)$/i;

/** The two ends of a sentence that is not understood, as one that is. */
function suggestionFor(text: string): string | null {
  const words = text.split(/[\s,'"]+/).filter((word) => word !== '');
  const [first, second, ...rest] = words.filter((word) => !fillers.test(word));
  if (first === undefined || second === undefined || rest.length > 0) return null;
  const isInverted =
    words.indexOf(first) < words.findIndex((word) => /^from$/i.test(word)) && !/^from$/i.test(words[0] ?? '');
  const [source, destination] = isInverted ? [second, first] : [first, second];
  const isDenied = words.some((word) =>
    /^(?:deny|block|forbid|disallow|no|not|nothing|nobody|cannot|blocked|denied)$/i.test(word),
  );
  return isDenied ? `nothing from ${source} reaches ${destination}` : `${source} reaches ${destination}`;
}

/** Reads a sentence. Throws {@link ScopeError}. */
export function readScope(written: string): AccessScope {
  try {
    return parsed(written);
  } catch (error) {
    if (!(error instanceof ScopeError)) throw error;
    throw new ScopeError(error.text, error.at, error.message, suggestionFor(error.text));
  }
}

function parsed(written: string): AccessScope {
  const text = written.replace(/\s+/g, ' ').trim();
  const tokens = tokensOf(text);
  let next = 0;
  const peek = (): Token | undefined => tokens[next];
  const isWord = (token: Token | undefined, ...words: readonly string[]) =>
    token !== undefined && !token.quoted && words.includes(token.text.toLowerCase());
  const isKeyword = (token: Token | undefined) => isWord(token, ...keywords);
  const wrong = (message: string, token = peek()) => new ScopeError(text, token?.at ?? text.length, message);
  const take = (...words: readonly string[]): boolean => {
    if (!isWord(peek(), ...words)) return false;
    next += 1;
    return true;
  };

  function ends(what: string): string[] {
    const found: string[] = [];
    for (;;) {
      take('the');
      const token = peek();
      if (token === undefined || isKeyword(token)) throw wrong(`Name ${what} here.`);
      found.push(token.text);
      next += 1;
      if (!take(',', 'or') && !(isWord(peek(), 'and') && !isWord(tokens[next + 1], 'except') && take('and')))
        return found;
    }
  }
  function traffic(): ScopeTraffic {
    take('port', 'ports');
    const first = peek();
    const named = first === undefined ? undefined : protocols[first.text.toLowerCase()];
    if (named !== undefined) next += 1;
    take('port', 'ports');
    const ports: string[] = [];
    while (peek() !== undefined && !isWord(peek(), 'except')) {
      const token = peek();
      if (!isPort(token?.text ?? '')) throw wrong(`${token?.text} is not a port. Use 443, 8000-9000 or *.`);
      ports.push(token?.text ?? '');
      next += 1;
      if (!take(',')) break;
    }
    if (named === undefined && ports.length === 0) throw wrong('Name a protocol or a port here, such as tcp 443.');
    return { protocol: named ?? 'Tcp', ports: ports.length === 0 ? ['*'] : ports };
  }
  function reaches(): void {
    if (!take('reaches', 'reach')) throw wrong('The word reaches is expected here.');
  }
  /** The verb of a sentence about two ends: whether it says that one reaches the other, and which of them stands first. */
  function verb(): { readonly isNegated: boolean; readonly isOnly: boolean; readonly isInverted: boolean } {
    if (take('is', 'are')) {
      const isNegated = take('not', 'never');
      const before = take('only');
      if (!take('reachable')) throw wrong('The word reachable belongs here.');
      const isOnly = take('only') || before;
      if (!take('from', 'by')) throw wrong('The word from belongs here.');
      return { isNegated, isOnly, isInverted: true };
    }
    const isAuxiliary = take('can', 'may', 'must', 'should', 'shall', 'does', 'do', 'will');
    const isNegated = isAuxiliary ? take('not', 'never') : take('cannot', 'never');
    reaches();
    return { isNegated, isOnly: false, isInverted: false };
  }
  function exceptions(sources: readonly string[], destinations: readonly string[]): ScopeException[] {
    const found: ScopeException[] = [];
    while (
      take('except') ||
      (isWord(peek(), 'and') && isWord(tokens[next + 1], 'except') && take('and') && take('except'))
    ) {
      if (take('on')) found.push({ side: undefined, ends: [], traffic: traffic() });
      else {
        const said = take('from') ? 'source' : take('to') ? 'destination' : undefined;
        const of = ends('what is excepted');
        found.push({ side: said ?? widerSide(sources, destinations), ends: of, traffic: undefined });
      }
    }
    return found;
  }

  let scope: AccessScope;
  if (
    take('nothing') ||
    (isWord(peek(), 'no') && isWord(tokens[next + 1], 'traffic') && take('no') && take('traffic'))
  ) {
    const first = take('from') ? ends('a source') : undefined;
    take('can', 'may', 'must', 'should');
    reaches();
    const destinations = ends('a destination');
    const sources = first ?? (take('from') ? ends('a source') : ['anything']);
    const of = take('on') ? traffic() : anyTraffic;
    scope = { text, kind: 'never', sources, destinations, traffic: of, except: exceptions(sources, destinations) };
  } else if (take('only')) {
    const allowed = ends('a source');
    reaches();
    const destinations = ends('a destination');
    const of = take('on') ? traffic() : anyTraffic;
    const except: ScopeException[] = [{ side: 'source', ends: allowed, traffic: undefined }];
    scope = { text, kind: 'never', sources: ['anything'], destinations, traffic: of, except };
  } else {
    const first = ends('a source, or the word nothing or only,');
    const { isNegated, isOnly, isInverted } = verb();
    const second = ends(isInverted ? 'a source' : 'a destination');
    const [sources, destinations] = isInverted ? [second, first] : [first, second];
    const isNever = isNegated || isOnly;
    const of = take('on') ? traffic() : isNever ? anyTraffic : ({ protocol: 'Tcp', ports: ['443'] } as const);
    if (isOnly) {
      if (isNegated) throw wrong('Say either not or only.');
      const except: ScopeException[] = [{ side: 'source', ends: sources, traffic: undefined }];
      scope = { text, kind: 'never', sources: ['anything'], destinations, traffic: of, except };
    } else if (isNegated) {
      scope = { text, kind: 'never', sources, destinations, traffic: of, except: exceptions(sources, destinations) };
    } else scope = { text, kind: 'always', sources, destinations, traffic: of, except: [] };
  }
  const left = peek();
  if (left !== undefined) throw wrong(`${left.text} is not expected here.`);
  return scope;
}

const anyTraffic: ScopeTraffic = { protocol: '*', ports: ['*'] };

function isPort(text: string): boolean {
  if (text === '*') return true;
  const [low, high = low] = text.split('-').map(Number);
  return /^\d{1,5}(?:-\d{1,5})?$/.test(text) && (low ?? 0) <= (high ?? 0) && (high ?? 0) <= 65535;
}

const isWide = (of: readonly string[]): boolean => of.some((end) => /^(?:internet|anything)$/i.test(end));

/** An exception that names no side narrows the end that is the Internet or anything, else the source. */
const widerSide = (sources: readonly string[], destinations: readonly string[]): 'source' | 'destination' =>
  !isWide(sources) && isWide(destinations) ? 'destination' : 'source';
