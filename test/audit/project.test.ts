// What `bastide.yaml` makes of a report: numbers, problems and plans agree on what is accepted, and nothing is hidden.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgementExit } from '../../commands/parts/judge.ts';
import { audit } from '../../src/audit/index.ts';
import { type Finding, isAccepted, isAutoFixable, isCounted, isRollUp } from '../../src/model/finding.ts';
import { isPromised, problemNumbers } from '../../src/model/problem.ts';
import type { Acceptance, ProjectConfig } from '../../src/model/project-config.ts';
import { sameId } from '../../src/model/resource-id.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { reporter } from '../../src/session/report.ts';
import { worldSnapshot } from '../plan/worlds.ts';

const snapshot = worldSnapshot('mixed');
const now = () => new Date('2026-11-28T23:59:00Z');
const config = (change: Partial<ProjectConfig>): ProjectConfig => ({
  ...{ path: 'bastide.yaml', accepted: [], rulesOff: [], severities: {}, assumptions: {}, production: false },
  ...change,
});
const accepting = (finding: string, until: string | null = null): Acceptance => ({
  finding,
  reason: 'r',
  by: null,
  until,
});
const of = (change: Partial<ProjectConfig>, isWanted?: (finding: Finding) => boolean) =>
  reporter({ rules, now, project: () => config(change) }).report(snapshot, 'all', isWanted);
const plain = reporter({ rules, now }).report(snapshot, 'all');
const failing = plain.findings.filter(({ outcome }) => outcome === 'fail');
const counted = failing.filter(isCounted);

describe('accepted findings', () => {
  test('stay in the report, are counted apart, and have problems of their own', () => {
    fc.assert(
      fc.property(fc.subarray(counted, { minLength: 1 }), (some) => {
        const report = of({ accepted: some.map(({ id }) => accepting(id)) });
        const ids = new Set(some.map(({ id }) => id));
        expect(report.findings.map(({ id }) => id)).toEqual(plain.findings.map(({ id }) => id));
        expect(report.summary.fail + report.summary.accepted).toBe(plain.summary.fail);
        expect(report.summary.accepted).toBe(some.length);
        expect(report.project).toMatchObject({ accepted: some.length, rulesOff: 0, expired: [], unused: [] });
        // Each failing finding is in one problem, and none is with what is accepted and what is not.
        const fixed = report.problems.filter(({ kind }) => kind !== 'unreadable');
        const placed = fixed.flatMap(({ findings }) => findings);
        expect([...placed].toSorted()).toEqual(counted.map(({ id }) => id).toSorted());
        for (const { findings, accepted } of fixed) {
          expect(new Set(findings.map((id) => ids.has(id)))).toEqual(new Set([accepted !== null]));
        }
        expect(new Set(report.problems.map(({ id }) => id)).size).toBe(report.problems.length);
        // A roll-up is accepted with everything that it repeats.
        const left = report.findings.filter((one) => one.outcome === 'fail' && !isAccepted(one));
        const limit = judgementExit({ findings: report.findings }, 'info');
        // What could not be read is not accepted.
        expect(limit).toBe(some.length === counted.length ? 3 : 1);
        if (some.length === counted.length) expect(left).toEqual([]);
      }),
      { numRuns: 25, examples: [[counted]] },
    );
  });

  test('no plan of all fixes serves them, the numbers of both agree, and naming one plans it', () => {
    const auto = counted.filter(isAutoFixable);
    fc.assert(
      fc.property(fc.subarray(auto, { minLength: 1 }), (some) => {
        const accepted = some.map(({ id }) => accepting(id));
        const project = config({ accepted });
        const { report, leftOut } = reporter({ rules, now, project: () => project });
        const request = { answers: {}, ips: [], profile: 'all' as const };
        const plan = buildPlan({ snapshot, rules, id: 'p', leftOut, request: { ...request, targets: 'all' } });
        const ids = new Set(some.map(({ id }) => id));
        expect(plan.steps.flatMap(({ findings }) => findings).filter((id) => ids.has(id))).toEqual([]);
        const { problems } = report(snapshot, 'all');
        const promised = problems.filter(isPromised);
        const gone = new Set(plan.preview.resolves);
        expect(promised.filter(({ findings }) => !findings.every((id) => gone.has(id))).map(({ id }) => id)).toEqual(
          [],
        );
        expect(problemNumbers(problems, plan.preview.resolves).failing).toBe(
          problems.filter((one) => one.accepted === null && one.kind !== 'unreadable').length,
        );
        for (const id of [...ids].filter((one) => !gone.has(one))) {
          expect(plan.skipped.find(({ finding }) => finding === id)?.reason).toBe('Accepted in bastide.yaml: r');
        }
        const [first = ''] = ids;
        const named = buildPlan({ snapshot, rules, id: 'p', leftOut, request: { ...request, targets: [first] } });
        expect(named.steps.length).toBeGreaterThan(0);
      }),
      { numRuns: 4 },
    );
  });

  test('no roll-up does what is accepted', () => {
    const { id, resource } = counted.find(({ rule }) => rule === 'storage.default-action-deny') ?? {
      id: '',
      resource: '',
    };
    const { leftOut } = reporter({ rules, now, project: () => config({ accepted: [accepting(id)] }) });
    const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
    const plan = buildPlan({ snapshot, rules, id: 'p', leftOut, request });
    const pointers = plan.steps
      .filter(({ change }) => sameId(change.resource, resource))
      .flatMap(({ change }) => change.edits.map(({ pointer }) => pointer));
    expect(pointers.length).toBeGreaterThan(0);
    expect(pointers.filter((pointer) => pointer.endsWith('/defaultAction'))).toEqual([]);
    expect(plan.skipped.find(({ finding }) => finding.startsWith('storage.nondefault-accounts@'))?.reason).toMatch(
      /^It repeats storage.default-action-deny. Accepted/,
    );
  });

  test('an acceptance holds until the end of its last day, and is over aloud', () => {
    const [{ id } = { id: '' }] = counted;
    expect(of({ accepted: [accepting(id, '2026-11-28')] }).summary.accepted).toBe(1);
    const over = of({ accepted: [accepting(id, '2026-11-27')] });
    expect(over.summary).toEqual(plain.summary);
    expect(over.project?.expired).toMatchObject([{ finding: id, findings: [id] }]);
    // A later line that still holds is no contradiction.
    const both = of({ accepted: [accepting(id, '2026-11-27'), accepting(id)] });
    expect(both.project).toMatchObject({ accepted: 1, expired: [{ findings: [] }] });
  });

  test('what is unknown or passes is not accepted', () => {
    const gap = plain.findings.find(({ outcome, rule }) => outcome === 'pass' && rule.startsWith('storage.'));
    const report = of({ accepted: [accepting(gap?.id ?? '')] });
    expect(report.summary).toEqual(plain.summary);
    expect(report.project?.unused).toEqual([gap?.id]);
    const unknown = { ...failing[0], outcome: 'unknown', gaps: ['/x'] } as Finding;
    expect(judgementExit({ findings: [unknown] }, 'never')).toBe(3);
  });
});

