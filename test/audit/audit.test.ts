import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit, compareReports, findingsByTarget, gateAnswer, nearestTarget } from '../../src/audit/index.ts';
import type { Architecture, Profile } from '../../src/model/assumption.ts';
import { countedIn, previewOf } from '../../src/model/compare.ts';
import { isFailure } from '../../src/model/failure.ts';
import { type Outcome, type Report, type Severity, severities } from '../../src/model/finding.ts';
import type { ReadFailure, Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules as allRules } from '../../src/rules/index.ts';
import type { CheckResult, Rule, RuleContext, Subject } from '../../src/rules/rule.ts';
import { worldSnapshot } from '../plan/worlds.ts';

const closed = worldSnapshot('closed-service-endpoint');
const W = closed.workspace ?? '';
const accounts = closed.resources
  .filter(({ type }) => type === 'Microsoft.Storage/storageAccounts')
  .map(({ id }) => id);
const [account = ''] = accounts;

interface Draft extends Partial<Omit<Rule, 'check' | 'subjects'>> {
  readonly id: string;
  check?(subject: Subject, judgement: RuleContext): CheckResult;
  subjects?(judgement: RuleContext): readonly Subject[];
}
const rule = (draft: Draft): Rule => ({
  title: draft.id,
  problem: draft.id,
  severity: 'high',
  profiles: ['article-2020', 'current'],
  for: ['service-endpoint', 'private-endpoint', 'managed-network'],
  strategyScope: 'workspace',
  about: 'x',
  explain: { why: '', fix: '', breaks: '', links: [] },
  fixKind: 'none',
  undo: 'exact',
  gates: [],
  subjects: () => [{ resource: account }],
  check: () => ({ outcome: 'pass', because: 'It is so.' }),
  ...draft,
});
const only = (snapshot: Snapshot, one: Rule, profile: Profile | 'all' = 'all') =>
  audit(snapshot, [one], profile).findings[0];
const gap: ReadFailure = { id: `${W}/secret`, reason: 'You may not read it.', action: 'x/read', status: 403 };
const withGap: Snapshot = { ...closed, gaps: [gap] };
const says = (outcome: Outcome, severity?: Severity) => () => ({
  outcome,
  because: `It is ${outcome}.`,
  ...(severity === undefined ? {} : { severity }),
});

