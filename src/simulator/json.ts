// JSON that loses nothing: order of members (also integer-like names), any member name (also __proto__) and the exact
// text of numbers. It must not know what a document means.

/** A number as it was written: `1.0` stays `1.0`, 12345678901234567890 keeps its digits. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type ArmObject = Map<string, ArmJson>;
export type ArmJson = null | boolean | string | JsonNumber | ArmJson[] | ArmObject;

/** What {@link json} takes: ordinary values, Json among them. Undefined members are left out. */
export type Plain =
  | ArmJson
  | number
  | undefined
  | readonly Plain[]
  | { readonly [name: string]: Plain; readonly size?: never };

export class JsonSyntaxError extends Error {
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(`${what} at character ${offset}`);
    this.offset = offset;
  }
}

const maximumDepth = 200;
const spaces = /[ \t\n\r]*/y;
const numbers = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const strings = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const words = /true|false|null/y;

/** Reads one JSON text (RFC 8259). Of a member given twice the last value counts, in the place of the first. */
export function parseJson(text: string): ArmJson {
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const fail = (): never => {
    throw new JsonSyntaxError(at >= text.length ? 'Unexpected end' : `Unexpected ${JSON.stringify(text[at])}`, at);
  };
  const expect = (character: string): void => {
    take(spaces);
    if (text[at] !== character) fail();
    at += 1;
  };
  const next = (character: string): boolean => {
    take(spaces);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };
  const string = (): string => {
    take(spaces);
    const found = take(strings);
    return found === undefined ? fail() : (JSON.parse(found) as string);
  };
  const object = (depth: number): ArmObject => {
    const members: ArmObject = new Map();
    if (next('}')) return members;
    do {
      const name = string();
      expect(':');
      members.set(name, value(depth + 1));
    } while (next(','));
    expect('}');
    return members;
  };
  const array = (depth: number): ArmJson[] => {
    const items: ArmJson[] = [];
    if (next(']')) return items;
    do items.push(value(depth + 1));
    while (next(','));
    expect(']');
    return items;
  };
  const value = (depth: number): ArmJson => {
    if (depth > maximumDepth) throw new JsonSyntaxError('Nested too deeply', at);
    take(spaces);
    if (text[at] === '"') return string();
    if (next('{')) return object(depth);
    if (next('[')) return array(depth);
    const word = take(words);
    if (word !== undefined) return word === 'null' ? null : word === 'true';
    const number = take(numbers);
    return number === undefined ? fail() : new JsonNumber(number);
  };
  const whole = value(0);
  take(spaces);
  return at === text.length ? whole : fail();
}

/** Writes JSON; `indent` spaces a level, or none. */
export function stringifyJson(value: ArmJson, indent = 0): string {
  const write = (item: ArmJson, margin: string): string => {
    if (item === null || typeof item === 'boolean') return String(item);
    if (typeof item === 'string') return JSON.stringify(item);
    if (item instanceof JsonNumber) return item.text;
    const inner = margin + ' '.repeat(indent);
    const isList = Array.isArray(item);
    const parts = isList
      ? item.map((entry) => write(entry, inner))
      : [...item].map(([name, entry]) => `${JSON.stringify(name)}:${indent > 0 ? ' ' : ''}${write(entry, inner)}`);
    const [open, close] = isList ? ['[', ']'] : ['{', '}'];
    if (parts.length === 0) return open + close;
    return indent === 0
      ? open + parts.join(',') + close
      : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
  };
  return write(value, '');
}

/** Json from ordinary values. */
export function json(value: Plain): ArmJson {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return new JsonNumber(JSON.stringify(value));
  if (typeof value === 'boolean' || typeof value === 'string' || value instanceof JsonNumber) return value;
  if (value instanceof Map) return value;
  if (Array.isArray(value)) return value.map((item: Plain) => json(item));
  return new Map(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, json(item as Plain)]),
  );
}

/** As {@link json}, for an object. */
export function object(value: { readonly [name: string]: Plain; readonly size?: never }): ArmObject {
  return json(value) as ArmObject;
}

export function isObject(value: ArmJson | undefined): value is ArmObject {
  return value instanceof Map;
}

export function clone<T extends ArmJson>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => clone(item)) as T;
  const held: ArmJson = value;
  if (isObject(held)) return new Map([...held].map(([name, item]) => [name, clone(item)])) as unknown as T;
  return value;
}

/** The name under which an object holds a member, whatever its letter case; undefined when it holds none. */
export function nameIn(value: ArmObject, name: string): string | undefined {
  if (value.has(name)) return name;
  const folded = name.toLowerCase();
  for (const key of value.keys()) if (key.toLowerCase() === folded) return key;
  return undefined;
}

/** The value at a path of member names, compared ignoring case; undefined when any step is missing. */
export function at(value: ArmJson | undefined, ...path: readonly string[]): ArmJson | undefined {
  let here = value;
  for (const step of path) {
    if (!isObject(here)) return undefined;
    const name = nameIn(here, step);
    here = name === undefined ? undefined : here.get(name);
  }
  return here;
}

/** The text at a path, or undefined when there is none or it is not a string. */
export function text(value: ArmJson | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The items at a path; empty when there are none. */
export function list(value: ArmJson | undefined, ...path: readonly string[]): ArmJson[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Sets a member, keeping the spelling and place it has already. */
export function put(value: ArmObject, name: string, item: ArmJson): void {
  value.set(nameIn(value, name) ?? name, item);
}

/** The object under a member, made when it is not there. */
export function child(value: ArmObject, name: string): ArmObject {
  const found = at(value, name);
  if (isObject(found)) return found;
  const made: ArmObject = new Map();
  put(value, name, made);
  return made;
}
