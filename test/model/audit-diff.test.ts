// What compares audits: findings opened, closed and changed, out of snapshots and out of the JSON of audits.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diff as diffCommand } from '../../commands/diff.ts';
import { readAuditFile } from '../../commands/parts/audit-file.ts';
import { mayBeNew } from '../../commands/parts/judge.ts';
import type { Assumptions } from '../../src/model/assumption.ts';
import { assumptionSpread, assumptionSpreadWords } from '../../src/model/assumption-values.ts';
import { diffAudits, isLearned } from '../../src/model/audit-diff.ts';
import { learnedSince, newSince } from '../../src/model/audit-record.ts';
import type { Finding, Outcome } from '../../src/model/finding.ts';
import { isOpen } from '../../src/model/finding.ts';
import type { Json } from '../../src/model/json.ts';
import { lastRunOf, sinceThen } from '../../src/model/last-run.ts';
import { outcomeTurn } from '../../src/model/outcome-turn.ts';
import type { Reading } from '../../src/model/reading.ts';
import { diffLines, diffMarkdown } from '../../src/render/diff-text.ts';
import { findingJson } from '../../src/render/finding-json.ts';
import { mostCharacters } from '../../src/render/markdown-limit.ts';
import { plain, renderText } from '../../src/render/text.ts';

const outcomes: readonly Outcome[] = ['pass', 'fail', 'unknown', 'notApplicable'];
const accepted = { reason: 'later', by: null, until: null };
const finding = (name: string, outcome: Outcome, change: Partial<Finding> = {}): Finding => ({
  ...{ id: `nsg.x@/s/${name}`, rule: 'nsg.x', title: 'It is closed', problem: 'It is open', severity: 'high' },
  ...{ profiles: ['current'], outcome, resource: `/s/${name}`, where: null, because: 'Because.', evidence: [] },
  ...{ fix: { kind: 'none', undo: 'none' }, gaps: [] },
  ...change,
});
const whole = { failed: [], missing: [] };
const side = (findings: readonly Finding[], isComplete = true, reading: Reading = whole) => ({
  side: { name: 'a.json', kind: 'report' as const, takenAt: '2026-11-28T00:00:00Z', workspace: '/s/w' },
  findings,
  isComplete,
  reading,
});
const names = (findings: readonly Finding[]) => findings.map(({ resource }) => resource.slice(3));

