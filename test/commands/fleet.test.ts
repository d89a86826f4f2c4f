// `fleet` as its user runs it: an audit, then one plan for each workspace, approved as a file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type FleetFixResult,
  fleetFixExit,
  fleetFixFailure,
  fleetFixLines,
  fleetFixSheet,
} from '../../commands/parts/fleet-fix.ts';
import { guideExit, guideFailure, guideResultLines } from '../../commands/parts/guide-result.ts';
import { countedIn } from '../../src/model/compare.ts';
import { plainText } from '../../src/model/words.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { bastide, everyEffect, freshHome, type Home, homeFor, launcher } from '../support/bastide.ts';

let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());
const fleet = (...words: string[]) => bastide(['fleet', ...words, '--demo=mixed', '--format', 'json'], home);

test('a plan file is applied once it is approved, and an edited one is not', async () => {
  const refused = await fleet('fix', '--yes');
  expect(refused.status).toBe(4);
  expect(JSON.parse(refused.stdout).failure.code).toBe('fleet-unapproved');
  // Without a terminal nothing can be confirmed, so nothing is read.
  const unasked = await fleet('fix');
  expect([unasked.status, JSON.parse(unasked.stdout)]).toMatchObject([
    4,
    { result: null, failure: { code: 'fleet-unapproved', message: expect.stringContaining('no terminal') } },
  ]);

  const unplanned = await fleet('fix', '--plans', 'new/plans');
  expect([unplanned.status, JSON.parse(unplanned.stdout).failure.code]).toEqual([2, 'contradicting-flags']);

  const planned = await fleet('fix', '--dry-run', '--plans', 'new/plans/');
  expect(planned.status).toBe(0);
  const [name = ''] = readdirSync(path.join(home.folder, 'new/plans'));
  const [row] = JSON.parse(planned.stdout).result.workspaces;
  const file = `new/plans/${name}`;
  expect(row).toMatchObject({ state: 'planned', file });
  writeFileSync(path.join(home.folder, 'taken'), '');
  const taken = await fleet('fix', '--dry-run', '--plans', 'taken');
  expect([taken.status, JSON.parse(taken.stdout).failure.message]).toEqual([
    2,
    'The folder taken cannot be made: a file has its name.',
  ]);
  expect(row.changes).toBeGreaterThan(0);

  const approved = readFileSync(path.join(home.folder, file), 'utf8');
  const edited = approved.replace('"Logging, Metrics, AzureServices"', '"None"');
  expect(edited).not.toBe(approved);
  writeFileSync(path.join(home.folder, 'edited.json'), edited);
  expect((await fleet('fix', '--plan', 'edited.json', '--yes')).status).toBe(4);

  const unconfirmed = await fleet('fix', '--plan', file);
  expect([unconfirmed.status, JSON.parse(unconfirmed.stdout).failure.code]).toEqual([4, 'needs-confirmation']);

  const before = JSON.parse((await fleet('audit')).stdout).result.workspaces[0].summary.fail;
  const applied = await fleet('fix', '--plan', file, '--plan', file, '--yes');
  expect(JSON.parse(applied.stdout).result.workspaces).toMatchObject([{ state: 'applied', changes: row.changes }]);
  expect(applied.status).toBe(0);
  const again = await fleet('fix', '--plan', file, '--yes');
  const nothing = { state: 'unchanged', changes: 0, resolves: 0, entry: null };
  expect([again.status, JSON.parse(again.stdout).result.workspaces]).toMatchObject([0, [nothing]]);
  const audited = JSON.parse((await fleet('audit')).stdout).result;
  expect(audited.workspaces[0].summary.fail).toBeLessThan(before);
  expect(audited).toMatchObject({ complete: true, gaps: [] });
});

test('what was not read is named, and is not taken for workspaces without a failing finding', () => {
  const said = (unknown: number, gaps: FleetFixResult['gaps'], limits?: FleetFixResult['limits']) =>
    fleetFixLines({ workspaces: [], stopped: false, unknown, gaps, ...(limits && { limits }) })
      .map(plainText)
      .join('\n');
  const gap = { id: '/subscriptions/s', reason: 'Access denied\u001b[31m.', action: 'a/read', isFailure: true };
  expect(said(0, [])).toBe('0 workspaces: nothing was checked.');
  // Rows of the index may be old: that nothing fails now is not known.
  expect(said(0, [], [{ reason: 'index-delay', data: { asked: '2026-12-01T12:32:00Z' } }])).toBe(
    'No failing finding is known in Azure Resource Graph.\n? Azure Resource Graph was asked at 2026-12-01 12:32 UTC. Its rows may be minutes older, so newer changes may be missing.',
  );
  expect(said(3, [gap])).toBe(
    '? 3 workspaces without a plan: no check is known to fail, and some are unknown.\nnot accessible /subscriptions/s: Access denied.',
  );
});

