// Two audits of the same world by different rules: nothing changed, so that no comparison calls a finding resolved, closed or new.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { audit, withProject } from '../../src/audit/index.ts';
import { diffAudits } from '../../src/model/audit-diff.ts';
import { auditRecord, auditTrend, newSince } from '../../src/model/audit-record.ts';
import { compareReports, isFailing, laterOutcomes } from '../../src/model/compare.ts';
import { isOpen, type Report } from '../../src/model/finding.ts';
import { lastRunOf, sinceThen } from '../../src/model/last-run.ts';
import type { ProblemReport } from '../../src/model/problem.ts';
import type { ProjectConfig } from '../../src/model/project-config.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';

const areas = [...new Set(rules.map(({ id }) => `${id.split('.')[0]}.*`))];
const every = audit(worldSnapshot('mixed'), rules, 'all');
const project: ProjectConfig = {
  ...{ path: 'bastide.yaml', accepted: [], rulesOff: [], severities: {}, assumptions: {}, production: false },
};
const without = (rulesOff: readonly string[]): Report =>
  withProject(every, rules, { ...project, rulesOff }, '2026-01-01');
const withProblems = (report: Report): ProblemReport => ({ ...report, problems: [] });
const ruleOf = (id: string): string => id.split('@')[0] ?? id;

test('what one of them did not check is neither resolved nor new', () => {
  const some = fc.subarray(areas);
  fc.assert(
    fc.property(some, some, (first, second) => {
      const [before, after] = [without(first), without(second)];
      const compared = compareReports(before, after);
      expect([compared.resolved, compared.introduced]).toEqual([[], []]);
      const since = sinceThen(lastRunOf(before, '2026-01-01T00:00:00Z'), after);
      expect([since.resolved, since.introduced]).toEqual([[], []]);
      const earlier = auditRecord(withProblems(before), '2026-01-01T00:00:00Z', undefined);
      const [, point] = auditTrend([earlier, auditRecord(withProblems(after), '2026-01-01T00:00:00Z', earlier)], 'all');
      expect([point?.change?.resolved, point?.change?.introduced]).toEqual([[], []]);
      expect(after.findings.filter(newSince(earlier))).toEqual([]);
      const side = { name: 'a', kind: 'report', takenAt: null, workspace: null } as const;
      const diff = diffAudits({ ...before, side, isComplete: true }, { ...after, side, isComplete: false }, null);
      expect([diff.closed, diff.changed, diff.opened.filter(({ wasChecked }) => wasChecked !== false)]).toEqual([
        [],
        [],
        [],
      ]);
      // Each finding that one of them alone holds is told as not checked in the other.
      const only = (one: Report, other: Report) =>
        one.findings.filter((finding) => isOpen(finding) && !other.rules.includes(finding.rule)).map(({ id }) => id);
      expect((diff.notChecked ?? []).map(({ id }) => id)).toEqual(only(before, after));
      expect(diff.opened.map(({ id }) => id)).toEqual(only(after, before));
      const later = laterOutcomes(before.reading, after);
      for (const { id } of before.findings) {
        expect([id, later(id) === 'notChecked']).toEqual([id, !after.rules.includes(ruleOf(id))]);
      }
    }),
    { numRuns: 60 },
  );
});

test('every rule is one of the report, and those that are off are none', () => {
  expect(every.rules).toEqual(rules.map(({ id }) => id));
  const off = without(['storage.*']);
  expect(off.rules.some((id) => id.startsWith('storage.'))).toBe(false);
  expect(off.findings.filter(isFailing).some(({ rule }) => rule.startsWith('storage.'))).toBe(false);
});
