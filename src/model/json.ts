// Lossless raw JSON: key order, unknown members and the exact text of numbers survive parse and write. Independent of Azure.

/** A number whose text would change on the way through a JavaScript number (`1.0`, 20 digits): kept as its source text. */
export interface NumberText {
  readonly rawJSON: string;
}
export type JsonObject = { readonly [member: string]: Json };
export type Json = null | boolean | number | string | NumberText | readonly Json[] | JsonObject;

/** A record of our own as JSON, which it is: its type lists members, and cannot say that there are no others. */
export const asJson = (record: object): Json => record as Json;

// lib.esnext does not describe the "JSON.parse source text access" proposal yet; Node has it since 21.
interface SourceJson {
  parse(text: string, revive: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): NumberText;
  isRawJSON(value: unknown): value is NumberText;
}
const source = JSON as unknown as SourceJson;

// JavaScript moves integer-like keys ("2024") to the front of an object. They are stored behind this private-use
// character, which no Azure member begins with, and shown without it.
const KEY_MARK = '\uE000';
const hasIntegerKey = /"\d+"\s*:/;
// A number begins the text or follows a member name, or is in a list; digits inside strings mostly do not.
const mayNeedNumberText = /(?:^|"\s*:|[,[])\s*(?:-0|-?\d{16}|-?\d+[.eE])/;

/** A list of JSON whose items are made one after another when it is written; written as any other list. */
export class JsonItems<Item> implements Iterable<Item> {
  private readonly made: () => Iterable<Item>;
  constructor(made: () => Iterable<Item>) {
    this.made = made;
  }
  [Symbol.iterator](): Iterator<Item> {
    return this.made()[Symbol.iterator]();
  }
  toJSON(): readonly Item[] {
    return [...this];
  }
}

export class JsonError extends Error {
  /** The limit that the text passes, as a clause; undefined for any other error. */
  readonly limit?: string;
  constructor(message: string, limit?: string) {
    super(message);
    if (limit !== undefined) this.limit = limit;
  }
}

/** Objects and arrays inside one another; deeper is refused, since whatever walks a body goes down as deep. */
export const deepestJson = 400;
const tooDeep = (): JsonError => {
  const limit = `it is nested more than ${deepestJson} levels deep`;
  return new JsonError(limit, limit);
};

/** Is a text of JSON nested too deeply? Strings are skipped; one reading of the text. */
function isTooDeep(text: string): boolean {
  // Each level takes a bracket to open it.
  if (text.length <= deepestJson) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      for (at += 1; at < text.length && text.charCodeAt(at) !== 0x22; at += 1)
        if (text.charCodeAt(at) === 0x5c) at += 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepestJson) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** Parses JSON text. Throws {@link JsonError} with a position, never a SyntaxError or a stack overflow. */
export function parseJson(text: string): Json {
  if (isTooDeep(text)) throw tooDeep();
  try {
    const hasKeys = hasIntegerKey.test(text);
    // Only in JSON is every string closed, without which finding the keys would take the square of the text's length.
    if (hasKeys) JSON.parse(text);
    const marked = hasKeys ? markIntegerKeys(text) : text;
    if (!mayNeedNumberText.test(marked)) return JSON.parse(marked) as Json;
    return source.parse(marked, (_key, value, context) =>
      typeof value === 'number' && context.source !== undefined && String(value) !== context.source
        ? source.rawJSON(context.source)
        : value,
    ) as Json;
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw new JsonError(error instanceof Error ? error.message : String(error));
  }
}

/** Writes JSON text; the counterpart of {@link parseJson}. `indent` as in JSON.stringify. */
export function stringifyJson(value: Json | undefined, indent?: number): string {
  const text = JSON.stringify(value ?? null, null, indent);
  return text.includes(KEY_MARK) ? text.replaceAll(new RegExp(`"${KEY_MARK}(\\d+)"`, 'g'), '"$1"') : text;
}

/** A member's name as Azure spells it. */
export const memberName = (key: string): string => (key.startsWith(KEY_MARK) ? key.slice(1) : key);
/** The key under which a member with this name is stored. */
export const memberKey = (name: string): string =>
  startsWithDigit(name) && /^\d+$/.test(name) ? KEY_MARK + name : name;
const startsWithDigit = (name: string): boolean => name.charCodeAt(0) >= 48 && name.charCodeAt(0) <= 57;

function markIntegerKeys(text: string): string {
  // Matching every string token from the left keeps the scan in step, so a match is never the middle of a string.
  return text.replace(/"(?:[^"\\]|\\.)*"/g, (token, at: number) =>
    /^"\d+"$/.test(token) && /^\s*:/.test(text.slice(at + token.length, at + token.length + 64))
      ? `"${KEY_MARK}${token.slice(1)}`
      : token,
  );
}

export const isNumberText = (value: unknown): value is NumberText => source.isRawJSON(value);
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumberText(value);
export const isArray = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** The number that a JSON value represents, or undefined. Text numbers lose precision here, so use it only to compare. */
export function asNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return isNumberText(value) ? Number(value.rawJSON) : undefined;
}

/** Deep equality; the order of members does not count, the text of a number does (`1.0` is not `1`). */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (isNumberText(a)) return isNumberText(b) && a.rawJSON === b.rawJSON;
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}
