// The digest of a plan: over what would be sent and where, and nothing else, so that an approval names exactly that. It proves no
// author.
import process from 'node:process';
import { asJson, isArray, isObject, type Json, parseJson, stringifyJson } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { member, memberNames } from '../model/pointer.ts';

/** 64 hexadecimal digits. */
export function planDigest({ source, workspace, verb, of, steps }: Plan): string {
  const sent = { source, workspace, verb, of, changes: steps.map(({ change }) => change) };
  // Through text once, so that a plan in hand and the same plan from a file are alike.
  return jsonDigest(parseJson(stringifyJson(asJson(sent))));
}

/** The same of any JSON: SHA-256 over its members in the order of their names. */
export function jsonDigest(value: Json): string {
  // Loaded only here: an import costs the start of every command 15 ms.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** JSON text with members in the order of their names, and numbers in their own text. */
function canonical(value: Json): string {
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return stringifyJson(value);
  const names = memberNames(value).toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(member(value, name) ?? null)}`).join(',')}}`;
}
