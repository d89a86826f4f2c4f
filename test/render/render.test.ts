import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { actMarkdown } from '../../commands/parts/act-markdown.ts';
import { mapOf } from '../../src/audit/map.ts';
import { type Finding, severities } from '../../src/model/finding.ts';
import { type Json, stringifyJson } from '../../src/model/json.ts';
import { everyOf } from '../../src/model/large-report.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { ReadFailure } from '../../src/model/snapshot.ts';
import { line } from '../../src/model/words.ts';
import { noChanges } from '../../src/plan/describe.ts';
import type { AuditResult } from '../../src/render/audit-result.ts';
import { auditLines } from '../../src/render/audit-text.ts';
import { csvCell, renderCsv } from '../../src/render/csv.ts';
import { renderHtml } from '../../src/render/html.ts';
import { pageScript, pageScriptHash } from '../../src/render/html-page.ts';
import { jsonPieces, renderJson, renderNdjson, safeJson } from '../../src/render/json.ts';
import { renderJunit } from '../../src/render/junit.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { renderOcsf } from '../../src/render/ocsf.ts';
import { planMarkdown } from '../../src/render/plan-markdown.ts';
import { sarifLog } from '../../src/render/sarif.ts';
import { asAscii, plain, renderText } from '../../src/render/text.ts';
import { rules } from '../../src/rules/index.ts';
import type { ApplyResult } from '../../src/session/session.ts';
import { worldSnapshot } from '../plan/worlds.ts';

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
  otherChanges: [{ resource: `/t/${hostile}`, does: hostile }],
  question: null,
  because: hostile,
  effects: [],
  gates: [hostile],
  blockedBy: [],
  resolves: [finding({}).id],
};
const findings = [finding({}), finding({ outcome: 'unknown', where: '/v/s' }), finding({ outcome: 'pass' })];
const about = { version: '1.0.0', rules };
const audit: AuditResult = {
  ...{ profile: 'all', rules: rules.map(({ id }) => id) },
  snapshot: {
    id: 'i',
    assumptions: {},
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
  findings,
  every: () => everyOf(findings),
};
// What a terminal could take as more than text.
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]/;

describe('foreign text in every form', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['text', renderText(auditLines(audit), plain)],
    ['json', renderJson(audit as never)],
    ['ndjson', renderNdjson(audit.findings as never)],
    ['csv', [...renderCsv(audit.findings)].join('')],
    ['html', [...renderHtml(audit)].join('')],
    ['markdown', renderMarkdown(audit)],
    ['junit', [...renderJunit(audit)].join('')],
    ['sarif', renderJson(sarifLog(audit, about))],
    ['ocsf', [...renderOcsf(audit, about)].join('')],
  ];
  test.each(forms)('%s holds no control character', (_name, text) => {
    expect(text.length).toBeGreaterThan(100);
    expect(control.test(text)).toBe(false);
  });
  test.each(forms.filter(([name]) => ['html', 'markdown', 'junit'].includes(name)))(
    '%s holds no foreign markup',
    (_name, text) => expect(text.replace(`<script>${pageScript}</script>`, '')).not.toContain('<script'),
  );
});

test('documents begin with problems, and say which findings are not counted', () => {
  const some = { ...audit, findings: [finding({ rollUp: true }), finding({ outcome: 'pass' })] };
  for (const text of [renderMarkdown(some), [...renderHtml(some)].join('')]) {
    expect(text.indexOf('Problems')).toBeGreaterThan(0);
    expect(text.indexOf('Problems')).toBeLessThan(text.indexOf('Findings'));
    expect(text.replaceAll('\\', '').match(/fail \(roll-up\)/g)).toHaveLength(1);
  }
  for (const text of [
    renderMarkdown({ ...some, by: 'finding' }),
    [...renderHtml({ ...some, by: 'finding' })].join(''),
  ]) {
    expect(text).not.toContain('Problems');
  }
});

