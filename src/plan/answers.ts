// Whether a request means something here: answers that no selected rule has, values that no fix takes, rules that apply to nothing. An
// answer that is not understood must not be passed over: without it the fix is another one. Pure.
import { audit, findingsByTarget, isAbout } from '../audit/index.ts';
import type { Finding } from '../model/finding.ts';
import { readNeed } from '../model/plan-need.ts';
import { fold } from '../model/resource-id.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import type { AnswerValues, Proposal, Rule } from '../rules/rule.ts';
import { dependantsAnswer } from './dependants.ts';
import type { PlanInput } from './request.ts';
import { isByAddress, proposalsOf, ruleContextOf } from './targets.ts';

/** An answer with its values, or with what a free value is. */
export interface KnownAnswer {
  readonly name: string;
  readonly values: AnswerValues;
}

export type RefusedAnswer =
  /** No selected rule has it. */
  | { readonly reason: 'unknown-name'; readonly name: string; readonly known: readonly KnownAnswer[] }
  /** It is none of its values; `says`: the sentence of the fix, where only the fix can tell. */
  | {
      readonly reason: 'unknown-value';
      readonly name: string;
      readonly value: string;
      readonly valid: readonly string[];
      readonly says: string | null;
    };

export interface RequestCheck {
  readonly refused: readonly RefusedAnswer[];
  /** Names of answers that nothing here needs. */
  readonly unused: readonly string[];
  /** Targets that name a rule which applies to nothing here. */
  readonly idle: readonly string[];
}

/** Throws Failure (exit 2) for a target that is neither a finding nor a rule. */
export function checkRequest(input: PlanInput): RequestCheck {
  const { request, rules, snapshot } = input;
  const { findings } = input.report ?? audit(snapshot, rules, request.profile);
  const byTarget = new Map(
    request.targets === 'all'
      ? []
      : request.targets.map((target) => [target, findingsByTarget({ findings }, rules, target)] as const),
  );
  const meant = request.targets === 'all' ? findings : [...new Set([...byTarget.values()].flat())];
  const own = meant.filter((one) => request.resource === undefined || isAbout(one, request.resource));
  const selected = request.targets === 'all' ? rules : selectedRules(rules, byTarget);
  const failing = own.filter(({ outcome }) => outcome === 'fail');
  const index = indexSnapshot(snapshot);
  const refused: RefusedAnswer[] = [];
  const unused: string[] = [];
  for (const [name, value] of Object.entries(request.answers)) {
    const refusal = refusedBy(name, value, selected) ?? refusedByFixes(name, failing, index, input);
    if (refusal === 'unused') unused.push(name);
    else if (refusal !== null) refused.push(refusal);
  }
  // An address that is named is allowed whatever the finding is; what another fix needs first may apply by then.
  const needed = rules.flatMap((rule) => (failing.some((one) => one.rule === rule.id) ? rule.gates : []));
  const active = new Set([...needed, ...rules.flatMap((rule) => (isByAddress(rule, request) ? [rule.id] : []))]);
  const isIdle = (of: readonly Finding[]) =>
    of.every(({ outcome, rule }) => outcome === 'notApplicable' && !active.has(rule));
  return { refused, unused, idle: [...byTarget].flatMap(([target, of]) => (isIdle(of) ? [target] : [])) };
}

/** The rules that the targets name, and those that their fixes bring along. */
function selectedRules(rules: readonly Rule[], byTarget: ReadonlyMap<string, readonly Finding[]>): readonly Rule[] {
  const ids = new Set([...byTarget].flatMap(([target, of]) => [fold(target.trim()), ...of.map(({ rule }) => rule)]));
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  // A set that grows while it is walked.
  for (const id of ids) {
    const rule = known.get(id);
    for (const other of [...(rule?.gates ?? []), ...(rule?.carries ?? [])]) ids.add(other);
  }
  return rules.filter(({ id }) => ids.has(id));
}

/** What a plan asks besides its rules: whether it may cut off what depends on a service that it closes. */
const mayClose = ({ gates, about }: Rule): boolean => gates.length > 0 || closable.test(about);
const closable = /\/(?:storageAccounts|vaults|registries)$/i;

