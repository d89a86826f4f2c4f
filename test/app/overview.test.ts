// The overview: what it says of a report, and where its rows lead.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { findings } from '../../src/app/screens/findings.ts';
import { trendSection } from '../../src/app/screens/overview/changes.ts';
import { interruptedSection } from '../../src/app/screens/overview/problem-sections.ts';
import { areasIn } from '../../src/app/screens/overview/sections.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { sliceOf } from '../../src/app/state/view.ts';
import type { CommandHost } from '../../src/command/definition.ts';
import type { AuditRecord } from '../../src/model/audit-record.ts';
import type { Entry } from '../../src/model/entry.ts';
import type { Outcome, Report } from '../../src/model/finding.ts';
import { shortFinding } from '../../src/model/short-finding.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { type FakeOptions, fakeSession, ids } from '../support/fake-session.ts';

async function started(size = { columns: 140, rows: 40 }, fake: FakeOptions = {}, lastRun?: CommandHost['lastRun']) {
  const stdout = { ...size, write: () => true } as unknown as NodeJS.WriteStream;
  const plainOptions = fakeOptions({ session: fakeSession(fake), stdout, screen: 'overview' });
  const { context } = plainOptions;
  const host = lastRun === undefined ? context.host : { ...context.host, lastRun };
  const shell = createShell({ ...plainOptions, context: { ...context, host } });
  await shell.begin();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  const state = () => shell.store.get();
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (state().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const text = () => bodyRows(state()).map(plain).join('\n');
  return { press, rest, shell, state, text };
}

test('the gravest problem comes first: f plans it, Enter leads to it', async () => {
  const { press, rest, state, text } = await started();
  expect(text()).toMatch(/> critical auto-fixable stmlsim: The storage firewall admits/);
  const [problem] = state().report?.problems ?? [];
  expect(state().view.selection).toMatchObject({ about: 'problem', problems: [problem], resource: ids.storage });
  press('f');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'plan', choice: 0, line: `fix ${problem?.findings.join(' ')}` });
  press('esc', 'enter');
  expect([state().screen, state().view.selection.problems]).toEqual(['problems', [problem]]);
});

test('the selected problem is told below the other sections where there is room, and only there', async () => {
  const { press, state, text } = await started({ columns: 200, rows: 60 });
  const problems = state().report?.problems ?? [];
  for (const { headline } of problems.slice(0, 2)) {
    expect(text().split('Selected problem')[1]).toContain(headline.slice(headline.indexOf(':') + 2));
    press('j');
  }
  for (const size of [
    { columns: 140, rows: 16 },
    { columns: 80, rows: 60 },
  ]) {
    expect((await started(size)).text()).not.toContain('Selected problem');
  }
});

test('an area leads to its findings', async () => {
  const { press, state } = await started();
  press('j', 'j', 'j', 'enter');
  expect(state().screen).toBe('findings');
  const { filter, items } = sliceOf(state(), findings);
  expect(filter).toBe('rule:storage.');
  expect(items.value.length).toBeGreaterThan(0);
});

test('an acceptance that is over is told with its finding, which says so itself', async () => {
  const { press, shell, state, text } = await started();
  const { report } = state();
  const [finding] = report?.findings ?? [];
  if (report === null || finding === undefined) throw new Error('nothing was read');
  const over = { finding: finding.id, reason: 'A sandbox', until: '2020-01-01', by: 'ann', findings: [finding.id] };
  const project = { path: 'bastide.yaml', rulesOff: 0, accepted: 2, expired: [over], unused: [], production: false };
  shell.store.dispatch({ type: 'set', members: { report: { ...report, project } } });
  expect(text()).toMatch(/Accepted {2}1 acceptance expired/);
  expect(text()).toContain(`! expired on 2020-01-01: ${shortFinding(finding.id)}`);
  expect(text()).toContain('2 findings in bastide.yaml');
  for (let times = 0; times < 60 && state().view.selection.about !== 'finding'; times += 1) press('j');
  press('enter');
  expect([state().screen, state().view.selection.finding?.id]).toEqual(['findings', finding.id]);
  expect(text().replaceAll(/\s+/g, ' ')).toContain('acceptance by ann expired on 2020-01-01: A sandbox');
});

