// Results as JSON and NDJSON. Azure's text is unchanged except for characters that a terminal could interpret: those are
// escaped.
import { type Json, stringifyJson } from '../model/json.ts';

// JSON escapes C0 controls only, not DEL, C1, bidirectional overrides and invisible characters.
const unsafe = /[\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One JSON document, ended by a line break. */
export const renderJson = (value: Json): string => `${stringifyJson(value, 2).replace(unsafe, escaped)}\n`;

/** One line for each value. */
export const renderNdjson = (values: readonly Json[]): string =>
  values.map((value) => `${stringifyJson(value).replace(unsafe, escaped)}\n`).join('');
