// A fleet audit as text and documents, with names that try to be more than names.
import { describe, expect, test } from 'vitest';
import type { FleetRow } from '../../src/model/fleet.ts';
import { plainText } from '../../src/model/words.ts';
import {
  type FleetResult,
  fleetCsv,
  fleetHtml,
  fleetJson,
  fleetLines,
  fleetMarkdown,
  fleetSarif,
  fleetSheets,
  fleetUnread,
} from '../../src/render/fleet.ts';
import { renderSheets } from '../../src/render/xlsx.ts';

const bySeverity = { critical: 1, high: 0, medium: 0, low: 0, info: 0 };
const row = (name: string, more: Partial<FleetRow> = {}): FleetRow => ({
  id: `/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/${name}`,
  ...{ name, subscription: 's', resourceGroup: 'g', severity: 'critical', problems: 3, stage: 2, gaps: [] },
  ...{ at: '2026-11-28T12:00:00.000Z', tags: { Owner: '=HYPERLINK("x")' } },
  problemsBySeverity: { ...bySeverity, critical: 3 },
  summary: { pass: 1, fail: 1, unknown: 2, notApplicable: 0, bySeverity, rollUps: 0, accepted: 0 },
  ...more,
});
const hostile = '<img src=x onerror=alert(1)>\u001b[31m';
const nsg = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/nsg-hub';
const finding = {
  id: `nsg.one@${nsg}`,
  rule: 'nsg.one',
  severity: 'critical',
  problem: 'Bad',
  because: 'Why.',
} as const;
const workspaces = [row('mlw-one'), row(hostile), row('mlw-two', { severity: null, stage: 1 })];
const result: FleetResult = {
  ...{ at: '2026-11-28T12:00:00.000Z', workspaces, requests: { graph: 9, arm: 5 }, complete: false },
  shared: [
    { resource: nsg, headline: 'nsg-hub: Bad', severity: 'critical', rules: ['nsg.one'], workspaces: ['/a', '/b'] },
  ],
  problems: workspaces.slice(0, 2).map(({ id }) => ({
    ...{ workspace: id, resource: nsg, headline: 'nsg-hub: Bad', severity: 'critical' as const },
    findings: [{ ...finding, resource: nsg }],
  })),
  gaps: [{ id: '/subscriptions/x', reason: 'It is not visible.', action: 'a/read', isFailure: true }],
  source: { kind: 'azure', name: 'public' },
};

