// Where the values of a JSON text are in it, found when they are asked for. Reads what `session/files/documents.ts` accepts, comments
// and several documents included; the text is known to parse. Pure.
import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import { member } from './pointer.ts';

/** A line and a column, both from 1; columns count UTF-16 code units, as editors and SARIF do. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Just past white space, comments and what separates values. */
function valueFrom(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x2f) at = endOfComment(text, at);
    else if (code <= 0x20 || code === 0x2c || code === 0x3a || code === 0xfeff) at += 1;
    else return at;
  }
  return text.length;
}

function endOfComment(text: string, at: number): number {
  const isBlock = text.charCodeAt(at + 1) === 0x2a;
  const end = text.indexOf(isBlock ? '*/' : '\n', at + 1);
  return end < 0 ? text.length : end + (isBlock ? 2 : 1);
}

/** Just past the closing quotation mark of the string that begins here. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function keyAt(text: string, from: number, end: number): string {
  const inside = text.slice(from + 1, end - 1);
  if (!inside.includes('\\')) return inside;
  try {
    return String(JSON.parse(text.slice(from, end)));
  } catch {
    return inside;
  }
}

const isEnd = (text: string, at: number): boolean => at >= text.length || '}]'.includes(text.charAt(at));

/** One member or element: where its name begins (its value, in an array), and its value. */
interface Entry {
  readonly name: string | number;
  readonly at: number;
  readonly value: number;
}

/**
 * Goes through the value that begins at `from`, and returns where it ends. `each` sees its members or elements, and returns where
 * that value ends.
 */
function through(text: string, from: number, each: (entry: Entry) => number): number {
  const opening = text.charAt(from);
  if (opening === '"') return endOfString(text, from);
  if (opening !== '{' && opening !== '[') {
    let at = from + 1;
    while (at < text.length && !' \t\r\n,]}/'.includes(text.charAt(at))) at += 1;
    return at;
  }
  let at = valueFrom(text, from + 1);
  for (let index = 0; !isEnd(text, at); index += 1) {
    const end = opening === '{' ? endOfString(text, at) : at;
    const value = opening === '{' ? valueFrom(text, end) : at;
    at = valueFrom(text, each({ name: opening === '{' ? keyAt(text, at, end) : index, at, value }));
  }
  return at + 1;
}

const past = (text: string, from: number): number => through(text, from, ({ value }) => past(text, value));

/** Where each of these objects begins: `documents` are the parsed values of the text, in its order. */
export function objectPlaces(
  text: string,
  documents: readonly Json[],
  wanted: ReadonlySet<JsonObject>,
): ReadonlyMap<JsonObject, number> {
  const found = new Map<JsonObject, number>();
  const walk = (json: Json | undefined, from: number): number => {
    if (isObject(json) && wanted.has(json)) found.set(json, from);
    if (!isObject(json) && !isArray(json)) return past(text, from);
    return through(text, from, ({ name, value }) => {
      if (typeof name === 'number') return walk(isArray(json) ? json[name] : undefined, value);
      return walk(isObject(json) ? member(json, name) : undefined, value);
    });
  };
  let at = 0;
  for (const document of documents) at = walk(document, valueFrom(text, at));
  return found;
}

/** Where a member or element of the value at `from` is, and its value; the name in any letter case. */
export function entryPlace(
  text: string,
  from: number,
  name: string,
): { readonly at: number; readonly value: number } | undefined {
  const folded = name.toLowerCase();
  let found: Entry | undefined;
  through(text, from, (entry) => {
    if (String(entry.name).toLowerCase() === folded) found = entry;
    return past(text, entry.value);
  });
  return found;
}

/** The line and column of offsets in a text, which is read once. */
export function positionsIn(text: string): (at: number) => TextPosition {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (at) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  };
}
