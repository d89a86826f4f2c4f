// Open values in the bodies of a whole set of files settled: a text that names a resource of the set, or whose only unknown is
// where it will be deployed, is as good as known; everything else becomes a marker with its expression.
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { fold } from '../model/resource-id.ts';
import { unresolved } from '../model/unresolved.ts';
import { isOpen } from './values.ts';

/** `named`: ids and names of the resources in hand, in lower case. Objects without an open value stay the same object. */
export function settle(value: Json, named: ReadonlySet<string>): Json {
  if (isOpen(value)) {
    const { text, ambient, because, $unresolved: expression } = value;
    if (typeof text === 'string' && (ambient === true || named.has(fold(text)))) return text;
    return unresolved(`[${String(expression)}]`, String(because));
  }
  if (isArray(value)) return value.map((item) => settle(item, named));
  return isObject(value) ? settleObject(value, named) : value;
}

export const settleObject = (object: JsonObject, named: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, settle(value, named)]));
