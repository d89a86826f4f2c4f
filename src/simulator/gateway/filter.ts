// The little of OData's $filter that clients of ARM send: equalities joined by `and`, and `atScope()`.
import { fold } from './address.ts';

/** Folded member names with the values they must equal. */
export function equalities(filter: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name, value] of (filter ?? '').matchAll(/([A-Za-z/]+)\s+eq\s+'((?:[^']|'')*)'/g)) {
    if (name !== undefined && value !== undefined) found.set(fold(name), value.replaceAll("''", "'"));
  }
  return found;
}

export function isAtScope(filter: string | undefined): boolean {
  return /\batScope\(\)/i.test(filter ?? '');
}
