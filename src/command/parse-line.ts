// One command line taken apart into words, as in a shell but with less: quotes, backslashes, comments and ${NAME}.
// Knows no command and no flag, and runs nothing.
import { exitStatus, Failure } from '../model/failure.ts';

/** The value of `${NAME}`; undefined when it is not defined. */
export type Lookup = (name: string) => string | undefined;

export interface Partial {
  /** Words that are finished. */
  readonly words: readonly string[];
  /** The word under the cursor, '' after a space. */
  readonly current: string;
  /** Where that word begins in the line. */
  readonly from: number;
}

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);

/**
 * The words of a line. `'...'` is taken as it stands, `"..."` knows `\"`, `\\`, `\$` and `${NAME}`, a backslash elsewhere
 * takes the next character as it stands, and `#` at the beginning of a word starts a comment.
 * Throws Failure (exit 2) for an open quote or a name that is not defined.
 */
export function parseLine(text: string, lookup: Lookup = () => undefined): string[] {
  const read = readWords(text, lookup);
  if (read.open !== null) {
    throw usage('open-quote', `Unclosed quote: ${read.open}.`, `Close it with ${read.open}.`);
  }
  return read.words.map((word) => word.text);
}

/** The same for a line that is still being typed: open quotes and unknown names are no error. */
export function parsePartialLine(text: string): Partial {
  const read = readWords(text, (name) => `\${${name}}`);
  const last = read.words.at(-1);
  const typing = last !== undefined && (read.open !== null || last.to === text.length);
  return {
    words: (typing ? read.words.slice(0, -1) : read.words).map((word) => word.text),
    current: typing ? last.text : '',
    from: typing ? last.from : text.length,
  };
}

/** A word written so that {@link parseLine} reads it back unchanged. */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_./:@%+=,~-][A-Za-z0-9_./:@%+=,~#-]*$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

interface Read {
  readonly words: readonly { readonly text: string; readonly from: number; readonly to: number }[];
  /** The quote that was never closed. */
  readonly open: "'" | '"' | null;
}

function readWords(text: string, lookup: Lookup): Read {
  const words: { text: string; from: number; to: number }[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    if (text.charAt(at) === '#') break;
    const from = at;
    let word = '';
    let quote: "'" | '"' | null = null;
    while (at < text.length && (quote !== null || !/\s/.test(text.charAt(at)))) {
      const char = text.charAt(at);
      if (quote === "'") {
        if (char === "'") quote = null;
        else word += char;
        at += 1;
      } else if (char === '\\' && (quote === null || '"\\$'.includes(text.charAt(at + 1) || ' '))) {
        word += text.charAt(at + 1);
        at += 2;
      } else if (char === '$' && text.charAt(at + 1) === '{') {
        const [value, end] = expand(text, at, lookup);
        word += value;
        at = end;
      } else {
        if (char === '"') quote = quote === '"' ? null : '"';
        else if (char === "'" && quote === null) quote = "'";
        else word += char;
        at += 1;
      }
    }
    at = Math.min(at, text.length);
    words.push({ text: word, from, to: at });
    if (quote !== null) return { words, open: quote };
  }
  return { words, open: null };
}

function expand(text: string, at: number, lookup: Lookup): readonly [value: string, end: number] {
  const name = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}/.exec(text.slice(at))?.[1];
  if (name === undefined) {
    if (text.indexOf('}', at) < 0) return [text.slice(at), text.length];
    throw usage(
      'bad-name',
      `\${ is not followed by a name at column ${at + 1}.`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the syntax that the sentence explains.
      'Write ${NAME}, or \\$ for a plain dollar sign.',
    );
  }
  const value = lookup(name);
  if (value === undefined) {
    throw usage('unset-name', `\${${name}} is not defined.`, `Set it in the environment or with --set ${name}=VALUE.`);
  }
  return [value, at + name.length + 3];
}
