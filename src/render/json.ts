// Results as JSON and NDJSON. Azure's text is unchanged except for characters that a terminal could interpret: those are
// escaped.
import { isArray, isObject, type Json, type JsonObject, stringifyJson } from '../model/json.ts';
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
  let piece = '';
  for (const part of partsOf(value, '', mostOpened)) {
    piece += part;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}\n`;
}

const pieceLength = 65_536;
/** Members of members that are written one by one: an envelope, its result, the lists of that. */
const mostOpened = 3;

/** The texts that {@link stringifyJson} gives in one. `margin`: the blanks before the line of the value. */
function* partsOf(value: Json | undefined, margin: string, levels: number): Generator<string, void> {
  if (levels === 0 || !(isArray(value) || isPlainObject(value))) {
    yield safeJson(stringifyJson(value, 2)).replaceAll('\n', `\n${margin}`);
    return;
  }
  const inside = `${margin}  `;
  const entries = isArray(value)
    ? value.map((item) => ['', item] as const)
    : Object.entries(value)
        .filter(([, item]) => isWritten(item))
        .map(([key, item]) => [`${safeJson(stringifyJson({ [key]: 0 })).slice(1, -3)}: `, item] as const);
  const [opening, closing] = isArray(value) ? '[]' : '{}';
  if (entries.length === 0) yield `${opening}${closing}`;
  for (const [at, [name, item]] of entries.entries()) {
    yield `${at === 0 ? opening : ','}\n${inside}${name}`;
    yield* partsOf(item, inside, levels - 1);
  }
  if (entries.length > 0) yield `\n${margin}${closing}`;
}

/** What writes itself is written as one. */
const isPlainObject = (value: Json | undefined): value is JsonObject => isObject(value) && !('toJSON' in value);
/** What a value of JSON never is, and results hold now and then: JSON leaves the member out. */
const isWritten = (value: unknown): boolean =>
  value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';

/** One line for each value. */
export const renderNdjson = (values: readonly Json[]): string =>
  values.map((value) => `${safeJson(stringifyJson(value))}\n`).join('');