test('where no check is known to fail, and some are unknown, nothing is called well', async () => {
  const governed = (...words: string[]) => bastide(['fleet', ...words, '--demo=governed'], home);
  const [audit, fix] = [await governed('audit'), await governed('fix', '--dry-run')];
  expect(audit.stdout).toMatch(/1 workspace: 0 with failing findings, .*, 1 with unknown checks/);
  for (const { stdout } of [audit, fix])
    expect(stdout).toMatch(/rows may be minutes older[\s\S]*checks? unknown: Azure/);
  expect(fix.stdout).not.toMatch(/No workspace has/);
  expect(fix.stdout).toContain('1 workspace without a plan: no check is known to fail, and some are unknown.');
  expect(fix.status).toBe(3);
});

test('3 where nothing was planned, and reads that failed leave open whether a change is needed', () => {
  const row = { ...{ id: '/a/mlw', state: 'unchanged' as const, changes: 0, resolves: 0, digest: null, file: null } };
  const empty = { ...row, ...{ entry: null, verified: null, unexpected: [], failure: null } };
  const gap = { id: '/subscriptions/s', reason: 'Access denied.', action: 'a/read', isFailure: true };
  const of = (more: Partial<FleetFixResult>): FleetFixResult => ({
    ...{ workspaces: [], stopped: false, unknown: 0, gaps: [], ...more },
  });
  expect([fleetFixExit(of({})), fleetFixExit(of({}), true), fleetFixExit(of({ limits: [] }))]).toEqual([3, 0, 0]);
  expect(fleetFixExit(of({ gaps: [gap] }), true)).toBe(3);
  expect(fleetFixExit(of({ workspaces: [empty] }))).toBe(0);
  expect(fleetFixExit(of({ unknown: 2 }))).toBe(3);
  expect(fleetFixExit(of({ workspaces: [empty], unknown: 2, gaps: [gap] }))).toBe(3);
  const open = of({ workspaces: [{ ...empty, state: 'unjudged', unjudged: 7 }] });
  expect([fleetFixExit(open), fleetFixFailure(open)]).toEqual([3, null]);
  expect(fleetFixLines(open).map(plainText)).toEqual(['? mlw  No change is known to be needed; 7 checks are unknown.']);
});

test('documents of a fleet fix tell all that its text tells, and there is no SARIF of it', async () => {
  const governed = (...words: string[]) => bastide(['fleet', 'fix', '--dry-run', ...words, '--demo=governed'], home);
  const said = (await governed()).stdout.trim().split('\n');
  for (const format of ['markdown', 'csv', 'html']) {
    const { status, stdout } = await governed('--format', format);
    expect([format, status]).toEqual([format, 3]);
    for (const one of said) expect(stdout).toContain(one.trim().replace(/:$/, ''));
  }
  const refused = await governed('--format', 'sarif');
  expect([refused.status, refused.stdout]).toEqual([2, '']);
  const verified = { introduced: [], resolved: [], persisting: [], unknown: [], notApplicable: [], unknownChecks: 9 };
  const row = { ...{ id: '/a/mlw', state: 'unjudged' as const, changes: 0, resolves: 0, digest: null, file: null } };
  const result: FleetFixResult = {
    ...{ stopped: false, unknown: 4, gaps: [] },
    workspaces: [{ ...row, ...{ entry: null, verified, unexpected: [], failure: null, unjudged: 7 } }],
  };
  const cells = fleetFixSheet(result).rows.flat().join('\n');
  for (const one of fleetFixLines(result)) expect(cells).toContain(plainText(one).trim());
  expect(fleetFixSheet(result).rows[0]?.[1]).toBe('unjudged');
});

test('what is critical or high was introduced: 1 where all was applied, 5 where not, said before the rest', () => {
  const severe = [{ finding: 'nsg.inbound-ssh@/a/nsg', severity: 'high' as const }];
  const verified = {
    introduced: ['nsg.inbound-ssh@/a/nsg'],
    severe,
    resolved: [],
    persisting: [],
    unknown: [],
    notApplicable: [],
  };
  const row = {
    ...{
      id: '/a/mlw',
      state: 'applied' as const,
      changes: 1,
      resolves: 1,
      digest: null,
      file: null,
      entry: 'e',
      verified,
    },
    ...{ unexpected: [], failure: null },
  };
  const result = (...states: readonly FleetFixResult['workspaces'][number]['state'][]): FleetFixResult => ({
    ...{ stopped: false, unknown: 0, gaps: [] },
    workspaces: states.map((state) => ({ ...row, state })),
  });
  expect(fleetFixExit(result('applied'))).toBe(1);
  expect(fleetFixFailure(result('applied'))?.message).toContain('high: nsg.inbound-ssh on nsg');
  expect(fleetFixExit(result('applied', 'failed'))).toBe(5);
  expect(fleetFixLines(result('applied')).map(plainText)[1]).toBe('  introduced     high     nsg.inbound-ssh  nsg');

  const guided = {
    ...{ stopped: false, done: [], skipped: [], order: null, left: [], script: [] },
    sent: 2,
    manual: 0,
    failed: 0,
    severe,
  };
  expect([guideExit(guided), guideExit({ ...guided, failed: 1 })]).toEqual([1, 5]);
  expect([guideFailure(guided)?.code, guideFailure({ ...guided, failed: 1 })?.code]).toEqual([
    'introduced',
    'partly-done',
  ]);
  expect(guideResultLines(guided).map(plainText)[0]).toBe('introduced     high     nsg.inbound-ssh  nsg');
});

