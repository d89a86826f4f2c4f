// The history as versions before the journal kept it: one JSON file with all entries. It is only read.
import type { Entry } from '../model/entry.ts';
import { isArray, isObject, type Json, parseJson } from '../model/json.ts';
import { unpackEntry } from './pack.ts';
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
