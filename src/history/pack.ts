// What older versions packed into the values they kept. Pure.
import type { Entry } from '../model/entry.ts';
import { isArray, isObject, type Json, parseJson } from '../model/json.ts';

// Older versions packed the exact text of a number into an object with this private-use name, which no Azure member has.
const mark = '\uE001';

export const unpackEntry = (value: Json): Entry => unpack(value) as unknown as Entry;

function unpack(value: Json): Json {
  if (isArray(value)) return value.map(unpack);
  if (!isObject(value)) return value;
  const number = value[mark];
  if (typeof number === 'string' && Object.keys(value).length === 1) return parseJson(number);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unpack(item)]));
}
