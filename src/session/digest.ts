// The digest of a plan: over what would be sent, where, which effects must be allowed for it, and which findings it introduces, so that an
// approval names exactly that. It proves no author.
import process from 'node:process';
import { canonicalJson, effectKey, effectsToAllow, introducedBy } from '../model/approval.ts';
import { asJson, type Json, parseJson, stringifyJson } from '../model/json.ts';
import { isOwnUndo, type Plan } from '../model/plan.ts';

/**
 * 64 hexadecimal digits. They tell other effects apart, too: whoever approves a plan has read them. The effects of an undo need no approval,
 * and may differ by then.
 */
export function planDigest(plan: Plan): string {
  if (isOwnUndo(plan)) return changesDigest(plan);
  const effects = effectsToAllow(plan).map(effectKey).toSorted();
  return changesDigest(plan, { effects, introduces: introducedBy(plan).toSorted() });
}

/** The digest of the changes alone, which version 0.1 wrote. `more`: what else the digest is over. */
export function changesDigest({ source, workspace, verb, of, steps }: Plan, more: object = {}): string {
  const sent = { source, workspace, verb, of, changes: steps.map(({ change }) => change), ...more };
  // Through text once, so that a plan in hand and the same plan from a file are alike.
  return jsonDigest(parseJson(stringifyJson(asJson(sent))));
}

/** The same of any JSON: SHA-256 over its members in the order of their names. */
export function jsonDigest(value: Json): string {
  // Loaded only here: an import costs the start of every command 15 ms.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
