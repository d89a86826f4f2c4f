// The screen of the fleet: rows from a session's two stages, order, filters, causes, opening a workspace and coming back.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import type { FleetKept } from '../../src/app/state/fleet-shown.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { Severity } from '../../src/model/finding.ts';
import type { FleetReport, FleetRequest, FleetRow, FleetStage } from '../../src/model/fleet.ts';
import { screenRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

const count = 2_000;
const subscription = (at: number) => `00000000-0000-0000-0000-00000000000${at % 3}`;
const group = (at: number) => `/subscriptions/${subscription(at)}/resourceGroups/rg-${at % 7}/providers`;
const idOf = (at: number) =>
  `${group(at)}/Microsoft.MachineLearningServices/workspaces/mlw-${String(at).padStart(4, '0')}`;
const hub = `${group(0)}/Microsoft.Network/networkSecurityGroups/nsg-hub`;
const severities = ['critical', 'high', 'medium', 'low', null] as const;

function rowOf(at: number, stage: FleetStage): FleetRow {
  const severity = severities[Math.floor((at * severities.length) / count)] ?? null;
  const bySeverity = { critical: 0, high: 0, medium: 0, low: 0, info: 0 } as Record<Severity, number>;
  if (severity !== null) bySeverity[severity] = 1;
  const fail = severity === null ? 0 : 1;
  const summary = {
    pass: 5,
    fail,
    unknown: stage === 1 || at === 2 ? 3 : 0,
    notApplicable: 0,
    accepted: 0,
    bySeverity,
  };
  return {
    ...{ id: idOf(at), name: `mlw-${String(at).padStart(4, '0')}`, subscription: subscription(at) },
    ...{ resourceGroup: `rg-${at % 7}`, severity, summary: summary as unknown as FleetRow['summary'], problems: fail },
    problemsBySeverity: bySeverity as FleetRow['problemsBySeverity'],
    ...{ stage, gaps: [], at: '2026-03-01T11:58:00Z' },
    tags: at === 1 ? { Owner: 'ana\x1b[31m', env: 'prod' } : at % 2 === 0 ? { team: 'vision' } : {},
  };
}

const reportOf = (stage: FleetStage): FleetReport =>
  ({
    at: '2026-03-01T11:58:00Z',
    workspaces: Array.from({ length: count }, (_, at) => rowOf(at, stage)),
    shared: [
      {
        ...{
          resource: hub,
          headline: 'nsg-hub blocks AzureMachineLearning outbound: 3 workspaces',
          severity: 'critical',
        },
        ...{ rules: ['nsg.outbound-azureml'], workspaces: [idOf(0), idOf(1), idOf(2)] },
      },
    ],
    problems: [0, 1, 2].map((at) => ({
      ...{ workspace: idOf(at), resource: hub, headline: 'AzureMachineLearning denied outbound', severity: 'critical' },
      findings: [{ rule: 'nsg.outbound-azureml', severity: 'critical', headline: 'denied' }],
    })),
    ...{ requests: { graph: 20, arm: 6_000 }, complete: stage === 2, gaps: [] },
  }) as unknown as FleetReport;

async function started({ columns = 80, rows = 24, kept = null as FleetKept | null } = {}) {
  const asked: unknown[] = [];
  const left: FleetKept[] = [];
  const opened: string[] = [];
  const gate = Promise.withResolvers<void>();
  const session = {
    ...fakeSession(),
    // biome-ignore lint/correctness/useYield: nothing is told on the way.
    async *fleet({ stage, onStageOne }: FleetRequest) {
      asked.push(stage);
      onStageOne?.(reportOf(1));
      await gate.promise;
      return reportOf(stage);
    },
  };
  const stdout = { columns, rows, write: () => true } as unknown as NodeJS.WriteStream;
  const options = fakeOptions({
    ...{ session: session as never, stdout, screen: kept === null ? 'fleet' : 'overview' },
    now: () => new Date('2026-03-01T12:00:00Z'),
    fleet: { kept, keep: (fleet) => void left.push(fleet) },
    workspaces: { recent: [], open: ({ id }) => void opened.push(id) },
  });
  const record = { at: '2026-02-01T00:00:00Z', profile: 'all', fail: 0, unknown: 0 };
  const audits = async (_source: unknown, id: string) => ({
    all: async () => ({
      records: id === idOf(1) ? [record] : [idOf(2), idOf(3)].includes(id) ? [{ ...record, fail: 4 }] : [],
      damaged: 0,
    }),
    add: async () => {},
  });
  const host = { ...options.context.host, audits: audits as never };
  const shell = createShell({ ...options, context: { ...options.context, host } });
  const state = () => shell.store.get();
  const settle = async (until = () => state().work === null) => {
    for (let quiet = 0; quiet < 3; quiet = until() ? quiet + 1 : 0)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const text = () => screenRows(state()).map(plain).join('\n');
  await shell.begin();
  await settle();
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      shell.press(key);
      await settle();
    }
    return text();
  };
  const read = async () => {
    shell.press('r');
    gate.resolve();
    await settle(() => state().fleet?.report.complete === true && state().work === null);
    return text();
  };
  return { shell, state, press, read, text, settle, gate, asked, left, opened };
}

