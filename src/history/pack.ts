// Entries as plain JSON values for the index. The exact text of numbers is packed, because the store copies values by hand
// and would lose it. Pure.
import type { Entry } from '../model/entry.ts';
import { isArray, isNumberText, isObject, type Json, parseJson, stringifyJson } from '../model/json.ts';
import { withoutSecrets } from '../model/secrets.ts';

// A private-use name that no Azure member has.
const mark = '\uE001';

export const packEntry = (entry: Entry): unknown =>
  pack(withoutSecrets(parseJson(stringifyJson(entry as unknown as Json))));
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
