// What the approval of a plan covers: each effect that must be allowed, and each finding that it introduces. Of a plan from a file as
// well, which may hold anything.
import { effectKinds } from './effect.ts';
import { asJson, isArray, isObject, type Json, type JsonObject, stringifyJson } from './json.ts';
import { member, memberNames } from './pointer.ts';

/** The effects that whoever approves a plan allows; of a plan from a file what is no effect is none. */
export function effectsToAllow({ effects }: { readonly effects?: unknown }): JsonObject[] {
  const told = Array.isArray(effects) ? effects.filter(isObject) : [];
  return told.filter((one) => effectKinds.some((kind) => one.kind === kind) && one.automatic !== true);
}

/** Findings that a plan introduces, of one from a file as well. */
export function introducedBy({ preview }: { readonly preview?: unknown }): string[] {
  const ids = isObject(preview) ? preview.introduces : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** What tells one effect from another: whose packets and which, not how a place is called or how many machines it has by now. */
export const effectKey = (effect: object): string => {
  const { kind = null, reason = null, resource = null, data = null } = asJson(effect) as JsonObject;
  return canonicalJson({ kind, reason, resource, data: isObject(data) ? lasting(data) : data });
};
const passing = ['certain', 'sample'];
const lasting = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !passing.includes(name) && !(name === 'name' && typeof value.id === 'string'))
      .map(([name, inner]) => [name, isObject(inner) ? lasting(inner) : inner]),
  );

/** JSON text with members in the order of their names, and numbers in their own text. */
export function canonicalJson(value: Json): string {
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return stringifyJson(value);
  const names = memberNames(value).toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(member(value, name) ?? null)}`).join(',')}}`;
}

/** Why a plan cannot be applied with a code. `used`: it was handed out to be applied; `void`: after too many wrong codes. */
export type Unconfirmed = 'unknown' | 'waiting' | 'expired' | 'used' | 'void';

/** What a code is good for: the plan, once; or why not, and when that came about. After the last wrong code the confirmation is void. */
export type Redeemed =
  | { readonly state: 'plan'; readonly plan: string }
  | { readonly state: 'not-confirmed'; readonly why: Unconfirmed; readonly at: string | null }
  | { readonly state: 'wrong-code'; readonly left: number };
