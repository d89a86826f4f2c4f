// Results as JSON and NDJSON. Azure's text is unchanged except for characters that a terminal could interpret: those are
// escaped.
import { isArray, isObject, type Json, JsonItems, type JsonObject, stringifyJson } from '../model/json.ts';
import { replaceHidden } from '../model/text.ts';

// JSON escapes C0 controls only: the others, bidirectional and invisible characters are escaped here, unit by unit.
const unit = (text: string, at: number) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
const escaped = (char: string) =>
  char === '\n' ? char : Array.from({ length: char.length }, (_, at) => unit(char, at)).join('');
/** The text of JSON with what a terminal could interpret, or not show, escaped. */
export const safeJson = (text: string) => replaceHidden(text, escaped);

/** One JSON document, ended by a line break. */
export const renderJson = (value: Json): string => [...jsonPieces(value)].join('');

/** The same in pieces, so that a long document is never in memory as a whole. */
export function* jsonPieces(value: Json): Generator<string, void> {
  yield* inPieces(partsOf(value, '', mostOpened));
  yield '\n';
}

/** Short texts as fewer long ones: each is written by itself. */
export function* inPieces(texts: Iterable<string>): Generator<string, void> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

const pieceLength = 65_536;
/** Members of members that are written one by one: an envelope, its result, the lists of that. Of long lists the items are anyway. */
const mostOpened = 3;
const isLong = (value: Json | undefined): boolean =>
  value instanceof JsonItems || (isArray(value) && value.length > 1000);

/** The texts that {@link stringifyJson} gives in one. `margin`: the blanks before the line of the value. */
function* partsOf(value: Json | undefined, margin: string, levels: number): Generator<string, void> {
  const isList = isArray(value) || value instanceof JsonItems;
  if ((levels === 0 && !isLong(value)) || !(isList || isPlainObject(value))) {
    yield safeJson(stringifyJson(value, 2)).replaceAll('\n', `\n${margin}`);
    return;
  }
  const inside = `${margin}  `;
  const [opening, closing] = isList ? '[]' : '{}';
  let before = opening;
  for (const [name, item] of isList ? unnamed(value as Iterable<Json>) : namedIn(value)) {
    yield `${before}\n${inside}${name}`;
    before = ',';
    yield* partsOf(item, inside, Math.max(0, levels - 1));
  }
  yield before === opening ? `${opening}${closing}` : `\n${margin}${closing}`;
}

function* unnamed(items: Iterable<Json>): Generator<readonly [string, Json], void> {
  for (const item of items) yield ['', item];
}
const namedIn = (value: JsonObject): (readonly [string, Json])[] =>
  Object.entries(value)
    .filter(([, item]) => isWritten(item))
    .map(([key, item]) => [`${safeJson(stringifyJson({ [key]: 0 })).slice(1, -3)}: `, item] as const);

/** What writes itself is written as one. */
const isPlainObject = (value: Json | undefined): value is JsonObject => isObject(value) && !('toJSON' in value);
/** What a value of JSON never is, and results hold now and then: JSON leaves the member out. */
const isWritten = (value: unknown): boolean =>
  value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';

/** One line for each value. */
export const renderNdjson = (values: readonly Json[]): string =>
  values.map((value) => `${safeJson(stringifyJson(value))}\n`).join('');
