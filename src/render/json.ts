// Results as JSON and NDJSON. Azure's text is unchanged except for characters that a terminal could interpret: those are
// escaped.
import { type Json, stringifyJson } from '../model/json.ts';
import { replaceHidden } from '../model/text.ts';

// JSON escapes C0 controls only: the others, bidirectional and invisible characters are escaped here, unit by unit.
const unit = (text: string, at: number) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
const escaped = (char: string) =>
  char === '\n' ? char : Array.from({ length: char.length }, (_, at) => unit(char, at)).join('');
/** The text of JSON with what a terminal could interpret, or not show, escaped. */
export const safeJson = (text: string) => replaceHidden(text, escaped);

/** One JSON document, ended by a line break. */
export const renderJson = (value: Json): string => `${safeJson(stringifyJson(value, 2))}\n`;

/** One line for each value. */
export const renderNdjson = (values: readonly Json[]): string =>
  values.map((value) => `${safeJson(stringifyJson(value))}\n`).join('');
