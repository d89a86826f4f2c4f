// The digest of a plan: over what would be sent, where, and which kinds of effects must be allowed for it, so that an approval names
// exactly that. It proves no author.
import process from 'node:process';
import { type EffectKind, effectKinds } from '../model/effect.ts';
import { asJson, isArray, isObject, type Json, parseJson, stringifyJson } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { member, memberNames } from '../model/pointer.ts';

/**
 * 64 hexadecimal digits. Those of a fix tell other effects apart, too: whoever approves it has read them. An undo or redo is compared with
 * the history, and its effects may differ by then.
 */
export function planDigest(plan: Plan): string {
  const effects = plan.verb === 'fix' ? { effects: effectsToAllow(plan) } : {};
  return changesDigest(plan, effects);
}

/** The digest of the changes alone, which version 0.1 wrote. */
export const oldDigest = (plan: Plan): string => changesDigest(plan, {});

/** The kinds of effects that whoever approves a plan allows; of a plan from a file what is no effect is none. */
export function effectsToAllow({ effects }: { readonly effects?: unknown }): EffectKind[] {
  const told = Array.isArray(effects) ? effects.filter(isObject) : [];
  return effectKinds.filter((kind) => told.some((one) => one.kind === kind && one.automatic !== true));
}

function changesDigest({ source, workspace, verb, of, steps }: Plan, more: object): string {
  const sent = { source, workspace, verb, of, changes: steps.map(({ change }) => change), ...more };
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