/** Every answer that these rules have, each once. */
export function answersOf(rules: readonly Rule[]): KnownAnswer[] {
  const all: KnownAnswer[] = [
    ...rules.flatMap(({ answers = {} }) => Object.entries(answers).map(([name, values]) => ({ name, values }))),
    ...(rules.some(mayClose) ? [{ name: dependantsAnswer, values: ['yes'] }] : []),
  ];
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, alike]) => {
    const free = alike.map(({ values }) => values).find((values) => typeof values === 'string');
    const listed = alike.flatMap(({ values }) => (typeof values === 'string' ? [] : values));
    return { name, values: free ?? [...new Set(listed)] };
  });
}

function refusedBy(name: string, value: string, rules: readonly Rule[]): RefusedAnswer | null {
  const known = answersOf(rules);
  const found = known.find((one) => one.name === name);
  if (found === undefined) return { reason: 'unknown-name', name, known: known.flatMap(withoutFormer) };
  const { values } = found;
  if (typeof values === 'string' || values.some((one) => fold(one) === fold(value.trim()))) return null;
  return { reason: 'unknown-value', name, value, valid: values.filter((one) => !isFormer(name, one)), says: null };
}

/** Values that are taken and not named: former spellings of `action`, as values of `way`, and what is told without an answer. */
const formerValues: Readonly<Record<string, readonly string[]>> = { way: ['admit', 'recreate'], action: ['recreate'] };
const isFormer = (name: string, value: string): boolean => formerValues[name]?.includes(value) === true;

function withoutFormer({ name, values }: KnownAnswer): KnownAnswer[] {
  if (typeof values === 'string') return [{ name, values }];
  const named = values.filter((one) => !isFormer(name, one));
  return named.length === 0 ? [] : [{ name, values: named }];
}

/** Whether a fix takes the value: what it gives with it, compared with what it gives without. */
function refusedByFixes(
  name: string,
  failing: readonly Finding[],
  index: SnapshotIndex,
  input: PlanInput,
): RefusedAnswer | 'unused' | null {
  const { answers } = input.request;
  if (name === dependantsAnswer) return null;
  const { [name]: value = '', ...others } = answers;
  let says: string | null = null;
  for (const finding of failing) {
    const rule = input.rules.find(({ id }) => id === finding.rule);
    const values = rule?.answers?.[name];
    if (rule?.fix === undefined || values === undefined) continue;
    // A value of another rule is not meant for this one.
    if (typeof values !== 'string' && !values.some((one) => fold(one) === fold(value.trim()))) continue;
    const fixWith = (given: Readonly<Record<string, string>>) => {
      const target = { finding, rule, answers: [given], woken: false, broughtFor: [] };
      return proposalsOf(target, ruleContextOf(target, index, input));
    };
    const verdict = taken(name, fixWith(answers), fixWith(others));
    if (verdict === 'taken') return null;
    if (verdict !== 'unused') says ??= verdict.says;
  }
  return says === null ? 'unused' : { reason: 'unknown-value', name, value, valid: [], says };
}

type Fixed = readonly Proposal[] | string;

/**
 * A fix that asks for an answer asks again where it cannot be used; of one that it does not ask for, it says so in place of what it
 * would do.
 */
function taken(name: string, given: Fixed, without: Fixed): 'taken' | 'unused' | { readonly says: string } {
  const isSame = JSON.stringify(given) === JSON.stringify(without);
  if (typeof given !== 'string') return isSame ? 'unused' : 'taken';
  const asks = asksFor(given);
  if (asks.includes(name)) return { says: given };
  // Another question comes before it, or next; or it cannot be done for another reason.
  if (asks.length > 0 || asksFor(without).includes(name)) return 'taken';
  return isSame ? 'unused' : { says: given };
}

function asksFor(fixed: Fixed): readonly string[] {
  const need = typeof fixed === 'string' ? readNeed(fixed) : null;
  return need === null ? [] : need.kind === 'text' ? [need.name] : need.options.map((one) => one.name);
}