describe('gaps', () => {
  test('a rule that reads a gap is unknown, with the gap’s sentence and id', () => {
    const reads = rule({
      id: 'a.reads',
      check: (_subject, { index }) => ({ outcome: 'pass', because: index.get(gap.id)?.id ?? '' }),
    });
    expect(only(withGap, reads)).toMatchObject({
      outcome: 'unknown',
      because: 'You may not read it. Missing permission: x/read.',
      gaps: [gap.id],
    });
  });

  test('so is one whose very subjects lie in a gap: one finding, on the workspace', () => {
    const reads = rule({
      id: 'a.subjects',
      subjects: ({ index }) => index.list(gap.id).map(({ id }) => ({ resource: id })),
    });
    expect(audit(withGap, [reads]).findings).toMatchObject([{ outcome: 'unknown', resource: W, gaps: [gap.id] }]);
  });

  test('the law: whatever is taken out of a snapshot, no rule throws and none fails that did not fail before', () => {
    const before = new Set(audit(closed, allRules).findings.map(({ id }) => id));
    fc.assert(
      fc.property(fc.subarray([...closed.resources], { minLength: 1 }), (taken) => {
        const ids = new Set(taken.map(({ id }) => id));
        const snapshot: Snapshot = {
          ...closed,
          resources: closed.resources.filter(({ id }) => !ids.has(id)),
          gaps: [...ids].map((id) => ({ ...gap, id })),
          collections: closed.collections.filter(({ members }) => !members.some((id) => ids.has(id))),
        };
        const report = audit(snapshot, allRules);
        const failing = report.findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
        expect(failing).toEqual([]);
        for (const one of report.findings) if (one.gaps.length > 0) expect(one.outcome).toBe('unknown');
        expect(before.size).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  test('anything else a rule throws is a bug and goes on', () => {
    const broken = rule({
      id: 'a.broken',
      check: () => {
        throw new TypeError('oops');
      },
    });
    expect(() => audit(closed, [broken])).toThrow('oops');
  });
});

describe('letters and profiles', () => {
  const speaksOf = (...architectures: Architecture[]) =>
    rule({
      id: 'a.letters',
      for: architectures,
      instead: 'a.other',
      check: () => {
        throw new Error('asked outside its letters');
      },
    });

  test('outside its architectures a rule is not checked, and names the one to see instead', () => {
    const finding = only(closed, speaksOf('private-endpoint'));
    expect(finding).toMatchObject({ outcome: 'notApplicable', profiles: ['article-2020', 'current'] });
    expect(finding?.because).toContain('(see a.other)');
    expect(finding?.evidence.some(({ note }) => note === 'architecture of this resource')).toBe(true);
  });

  test('the letters of a resource rule are the resource’s own', () => {
    const own = rule({ id: 'a.own', strategyScope: 'subject', for: ['service-endpoint'] });
    const wished = { ...closed, intents: { ...closed.intents, architecture: 'private-endpoint' as const } };
    expect(only(closed, own)?.outcome).toBe('pass');
    expect(only(wished, own)?.outcome).toBe('notApplicable');
  });

  test('today’s sentence decides, the article’s own outcome is a note, and profiles name who agrees', () => {
    const split = rule({
      id: 'a.split',
      check: (_subject, { profile }) => says(profile === 'article-2020' ? 'fail' : 'pass')(),
    });
    const finding = only(closed, split);
    expect(finding).toMatchObject({ outcome: 'pass', profiles: ['current'] });
    expect(finding?.evidence.at(-1)).toMatchObject({
      value: 'fail',
      note: "in Microsoft's 2020 article: It is fail.",
    });
    expect(only(closed, split, 'article-2020')).toMatchObject({ outcome: 'fail', profiles: ['article-2020'] });
  });

  test('a profile leaves out the rules that are not its own', () => {
    const current = rule({ id: 'a.current', profiles: ['current'] });
    expect(audit(closed, [current], 'article-2020').findings).toEqual([]);
    expect(audit(closed, [current], 'all').findings).toHaveLength(1);
  });
});

describe('the report', () => {
  test('the rule’s severity is the ceiling', () => {
    expect(only(closed, rule({ id: 'a.low', check: says('fail', 'low') }))?.severity).toBe('low');
    expect(only(closed, rule({ id: 'a.high', check: says('fail', 'critical') }))?.severity).toBe('high');
  });

  test('a pair has its where in the id, in lower case; a subject named twice is checked once', () => {
    const pair = rule({
      id: 'a.pair',
      subjects: () => [
        { resource: account, where: '/Sub/A' },
        { resource: account.toUpperCase(), where: '/sub/a' },
      ],
    });
    expect(audit(closed, [pair]).findings.map(({ id, resource }) => [id, resource])).toEqual([
      [`a.pair@${account.toLowerCase()}#/sub/a`, account],
    ]);
  });

  test('by severity, then the order of the rules, then id; the summary counts what is there', () => {
    const drafts = fc.array(
      fc.record({
        severity: fc.constantFrom(...severities),
        outcome: fc.constantFrom<Outcome>('pass', 'fail', 'unknown', 'notApplicable'),
        subjects: fc.subarray(accounts),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(drafts, (list) => {
        const made = list.map(({ severity, outcome, subjects }, index) =>
          rule({
            id: `r${9 - index}`,
            severity,
            check: says(outcome),
            subjects: () => subjects.toReversed().map((resource) => ({ resource })),
          }),
        );
        const { findings, summary } = audit(closed, made);
        const order = findings.map(
          (one) => [severities.indexOf(one.severity), made.findIndex(({ id }) => id === one.rule), one.id] as const,
        );
        expect(order).toEqual(order.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1)));
        expect(summary.pass + summary.fail + summary.unknown + summary.notApplicable).toBe(findings.length);
        const failing = Object.values(summary.bySeverity).reduce((sum, count) => sum + count, 0);
        expect(failing).toBe(summary.fail);
        expect(audit(closed, made)).toEqual(audit(closed, made));
      }),
    );
  });

  test('two reports side by side', () => {
    const outcomes = (...list: Outcome[]) =>
      audit(
        closed,
        list.map((outcome, index) => rule({ id: `r${index}`, check: says(outcome) })),
      );
    const id = (index: number) => `r${index}@${account.toLowerCase()}`;
    expect(
      compareReports(
        outcomes('fail', 'fail', 'fail', 'pass', 'fail'),
        outcomes('pass', 'fail', 'unknown', 'fail', 'notApplicable'),
      ),
    ).toEqual({
      ...{ resolved: [id(0), id(4)], introduced: [id(3)], persisting: [id(1)], unknown: [id(2)] },
      ...{ notJudged: [], rollUps: [] },
    });
  });

  test('a finding that only repeats others is a roll-up, and no number counts it', () => {
    const of = (part: Outcome, whole: Outcome, severity: Severity = 'high') =>
      audit(closed, [
        rule({ id: 'r.part', severity, check: says(part) }),
        rule({ id: 'r.whole', severity: 'high', rollsUp: ['r.part', 'r.none'], check: says(whole) }),
      ]);
    const isRollUp = (report: Report) => report.findings.find((one) => one.rule === 'r.whole')?.rollUp === true;
    for (const outcome of ['pass', 'fail', 'unknown', 'notApplicable'] as const) {
      const report = of(outcome, outcome);
      expect([isRollUp(report), report.summary[outcome], report.summary.rollUps]).toEqual([true, 1, 1]);
    }
    expect(of('fail', 'fail').summary.bySeverity.high).toBe(1);
    // It says more than its parts: another outcome, or something graver.
    expect([of('pass', 'fail'), of('fail', 'fail', 'medium')].map(isRollUp)).toEqual([false, false]);
    expect(isRollUp(of('fail', 'fail', 'critical'))).toBe(true);
    const [before, after] = [of('fail', 'fail'), of('pass', 'pass')];
    const compared = compareReports(before, after);
    expect(compared.resolved).toHaveLength(2);
    expect(countedIn(compared.resolved, compared.rollUps)).toBe(1);
    expect(previewOf(compareReports(after, before)).rollUps).toEqual(compared.rollUps);
    expect(previewOf(compareReports(before, before))).toEqual({ resolves: [], introduces: [] });
  });

  test('a target is a finding or a rule, in any letter case; anything else is a usage error', () => {
    const made = [rule({ id: 'r0', check: says('fail') })];
    const report = audit(closed, made);
    const [finding] = report.findings;
    expect(findingsByTarget(report, made, finding?.id.toUpperCase() ?? '')).toEqual([finding]);
    expect(findingsByTarget(report, made, 'R0')).toEqual([finding]);
    try {
      findingsByTarget(report, made, 'r0@\u001b[31mnowhere');
      expect.unreachable();
    } catch (error) {
      if (!isFailure(error)) throw error;
      expect([error.exit, error.message]).toEqual([2, 'r0@nowhere is not a finding or a rule.']);
    }
  });

  test('a mistyped target is followed by the one that was meant', () => {
    const made = [rule({ id: 'storage.one', check: says('fail') }), rule({ id: 'nsg.two', check: says('fail') })];
    const report = audit(closed, made);
    const { id, resource } = report.findings.find((one) => one.rule === 'storage.one') ?? { id: '', resource: '' };
    const asked = (target: string) => nearestTarget(report, made, target);
    expect(asked('storage.on')).toBe('Did you mean storage.one?');
    expect(asked(id.replace('storage.one', 'storage.oen'))).toBe(`Did you mean ${id}?`);
    expect(asked(`storage.one@${resource.split('/').at(-1)}`)).toBe(`Did you mean ${id}?`);
    expect(asked(`${id}x`)).toBe(`Did you mean ${id}?`);
    expect(asked('storage.one@elsewhere')).toBe('Run `bastide findings --rule storage.one` for its findings.');
    expect(asked('something else')).toBeUndefined();
  });
});

describe('gates', () => {
  const judgement = (snapshot: Snapshot): RuleContext => ({
    index: indexSnapshot(snapshot),
    profile: 'all',
    assumeDenyByDefault: false,
  });

  test('are checked as if public access were denied, only for the resource in question', () => {
    const shut = rule({
      id: 'g',
      subjects: () => [{ resource: account }, { resource: accounts[1] ?? '' }],
      check: ({ resource }, { assumeDenyByDefault }) =>
        says(assumeDenyByDefault && resource === account ? 'fail' : 'pass')(),
    });
    expect(gateAnswer('g', account, [shut], judgement(closed))).toMatchObject({
      outcome: 'fail',
      detail: 'g: It is fail.',
    });
    expect(gateAnswer('g', accounts[1] ?? '', [shut], judgement(closed)).outcome).toBe('pass');
  });

  test('one that is not applicable counts as passed, one that reads a gap does not', () => {
    expect(gateAnswer('g', account, [rule({ id: 'g', check: says('notApplicable') })], judgement(closed)).outcome).toBe(
      'pass',
    );
    const reads = rule({ id: 'g', subjects: ({ index }) => index.list(gap.id).map(({ id }) => ({ resource: id })) });
    expect(gateAnswer('g', account, [reads], judgement(withGap)).outcome).toBe('unknown');
  });

  test('one that no rule checks blocks only where it could matter', () => {
    const answer = (gate: string, snapshot: Snapshot) => gateAnswer(gate, account, [], judgement(snapshot)).outcome;
    expect(answer('databricks.storage-same-vnet', closed)).toBe('pass');
    const bricks = `${W}/computes/bricks`;
    const withBricks: Snapshot = {
      ...closed,
      resources: [
        ...closed.resources,
        { id: bricks, type: 'x', apiVersion: 'x', body: { id: bricks, properties: { computeType: 'Databricks' } } },
      ],
      collections: closed.collections.map((list) =>
        list.id.endsWith('/computes') ? { ...list, members: [...list.members, bricks] } : list,
      ),
    };
    expect(answer('databricks.storage-same-vnet', withBricks)).toBe('unknown');
    expect(answer('aks.storage-same-vnet', withBricks)).toBe('pass');
    expect(answer('storage.private-endpoints', closed)).toBe('pass');
    const wished = { ...closed, intents: { ...closed.intents, architecture: 'private-endpoint' as const } };
    expect(answer('storage.private-endpoints', wished)).toBe('unknown');
  });
});

describe('where every resource is in scope', () => {
  const everything: Snapshot = { ...closed, workspace: null };
  const outcomes = (snapshot: Snapshot) =>
    new Map(audit(snapshot, allRules).findings.map(({ id, outcome }) => [id, outcome]));

  test('a read workspace and its resources are checked like the workspace in question', () => {
    const found = outcomes(everything);
    for (const [id, outcome] of outcomes(closed)) expect([id, found.get(id)]).toEqual([id, outcome]);
  });

  test('what belongs to no workspace is checked too', () => {
    const id = `${account}other`;
    const stray = closed.resources.find((one) => one.id === account);
    const body = { ...stray?.body, id, properties: { networkAcls: { defaultAction: 'Allow' } } };
    const more = {
      ...everything,
      resources: [...everything.resources, { id, type: stray?.type ?? '', apiVersion: '', body }],
    };
    expect(outcomes(more).get(`storage.default-action-deny@${id.toLowerCase()}`)).toBe('fail');
    expect(outcomes({ ...more, workspace: W }).has(`storage.default-action-deny@${id.toLowerCase()}`)).toBe(false);
  });

  test('of two workspaces that share a resource the worse outcome counts, and each rule checks each resource once', () => {
    const second = `${W}-second`;
    const first = everything.resources.find(({ id }) => id === W);
    const both = {
      ...everything,
      resources: [
        ...everything.resources,
        ...(first ? [{ ...first, id: second, body: { ...first.body, id: second } }] : []),
      ],
    };
    const failsFor = (workspace: string) =>
      rule({
        id: 'a.shared',
        check: (_subject, { index }) => says(index.snapshot.workspace === workspace ? 'fail' : 'pass')(),
      });
    for (const workspace of [W, second]) {
      const { findings } = audit(both, [failsFor(workspace)]);
      expect(findings.map(({ outcome }) => outcome)).toEqual(['fail']);
    }
  });

  test('a plan for it is the plan for the workspace in question', () => {
    const open = worldSnapshot('open');
    const plan = (snapshot: Snapshot) => {
      const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
      const { steps, skipped } = buildPlan({ snapshot, rules: allRules, request, id: 'plan' });
      return { steps: steps.map(({ change, phase }) => ({ change, phase })), skipped };
    };
    const own = plan(open);
    const whole = plan({ ...open, workspace: null });
    expect(own.steps.length).toBeGreaterThan(5);
    // Without a workspace it is not known which computes use what: fewer steps are automatic, and no others.
    const known = new Set(own.steps.map(({ change }) => change.resource));
    expect(whole.steps.filter(({ change }) => !known.has(change.resource))).toEqual([]);
    expect(whole.skipped.length).toBeGreaterThanOrEqual(own.skipped.length);
  });
});