test('json says the same as before', () => {
  // What is no data is left out.
  const { every: _function, ...data } = audit;
  expect(JSON.parse(renderJson(audit as never))).toEqual(data);
  const odd: unknown[] = [
    [],
    {},
    [[[[[1, '\n']]]]],
    { a: undefined, b: [undefined, null], '\ue0002024': 1, 'x"\u202e': {} },
    { toJSON: undefined, a: [1] },
    'x',
    null,
    1,
  ];
  const long = Array.from({ length: 3000 }, (_, at) => ({ at, text: `line\n${'é'.repeat(40)}`, inside: { '': [] } }));
  for (const value of [...odd, { result: { findings: long, odd } }, { runs: [{ results: long }] }, data] as Json[]) {
    const pieces = [...jsonPieces(value)];
    expect(pieces.join('')).toBe(`${safeJson(stringifyJson(value, 2))}\n`);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
  }
  expect(renderNdjson([1, 'a\nb']).split('\n')).toEqual(['1', '"a\\nb"', '']);
});

test('html allows its own script and no other', () => {
  const text = [...renderHtml(audit)].join('');
  expect(pageScriptHash).toBe(`sha256-${createHash('sha256').update(pageScript).digest('base64')}`);
  expect(text).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src '${pageScriptHash}'`);
  expect(text.split(`<script>${pageScript}</script>`)).toHaveLength(2);
});

test('a plan as Markdown fits into a comment: changes are there as a whole or counted', () => {
  const step = (at: number): Step => ({
    change: {
      kind: 'create',
      resource: `/subscriptions/s/providers/p/t/${at}`,
      edits: [],
      body: { properties: { text: '`'.repeat(9) } },
    },
    ...{
      phase: 1,
      findings: [],
      needs: [],
      az: `az x ${hostile}`,
      ...{ risk: hostile.repeat(9), advice: hostile.repeat(9) },
      undo: 'exact',
      does: '',
      effects: [],
    },
  });
  const steps = Array.from({ length: 400 }, (_, at) => step(at));
  const plan: Plan = {
    ...{
      id: 'p',
      snapshot: 'i',
      source: audit.snapshot.source,
      workspace: audit.snapshot.workspace,
      verb: 'fix',
      of: null,
    },
    ...{ architecture: 'service-endpoint', steps, gates: [], skipped: [], irreversible: [], effects: [] },
    preview: { resolves: [finding({}).id], introduces: [] },
  };
  const text = planMarkdown({ plan, digest: 'abc', problems: [problem] });
  expect(text.length).toBeLessThanOrEqual(65_536);
  expect(text.indexOf('## Problems')).toBeLessThan(text.indexOf('## Changes'));
  const shown = text.match(/<details>/g)?.length ?? 0;
  expect(text.match(/<\/details>/g)).toHaveLength(shown);
  expect(text).toContain(`${400 - shown} of 400 changes`);
  expect(text).toContain('`'.repeat(10));
  expect(planMarkdown({ plan: { ...plan, steps: steps.slice(0, 2) }, digest: 'abc', problems: [] })).not.toContain(
    'Cut off',
  );
  expect(planMarkdown({ plan, digest: 'abc', problems: [] })).toContain('## Resolves');
});

