// Whether the gates of a fix that restricts access pass for a resource. Gates are checked as if access were restricted already, and
// a gate without a rule here blocks the fix only where it could matter.

import { architectureFor, strategyOf } from '../facts/architecture.ts';
import { isRegistry, isStorage, isVault } from '../facts/links.ts';
import { computes, roleOf, type SubnetRole } from '../facts/needs.ts';
import type { Finding } from '../model/finding.ts';
import { attempt } from '../model/readable.ts';
import { fold, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import type { Rule, RuleContext } from '../rules/rule.ts';
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
  const all = stuckBy(rule, restricted);
  const stuck = all.get(fold(resource)) ?? all.get('') ?? [];
  const [first] = stuck.toSorted((a, b) => Number(b.outcome === 'fail') - Number(a.outcome === 'fail'));
  if (!first) return { rule: gate, outcome: 'pass', detail: `${gate} passes.`, findings: [] };
  const outcome = first.outcome === 'fail' ? 'fail' : 'unknown';
  return { rule: gate, outcome, detail: `${gate}: ${first.because}`, findings: stuck };
}

const answered = new WeakMap<SnapshotIndex, Map<string, { readonly rule: Rule; readonly stuck: Stuck }>>();
/** By the id of what a finding is about, in lower case, what does not pass; what is unknown of the workspace is in each, and under ''. */
type Stuck = ReadonlyMap<string, readonly Finding[]>;

/** A rule's findings serve all that its gate is asked for: asked anew for each, they would take the square of the resources. */
function stuckBy(rule: Rule, context: RuleContext): Stuck {
  const ofIndex = answered.get(context.index) ?? new Map<string, { readonly rule: Rule; readonly stuck: Stuck }>();
  answered.set(context.index, ofIndex);
  const key = `${rule.id} ${context.profile}`;
  const known = ofIndex.get(key);
  if (known?.rule === rule) return known.stuck;
  const { workspace } = context.index.snapshot;
  const stuck = new Map<string, Finding[]>();
  const open = notPassedOf(rule, context);
  const ids = new Set(['', ...open.flatMap(({ resource, where }) => [resource, where ?? resource].map(fold))]);
  for (const id of ids) stuck.set(id, []);
  for (const one of open) {
    const isOfAll = one.outcome === 'unknown' && sameId(one.resource, workspace);
    const about = isOfAll ? ids : new Set([one.resource, one.where ?? one.resource].map(fold));
    for (const id of about) stuck.get(id)?.push(one);
  }
  ofIndex.set(key, { rule, stuck });
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
