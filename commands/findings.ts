// `findings`: the audit's findings, narrowed down.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { severities } from '../src/model/finding.ts';
import { nearest } from '../src/model/nearest.ts';
import { nameOf, sameId } from '../src/model/resource-id.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { isAtLeast } from '../src/render/audit-result.ts';
import { findingLines } from '../src/render/audit-text.ts';
import { projectLines } from '../src/render/project-text.ts';
import { findingDocuments } from './parts/documents.ts';
import { scanAndJudge } from './parts/judge.ts';
import { requireKnown, subjectsOf } from './parts/selection.ts';

const outcomes = ['fail', 'unknown', 'pass', 'notApplicable'] as const;

export const findings = defineCommand({
  name: 'findings',
  summary: 'List findings by severity, outcome, rule or resource',
  args: z.object({
    severity: flag(z.optional(z.enum(severities)), 'this severity and higher'),
    outcome: flag(z._default(z.array(z.enum(outcomes)), ['fail', 'unknown']), 'these outcomes; repeatable'),
    rule: flag(z._default(z.array(z.string()), []), 'these rules, or a rule area such as storage; repeatable', {
      value: 'RULE',
      of: 'rule',
    }),
    resource: flag(z.optional(z.string()), 'only of this resource', { value: 'ID|NAME', of: 'resource' }),
    fixable: flag(z._default(z.boolean(), false), 'only findings that Bastide can fix'),
  }),
  effect: 'read',
  examples: [
    { line: 'findings --severity high', says: 'High and critical findings only' },
    { line: 'findings --rule storage --fixable', says: 'Fixable findings of storage accounts' },
    { line: 'findings --outcome pass', says: 'Passing checks' },
  ],
  async *run(context, { severity, outcome, rule, resource, fixable }) {
    for (const wanted of rule)
      checkRule(
        wanted,
        context.rules.map((entry) => entry.id),
      );
    const { snapshot, report } = yield* scanAndJudge(context);
    if (resource !== undefined) requireKnown([resource], [snapshot], () => subjectsOf(report.findings));
    const about = (id: string) => resource === undefined || sameId(id, resource) || sameId(nameOf(id), resource);
    const kept = report.findings.filter(
      (finding) =>
        outcome.includes(finding.outcome) &&
        (severity === undefined || isAtLeast(finding.severity, severity)) &&
        (rule.length === 0 ||
          rule.some((wanted) => finding.rule === wanted || finding.rule.startsWith(`${wanted}.`))) &&
        (about(finding.resource) || (finding.where !== null && about(finding.where))) &&
        (!fixable || finding.fix.kind !== 'none'),
    );
    return { snapshot, findings: kept, ...(report.project === undefined ? {} : { config: report.project }) };
  },
  text: ({ findings: kept, config }) => [
    ...projectLines(config),
    ...(kept.length === 0 ? [line('No findings match.')] : kept.flatMap(findingLines)),
  ],
  ...findingDocuments,
});

function checkRule(wanted: string, ids: readonly string[]): void {
  if (ids.some((id) => id === wanted || id.startsWith(`${wanted}.`))) return;
  const near = nearest(wanted, [...ids, ...new Set(ids.map((id) => id.split('.')[0] ?? id))]);
  throw new Failure(
    'unknown-rule',
    exitStatus.usage,
    `Unknown rule: ${clean(wanted, 100)}.`,
    near === undefined ? 'Run `bastide explain` for the list.' : `Did you mean ${near}?`,
  );
}