test('what changed since the last reading is told, and what was done', async () => {
  const { press, rest, text } = await started();
  expect(text()).toContain('First scan. Press r to rescan.');
  press('f');
  await rest();
  press('tab', 'enter');
  await rest();
  press('esc');
  expect(text()).toContain('2 resolved, 0 new');
  expect(text()).toMatch(/fix done .*fix storage\./);
});

test('what changed since the last run is told from the start and stays; each leads to its finding; the last is kept once', async () => {
  const kept: Report[] = [];
  const verdicts = new Map<string, Outcome>();
  const lastRun: CommandHost['lastRun'] = async (_source, workspace, profile) => {
    expect([workspace, profile]).toEqual([ids.workspace, 'all']);
    return {
      get: async () => ({
        seen: { at: '2026-02-01T08:30:00.000Z', profile: 'all', verdicts },
        note: 'One \x1b[2Jfile.',
      }),
      keep: async (report) => void kept.push(report),
    };
  };
  const sample = (await started()).state().report?.findings ?? [];
  const failing = sample.filter(({ outcome }) => outcome === 'fail');
  const [passing] = sample.filter(({ outcome }) => outcome === 'pass');
  // All but one failed then as well; what passes failed, and something failed that is not there any more.
  for (const { id } of failing.slice(1)) verdicts.set(id, 'fail');
  if (passing !== undefined) verdicts.set(passing.id, 'fail');
  for (let n = 0; n < 8; n += 1) verdicts.set(`old.rule@/s/gone\x1b[2J-${n}`, 'fail');
  const { press, rest, state, text } = await started({ columns: 140, rows: 60 }, {}, lastRun);
  const section = () => text().slice(text().indexOf('Since 2026'));
  expect(section()).toMatch(/^Since 2026-02-01 08:30 UTC {2}1 resolved, 1 new, 8 no longer checked/);
  expect(text()).not.toContain('First scan. Press r to rescan.');
  expect(section()).toMatch(/- old\.rule on gone/);
  expect(section()).toContain('and 2 more');
  expect(section()).not.toContain('\x1b');
  expect(state().messages.map((one) => one.text)).toEqual([expect.stringMatching(/^One .*file\.$/)]);
  press('r');
  await rest();
  expect(text()).toMatch(/Since the last scan {2}0 resolved, 0 new/);
  expect(section()).toMatch(/1 resolved, 1 new/);
  expect(state().messages).toHaveLength(1);
  expect(kept).toHaveLength(2);
  const place = text().slice(0, text().indexOf('Since 2026')).split('\n').length;
  expect(place).toBeGreaterThan(1);
  press('G');
  for (let n = 0; n < 30 && state().screen === 'overview'; n += 1) {
    if (new RegExp(`^.*> \\S ${failing[0]?.rule} on `, 'm').test(section())) press('enter');
    else press('k');
  }
  expect(state().screen).toBe('findings');
  expect(state().view.selection.finding?.id).toBe(failing[0]?.id);
});

test('no section is cut to its title alone, at any height', async () => {
  const { shell, text } = await started({ columns: 80, rows: 24 });
  for (let rows = 16; rows <= 44; rows += 1) {
    shell.resized(80, rows);
    expect(text().trimEnd().split('\n').at(-1), `${rows} rows`).not.toMatch(/^─ /);
  }
});

test('what could not be read is told with the permission it needs, and leads to the tree', async () => {
  const gap = { id: ids.vault, reason: 'Refused.', action: 'Microsoft.KeyVault/vaults/read', status: 403 };
  const { press, state, text } = await started({ columns: 80, rows: 40 }, { gaps: [gap] });
  expect(text()).toMatch(/Not accessible {2}1 resource .*\n.*missing permission: Microsoft.KeyVault\/vaults\/read/);
  press('G', 'enter');
  expect(state().screen).toBe('resources');
  expect(state().view.selection.resource).toBe(ids.vault);
});

