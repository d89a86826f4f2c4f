// What an operator reads in real worlds, by keys: nothing is cut so that it misleads, and no two numbers of one screen disagree.
import { expect, test } from 'vitest';
import { onScreen } from '../../src/app/draw/screen-words.ts';
import type { DriftReport } from '../../src/model/drift.ts';
import { driftNumbers } from '../../src/model/drift-words.ts';
import { isRollUp } from '../../src/model/finding.ts';
import { rules } from '../../src/rules/index.ts';
import { openInProcess } from '../support/in-process.ts';
import { walk } from '../support/walk.ts';

const flat = (text: string): string => text.replaceAll(/[│─\s]+/g, ' ');

test('a guide wraps its effects below their beginning', async () => {
  const { press } = await walk(openInProcess('open'), 80, 24);
  const rows = (await press('w')).split('\n');
  const first = rows.findIndex((row) => /^ {3}Interrupts {3}\S/.test(row));
  const last = rows.findIndex((row) => /^ change subnet/.test(row));
  expect(first).toBeGreaterThan(0);
  expect(last).toBeGreaterThan(first + 1);
  for (const row of rows.slice(first + 1, last)) expect(row).toMatch(/^ {16}\S/);
});

test('a list says how many of its rows no number counts', async () => {
  const { press, state } = await walk(openInProcess('open'), 80, 24);
  const findings = state().report?.findings ?? [];
  const fail = state().report?.summary.fail ?? 0;
  const rollUps = findings.filter((one) => isRollUp(one) && one.outcome === 'fail').length;
  expect(rollUps).toBeGreaterThan(0);
  const list = await press('3');
  expect(list).toContain(`${fail} findings`);
  expect(list).toMatch(new RegExp(`Findings by severity, with ${rollUps} roll-ups .*/${fail + rollUps}$`, 'm'));
  expect(await press('4')).toMatch(new RegExp(`Findings mlw-sim, with ${rollUps} roll-ups .*/${fail + rollUps}$`, 'm'));
});

test('a fix that cannot be planned here is not told as manual steps', async () => {
  const { press } = await walk(openInProcess('governed'), 140, 40);
  for (const [keys, says] of [
    ['2', ' Details '],
    ['3', ' No automatic fix here. '],
  ] as const) {
    const text = flat(await press(keys));
    expect(text).toContain(says);
    expect(text).toMatch(/ Change it in Virtual .*Network Manager\. /);
    expect(text).not.toMatch(/manual steps|Adds an inbound allow rule/);
  }
});

test('a pair of names is told apart where the list is narrow', async () => {
  const { press } = await walk(openInProcess('large'), 80, 24);
  for (const keys of ['3', '4']) {
    const rows = (await press(keys)).split('\n').filter((row) => row.includes('Compute subnet'));
    expect(rows.length).toBeGreaterThan(3);
    const list = rows.filter((row) => /…\S+ and …/.test(row)).map((row) => row.slice(row.indexOf('…')));
    expect(new Set(list).size).toBe(list.length);
    expect(list.length).toBeGreaterThan(3);
  }
});

test('a fix that a missing permission stops is called blocked in each list, and is not counted as fixable', async () => {
  const { press, text } = await walk(openInProcess('refused'), 80, 24);
  // The status fits, without a word that is cut.
  expect(text().split('\n')[1]).toMatch(/4 findings 108 unknown · 4 not accessible$/);
  expect(flat(await press('2'))).toMatch(/critical 2 > C stmldata .* 2 blocked C stmlsim .* 1 blocked/);
  const list = await press('3');
  expect(list).toMatch(/▾ critical 2$/m);
  expect(list).toMatch(/C stmldata and snet-gpu .* blocked$/m);
  expect(list).toMatch(/▾ high 1 {2}1 auto-fixable$/m);
});

