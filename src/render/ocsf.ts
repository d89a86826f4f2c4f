// Findings for security data lakes: one Compliance Finding (class 2003) a line, in the Open Cybersecurity Schema Framework 1.5.0.
// A rule that a resource must meet is a compliance check; a vulnerability or a detection would claim more than the audit knows. Pure.
import type { Finding, Severity } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import { acceptedWords } from '../model/project-config.ts';
import { nameInParent, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { RuleEntry } from '../model/rule-entry.ts';
import { clean } from '../model/text.ts';
import type { AuditResult } from './audit-result.ts';
import { renderNdjson } from './json.ts';

interface OcsfInput {
  readonly findings: Iterable<Finding>;
  readonly snapshot: Pick<AuditResult['snapshot'], 'takenAt' | 'workspace'>;
}
interface OcsfAbout {
  readonly version: string;
  readonly rules: readonly RuleEntry[];
}

const ocsfVersion = '1.5.0';
const categoryUid = 2;
const classUid = 2003;
const activityId = 1;

const severities: Readonly<Record<Severity, readonly [id: number, name: string]>> = {
  critical: [5, 'Critical'],
  high: [4, 'High'],
  medium: [3, 'Medium'],
  low: [2, 'Low'],
  info: [1, 'Informational'],
};
const statuses: Readonly<Record<Finding['outcome'], readonly [id: number, name: string]>> = {
  pass: [1, 'Pass'],
  fail: [3, 'Fail'],
  unknown: [0, 'Unknown'],
  notApplicable: [99, 'Not applicable'],
};

export function* renderOcsf(input: OcsfInput, { version, rules }: OcsfAbout): Generator<string, void> {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  for (const finding of input.findings) yield renderNdjson([eventOf(finding, byId.get(finding.rule), input, version)]);
}

function eventOf(finding: Finding, rule: RuleEntry | undefined, { snapshot }: OcsfInput, version: string): JsonObject {
  const { id, rule: ruleId, title, problem, because, outcome, accepted, resource, where, rollUp } = finding;
  const time = Date.parse(snapshot.takenAt);
  const isFailing = outcome === 'fail';
  // What passes or does not apply is as grave as no finding.
  const isOpen = isFailing || outcome === 'unknown';
  const [severityId, severity] = severities[isOpen ? finding.severity : 'info'];
  const [statusId, status] = statuses[outcome];
  const subscription = subscriptionOf(resource);
  return {
    activity_id: activityId,
    activity_name: 'Create',
    category_uid: categoryUid,
    category_name: 'Findings',
    class_uid: classUid,
    class_name: 'Compliance Finding',
    type_uid: classUid * 100 + activityId,
    type_name: 'Compliance Finding: Create',
    time,
    severity_id: severityId,
    severity,
    // 1 New, 3 Suppressed (OCSF, finding).
    ...(isOpen
      ? { status_id: accepted === undefined ? 1 : 3, status: accepted === undefined ? 'New' : 'Suppressed' }
      : {}),
    message: clean(isFailing ? `${problem}. ${because}` : because, 20_000),
    ...(accepted === undefined ? {} : { comment: clean(acceptedWords(accepted), 2000) }),
    metadata: {
      version: ocsfVersion,
      profiles: ['cloud'],
      product: { name: 'Bastide', vendor_name: 'Bastide', version },
      event_code: ruleId,
      log_name: 'audit',
    },
    cloud: {
      provider: 'Azure',
      ...(subscription === undefined
        ? {}
        : { account: { uid: clean(subscription, 200), type_id: 13, type: 'Azure Subscription' } }),
    },
    compliance: {
      control: ruleId,
      desc: title,
      requirements: [title],
      standards: [`Bastide rules for Azure Machine Learning networks ${version}`],
      status_id: statusId,
      status,
    },
    finding_info: {
      uid: id,
      title: clean(isFailing ? problem : title, 200),
      desc: clean(because, 20_000),
      types: ['Network security'],
      analytic: { type_id: 1, type: 'Rule', uid: ruleId, name: title, version },
      ...(rule?.explain.links[0] === undefined ? {} : { src_url: rule.explain.links[0] }),
    },
    resources: [resource, ...(where === null ? [] : [where])].map(resourceOf),
    ...(rule === undefined ? {} : { remediation: { desc: rule.explain.fix, references: [...rule.explain.links] } }),
    unmapped: {
      workspace: snapshot.workspace === null ? null : clean(snapshot.workspace, 2000),
      fix: finding.fix.kind,
      undo: finding.fix.undo,
      roll_up: rollUp === true,
      ...(finding.location === undefined ? {} : { location: { ...finding.location } }),
    },
  };
}

const resourceOf = (id: string): JsonObject => ({
  uid: clean(id, 2000),
  name: clean(nameInParent(id), 400),
  type: clean(typeOf(id), 400),
});