test('the result of an act in Markdown: each change, what remains, and foreign text as text', () => {
  const outcome: ApplyResult = {
    ...{ entry: 'e1', state: 'partial', gaps: [], ended: null, vanished: [] },
    steps: [
      { resource: `${finding({}).resource}`, state: 'done', requestId: null, message: null },
      { resource: `${finding({}).resource}`, state: 'failed', requestId: null, message: '<b>|no|\u001b[31m' },
    ],
    verified: { resolved: [finding({}).id], persisting: [], unknown: [], introduced: [], notApplicable: [] },
    skipped: [{ finding: finding({}).id, reason: 'It asks.' }],
  };
  const text = actMarkdown({ kind: 'outcome', outcome });
  expect(text).toContain('1 of 2 changes applied');
  expect(text).toContain('`e1`');
  expect(text).toMatch(/## Resolved[\s\S]*Not included: 1/);
  expect(text).toContain('| failed | &lt;b&gt;\\|no\\| |');
  expect(text).not.toMatch(/<b>|\u001b/);
});

test('csv: formulas are defused, quotes doubled', () => {
  for (const text of ['=1+1', '+1', '-1', '@x', ' =1']) expect(csvCell(text)).toBe(`"'${text}"`);
  expect(csvCell('a"b,c')).toBe('"a""b,c"');
});

interface SarifRun {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly helpUri: string }[] } };
  readonly invocations: readonly [{ readonly toolExecutionNotifications: readonly { message: { text: string } }[] }];
  readonly results: readonly {
    readonly ruleId: string;
    readonly ruleIndex?: number;
    readonly level: string;
    readonly message: { readonly text: string };
    readonly partialFingerprints: { readonly primaryLocationLineHash: string };
    readonly suppressions?: readonly object[];
    readonly locations: readonly [
      { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object } },
    ];
  }[];
}
const sarifRun = (found: Parameters<typeof sarifLog>[0]): SarifRun =>
  (sarifLog(found, about) as unknown as { runs: [SarifRun] }).runs[0];

describe('sarif', () => {
  const known = finding({ rule: 'storage.default-action-deny', because: '[x](http://evil)' });

  test('lists every rule with its documentation, and failing findings only', () => {
    const run = sarifRun({ ...audit, findings: [known, ...findings] });
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
    expect(run.tool.driver.rules.every(({ helpUri }) => helpUri.startsWith('https://'))).toBe(true);
    expect(run.results.map(({ ruleId, level }) => `${ruleId} ${level}`)).toEqual([
      'storage.default-action-deny error',
      'storage.x error',
    ]);
    expect(rules[run.results[0]?.ruleIndex ?? -1]?.id).toBe('storage.default-action-deny');
    expect(run.results[0]?.message.text).not.toContain('](');
  });

  test('a run is named by its workspace, or by the path of its files', () => {
    const nameOfRun = (workspace: string | null, source: AuditResult['snapshot']['source']) =>
      (sarifLog({ findings: [], snapshot: { ...audit.snapshot, workspace, source } }, about) as never as Named).runs[0]
        .automationDetails.id;
    interface Named {
      readonly runs: readonly [{ readonly automationDetails: { readonly id: string } }];
    }
    expect(nameOfRun('/s/w/mlw', { kind: 'azure', name: 'Azure' })).toBe('bastide/mlw/');
    expect(nameOfRun('/s/w/mlw', { kind: 'files', name: 'a b/main.json' })).toBe('bastide/a%20b/main.json/');
  });

  test('a fingerprint names the finding, whatever else changes', () => {
    const prints = [known, { ...known, because: 'other' }, { ...known, id: `${known.id}2` }].map(
      (one) => sarifRun({ ...audit, findings: [one] }).results[0]?.partialFingerprints.primaryLocationLineHash,
    );
    expect(prints[0]).toMatch(/^[0-9a-f]{16}:1$/);
    expect(prints[1]).toBe(prints[0]);
    expect(prints[2]).not.toBe(prints[0]);
  });

  test.each([
    ['infra/main.json', 'infra/main.json'],
    ['./a b#c.json', 'a%20b%23c.json'],
    ['infra\\main.json', 'infra/main.json'],
    ['C:\\x\\main.json', 'file:///C:/x/main.json'],
    ['/x/main.json', 'file:///x/main.json'],
    ['javascript:alert(1)', 'javascript%3Aalert(1)'],
  ])('the file %s is %s', (file, uri) => {
    const run = sarifRun({ ...audit, findings: [{ ...known, location: { file, line: 12, column: 9 } }] });
    const { physicalLocation } = run.results[0]?.locations[0] ?? {};
    expect(physicalLocation).toEqual({ artifactLocation: { uri }, region: { startLine: 12, startColumn: 9 } });
  });

  test('what is accepted is suppressed, and what is cut off or not accessible is named', () => {
    const accepted = { reason: 'later', by: null, until: null };
    const run = sarifRun({
      ...audit,
      findings: [{ ...known, accepted }, ...Array.from({ length: 5100 }, () => known)],
    });
    expect(run.results).toHaveLength(5000);
    expect(run.results[0]?.suppressions).toHaveLength(1);
    const told = run.invocations[0].toolExecutionNotifications.map(({ message }) => message.text);
    expect(told[0]).toContain('5000 of 5101');
    expect(told).toHaveLength(1 + audit.snapshot.gaps.length);
  });
});

