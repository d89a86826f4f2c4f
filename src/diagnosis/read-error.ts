// Parses a pasted error: a sentence, the output of a tool, a JSON body, or a body inside a sentence. All of it is untrusted:
// it may be huge, broken or full of escape sequences. Nothing here throws.
import { isArray, isObject, type Json, memberName, parseJson } from '../model/json.ts';
import { fold } from '../model/resource-id.ts';
import { clean, cleanLines } from '../model/text.ts';

export interface MetError {
  /** The codes in the text, outermost first; at most twenty. */
  readonly codes: readonly string[];
  /** The innermost message of a JSON body, else the text; one line. */
  readonly message: string;
  /** The whole text with its nested messages, safe to show. */
  readonly text: string;
}

/**
 * Characters of the text that are read, half from its beginning and half from its end; nodes of its JSON; bodies inside
 * messages.
 */
const longest = 100_000;
const mostNodes = 10_000;
const mostBodies = 8;
const mostCodes = 20;

const codeWord = /^[A-Za-z]\w{2,79}$/;
/** `Code: X`, `Error Code: X`, and `(X)` as the Azure CLI puts it before the message. */
const spokenCode = /\bcode['"]?\s*[:=]\s*['"]?([A-Za-z]\w{2,79})|\(([A-Z][A-Za-z]{2,79})\)/gi;

/** What can be parsed of the text. */
export function readError(given: string): MetError {
  const raw = given.length <= longest ? given : `${given.slice(0, longest / 2)}\n${given.slice(-longest / 2)}`;
  const { codes, messages } = readBodies(raw);
  const text = [cleanLines(raw), ...messages].join('\n').slice(0, 2 * longest);
  const spoken = [...text.matchAll(spokenCode)].map(([, named, bracketed]) => named ?? bracketed ?? '');
  const alone = text.trim();
  return {
    codes: onceEach([...codes, ...spoken, ...(codeWord.test(alone) ? [alone] : [])]).slice(0, mostCodes),
    message: clean((messages.at(-1) ?? text).trim(), 500),
    text,
  };
}

/** The codes and messages of the JSON in a text, and of the bodies that its messages hold. */
function readBodies(raw: string): { readonly codes: string[]; readonly messages: string[] } {
  const codes: string[] = [];
  const messages: string[] = [];
  const pending: Json[] = [];
  let bodies = 0;
  const open = (text: string): boolean => {
    const body = bodies < mostBodies ? jsonIn(text) : undefined;
    if (body === undefined) return false;
    bodies += 1;
    pending.push(body);
    return true;
  };
  open(raw);
  for (let nodes = 0; nodes < mostNodes; nodes += 1) {
    const node = pending.shift();
    if (node === undefined) break;
    if (isArray(node)) pending.push(...node.slice(0, mostNodes));
    if (!isObject(node)) continue;
    for (const [key, value] of Object.entries(node).slice(0, mostNodes)) {
      const name = fold(memberName(key));
      if (typeof value !== 'string') pending.push(value);
      else if (/^(?:error)?code$/.test(name) && codeWord.test(value)) codes.push(value);
      else if (/^(?:error_?|status_?)?message$/.test(name) && !open(value)) messages.push(cleanLines(value));
    }
  }
  return { codes, messages };
}

/** The JSON between the first opening and the last closing bracket of a text. */
function jsonIn(text: string): Json | undefined {
  const from = text.search(/[{[]\s*["{[]/);
  const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  if (from < 0 || to <= from) return undefined;
  try {
    return parseJson(text.slice(from, to + 1));
  } catch {
    return undefined;
  }
}

function onceEach(words: readonly string[]): string[] {
  const seen = new Set<string>();
  return words.filter((word) => {
    const before = seen.size;
    return word !== '' && seen.add(fold(word)).size > before;
  });
}
