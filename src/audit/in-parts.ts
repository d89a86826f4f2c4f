// The audit of very many resources: some of them at a time by every rule, after which what was computed for them is dropped. Without
// that the caches take several times the memory of the resources.
import { dropCaches } from '../model/caches.ts';
import type { Finding } from '../model/finding.ts';
import { fold } from '../model/resource-id.ts';
import type { Rule, RuleContext, Subject } from '../rules/rule.ts';
import { findingsOf, isPassed, subjectsOf } from './check.ts';

/** What one rule is checked for in a part. */
interface RuleShare {
  readonly rule: Rule;
  readonly subjects: Subject[] | Finding;
}

/** The findings of the rules, for `size` resources at a time; all of one resource are in one part. */
export function* findingsInParts(
  rules: readonly Rule[],
  context: RuleContext,
  size: number,
): Generator<readonly Finding[], void> {
  const parts = sharesOf(rules, context, size);
  // Each is dropped once it is checked.
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    yield part.flatMap(({ rule, subjects }) => findingsOf(rule, context, subjects));
    dropCaches();
  }
}

/** The findings of a rule, `size` resources at a time in the order of their ids; with those of `beside` for the same resources. */
export function* findingsByResource(
  rule: Rule,
  beside: readonly Rule[],
  context: RuleContext,
  size: number,
): Generator<readonly Finding[], void> {
  const given = subjectsOf(rule, context);
  if ('outcome' in given) {
    yield findingsOf(rule, context, given);
    return;
  }
  const byResource = (subjects: readonly Subject[]) => Map.groupBy(subjects, ({ resource }) => fold(resource));
  const others = beside.map((one) => {
    const subjects = subjectsOf(one, context);
    return [one, 'outcome' in subjects ? new Map<string, Subject[]>() : byResource(subjects)] as const;
  });
  const own = byResource(given);
  const resources = [...own.keys()].toSorted();
  for (let from = 0; from < resources.length; from += size) {
    const part = resources.slice(from, from + size);
    const of = (subjects: ReadonlyMap<string, Subject[]>) => part.flatMap((resource) => subjects.get(resource) ?? []);
    yield [
      ...findingsOf(rule, context, of(own)),
      ...others.flatMap(([one, subjects]) => findingsOf(one, context, of(subjects))),
    ];
    dropCaches();
  }
}

/** In subjects of one rule. */
const mostSubjects = 1000;

/** The findings of a rule that do not pass. */
export function notPassedOf(
  rule: Rule,
  context: RuleContext,
  given: readonly Subject[] | Finding = subjectsOf(rule, context),
): readonly Finding[] {
  const isOpen = (outcome: Finding['outcome']) => !isPassed(outcome);
  if ('outcome' in given || given.length <= mostSubjects) return findingsOf(rule, context, given, isOpen);
  const found = new Map<string, Finding>();
  for (let from = 0; from < given.length; from += mostSubjects) {
    const part = given.slice(from, from + mostSubjects);
    for (const one of findingsOf(rule, context, part, isOpen)) if (!found.has(one.id)) found.set(one.id, one);
    dropCaches();
  }
  return [...found.values()];
}

function sharesOf(rules: readonly Rule[], context: RuleContext, size: number): (readonly RuleShare[])[] {
  const parts: RuleShare[][] = [];
  const known = new Map<string, { readonly part: RuleShare[]; readonly whole: Subject }>();
  /** The part of a resource: the newest, where it is in none. `whole`: the subject of all rules that are about it alone. */
  const of = (resource: string) => {
    const key = fold(resource);
    const there = known.get(key);
    if (there !== undefined) return there;
    if (known.size % size === 0) parts.push([]);
    const made = { part: parts.at(-1) ?? [], whole: { resource } };
    known.set(key, made);
    return made;
  };
  const shared = (subject: Subject): Subject => {
    const { whole } = of(subject.resource);
    return subject.where === undefined && subject.unread === undefined && subject.resource === whole.resource
      ? whole
      : subject;
  };
  for (const rule of rules) {
    const given = subjectsOf(rule, context);
    if ('outcome' in given) of(given.resource).part.push({ rule, subjects: given });
    else {
      for (const [part, subjects] of Map.groupBy(given.map(shared), ({ resource }) => of(resource).part))
        part.push({ rule, subjects });
      if (given.length > mostSubjects) dropCaches();
    }
  }
  return parts;
}