describe('two audits', () => {
  const before = [
    finding('stays', 'fail'),
    finding('mended', 'fail'),
    finding('deleted', 'fail'),
    finding('lost', 'fail'),
    finding('found', 'unknown'),
    finding('fails', 'unknown'),
    finding('breaks', 'pass'),
    finding('graver', 'fail', { severity: 'low' }),
    finding('tolerated', 'fail'),
    finding('expired', 'fail', { accepted }),
  ];
  const after = [
    finding('stays', 'fail'),
    finding('mended', 'pass'),
    finding('lost', 'unknown'),
    finding('found', 'pass'),
    finding('fails', 'fail'),
    finding('breaks', 'fail'),
    finding('graver', 'fail'),
    finding('tolerated', 'fail', { accepted }),
    finding('expired', 'fail'),
    finding('new', 'unknown'),
    finding('repeat', 'fail', { rollUp: true }),
  ];

  test('say what opened, closed and changed', () => {
    const diff = diffAudits(side(before), side(after), { changes: [] });
    expect(names(diff.opened)).toEqual(['breaks', 'expired', 'repeat']);
    expect(diff.closed.map(({ resource, now }) => `${resource.slice(3)} ${now}`)).toEqual([
      'mended pass',
      'deleted absent',
    ]);
    // What became known or unknown is neither new nor resolved.
    expect(diff.knowledge?.map(({ resource, was, now }) => `${resource.slice(3)} ${was} ${now}`)).toEqual([
      'lost fail unknown',
      'fails unknown fail',
      'new null unknown',
      'found unknown pass',
    ]);
    expect(
      diff.changed.map(({ resource, changes }) => [resource.slice(3), ...changes.map(({ member }) => member)]),
    ).toEqual([
      ['graver', 'severity'],
      ['tolerated', 'accepted'],
    ]);
    expect(diff.summary).toEqual({ opened: 2, closed: 2, changed: 2, unchanged: 1, knowledge: 4 });
    const text = renderText(diffLines(diff), plain);
    expect(text).toContain('2 opened, 2 closed, 2 changed, 4 became known or unknown, 1 unchanged');
    expect(text).toMatch(/fails: It is open {2}was unknown, now fails/);
  });

  test('what a failed read hid from the older audit is not new in the newer one', () => {
    const unread = { failed: ['/s/hidden'], missing: [] };
    const { opened, knowledge } = diffAudits(side([], true, unread), side([finding('hidden', 'fail')]), null);
    expect([opened, knowledge?.map(({ was, now }) => [was, now])]).toEqual([[], [['notJudged', 'fail']]]);
  });

  test('what an older audit does not list that lists only what is open is not said to have been absent', () => {
    const text = (isComplete: boolean) => {
      const diff = diffAudits(side([], isComplete), side([finding('new', 'unknown')]), null);
      return [diff.knowledge?.[0]?.was, renderText(diffLines(diff), plain)];
    };
    expect(text(true)).toEqual([null, expect.stringContaining('not found before, now unknown')]);
    expect(text(false)).toEqual([
      'notListed',
      expect.stringContaining('neither failed nor was unknown before, now unknown'),
    ]);
    expect(text(false)[1]).not.toContain('not found');
  });

  test('what was not known because a read failed leaves open what is new; what was unknown and does not fail does not', () => {
    const gaps = ['/s/unread'];
    const older = [finding('asked', 'unknown'), finding('unread', 'unknown', { gaps }), finding('fails', 'unknown')];
    const newer = [finding('asked', 'pass'), finding('unread', 'pass'), finding('fails', 'fail')];
    const { knowledge = [] } = diffAudits(side(older), side(newer), null);
    const learned = (name: string) => knowledge.filter(({ resource }) => resource === `/s/${name}`);
    expect(knowledge.filter(isLearned).map(({ resource }) => resource)).toEqual(['/s/fails', '/s/unread']);
    expect(mayBeNew(learned('asked'), 'low')).toBe(false);
    expect([mayBeNew(learned('unread'), 'never'), mayBeNew(learned('fails'), 'never')]).toEqual([true, false]);
    expect([mayBeNew(learned('fails'), 'high'), mayBeNew(learned('fails'), 'critical')]).toEqual([true, false]);
  });

  test('names the assumptions that differ, and says where one side does not tell them', () => {
    const declared = (assumptions: Assumptions | null) => ({ ...side([]), assumptions });
    const told = (was: Assumptions | null, is: Assumptions | null) => {
      const diff = diffAudits(declared(was), declared(is), null);
      return [diff.assumptions, diffMarkdown(diff)] as const;
    };
    const [changes, text] = told(
      { usesAci: true, devClientIps: ['b', 'a'] },
      { usesAci: false, devClientIps: ['a', 'b'] },
    );
    expect(changes).toEqual([{ name: 'usesAci', before: true, after: false }]);
    expect(text).toMatch(/## Assumptions[\s\S]*usesAci: true → false/);
    expect(told({}, { outboundMode: 'limited' })[1]).toContain('outboundMode: not declared → limited');
    expect(told({}, {})[0]).toBeUndefined();
    expect(told(null, {})[1]).toContain('Whether the assumptions are the same is not known');
  });

  test('of a fleet, the assumptions that are not the same for all workspaces are named', () => {
    const fleet = [
      { id: 'a', intents: {} },
      { id: 'b', intents: { usesAci: true } },
      { id: 'c', intents: {} },
    ];
    const [spread, ...others] = assumptionSpread(fleet);
    expect(others).toEqual([]);
    expect(spread && assumptionSpreadWords(spread)).toBe(
      'usesAci: not declared for 2 workspaces, true for 1 workspace',
    );
    expect(assumptionSpread(fleet.slice(0, 1))).toEqual([]);
  });

  test('what fails and was unknown ends with 3, since whether it is new is not known', () => {
    const ended = (was: Outcome, is: Outcome) =>
      diffCommand.exit?.(diffAudits(side([finding('a', was)]), side([finding('a', is)]), null), {
        failOn: 'high',
      } as never);
    expect([ended('unknown', 'fail'), ended('pass', 'fail'), ended('unknown', 'pass')]).toEqual([3, 1, 0]);
  });

  test('an audit that lists open findings only does not say what a closed one is now', () => {
    const diff = diffAudits(side(before.filter(isOpen)), side(after.filter(isOpen), false), null);
    expect(diff.closed.map(({ now }) => now)).toEqual([null, null]);
    expect(renderText(diffLines(diff), plain)).toContain('Settings are not compared');
  });

  test('the watch, the baseline and the comparison agree', () => {
    const some = fc.array(fc.constantFrom(...outcomes), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(some, some, (old, now) => {
        const [was, is] = [old, now].map((list) => list.map((outcome, at) => finding(String(at), outcome)));
        if (was === undefined || is === undefined) return;
        const { opened, closed, knowledge = [] } = diffAudits(side(was), side(is), null);
        const since = sinceThen(lastRunOf({ findings: was, profile: 'all', reading: whole } as never, ''), {
          findings: is,
          reading: whole,
        });
        const having = (outcome: Outcome) => was.filter((one) => one.outcome === outcome).map(({ id }) => id);
        const isNew = newSince({ failing: having('fail'), unknowns: having('unknown') });
        expect(opened).toEqual(is.filter((one) => one.outcome === 'fail' && isNew(one)));
        expect(opened.map(({ id }) => id)).toEqual(since.introduced);
        // What one of them does not know is in no other list, and in that one always.
        const turned = is.filter(({ outcome }, at) => (outcome === 'unknown') !== (was[at]?.outcome === 'unknown'));
        expect(knowledge.map(({ id }) => id).toSorted()).toEqual(turned.map(({ id }) => id).toSorted());
        const learned = turned.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
        expect(since.learned ?? []).toEqual(learned);
        const isLearned = learnedSince({ failing: having('fail'), unknowns: having('unknown') });
        expect(is.filter(isLearned).map(({ id }) => id)).toEqual(learned);
        const failed = closed.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
        expect(failed.toSorted()).toEqual([...since.resolved, ...since.gone].toSorted());
      }),
    );
  });

  test('nothing that stays the same is a turn', () => {
    for (const one of [...outcomes, 'accepted' as const, undefined]) expect(outcomeTurn(one, one)).toBe('same');
  });
});

describe('the JSON of an audit', () => {
  test('is read as it was written', () => {
    const list = [finding('a', 'fail', { accepted, rollUp: true }), finding('b', 'pass', { where: '/s/c' })];
    const result = { snapshot: { takenAt: 'T', workspace: '/s/w' }, findings: list.map(findingJson) };
    const read = readAuditFile(JSON.parse(JSON.stringify({ result })) as Json);
    expect(read).toMatchObject({ takenAt: 'T', workspace: '/s/w', isComplete: true, selection: null });
    expect(typeof read === 'object' && read.findings).toEqual(list);
  });

  test.each([
    [[], undefined],
    [{ result: {} }, undefined],
    [{ findings: [{}] }, '/findings/0/id'],
    [{ findings: [{ id: 'a', outcome: 'bad' }] }, '/findings/0/outcome'],
    [{ findings: [{ id: 'a', outcome: 'fail', severity: 'x' }] }, '/findings/0/severity'],
  ])('%j is none', (json, where) => {
    const read = readAuditFile(json as Json);
    expect(where === undefined ? read : String(read).startsWith(where)).toBe(where === undefined ? undefined : true);
  });
});

test('Markdown fits into a comment on GitHub, whatever is in it', () => {
  const many = Array.from({ length: 3000 }, (_, at) =>
    finding(`r${at}`, 'fail', { because: 'a | b <script> `x`'.repeat(9) }),
  );
  const settings = many.map(({ resource }) => ({
    resource,
    kind: 'created' as const,
    pointer: '',
    before: null,
    after: null,
  }));
  const text = diffMarkdown(diffAudits(side([]), side(many), { changes: settings }));
  expect(text.length).toBeLessThanOrEqual(mostCharacters);
  expect(text).toMatch(/not shown are \d+ of 3000 opened findings, \d+ of 3000 settings/);
  expect(text).not.toContain('<script');
  expect(text.split('<details>').length).toBe(text.split('</details>').length);
});
