// Whether the gates of a fix that restricts access pass for a resource. Gates are checked as if access were restricted already, and
// a gate without a rule here blocks the fix only where it could matter.

import { architectureFor, strategyOf } from '../facts/architecture.ts';
import { isRegistry, isStorage, isVault } from '../facts/links.ts';
import { computes, roleOf, type SubnetRole } from '../facts/needs.ts';
import type { Finding } from '../model/finding.ts';
import { attempt } from '../model/readable.ts';
import { fold, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { Rule, RuleContext } from '../rules/rule.ts';
import { findingsOf, isAbout, isPassed } from './check.ts';

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
  const { workspace } = context.index.snapshot;
  const findings = findingsOf(rule, restricted).filter(
    (one) => isAbout(one, resource) || (one.outcome === 'unknown' && sameId(one.resource, workspace)),
  );
  const stuck = findings.filter((one) => !isPassed(one.outcome));
  const [first] = stuck.toSorted((a, b) => Number(b.outcome === 'fail') - Number(a.outcome === 'fail'));
  if (!first) return { rule: gate, outcome: 'pass', detail: `${gate} passes.`, findings: [] };
  const outcome = first.outcome === 'fail' ? 'fail' : 'unknown';
  return { rule: gate, outcome, detail: `${gate}: ${first.because}`, findings: stuck };
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