describe('a fleet audit', () => {
  test('in text names shared causes, workspaces and what is missing, without control characters', () => {
    const text = fleetLines(result).map(plainText).join('\n');
    expect(text).toContain('3 workspaces: 2 with failing findings, at least 1 shared cause');
    expect(text).toContain('nsg-hub: Bad: 2 workspaces');
    expect(text).toContain('1 workspace at stage 1');
    expect(text).toContain('/subscriptions/x: It is not visible.');
    expect(text).not.toContain('\u001b');
  });

  test('names what is missing for stderr, and says that there is nothing', () => {
    const gap = (id: string) => ({ id, reason: `No access\u001b[31m to ${id}.`, action: 'a/read', isFailure: true });
    expect(fleetUnread(result)).toEqual(['Not accessible: /subscriptions/x: It is not visible.']);
    expect(fleetUnread({ ...result, workspaces: [], gaps: [] })).toEqual(['0 workspaces: nothing was checked.']);
    const many = fleetUnread({ ...result, gaps: Array.from({ length: 12 }, (_, at) => gap(`/subscriptions/${at}`)) });
    expect(many).toHaveLength(11);
    expect(many.at(-1)).toBe('Not accessible: 2 more resources.');
    expect(many.join()).not.toContain('\u001b');
    // What failed for a workspace counts; what fleet mode leaves out does not.
    const own = (isFailure: boolean) => ({
      ...result,
      gaps: [],
      workspaces: [row('a', { gaps: [{ ...gap('/subscriptions/y'), isFailure }] })],
    });
    expect(fleetUnread(own(true))).toEqual([expect.stringContaining('a/read failed for 1 workspace.')]);
    expect(fleetUnread(own(false))).toEqual([]);
  });

  test('of more workspaces than a list shows says how many there are, and names the worst where it is the only one', () => {
    const lines = (rows: readonly FleetRow[]): string =>
      fleetLines({ ...result, workspaces: rows })
        .map(plainText)
        .join('\n');
    const many = Array.from({ length: 55 }, (_, at) => row(`mlw-${at}`));
    expect(lines(many)).toMatch(/^Workspaces 40 of 55$/m);
    expect(lines(many)).toContain('and 15 more workspaces; see --format csv or json');
    expect(lines(many)).toContain('bastide audit --workspace mlw-0');
    for (const [first, ...rest] of [
      [row('mlw-0'), row('mlw-0')],
      [row('mlw-0; reboot'), row('b')],
    ] as const)
      expect(lines([first, ...rest])).toContain('bastide audit --workspace ID');
    const none = lines([]);
    expect(none).toContain('0 workspaces\n');
    expect(none).not.toMatch(/shared causes|None|To see/);
  });

  test('lays unknown checks on Azure Resource Graph only where no read failed', () => {
    const of = (...failures: readonly boolean[]) =>
      row('a', {
        gaps: failures.map((isFailure) => ({ id: '/subscriptions/y', reason: 'No.', action: '', isFailure })),
      });
    const said = (rows: readonly FleetRow[]) =>
      fleetLines({ ...result, workspaces: rows })
        .map(plainText)
        .join('\n');
    expect(said([of(false), of(false, true), of()])).toContain('2 checks unknown: Azure Resource Graph');
    expect(said([of(false, true)])).not.toContain('checks unknown');
  });

  test('tells shared causes of one name apart by their place', () => {
    const other = { ...result.shared[0], resource: nsg.replace('/g/', '/g-two/') } as FleetResult['shared'][number];
    const many = { ...other, workspaces: Array.from({ length: 12 }, (_, at) => `/w/mlw-${at}`) };
    const two = { ...result, shared: [...result.shared, many] };
    for (const text of [fleetLines(two).map(plainText).join('\n'), fleetHtml(two), fleetMarkdown(two)])
      expect(text).toMatch(/g, s[\s\S]*g(?:\\)?-two, s/);
    expect(fleetMarkdown(two)).toContain('| 12 | mlw\\-0, ');
    expect(fleetMarkdown(two)).toContain('mlw\\-9 and 2 more |');
  });

  test('counts no shared causes where it could not look for them', () => {
    const none = { ...result, shared: [] };
    const said = [fleetLines(none).map(plainText).join('\n'), fleetHtml(none), fleetMarkdown(none)];
    for (const text of said) {
      expect(text).toContain('shared causes unknown');
      expect(text).not.toContain('0 shared');
    }
    expect(fleetJson(none)).toMatchObject({ shared: [], sharedUnknown: 1 });
    expect(
      fleetLines({ ...none, complete: true })
        .map(plainText)
        .join(),
    ).toContain(', 0 shared causes');
  });

  test('in CSV is one record a workspace, and runs no formula', () => {
    const lines = fleetCsv(result).split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^"workspace","severity","problems"/);
    expect(lines[1]).toContain(`"'=HYPERLINK(""x"")"`);
  });

  test('in HTML shows foreign names as text', () => {
    const page = fleetHtml(result);
    expect(page).toContain('&lt;img src=x');
    expect(page).not.toContain('<img');
    expect(page).toContain('nsg-hub: Bad');
  });

  test('in Markdown shows shared causes, workspaces and failed reads, and foreign names as text', () => {
    const text = fleetMarkdown(result);
    expect(text).toContain('3 workspaces, at least 1 shared cause');
    expect(text).toContain('| critical | mlw\\-one | 3 | 1 | 2 | 2 |');
    expect(text).toContain('It is not visible');
    expect(text).not.toMatch(/<img|\u001b/);
  });

  test('in SARIF lists a finding that two workspaces share once', () => {
    expect(fleetSarif(result).findings.map(({ id }) => id)).toEqual([finding.id]);
  });

  test('as a spreadsheet has a sheet for workspaces, shared causes and problems, and for what could not be read', () => {
    const sheets = fleetSheets(result);
    expect(sheets.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['Workspaces', 3],
      ['Shared causes', 1],
      ['Problems', 2],
      ['Not accessible', 1],
    ]);
    expect(fleetSheets({ ...result, gaps: [] })).toHaveLength(3);
    expect(
      Buffer.concat([...renderSheets(sheets)])
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
  });

  test('in JSON has the members of the contract', () => {
    expect(Object.keys(fleetJson(result)).toSorted()).toEqual(
      ['at', 'complete', 'gaps', 'limits', 'requests', 'shared', 'sharedUnknown', 'workspaces'].toSorted(),
    );
  });
});