describe('what was not accessible', () => {
  const failed = (name: string, change: Partial<ReadFailure>): ReadFailure => ({
    ...{ id: `/s/${name}`, reason: `Reason of ${name}.`, action: 'a/b/read', ...change },
  });
  const role = 'Assign a role with the missing permissions, for example Reader, at the scope of the resource.';
  const again = 'Run the same command again.';
  const gone = failed('gone', { status: 404, code: 'ResourceNotFound' });
  const told = (gaps: readonly ReadFailure[]) => {
    const snapshot = { ...audit.snapshot, source: { kind: 'azure', name: 'public' } as const, gaps };
    return {
      snapshot,
      text: renderText(auditLines({ ...audit, snapshot }), plain),
    };
  };
  test.each([
    ['refused', { status: 403, code: 'AuthorizationFailed' }, [role]],
    ['in a subscription that is not shown', { code: 'SubscriptionNotFound' }, [role]],
    ['of another tenant', { status: 401 }, ['Sign in to the tenant of the resource.']],
    [
      'of a provider that is not registered',
      { status: 409, action: 'a/register/action' },
      ['Register the resource provider in the subscription.'],
    ],
    ['throttled', { status: 429 }, [again]],
    ['failed', { status: 503 }, [again]],
    ['without an answer', { code: 'ECONNRESET' }, [again]],
  ] as const)('%s: what helps is said, and nothing else', (_name, change, advice) => {
    const { text } = told([gone, failed('x', change)]);
    expect(text).toContain('x: Reason of x.');
    expect([role, 'Sign in to', 'Register', again].filter((one) => text.includes(one.slice(0, 10)))).toHaveLength(1);
    for (const sentence of advice) expect(text).toContain(`  ${sentence}`);
  });
  test('what does not exist was answered', () => {
    const { text, snapshot } = told([gone]);
    expect(text).not.toMatch(/Not accessible|Reason of gone/);
    const marked = [...renderMarkdown({ ...audit, snapshot })].join('');
    const page = [...renderHtml({ ...audit, snapshot })].join('');
    const log = stringifyJson(sarifLog({ ...audit, snapshot }, about));
    for (const report of [marked, page, log]) expect(report).not.toMatch(/Not accessible|Reason of gone/);
  });
});

test('a page says that a plan is too long to show, and how to make it', () => {
  const map = mapOf(worldSnapshot('mixed'));
  const page = [...renderHtml({ ...audit, gather: () => ({ plan: 1200, map }) })].join('');
  expect(page).toContain('Not shown: 1200 auto-fixable problems are too many');
  expect(page).toContain('<code>bastide plan RULE</code>');
});

