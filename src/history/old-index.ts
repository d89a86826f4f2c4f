// The history as versions before the journal kept it: one JSON file with all entries. It is only read.
import type { Entry } from '../model/entry.ts';
import { isArray, isObject, type Json, parseJson } from '../model/json.ts';
import { misfitOfEntries } from './schema.ts';

/** The entries of such a file, or what is wrong with it. */
export function readOldIndex(text: string): readonly Entry[] | string {
  let json: Json;
  try {
    json = parseJson(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!isObject(json) || !isArray(json.entries)) return 'it holds no entries';
  const entries = json.entries.map((entry) => unpackEntry(isObject(entry) ? { rehearsal: null, ...entry } : entry));
  const misfit = misfitOfEntries({ entries });
  return misfit === undefined ? entries : `${misfit} is not valid`;
}

// Older versions packed the exact text of a number into an object with this private-use name, which no Azure member has.
const mark = '\uE001';

const unpackEntry = (value: Json): Entry => unpack(value) as unknown as Entry;

function unpack(value: Json): Json {
  if (isArray(value)) return value.map(unpack);
  if (!isObject(value)) return value;
  const number = value[mark];
  if (typeof number === 'string' && Object.keys(value).length === 1) return parseJson(number);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unpack(item)]));
}
