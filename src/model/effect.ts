// What a change means for those who use the network: who gains or loses access, what it deletes, costs or interrupts. Computed
// from the change by its resource type (resource-types/parts/change-effects.ts), never written by a rule. Pure.
import { fold } from './resource-id.ts';

/** In the order in which an operator reads them. */
export const effectKinds = ['relaxes', 'deletes', 'oneWay', 'restricts', 'costs', 'outage', 'allows'] as const;

/**
 * - `relaxes`: protection is removed: public access on, a Deny removed or narrowed, any network allowed, an NSG detached;
 * - `deletes`: a resource that Bastide did not create is deleted;
 * - `oneWay`: an undo restores only a part, or nothing;
 * - `restricts`: a named source loses access;
 * - `costs`: it is billed from then on;
 * - `outage`: recreation, restart, or a documented loss of service;
 * - `allows`: a named source gains access to a named target.
 */
export type EffectKind = (typeof effectKinds)[number];

export interface Effect {
  readonly kind: EffectKind;
  /** Id of the resource that the change writes. */
  readonly resource: string;
  /** One sentence: who or what, by name and number. */
  readonly detail: string;
  /** Who gains or loses, or what is deleted or billed: an id, a prefix, a service tag, or a few words. */
  readonly subject: string;
  /** Deny rules that Bastide did not create and that an Allow rule overrides. */
  readonly overrides?: OverriddenRules;
}

export interface OverriddenRules {
  /** Names of the rules, in the order in which they are evaluated. */
  readonly rules: readonly string[];
  /** Together they deny `*`, `Internet`, or half of IPv4 or more on the ports that are allowed. */
  readonly wide: boolean;
}

export const effectLabels: Readonly<Record<EffectKind, string>> = {
  relaxes: 'Relaxes',
  deletes: 'Deletes',
  oneWay: 'One-way',
  restricts: 'Restricts',
  costs: 'Costs',
  outage: 'Outage',
  allows: 'Allows',
};

/** The kinds as values of `--allow-effects`. */
export const effectFlags: Readonly<Record<EffectKind, string>> = {
  relaxes: 'relaxes',
  deletes: 'deletes',
  oneWay: 'one-way',
  restricts: 'restricts',
  costs: 'costs',
  outage: 'outage',
  allows: 'allows',
};

/** What an automatic fix may do without being asked for by name. */
export const isAutomatic = ({ kind }: Pick<Effect, 'kind'>): boolean => kind === 'allows' || kind === 'restricts';

/** Must an operator select a step with this effect? */
export const isRisky = (effect: Effect): boolean => !isAutomatic(effect) || effect.overrides !== undefined;

/** The kinds that `--all` leaves out unless they are allowed. */
export const guardedKinds: readonly EffectKind[] = effectKinds.filter((kind) => !isAutomatic({ kind }));

/** The kind of a flag's word; `one-way` and `oneWay` both read. Undefined for anything else. */
export function readEffectKind(text: string): EffectKind | undefined {
  const wanted = fold(text.trim()).replaceAll('-', '');
  return effectKinds.find((kind) => fold(kind) === wanted);
}

/** By kind, otherwise in the order given; the same effect once. */
export function gatheredEffects(effects: readonly Effect[]): Effect[] {
  const once = new Map(effects.map((one) => [`${one.kind} ${fold(one.resource)} ${one.detail}`, one]));
  return [...once.values()].toSorted((a, b) => effectKinds.indexOf(a.kind) - effectKinds.indexOf(b.kind));
}

/** The kinds among them, in order. */
export const kindsOf = (effects: readonly Effect[]): EffectKind[] =>
  effectKinds.filter((kind) => effects.some((one) => one.kind === kind));
