// What compares audits: findings opened, closed and changed, out of snapshots and out of the JSON of audits.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAuditFile } from '../../commands/parts/audit-file.ts';
import { diffAudits } from '../../src/model/audit-diff.ts';
import { newSince } from '../../src/model/audit-record.ts';
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
    finding('breaks', 'fail'),
    finding('graver', 'fail'),
    finding('tolerated', 'fail', { accepted }),
    finding('expired', 'fail'),
    finding('new', 'unknown'),
    finding('repeat', 'fail', { rollUp: true }),
  ];

  test('say what opened, closed and changed', () => {
    const diff = diffAudits(side(before), side(after), { changes: [] });
    expect(names(diff.opened)).toEqual(['breaks', 'expired', 'new', 'repeat']);
    expect(diff.closed.map(({ resource, now }) => `${resource.slice(3)} ${now}`)).toEqual([
      'mended pass',
      'deleted absent',
      'found pass',
    ]);
    expect(
      diff.changed.map(({ resource, changes }) => [resource.slice(3), ...changes.map(({ member }) => member)]),
    ).toEqual([
      ['lost', 'outcome'],
      ['graver', 'severity'],
      ['tolerated', 'accepted'],
    ]);
    expect(diff.summary).toEqual({ opened: 3, closed: 3, changed: 3, unchanged: 1 });
  });

  test('an audit that lists open findings only does not say what a closed one is now', () => {
    const diff = diffAudits(side(before.filter(isOpen)), side(after.filter(isOpen), false), null);
    expect(diff.closed.map(({ now }) => now)).toEqual([null, null, null]);
    expect(renderText(diffLines(diff), plain)).toContain('Settings are not compared');
  });

  test('the watch, the baseline and the comparison agree', () => {
    const some = fc.array(fc.constantFrom(...outcomes), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(some, some, (old, now) => {
        const [was, is] = [old, now].map((list) => list.map((outcome, at) => finding(String(at), outcome)));
        if (was === undefined || is === undefined) return;
        const { opened, closed } = diffAudits(side(was), side(is), null);
        const since = sinceThen(lastRunOf({ findings: was, profile: 'all', reading: whole } as never, ''), {
          findings: is,
          reading: whole,
        });
        const having = (outcome: Outcome) => was.filter((one) => one.outcome === outcome).map(({ id }) => id);
        const isNew = newSince({ failing: having('fail'), unknowns: having('unknown') });
        expect(opened).toEqual(is.filter(isNew));
        expect(opened.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)).toEqual(since.introduced);
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