test('the effects of a problem are those of its changes together', async () => {
  const { press } = await walk(openInProcess('open'), 140, 60);
  const shown = flat(await press('2'));
  expect(shown).toContain('default action Allow → Deny');
  // What makes one hesitate comes first.
  expect(shown).toMatch(/Effects ! Cuts off serverless compute of mlw-sim to kv-mlsim, TCP 443: blocked from now on\./);
  expect(shown).toMatch(
    /Interrupts .* are reset\. Cuts off .* the Internet to kv-mlsim, TCP 443: blocked from now on\./,
  );
  // The subnets that the same changes allow are not cut off.
  expect(shown).not.toMatch(/snet-(?:dev|gpu|train)[^.]* to kv-mlsim/);
});

test('a form about a finding names it shortly, and asks only for what accepting needs', async () => {
  const { press, state } = await walk(openInProcess('open'), 80, 24);
  const form = await press('3 x');
  expect(form).toMatch(/findings +storage\.default-action-deny@…\/lakemlsim/);
  expect(form).toMatch(/\$ bastide accept storage\.default-action-deny@…\/lakemlsim/);
  expect(form).not.toMatch(/ (remove|list) +not set/);
  const { overlay } = state();
  expect(overlay?.kind === 'form' ? overlay.line : '').toContain('/subscriptions/');
});

test('a question is shown as one sentence, and long names that begin alike are told apart', async () => {
  const { press, text } = await walk(openInProcess('crowded'), 140, 40);
  expect(flat(text())).toContain('delete=no (keeps both; the finding remains).');
  const named = text()
    .split('\n')
    .filter((row) => /needs review 1f62aaae/.test(row))
    .map((row) => row.slice(0, 68));
  expect(named.length).toBeGreaterThan(1);
  expect(new Set(named).size).toBe(named.length);
  const tree = (await press('4')).split('\n').filter((row) => /^ +1f62aaae/.test(row));
  expect(new Set(tree.map((row) => row.slice(0, 32))).size).toBe(3);
});

test('the name of the workspace and the age of its scan never touch', async () => {
  const { text, resize } = await walk(openInProcess('refused'), 80, 24);
  for (let columns = 60; columns < 140; columns += 1) {
    resize(columns, 24);
    expect(text().split('\n')[0]).toMatch(/ Scanned /);
  }
});

