// An answer in pages of a bounded size, each of them JSON of the same shape with a part of its items. Pages are made one after another:
// an answer may be far larger than what is asked for of it.
import { randomBytes } from 'node:crypto';
import { isArray, isObject, type Json, JsonItems, type JsonObject, memberName, stringifyJson } from '../model/json.ts';
import { formatPointer, type Pointer } from '../model/pointer.ts';

/** Bytes of a page, its last member `page` included. */
export const largestPage = 20_000;
const room = 16_000;
/** What is smaller is never divided; so much may stand around it. */
const atom = 6_000;
const deepest = 30;
const longestName = 200;
const widest = 2_000;

export interface PageNote {
  readonly number: number;
  /** For the tool `next_page`; null on the last page. */
  readonly cursor: string | null;
  /** The value of which the page before holds the beginning; null on the first page. */
  readonly continues: Pointer | null;
}
interface Part {
  readonly json: JsonObject;
  readonly continues: Pointer | null;
}

/** Characters that are not seen, or turn the text around, as escapes. */
export const visible = (json: string): string =>
  json.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (one) =>
    [...one]
      .map((part) => part.codePointAt(0) ?? 0)
      .map((code) => (code > 0xffff ? '' : `\\u${code.toString(16).padStart(4, '0')}`))
      .join(''),
  );
const bytesOf = (value: Json): number => {
  const text = stringifyJson(value);
  return /^[\x20-\x7e]*$/.test(text) ? text.length : Buffer.byteLength(visible(text));
};

/** Bytes of a value as text; more than `limit` is not counted to its end. */
function sizeOf(value: Json, limit: number): number {
  if (typeof value === 'string' && value.length > limit) return value.length;
  const items = itemsOf(value);
  if (items === undefined && !isObject(value)) return bytesOf(value);
  let size = 2;
  for (const [name, item] of items === undefined ? membersOf(value as JsonObject) : unnamed(items)) {
    size += 1 + (name === undefined ? 0 : bytesOf(name) + 1);
    if (size > limit) return size;
    size += sizeOf(item, limit - size);
    if (size > limit) return size;
  }
  return size;
}

const itemsOf = (value: Json): Iterable<Json> | undefined =>
  isArray(value) ? value : value instanceof JsonItems ? (value as Iterable<Json>) : undefined;
const membersOf = (value: JsonObject): [string, Json][] =>
  Object.entries(value).filter(([, item]) => item !== undefined);
function* unnamed(items: Iterable<Json>): Generator<[undefined, Json]> {
  for (const item of items) yield [undefined, item];
}

/** What a page holds while it is made. */
type Node = Json | Map<string, Node> | Node[];

/** A container on the way to what is added next. `node`: its part in the current page; undefined before something is added there. */
interface Frame {
  readonly isList: boolean;
  readonly name: string | undefined;
  node: Map<string, Node> | Node[] | undefined;
  /** Did an earlier page hold something of it? */
  isBegun: boolean;
}

/** Where a value stands in its container, on a page that begins with a part of it. */
const placeIn = (frame: Frame | undefined, name: string | undefined): string =>
  frame?.isList === true ? '0' : memberName(name ?? '');
/** What is small comes first, so that the first page says what there is. */
const smallFirst = (value: JsonObject): [string, Json][] =>
  membersOf(value).toSorted(([, a], [, b]) => Number(sizeOf(a, 1000) > 1000) - Number(sizeOf(b, 1000) > 1000));