describe('rules off and severities', () => {
  test('a rule that is off is not reported, nor what only repeats it', () => {
    const repeated = failing.find(isRollUp);
    const parts = rules.find(({ id }) => id === repeated?.rule)?.rollsUp ?? [];
    const report = of({ rulesOff: [...parts] });
    expect(parts.length).toBeGreaterThan(0);
    expect(report.findings.filter(({ rule }) => parts.includes(rule))).toEqual([]);
    expect(report.findings.find(({ id }) => id === repeated?.id)).toBeUndefined();
    expect(report.project?.rulesOff).toBe(parts.length);
  });

  test('the later line decides, and the order follows', () => {
    const report = of({ severities: { 'storage.*': 'info', 'storage.default-action-deny': 'critical' } });
    for (const { rule, severity } of report.findings) {
      if (!rule.startsWith('storage.')) continue;
      expect([rule, severity]).toEqual([rule, rule === 'storage.default-action-deny' ? 'critical' : 'info']);
    }
    expect(report.findings.at(0)?.severity).toBe('critical');
    expect(report.summary.bySeverity.info).toBeGreaterThan(0);
    expect(report.summary.fail).toBe(plain.summary.fail);
    // Roll-ups do not come back because what they repeat is milder now.
    expect(report.summary.rollUps).toBe(plain.summary.rollUps);
  });
});

test('a selection has its own numbers and problems; alone, a roll-up counts', () => {
  const repeated = failing.find(isRollUp);
  const report = of({}, ({ rule }) => rule === repeated?.rule);
  expect(report.summary.rollUps).toBe(0);
  expect(report.summary.fail).toBe(report.findings.filter(({ outcome }) => outcome === 'fail').length);
  expect(report.problems.flatMap(({ findings }) => findings).length).toBe(report.summary.fail + report.summary.unknown);
  expect(audit(snapshot, rules).findings.length).toBe(plain.findings.length);
});
