// What may be sent without a question: with `--yes` a plan has no effects beyond automatic but those that the command line allows, or
// that a person saw under the digest that is passed. Only an undo of what this history saw is exempt.
import { effectKey, effectsToAllow, introducedBy } from '../model/approval.ts';
import {
  type Effect,
  type EffectKind,
  effectFlags,
  effectKinds,
  effectLabels,
  isRisky,
  kindsOf,
  readEffectKinds,
} from '../model/effect.ts';
import { effectGroups } from '../model/effect-groups.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { isOwnUndo, type Plan } from '../model/plan.ts';
import { clean, counted } from '../model/text.ts';

/** The kinds that `--allow-effects` names. Throws Failure (exit 2) for a word that is none. */
export function allowedEffects(text: string | undefined): EffectKind[] {
  if (text === undefined) return [];
  const kinds = text.split(',').flatMap((word) => {
    const named = readEffectKinds(word);
    if (named !== undefined) return named;
    throw new Failure(
      'unknown-effect',
      exitStatus.usage,
      `${clean(word, 100)} is not a kind of effect.`,
      `Use one or more of: ${effectKinds.map((one) => effectFlags[one]).join(', ')}.`,
    );
  });
  return [...new Set(kinds)];
}

/** Kinds as the value of the flag; absent where there are none. */
export const allowing = (kinds: readonly EffectKind[]): { readonly allowEffects?: string } =>
  kinds.length === 0 ? {} : { allowEffects: kinds.map((kind) => effectFlags[kind]).join(',') };

export const notAllowed = 'effects-not-allowed';

/** The effects that must be allowed and are not. */
const refusedIn = (plan: Plan, allowed: readonly EffectKind[]): readonly Effect[] =>
  isOwnUndo(plan) ? [] : plan.effects.filter((one) => isRisky(one) && !allowed.some((kind) => kind === one.kind));

/**
 * The kinds that the approval of a plan allows of the same plan as it is computed now. Throws Failure (exit 4) where it has effects or
 * introduces findings by now that whoever approved it did not read.
 */
export function approvedKinds(plan: Plan, approved: Plan, allowed: readonly EffectKind[]): EffectKind[] {
  const read = new Set(effectsToAllow(approved).map(effectKey));
  const more = refusedIn(plan, allowed).filter((one) => !read.has(effectKey(one)));
  const introduced = introducedBy(plan).filter((id) => !introducedBy(approved).includes(id));
  const [first] = effectGroups(more);
  if (first === undefined && introduced.length === 0) return kindsOf(plan.effects.filter(isRisky));
  const says = first === undefined ? `It introduces ${introduced[0]}` : `${effectLabels[first.kind]}: ${first.text}`;
  throw new Failure(
    'effects-changed',
    exitStatus.notSent,
    `The plan has effects by now that the approved one does not have, so nothing was sent. ${says}`,
    'Read the plan again with --dry-run, and approve a new one.',
    { effects: kindsOf(more).map((kind) => effectFlags[kind]), introduces: introduced, plan },
  );
}

/**
 * Throws Failure (exit 4), with the plan, where nobody was asked and its effects are not allowed. A plan that its gates stop is refused
 * for that.
 */
export function requireAllowed(plan: Plan, allowed: readonly EffectKind[]): void {
  if (plan.gates.some(({ outcome }) => outcome === 'fail')) return;
  const refused = refusedIn(plan, allowed);
  const [first, ...more] = effectGroups(refused);
  if (first === undefined) return;
  const kinds = kindsOf(refused).map((kind) => effectFlags[kind]);
  const rest = more.length === 0 ? '' : ` And ${counted(more.length, 'more effect')}.`;
  throw new Failure(
    notAllowed,
    exitStatus.notSent,
    `--yes allows no effects by itself, so nothing was sent. ${effectLabels[first.kind]}: ${first.text}${rest}`,
    `Read the plan with --dry-run, then pass --allow-effects ${kinds.join(',')}, or apply a plan file with --digest.`,
    { effects: kinds, plan },
  );
}