test('what files hold beside the workspace is told with its number and leads to the tree; skipped files are told', async () => {
  const { press, shell, state, text } = await started({ columns: 140, rows: 40 });
  const { report, snapshot } = state();
  if (report === null || snapshot === null) throw new Error('nothing was read');
  const told = (outside: readonly string[], more: Partial<typeof snapshot> = {}) => {
    shell.store.dispatch({
      type: 'set',
      members: { report: { ...report, outside }, snapshot: { ...snapshot, ...more } },
    });
    return text();
  };
  expect(told([])).not.toContain('Not checked');
  expect(told([ids.vault], { workspace: null })).not.toContain('Not checked');
  const skipped = [{ file: 'infra/odd\x1b[2J.json', reason: 'it is not JSON' }];
  expect(told([], { skipped })).toMatch(/Not checked {2}1 skipped file .*\n.*infra\/odd.*: it is not JSON/);
  expect(text()).not.toContain('\x1b');
  expect(told([ids.vault])).toMatch(/Not checked {2}1 resource outside the scope of mlw-sim /);
  const many = [ids.vault, ids.lake, ids.network, ids.subnet, ids.lock];
  expect(told(many)).toMatch(
    /5 resources outside the scope of mlw-sim .*\n.*kv-mlsim {2}key vault.*\n.*\n.*\n.*and 2 more resources.*\n.*start Bastide with --all-resources\./,
  );
  press('G');
  for (let times = 0; times < 20 && state().view.selection.resource !== ids.vault; times += 1) press('k');
  press('enter');
  expect([state().screen, state().view.selection.resource]).toEqual(['resources', ids.vault]);
});

test('/ goes to the findings and filters there', async () => {
  const { press, state } = await started();
  press('/', 'h', 'i', 'g', 'h');
  expect([state().screen, sliceOf(state(), findings).filter]).toEqual(['findings', 'high']);
});

test('areas count every check that applies', async () => {
  const { state } = await started();
  const report = state().report;
  if (report === null) throw new Error('nothing was read');
  const { pass, fail, unknown } = report.summary;
  const areas = areasIn(report);
  expect(areas.reduce((sum, area) => sum + area.pass + area.fail + area.unknown, 0)).toBe(pass + fail + unknown);
});

test('audits one after another are a trend; an interrupted run is the first section', async () => {
  const { state } = await started();
  const record = (at: string, fail: number): AuditRecord => ({
    ...{ at, profile: 'all', pass: 0, fail, unknown: 0, accepted: 0 },
    bySeverity: { critical: fail, high: 0, medium: 0, low: 0, info: 0 },
    ...{ failing: [], unknowns: [], acceptances: [], problems: [] },
  });
  const audits = [
    record('2026-02-01T08:30:00Z', 4),
    record('2026-02-02T08:30:00Z', 8),
    record('2026-02-03T08:30:00Z', 0),
  ];
  const section = trendSection({ audits, profile: 'all', ascii: false });
  expect(section).toMatchObject({ title: 'Trend', note: '3 audits since 2026-02-01 08:30 UTC' });
  expect(section?.rows.map(({ words }) => plain(words))).toEqual(['▅█▁  failing findings: 4, now 0']);
  expect(trendSection({ audits: audits.slice(0, 1), profile: 'all', ascii: false })).toBeNull();
  const entry = { ...state().entries[0], id: 'entry-7', at: '2026-02-03T08:30:00Z', verb: 'fix', line: 'fix --all' };
  const steps = [{ state: 'done' }, { state: 'unknown' }];
  const cut = { ...entry, steps, state: 'open', undoneBy: null } as unknown as Entry;
  expect(interruptedSection({ entries: [cut] })).toMatchObject({
    ...{ title: 'Interrupted run', note: '1 of 2 changes made' },
    rows: [{ goal: { to: 'entry', id: 'entry-7' } }, { goal: null }],
  });
  expect(interruptedSection({ entries: [{ ...cut, state: 'done' }] })).toBeNull();
});
