// Whether the gates of a fix that restricts access pass for a resource. Gates are checked as if access were restricted already, and
// a gate without a rule here blocks the fix only where it could matter.

import { architectureFor, strategyOf } from '../facts/architecture.ts';
import { isRegistry, isStorage, isVault } from '../facts/links.ts';
import { computes, roleOf, type SubnetRole } from '../facts/needs.ts';
import { memoizePerObject } from '../model/caches.ts';
import type { Finding } from '../model/finding.ts';
import { attempt } from '../model/readable.ts';
import { fold, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import type { Rule, RuleContext, Subject } from '../rules/rule.ts';
import { findingsOf, isAbout, isPassed, subjectsOf } from './check.ts';
import { notPassedOf } from './in-parts.ts';

export interface GateAnswer {
  readonly rule: string;
  readonly outcome: 'pass' | 'fail' | 'unknown';
  /** One sentence; for a failing gate the finding's own. */
  readonly detail: string;
  /** What does not pass. */
  readonly findings: readonly Finding[];
}

/** The resource that gates check before a write: for a security rule its network security group. */
export const guarded = (resource: string): string =>
  fold(typeOf(resource)) === 'microsoft.network/networksecuritygroups/securityrules'
    ? (parentId(resource) ?? resource)
    : resource;

/** The answer of one gate for one resource, or for what it is a part of. */
export function gateAnswer(gate: string, written: string, rules: readonly Rule[], context: RuleContext): GateAnswer {
  const restricted = { ...context, assumeDenyByDefault: true };
  const resource = guarded(written);
  const rule = rules.find((one) => one.id === gate);
  if (!rule) return withoutRule(gate, resource, restricted);
  const stuck = stuckBy(rule, resource, restricted);
  const [first] = stuck.toSorted((a, b) => Number(b.outcome === 'fail') - Number(a.outcome === 'fail'));
  if (!first) return { rule: gate, outcome: 'pass', detail: `${gate} passes.`, findings: [] };
  const outcome = first.outcome === 'fail' ? 'fail' : 'unknown';
  return { rule: gate, outcome, detail: `${gate}: ${first.because}`, findings: stuck };
}

/** By the id of what a finding is about, in lower case, what does not pass; what is unknown of the workspace is in each, and under ''. */
type Stuck = ReadonlyMap<string, readonly Finding[]>;
interface Asked {
  readonly rule: Rule;
  readonly subjects: readonly Subject[] | Finding;
  times: number;
  all?: Stuck;
}
const asked = new WeakMap<SnapshotIndex, Map<string, Asked>>();
/** Of tens of thousands of resources the answers take much memory: who is done with gates gives it back. */
export const dropGateAnswers = (index: SnapshotIndex): void => {
  asked.delete(index);
};
/** Asked for more resources than that, a rule is checked for all at once: anew for each they would take the square of the resources. */
const fewTimes = 8;

/** What does not pass of a rule for a resource. A plan asks for one resource of each of its many worlds. */
function stuckBy(rule: Rule, resource: string, context: RuleContext): readonly Finding[] {
  const ofIndex = asked.get(context.index) ?? new Map<string, Asked>();
  asked.set(context.index, ofIndex);
  const key = `${rule.id} ${context.profile}`;
  const before = ofIndex.get(key);
  const known = before?.rule === rule ? before : { rule, subjects: subjectsOf(rule, context), times: 0 };
  ofIndex.set(key, known);
  known.times += 1;
  const { workspace } = context.index.snapshot;
  const isOfAll = (one: Finding) => one.outcome === 'unknown' && sameId(one.resource, workspace);
  if (known.times <= fewTimes && !('outcome' in known.subjects)) {
    const { subjects } = known;
    const places = placesById(subjects);
    const near = new Set([resource, workspace ?? resource].flatMap((id) => places.get(fold(id)) ?? []));
    const at = [...near].toSorted((a, b) => a - b).flatMap((place) => subjects[place] ?? []);
    const isOpen = (outcome: Finding['outcome']) => !isPassed(outcome);
    return findingsOf(rule, context, at, isOpen).filter((one) => isOfAll(one) || isAbout(one, resource));
  }
  known.all ??= stuckOf(notPassedOf(rule, context, known.subjects), isOfAll);
  return known.all.get(fold(resource)) ?? known.all.get('') ?? [];
}

/** Where in the list each id is a subject, or its place. */
const placesById = memoizePerObject((subjects: readonly Subject[]): ReadonlyMap<string, readonly number[]> => {
  const places = new Map<string, number[]>();
  for (const [place, { resource, where }] of subjects.entries()) {
    for (const id of new Set([resource, where ?? resource].map(fold))) {
      const known = places.get(id);
      if (known === undefined) places.set(id, [place]);
      else known.push(place);
    }
  }
  return places;
});

function stuckOf(open: readonly Finding[], isOfAll: (one: Finding) => boolean): Stuck {
  const stuck = new Map<string, Finding[]>();
  const ids = new Set(['', ...open.flatMap(({ resource, where }) => [resource, where ?? resource].map(fold))]);
  for (const id of ids) stuck.set(id, []);
  for (const one of open) {
    const about = isOfAll(one) ? ids : new Set([one.resource, one.where ?? one.resource].map(fold));
    for (const id of about) stuck.get(id)?.push(one);
  }
  return stuck;
}

/** Gates of these groups apply to compute in these roles. */
const rolesBehind: Readonly<Record<string, SubnetRole>> = { aks: 'inference', databricks: 'databricks' };

function withoutRule(gate: string, resource: string, { index }: RuleContext): GateAnswer {
  const pass = { rule: gate, outcome: 'pass' as const, detail: `${gate} does not apply.`, findings: [] };
  const unknown = (detail: string) => ({ rule: gate, outcome: 'unknown' as const, detail, findings: [] });
  const role = rolesBehind[gate.split('.')[0] ?? ''];
  return attempt(
    () => {
      if (role) {
        const found = computes(index).find((one) => roleOf(one) === role);
        if (!found) return pass;
        return unknown(
          `${gate} is not available in this version, but the workspace has compute it applies to (${found.id}).`,
        );
      }
      const own = isStorage(resource) || isVault(resource) || isRegistry(resource);
      const follows = own ? strategyOf(resource, index) : architectureFor(index);
      return follows === 'service-endpoint'
        ? pass
        : unknown(`${gate} is not available in this version, but ${resource} does not use service endpoints.`);
    },
    (error) => unknown(`${gate}: ${error.gap.reason}`),
  );
}
