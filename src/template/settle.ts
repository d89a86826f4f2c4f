// Open values in the bodies of a whole set of files settled. The id of a resource and the name of a nested one equal themselves
// wherever the same parts make them, and so does a text whose only unknown is where it will be deployed: these are as good as
// known. Everything else becomes a marker with its expression.
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { memberIgnoringCase } from '../model/pointer.ts';
import { fold } from '../model/resource-id.ts';
import { unresolved } from '../model/unresolved.ts';
import { isOpen } from './values.ts';

/** `named`: ids and names of the resources in hand, in lower case. Objects without an open value stay the same object. */
export function settle(value: Json, named: ReadonlySet<string>, isName = false): Json {
  if (isOpen(value)) {
    const { text, ambient, because, $unresolved: expression } = value;
    if (typeof text === 'string' && (ambient === true || isName || isId(text) || named.has(fold(text)))) return text;
    return unresolved(`[${String(expression)}]`, String(because));
  }
  if (isArray(value)) return value.map((item) => settle(item, named));
  return isObject(value) ? settleObject(value, named) : value;
}

/** An id whose types are known, whatever its names are. */
const isId = (text: string): boolean =>
  /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?\/providers\/[^/{]+(?:\/[^/{]+\/[^/]+)+$/i.test(text);

/** A resource inside another has its own properties; a SKU, whose name is a setting, has none. */
const isNested = (object: JsonObject): boolean => memberIgnoringCase(object, 'properties') !== undefined;

export const settleObject = (object: JsonObject, named: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, settle(value, named, fold(key) === 'name' && isNested(object))]),
  );
