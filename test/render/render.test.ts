import { describe, expect, test } from 'vitest';
import { type Finding, severities } from '../../src/model/finding.ts';
import type { Problem } from '../../src/model/problem.ts';
import { line } from '../../src/model/words.ts';
import type { AuditResult } from '../../src/render/audit-result.ts';
import { auditLines } from '../../src/render/audit-text.ts';
import { csvCell, renderCsv } from '../../src/render/csv.ts';
import { renderHtml } from '../../src/render/html.ts';
import { renderJson, renderNdjson } from '../../src/render/json.ts';
import { renderJunit } from '../../src/render/junit.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { noChanges } from '../../src/render/plan-text.ts';
import { sarifLog } from '../../src/render/sarif.ts';
import { asAscii, plain, renderText } from '../../src/render/text.ts';

const hostile = '\x1b]0;owned\x07<script>alert(1)</script>\x9b31m|`x`\u202e"&\'';
const finding = (change: Partial<Finding>): Finding => ({
  id: 'storage.x@/s/a',
  rule: 'storage.x',
  title: hostile,
  problem: hostile,
  severity: 'high',
  profiles: ['current'],
  outcome: 'fail',
  resource: `/subscriptions/s/providers/p/t/${hostile}`,
  where: null,
  because: hostile,
  evidence: [],
  fix: { kind: 'auto', undo: 'exact' },
  gaps: [],
  ...change,
});
const problem: Problem = {
  id: `manual:storage.x@/s/${hostile}`,
  resource: hostile,
  headline: hostile,
  severity: 'high',
  kind: 'fix',
  accepted: null,
  findings: [finding({}).id],
  rollUps: [],
  changes: [{ resource: `/s/${hostile}`, does: hostile }],
  question: null,
  because: hostile,
  effects: [],
  gates: [hostile],
  blockedBy: [],
  resolves: [finding({}).id],
};
const audit: AuditResult = {
  snapshot: {
    id: 'i',
    takenAt: '2026-11-24T00:00:00.000Z',
    workspace: `/w/${hostile}`,
    architecture: { answer: 'service-endpoint', votes: [], by: 'default' },
    source: { kind: 'files', name: hostile },
    requests: 0,
    serviceTags: { changeNumber: '376', takenAt: '2025-12-31T00:00:00Z', ageDays: 1, source: 'cache' },
    gaps: [{ id: hostile, reason: hostile, action: '' }],
  },
  summary: {
    pass: 1,
    fail: 1,
    unknown: 1,
    notApplicable: 0,
    bySeverity: Object.fromEntries(
      severities.map((one) => [one, one === 'high' ? 1 : 0]),
    ) as AuditResult['summary']['bySeverity'],
    rollUps: 0,
    accepted: 0,
  },
  problems: [problem],
  by: 'problem',
  findings: [finding({}), finding({ outcome: 'unknown', where: '/v/s' }), finding({ outcome: 'pass' })],
};
// What a terminal could take as more than text.
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]/;

describe('foreign text in every form', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['text', renderText(auditLines(audit), plain)],
    ['json', renderJson(audit as never)],
    ['ndjson', renderNdjson(audit.findings as never)],
    ['csv', renderCsv(audit.findings)],
    ['html', renderHtml(audit)],
    ['markdown', renderMarkdown(audit)],
    ['junit', renderJunit(audit)],
    ['sarif', renderJson(sarifLog(audit.findings, '1.0.0'))],
  ];
  test.each(forms)('%s holds no control character', (_name, text) => {
    expect(text.length).toBeGreaterThan(100);
    expect(control.test(text)).toBe(false);
  });
  test.each(forms.filter(([name]) => ['html', 'markdown', 'junit'].includes(name)))(
    '%s holds no foreign markup',
    (_name, text) => expect(text).not.toContain('<script'),
  );
});

test('documents begin with problems, and say which findings are not counted', () => {
  const some = { ...audit, findings: [finding({ rollUp: true }), finding({ outcome: 'pass' })] };
  for (const text of [renderMarkdown(some), renderHtml(some)]) {
    expect(text.indexOf('Problems')).toBeGreaterThan(0);
    expect(text.indexOf('Problems')).toBeLessThan(text.indexOf('Findings'));
    expect(text.replaceAll('\\', '').match(/fail \(roll-up\)/g)).toHaveLength(1);
  }
  for (const text of [renderMarkdown({ ...some, by: 'finding' }), renderHtml({ ...some, by: 'finding' })]) {
    expect(text).not.toContain('Problems');
  }
});

test('json says the same as before', () => {
  expect(JSON.parse(renderJson(audit as never))).toEqual(audit);
  expect(renderNdjson([1, 'a\nb']).split('\n')).toEqual(['1', '"a\\nb"', '']);
});

test('csv: formulas are defused, quotes doubled', () => {
  for (const text of ['=1+1', '+1', '-1', '@x', ' =1']) expect(csvCell(text)).toBe(`"'${text}"`);
  expect(csvCell('a"b,c')).toBe('"a""b,c"');
});

test('sarif: levels go with failures only, rules are listed once', () => {
  const log = sarifLog(audit.findings, '1.0.0') as unknown as {
    runs: { tool: { driver: { rules: unknown[] } }; results: { kind: string; level: string }[] }[];
  };
  expect(log.runs[0]?.tool.driver.rules).toHaveLength(1);
  expect(log.runs[0]?.results.map(({ kind, level }) => `${kind} ${level}`)).toEqual([
    'fail error',
    'open none',
    'pass none',
  ]);
});

test('junit counts', () => {
  expect(renderJunit(audit)).toMatch(/<testsuite name="storage\.x" tests="3" failures="1" skipped="1"/);
});

test('words without a look, and without Unicode', () => {
  expect(renderText([line('a', ['b', 'bad']), []], plain)).toBe('ab\n\n');
  expect(renderText([line(['x', 'bad'])], (text, role) => `<${role}>${text}`)).toBe('<bad>x\n');
  expect(asAscii('✓ a→b …é')).toBe('ok a->b ...?');
});

test('a plan without changes does not say that none are needed where a finding was skipped', () => {
  expect(noChanges({ skipped: [] })).toBe('No changes needed.');
  expect(noChanges({ skipped: [{ finding: 'storage.x@/s/a', reason: 'It needs an answer.' }] })).toBe(
    'No changes planned.',
  );
});
