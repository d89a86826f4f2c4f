// Entries as plain JSON values for the index. The exact text of numbers is packed, because the store copies values by hand
// and would lose it. Pure.
import type { Entry } from '../model/entry.ts';
import {
  isArray,
  isNumberText,
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  stringifyJson,
} from '../model/json.ts';

// A private-use name that no Azure member has.
const mark = '\uE001';

export const packEntry = (entry: Entry): unknown => pack(parseJson(stringifyJson(entry as unknown as Json)));
export const unpackEntry = (value: unknown): Entry => unpack(value as Json) as unknown as Entry;

function pack(value: Json): Json {
  if (isNumberText(value)) return { [mark]: value.rawJSON };
  if (isArray(value)) return value.map(pack);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, pack(item)]));
}

function unpack(value: Json): Json {
  if (isArray(value)) return value.map(unpack);
  if (!isObject(value)) return value;
  const number = value[mark];
  if (typeof number === 'string' && Object.keys(value).length === 1) return parseJson(number);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unpack(item)]));
}

const secrets =
  /^(account|primary|secondary|shared|access)?_?key\d?$|password|secret(value|s)?$|^sas_?token$|connectionstring/i;

/** A body without what must never be kept on disk. Bodies are evidence: an undo works from edits, never from them. */
export function withoutSecrets(body: JsonObject): JsonObject {
  const strip = (value: Json): Json => {
    if (isArray(value)) return value.map(strip);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        typeof item === 'string' && item !== '' && secrets.test(name) ? 'not kept' : strip(item),
      ]),
    );
  };
  return strip(body) as JsonObject;
}