test('r reads stage 1, shows it, and completes it; what is in common stands above', async () => {
  const { shell, state, text, settle, gate, asked } = await started();
  expect(text()).toContain('Press r to read every workspace');
  shell.press('r');
  await settle(() => state().fleet !== null);
  expect([asked, state().work?.title]).toEqual([[2], 'Reading the fleet']);
  // Stage 2 may find more.
  expect(text()).toMatch(/shared causes, at least 1\n[\s\S]*nsg-hub +3 workspaces: nsg-hub blo/);
  gate.resolve();
  await settle(() => state().fleet?.report.complete === true && (state().fleet?.since.size ?? 0) > 0);
  const shown = text();
  expect(shown).toMatch(/shared causes 1[\s\S]*critical 400[\s\S]*mlw-0000/);
  // What the third left unknown is not resolved; the fourth knows all.
  expect([2, 3].map((at) => state().fleet?.since.get(idOf(at)))).toEqual([undefined, -3]);
  expect(shown).toMatch(/mlw-0001 +AzureMachineLearning denied ou\w*…? +1 +1 \(\+1\) +2 min/);
  expect(shown).toContain('/2001');
  expect(shown).toContain('[9 Fleet]');
  // Read again, it keeps what is complete until the new reading is.
  const known = state().fleet;
  shell.press('r');
  await settle(() => asked.length === 2);
  expect(state().fleet?.report.complete).toBe(true);
  await settle(() => state().work === null && state().fleet?.since.size === known?.since.size);
  expect(state().fleet?.report).not.toBe(known?.report);
});

test('keys that work only inside a workspace are not in its footer, and are there again on the next screen', async () => {
  const { read, press } = await started({ columns: 140 });
  const footer = (rows: string) => rows.split('\n').slice(-2).join('\n');
  const here = footer(await read());
  expect(here).not.toMatch(/\b(?:fix|undo|guide)\b/);
  expect(here).toMatch(/Enter open .*filter .*rescan/);
  expect(footer(await press(':', ...'findings', 'enter'))).toMatch(/f fix .*F fix all .*u undo/);
});

test('Enter on a cause lists its workspaces, on a workspace opens it, and Backspace there is back at its row', async () => {
  const one = await started();
  await one.read();
  await one.press('g', 'j');
  expect(await one.press('enter')).toMatch(/Fleet of nsg-hub[\s\S]*mlw-0000[\s\S]*mlw-0002/);
  expect(one.state().view.selection.resource).toBe(idOf(0));
  await one.press('j', 'enter');
  expect(one.opened).toEqual([idOf(1)]);
  const [kept] = one.left;
  const two = await started({ kept: kept ?? null });
  expect(two.state().screen).toBe('overview');
  expect(await two.press('backspace')).toMatch(/\[9 Fleet\][\s\S]*Fleet of nsg-hub/);
  expect(two.state().view.selection.resource).toBe(idOf(1));
  expect(await two.press('esc')).toContain('/2001');
  // Fixes are made in a workspace.
  expect(await two.press('F')).toContain('Press Enter to open a workspace');
});

test('filters, groups and sorts by what a row says; nothing foreign reaches the terminal, and no row is too wide', async () => {
  const one = await started({ columns: 140, rows: 40 });
  expect(await one.read()).not.toContain('\x1b');
  for (const [filter, rows] of [
    ['owner:ana', '1'],
    ['tag:env=prod', '1'],
    ['sev:pass', '400'],
    ['mlw-1999', '1'],
    [`sub:${subscription(1)}`, '667'],
    ['denied', '3'],
  ] as const) {
    await one.press('/', ...Array<string>(60).fill('backspace'), ...filter, 'enter');
    expect(one.text(), filter).toMatch(new RegExp(`/${filter}.* (?:\\d+-\\d+/)?${rows} `));
  }
  await one.press('esc', 'b', 'b', '/', ...'owner:ana', 'enter');
  expect(one.text()).toMatch(/Fleet by owner[\s\S]* ana 1/);
  await one.press('esc');
  for (const key of ['s', 's', 's', 's', 's', 's', 's', 's', 'S', 'G', 'd', 'esc']) {
    const rows = (await one.press(key)).split('\n');
    expect(rows.every((row) => row.length <= 140)).toBe(true);
    expect(rows.length).toBeLessThanOrEqual(40);
  }
});