describe('junit', () => {
  const named = (resource: string, change: Partial<Finding>) => finding({ resource, id: `x@${resource}`, ...change });
  const every = [
    named('/subscriptions/s/resourceGroups/a/providers/p/t/one', {}),
    named('/subscriptions/s/resourceGroups/A/providers/p/t/ONE', { outcome: 'pass' }),
    named('/subscriptions/s/resourceGroups/b/providers/p/t/one', { outcome: 'notApplicable' }),
    named('/subscriptions/s/resourceGroups/a/providers/p/t/two', {
      accepted: { reason: 'later', by: null, until: null },
    }),
    named('/subscriptions/s/resourceGroups/a/providers/p/t/two', { outcome: 'unknown', where: '/v/s' }),
  ];

  const junitOf = (all: readonly Finding[]) =>
    [...renderJunit({ ...audit, findings: all, every: () => everyOf(all) })].join('');

  test('one suite a resource, named so that no two are alike', () => {
    const suites = [...junitOf(every).matchAll(/<testsuite name="([^"]*)" (.*?) timestamp/g)];
    expect(suites.map(([, name, numbers]) => [name, numbers])).toEqual([
      ['/subscriptions/s/resourceGroups/a/providers/p/t/one', 'tests="2" failures="1" errors="0" skipped="0"'],
      ['/subscriptions/s/resourceGroups/b/providers/p/t/one', 'tests="1" failures="0" errors="0" skipped="1"'],
      ['two', 'tests="2" failures="0" errors="0" skipped="2"'],
    ]);
  });

  test('lists every outcome, not only those that the audit lists', () => {
    const text = junitOf(every);
    expect(text).toContain('<testsuites name="bastide" tests="5" failures="1" errors="0">');
    expect(text.match(/<testcase /g)).toHaveLength(5);
    expect(text).toContain('<skipped message="accepted: later"/>');
    expect(text).toMatch(/<skipped message="unknown: /);
    expect(text).toMatch(/<skipped message="not applicable: /);
  });
});

describe('ocsf', () => {
  const events = (...all: readonly Finding[]) =>
    [...renderOcsf({ ...audit, findings: all }, about)]
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown> & { compliance: { status_id: number } });

  test('one compliance finding a line, with the status of the check', () => {
    const found = events(
      finding({}),
      finding({ outcome: 'pass' }),
      finding({ outcome: 'unknown' }),
      finding({ accepted: { reason: 'later', by: null, until: null } }),
    );
    expect(found.map(({ class_uid: uid, type_uid: type }) => `${uid} ${type}`)).toEqual(Array(4).fill('2003 200301'));
    expect(
      found.map(({ compliance, severity_id: id, status_id: status }) => [compliance.status_id, id, status]),
    ).toEqual([
      [3, 4, 1],
      [1, 1, undefined],
      [0, 4, 1],
      [3, 4, 3],
    ]);
  });
});

test('csv and xlsx: columns keep their names and places', () => {
  const first = 'id,rule,title,severity,outcome,profiles,resource,where,because,fix,undo,problem,accepted';
  const [head] = [...renderCsv([])].join('').split('\r\n');
  expect(head?.replaceAll('"', '')).toBe(`${first},name,type,takes,rollUp,file,line,column`);
});

test('words without a look, and without Unicode', () => {
  expect(renderText([line('a', ['b', 'bad']), []], plain)).toBe('ab\n\n');
  expect(renderText([line(['x', 'bad'])], (text, role) => `<${role}>${text}`)).toBe('<bad>x\n');
  expect(asAscii('✓ a→b …é')).toBe('ok a->b ...?');
});

test('a plan without changes does not say that none are needed where a finding was skipped', () => {
  expect(noChanges({ skipped: [] })).toBe('No changes needed.');
  expect(noChanges({ skipped: [], unjudged: 2 })).toBe('No change is known to be needed; 2 checks are unknown.');
  expect(noChanges({ skipped: [{ finding: 'x@y', reason: 'R.' }], unjudged: 1 })).toBe(
    'No changes planned; 1 check is unknown.',
  );
  expect(noChanges({ skipped: [{ finding: 'storage.x@/s/a', reason: 'It needs an answer.' }] })).toBe(
    'No changes planned.',
  );
});