/** What only the shell has: flags of a fix, and command lines with the program's name. */
const ofTheShell = /--(?:answer|ip|all|yes|live|dry-run|allow-effects|workspace)\b|`bastide /;

test('no sentence of a rule names a flag of the shell on the screen', () => {
  const told = rules.flatMap(({ id, explain: { why, fix, breaks } }) => [why, fix, breaks].map((text) => [id, text]));
  expect(told.filter(([, text]) => ofTheShell.test(text ?? '')).length).toBeGreaterThan(20);
  expect(
    told.map(([id, text]) => [id, onScreen(text ?? '')]).filter(([, text]) => ofTheShell.test(text ?? '')),
  ).toEqual([]);
  expect(onScreen('Upgrades the registry: pass --answer sku=Premium.')).toBe(
    'Upgrades the registry: answer sku=Premium.',
  );
  expect(onScreen('It is unknown. Pass --service-tags FILE.')).toBe('It is unknown. Start with --service-tags FILE.');
  // The usage of a command is that of the command line, which takes it.
  for (const usage of ['fix FINDING [--answer NAME=VALUE]', '  --answer NAME=VALUE  answer a question'])
    expect(onScreen(usage)).toBe(usage);
});

test('problems, findings, plans and refusals say what to press or answer, not which flag to pass', async () => {
  const { press, text, state } = await walk(openInProcess('drifted'), 120, 120);
  const seen: string[] = [];
  const look = () =>
    seen.push(
      ...text()
        .split('\n')
        .filter((row) => ofTheShell.test(row) && !/^ \S+ = bastide |^ \$ /.test(row)),
    );
  for (const screen of ['2', '3']) {
    await press(`${screen} g`);
    for (let at = 0; at < 8; at += 1) {
      await press('j');
      look();
    }
  }
  for (const keys of ['F', 'f']) {
    await press(keys);
    look();
    expect(flat(text())).toMatch(keys === 'F' ? /Not included f on the finding asks what it needs/ : /./);
    while (state().overlay !== null) await press('esc');
  }
  expect(seen.filter((row) => !/ az /.test(row))).toEqual([]);
});

test('a plan offers to ask only where a finding that it leaves needs an answer', async () => {
  const { press } = await walk(openInProcess('containers'), 140, 60);
  const plan = await press('F');
  expect(plan).toContain('Not included');
  expect(plan).not.toContain('asks what it needs');
});

test('findings of a resource name the other one of each pair, and their titles have the room', async () => {
  const { press } = await walk(openInProcess('limited'), 80, 24);
  const list = await press('4 / "nsg-train" enter');
  expect(list).toMatch(/> critical snet-train Storage denied outbound on /);
  expect(list).not.toMatch(/critical \S* and /);
});

test('an undone exception stands under the heading of what it does', async () => {
  const { press } = await walk(openInProcess('mixed'), 80, 24);
  const plan = await press('3 / "bypass stmlsim" enter f');
  expect(plan).toMatch(/^ Allow access$/m);
  const undo = await press('tab enter esc esc u');
  expect(undo).toMatch(/! Cuts off +trusted Azure services to stmlsim[\s\S]*^ Restrict access$/m);
  expect(undo).not.toMatch(/^ Allow access/m);
});

test('a message ends at a whole sentence, and why a key did nothing is not told on the next screen', async () => {
  const { press, text, state } = await walk(openInProcess('mixed'), 80, 24);
  const footer = () => text().split('\n').at(-2) ?? '';
  await press('6 p');
  expect(footer()).toMatch(/Select a subnet, a compute or a service/);
  await press('5');
  expect(footer()).not.toMatch(/Select a subnet/);
  await press('F tab enter');
  expect(state().message?.text).toMatch(/Press u to undo\.$/);
  expect(footer()).toMatch(/^ Applied and verified: 34 findings resolved \(10 of 18 problems\)\.$/);
});

test('why a key did nothing is told over the list that it was about', async () => {
  const { press, state } = await walk(openInProcess('refused'), 80, 24);
  const told = await press('3 f');
  expect(flat(told)).toMatch(/> Findings by severity.*Failed.*Missing permission:.*Next: Nothing was sent\./);
  expect(told).not.toContain('--');
  await press('esc');
  expect([state().overlay, state().screen]).toEqual([null, 'findings']);
});

test('a roll-up is no finding in the numbers of drift', () => {
  const finding = (rollUp: boolean) => ({ rollUp }) as unknown as DriftReport['opened'][number];
  const closed = [finding(true), finding(false), finding(false)] as unknown as DriftReport['closed'];
  const since = { at: '2026-11-30T12:00:00.000Z' };
  const opened = [finding(false), finding(true)];
  const report = { changes: [], notes: [], opened, closed, since } as unknown as DriftReport;
  expect(driftNumbers(report)).toBe('no setting changed; 1 finding opened, 2 closed');
  const unread = { ...report, notes: ['Some records could not be read.'] };
  expect(driftNumbers(unread)).toBe('no setting is known to have changed; 1 finding opened, 2 closed');
  const late = { reason: 'records-late', data: { until: '2026-12-01T12:00:00.000Z' } } as const;
  expect(driftNumbers({ ...report, notCompared: [late] })).toBe(
    'by change records, which may lack writes after 2026-12-01 12:00 UTC, no setting changed; 1 finding opened, 2 closed',
  );
});

test('a column of names is as wide as its names, and narrow headings of the map are read', async () => {
  const { press, resize, text } = await walk(openInProcess('mixed'), 80, 24);
  const list = await press('2');
  expect(list).toMatch(/^ {6}Resource {9}Problem/m);
  expect(list).toContain('Compute subnet blocked by registry…');
  await press('5');
  resize(60, 20);
  expect(text()).toMatch(/config St…ge Vault Re…ry Wo…ce In…et/);
});

test('a result of a command wraps below its text, not below its label', async () => {
  const { press } = await walk(openInProcess('mixed'), 80, 24);
  const rows = (await press('E "Unable to profile this dataset" enter')).split('\n');
  const means = rows.findIndex((row) => / Means {3}Studio/.test(row));
  expect(rows[means + 1]).toMatch(/^ {11}\S/);
  expect(rows[means + 2]).toMatch(/^ {3}Next/);
});