/** What an answer is on one page after another. */
export function* partsOf(json: JsonObject): Generator<Part> {
  const frames: Frame[] = [];
  let size = 2;
  let continues: Pointer | null = null;
  let finished: Part[] = [];

  const open = (frame: Frame, at: number): void => {
    if (frame.node !== undefined) return;
    frame.node = frame.isList ? [] : new Map();
    const parent = frames[at - 1];
    size += 3 + (frame.name === undefined ? 0 : bytesOf(frame.name) + 1);
    if (parent !== undefined) put(parent, frame.name, frame.node);
  };
  /** Bytes of the names that stand around a value on every page that holds a part of it. */
  const around = () => frames.reduce((sum, { name }) => sum + (name === undefined ? 0 : bytesOf(name)), 0);
  const put = ({ node }: Frame, name: string | undefined, value: Node): void => {
    if (node instanceof Map) node.set(name ?? '', value);
    else node?.push(value);
  };
  const turn = (): void => {
    const [root] = frames;
    if (root?.node === undefined) return;
    finished.push({ json: plain(root.node) as JsonObject, continues });
    for (const frame of frames) {
      frame.isBegun ||= frame.node !== undefined;
      frame.node = undefined;
    }
    size = 2;
    // A list that goes on is named by itself, an item that goes on by its number, which is 0 here.
    const begun = frames.filter(({ isBegun }) => isBegun);
    continues = formatPointer(begun.slice(1).map(({ name }, at) => placeIn(begun[at], name)));
  };
  const add = (name: string | undefined, value: Json, bytes: number): void => {
    if (size + bytes > room) turn();
    for (const [at, frame] of frames.entries()) open(frame, at);
    const last = frames.at(-1);
    if (last !== undefined) put(last, name, value);
    size += bytes;
  };
  function* walk(given: string | undefined, value: Json): Generator<Part> {
    const name = given === undefined || given.length <= longestName ? given : `${given.slice(0, longestName)}…`;
    const named = name === undefined ? 1 : bytesOf(name) + 2;
    const bytes = sizeOf(value, atom);
    const items = itemsOf(value);
    if (bytes <= atom) add(name, items === undefined ? value : [...items], bytes + named);
    else if ((items === undefined && !isObject(value)) || frames.length >= deepest || around() > widest) {
      for (const [at, piece] of piecesOf(value).entries()) {
        if (at > 0) {
          turn();
          continues = `${continues}${formatPointer([placeIn(frames.at(-1), name)])}`;
        }
        add(name, piece, bytesOf(piece) + named);
      }
    } else {
      frames.push({ isList: items !== undefined, name, node: undefined, isBegun: false });
      const inside = items === undefined ? smallFirst(value as JsonObject) : unnamed(items);
      for (const [inner, item] of inside) {
        yield* walk(inner, item);
        yield* finished;
        finished = [];
      }
      frames.pop();
    }
    yield* finished;
    finished = [];
  }
  frames.push({ isList: false, name: undefined, node: undefined, isBegun: false });
  for (const [name, value] of smallFirst(json)) yield* walk(name, value);
  turn();
  yield* finished;
}

/** A text in pieces, none of which divides a character; anything else as its text. */
function piecesOf(value: Json): string[] {
  const text = typeof value === 'string' ? value : stringifyJson(value);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    let length = atom;
    while (bytesOf(pieceAt(text, at, length)) > atom) length = Math.floor(length / 2);
    const piece = pieceAt(text, at, length);
    pieces.push(piece);
    at += piece.length;
  }
  return pieces;
}

const pieceAt = (text: string, at: number, length: number): string => {
  const splits = /[\ud800-\udbff]/.test(text[at + length - 1] ?? '') && /[\udc00-\udfff]/.test(text[at + length] ?? '');
  return text.slice(at, at + length + (splits ? 1 : 0));
};

const plain = (value: Node): Json =>
  value instanceof Map
    ? Object.fromEntries([...value].map(([name, item]) => [name, plain(item)]))
    : Array.isArray(value)
      ? value.map(plain)
      : value;

export interface Pages {
  /** The first page as text. */
  first(json: JsonObject): string;
  /** The page that a cursor names; undefined for one that is not known any more. */
  next(cursor: string): string | undefined;
}

/** Answers that are kept for their other pages: the newest few. */
export function pageStore(most = 8): Pages {
  const kept = new Map<
    string,
    { readonly parts: Generator<Part>; ahead: Part | undefined; number: number; text: string }
  >();
  const textOf = (id: string): string => {
    const one = kept.get(id);
    if (one?.ahead === undefined) throw new Error('there is no further page');
    const { json, continues } = one.ahead;
    const next = one.parts.next();
    one.ahead = next.done === true ? undefined : next.value;
    one.number += 1;
    const page: PageNote = {
      number: one.number,
      cursor: one.ahead === undefined ? null : `${id}-${one.number + 1}`,
      continues,
    };
    const isWhole = one.number === 1 && one.ahead === undefined;
    one.text = visible(stringifyJson(isWhole ? json : { ...json, page: { ...page } }));
    return one.text;
  };
  return {
    first(json) {
      const id = randomBytes(9).toString('base64url').replace(/-/g, '_');
      const parts = partsOf(json);
      const next = parts.next();
      kept.set(id, {
        parts,
        ahead: next.done === true ? { json: {}, continues: null } : next.value,
        number: 0,
        text: '',
      });
      for (const old of kept.keys()) if (kept.size > most) kept.delete(old);
      const text = textOf(id);
      if (kept.get(id)?.ahead === undefined) kept.delete(id);
      return text;
    },
    next(cursor) {
      const [id = '', number] = cursor.split('-');
      const one = kept.get(id);
      if (one === undefined) return undefined;
      if (Number(number) === one.number) return one.text;
      return Number(number) === one.number + 1 && one.ahead !== undefined ? textOf(id) : undefined;
    },
  };
}