test('what a plan does not include is told, and a run that a signal ends after its last change has applied it', async () => {
  const simulator = await startSimulator({ world: 'fleet', workspaces: 16, wire: 'plain' });
  const own = homeFor(simulator);
  try {
    const at = ['--endpoint', simulator.endpoint, '--ca', 'ca.pem', '--format', 'json'];
    const dry = await bastide(['fleet', 'fix', '--dry-run', '--plans', 'plans', ...at], own);
    const planned: FleetFixResult = JSON.parse(dry.stdout).result;
    const empty = planned.workspaces.find(({ state, notIncluded = 0 }) => state === 'unchanged' && notIncluded > 0);
    if (empty === undefined) throw new TypeError('a workspace whose fixes are only offered');
    // As a plan of that workspace alone says it.
    const alone = await bastide(['fix', '--all', '--dry-run', '--workspace', empty.id, ...at], own);
    const { skipped, preview } = JSON.parse(alone.stdout).result;
    const offered = skipped.map(({ finding }: { finding: string }) => finding);
    expect(empty.skipped?.map(({ finding }) => finding)).toEqual(offered);
    expect(empty.notIncluded).toBe(countedIn(offered, preview.rollUps));
    expect(empty.skipped?.[0]?.reason).toContain(`--workspace ${empty.id}`);
    const said = fleetFixLines({ ...planned, workspaces: [empty] }).map(plainText);
    expect(said[0]).toMatch(new RegExp(`nothing to apply, ${empty.notIncluded} not included$`));
    expect(fleetFixSheet({ ...planned, workspaces: [empty] }).rows[0]?.join()).toContain('not included');

    const file = planned.workspaces.find(({ changes }) => changes === 2)?.file ?? '';
    const words = ['fleet', 'fix', '--plan', file, '--yes', ...everyEffect, ...at];
    const child = spawn('sh', [launcher, ...words], {
      env: own.env,
      cwd: own.folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let writes = 0;
    simulator.onExchange(({ method }) => {
      if (!/PUT|PATCH|DELETE/.test(method)) return;
      writes += 1;
      if (writes === 2) child.kill('SIGINT');
    });
    const [stdout, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    const { failure, result } = JSON.parse(stdout);
    expect([status, result.workspaces[0].state, result.workspaces[0].isEnded]).toEqual([5, 'applied', true]);
    expect(failure.message).toBe('1 of 1 plan was applied, and the run ended early.');
    expect(result.workspaces[0].failure.message).toMatch(/^2 of 2 changes were applied\./);
    expect(fleetFixLines(result).map(plainText).join('\n')).toMatch(/applied: 2 changes[\s\S]*stopped by a signal/);
  } finally {
    await simulator.stop();
    own.remove();
  }
});

test('a write that Azure rejected was sent: exit 7, with its history entry and the workspace in what is suggested', async () => {
  const simulator = await startSimulator({ world: 'fleet', workspaces: 6 });
  const own = homeFor(simulator);
  try {
    const run = (...words: string[]) =>
      bastide(['fleet', 'fix', ...words, '--endpoint', simulator.endpoint, '--ca', 'ca.pem', '--format', 'json'], own);
    await run('--dry-run', '--plans', 'plans');
    const [file = ''] = readdirSync(path.join(own.folder, 'plans'));
    let writes = 0;
    simulator.onExchange(({ method }) => {
      if (/PUT|PATCH|DELETE/.test(method)) writes += 1;
    });
    const words = ['--plan', `plans/${file}`, '--yes', ...everyEffect];
    simulator.setFaults('PUT /subscriptions/* * 403; PATCH /subscriptions/* * 403');
    const ran = await run(...words);
    const { failure, result } = JSON.parse(ran.stdout);
    expect([ran.status, failure.code, writes]).toEqual([7, 'refused', 1]);
    expect(result.workspaces).toMatchObject([
      { state: 'failed', entry: expect.stringMatching(/./), isRejected: true, failure: { code: 'refused' } },
    ]);
    expect(result.workspaces[0].failure.next).toContain('--workspace');
  } finally {
    await simulator.stop();
    own.remove();
  }
});
