// A fleet audit as lines of tagged words and as documents: its workspaces, and what several of them share. Pure.
import { assumptionSpreadWords } from '../model/assumption-values.ts';
import type { Finding } from '../model/finding.ts';
import { severities } from '../model/finding.ts';
import {
  type FleetGap,
  type FleetReport,
  type FleetRow,
  fleetLimits,
  isUnjudged,
  limitWords,
  missingReads,
  ownerOf,
} from '../model/fleet.ts';
import { nameOf, resourceGroupOf, subscriptionOf, typeOf } from '../model/resource-id.ts';
import { byCharacters, type ResourceTable, tableLines } from '../model/table.ts';
import { clean, counted, utcMinute } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';
import { csvCell } from './csv.ts';
import { htmlFilter, htmlPage, htmlTable } from './html-page.ts';
import { limitedMarkdown, listPart, markdownText, tablePart } from './markdown-limit.ts';
import type { SarifInput } from './sarif.ts';
import { fewUnread, unreadSentence } from './unread.ts';
import type { Sheet } from './xlsx.ts';
import { xmlText } from './xml.ts';

export interface FleetResult extends FleetReport {
  readonly source: SarifInput['snapshot']['source'];
}

/** Lines of a list before the rest is only counted. */
export const mostLines = 40;

/** Reads that failed, a line each, as many as a list has. */
export const failedReadLines = (missing: readonly FleetGap[]): Line[] =>
  missing
    .slice(0, mostLines)
    .map(({ id, reason }) => line(['not accessible ', 'unknown'], `${clean(id, 200)}: `, [clean(reason, 600), 'dim']));

export function fleetLines(report: FleetResult): Line[] {
  const { shared, workspaces } = report;
  const missing = missingReads(report);
  const failing = workspaces.filter(({ severity }) => severity !== null).length;
  const open = workspaces.filter(({ summary }) => summary.unknown > 0).length;
  const more = (count: number, one: string): Line[] =>
    count <= mostLines
      ? []
      : [line([`  and ${counted(count - mostLines, `more ${one}`)}; see --format csv or json`, 'dim'])];
  return [
    line(
      [counted(workspaces.length, 'workspace'), 'text'],
      ...(workspaces.length === 0
        ? []
        : [
            `: ${failing} with failing findings, ${sharedWords(report)}${open === 0 ? '' : `, ${open} with unknown checks`}`,
          ]),
    ),
    line([readWords(report), 'dim']),
    ...(shared.length === 0
      ? []
      : [
          line(),
          line(['Shared causes', 'title']),
          ...shared
            .slice(0, mostLines)
            .map(({ headline, resource, severity, workspaces: those }) =>
              line(
                ['✗ ', 'bad'],
                [severity.padEnd(9), severity],
                `${headline}: ${counted(those.length, 'workspace')} `,
                [`(${placeOf(resource)})`, 'dim'],
              ),
            ),
          ...more(shared.length, 'shared cause'),
        ]),
    ...(workspaces.length === 0
      ? []
      : [line(), ...tableLines(workspaceTable(workspaces), { width: 120, skip: 0, measure: byCharacters })]),
    ...more(workspaces.length, 'workspace'),
    ...assumedLines(report),
    ...fleetLimits(report).flatMap((limit) => [line(), line(['? ', 'unknown'], limitWords(limit))]),
    ...(missing.length === 0 ? [] : [line()]),
    ...failedReadLines(missing),
    ...more(missing.length, 'failed read'),
    ...(workspaces.length === 0
      ? []
      : [line(), line(['To see one workspace: ', 'dim'], [`bastide audit --workspace ${worstOf(workspaces)}`, 'key'])]),
  ];
}

/** What workspaces were audited with in different ways. */
const assumedLines = ({ assumptions = [] }: FleetResult): Line[] =>
  assumptions.length === 0
    ? []
    : [
        line(),
        line(['Assumptions differ', 'title']),
        ...assumptions.map((one) => line(['~ ', 'accent'], assumptionSpreadWords(one))),
      ];

/** The name of the worst workspace, where it tells which one is meant. */
function worstOf(rows: readonly FleetRow[]): string {
  const [name = '', ...others] = rows.map((row) => row.name);
  return /^[A-Za-z0-9][\w-]*$/.test(name) && !others.includes(name) ? name : 'ID';
}

/** What could not be read; or that there is no workspace. */
export const fleetUnread = (report: FleetResult): string[] => [
  ...(report.workspaces.length === 0 ? ['0 workspaces: nothing was checked.'] : []),
  ...report.workspaces
    .filter(isUnjudged)
    .slice(0, mostLines)
    .map(({ name }) => `${clean(name, 100)}: no check passes or fails, so nothing is known of it.`),
  ...fewUnread(missingReads(report).map(({ id, reason }) => unreadSentence(id, reason))),
];

const readWords = ({ at, requests }: Pick<FleetReport, 'at' | 'requests'>): string =>
  `Asked ${utcMinute(at)} with ${counted(requests.graph, 'Resource Graph query', 'Resource Graph queries')} and ${counted(requests.arm, 'Azure Resource Manager request')}`;

/** Of what was not read whole, a number is the least, and none is no number. */
function sharedWords({ complete, shared }: Pick<FleetReport, 'complete' | 'shared'>): string {
  if (complete) return counted(shared.length, 'shared cause');
  return shared.length === 0 ? 'shared causes unknown' : `at least ${counted(shared.length, 'shared cause')}`;
}

/** Workspaces with checks that may fail for further shared causes. */
const sharedUnknown = ({ workspaces }: Pick<FleetReport, 'workspaces'>): number =>
  workspaces.filter(({ gaps, stage }) => stage === 1 || gaps.some(({ isFailure }) => isFailure)).length;

/** Hubs of several regions or subscriptions give their resources the same names. */
const placeOf = (id: string): string => clean(`${resourceGroupOf(id) ?? ''}, ${subscriptionOf(id) ?? ''}`, 140);

const words = (row: FleetRow): string => row.severity ?? (row.summary.unknown > 0 ? 'unknown' : 'ok');

function workspaceTable(rows: readonly FleetRow[]): ResourceTable {
  return {
    ...{ title: 'Workspaces', fixed: 2, total: rows.length },
    columns: [
      { title: 'Severity', keep: 9 },
      { title: 'Workspace', keep: 9 },
      { title: 'Problems', keep: 8, right: true },
      { title: 'Findings', keep: 7, right: true },
      { title: 'Unknown', keep: 6, right: true },
      { title: 'Stage', keep: 3, right: true },
      { title: 'Resource group', keep: 5 },
      { title: 'Asked', keep: 5 },
    ],
    rows: rows.slice(0, mostLines).map((row) => ({
      cells: [
        words(row),
        clean(row.name, 60),
        `${row.problems}`,
        `${row.summary.fail}`,
        `${row.summary.unknown}`,
        `${row.stage}`,
        clean(row.resourceGroup, 60),
        utcMinute(row.at),
      ],
      ...(row.severity === null ? {} : { role: row.severity }),
    })),
  };
}

const workspaceColumns: readonly { name: string; width: number; of(row: FleetRow): string | number }[] = [
  { name: 'workspace', width: 30, of: ({ name }) => name },
  { name: 'severity', width: 10, of: ({ severity }) => severity ?? '' },
  { name: 'problems', width: 10, of: ({ problems }) => problems },
  ...severities.map((one) => ({ name: one, width: 9, of: (row: FleetRow) => row.summary.bySeverity[one] })),
  { name: 'unknown', width: 9, of: ({ summary }) => summary.unknown },
  { name: 'accepted', width: 9, of: ({ summary }) => summary.accepted },
  { name: 'findings', width: 9, of: ({ summary }) => summary.fail },
  { name: 'stage', width: 7, of: ({ stage }) => stage },
  { name: 'gaps', width: 7, of: ({ gaps }) => gaps.length },
  { name: 'owner', width: 20, of: ownerOf },
  { name: 'resourceGroup', width: 30, of: ({ resourceGroup }) => resourceGroup },
  { name: 'subscription', width: 38, of: ({ subscription }) => subscription },
  { name: 'at', width: 25, of: ({ at }) => at },
  { name: 'limits', width: 60, of: limitsOf },
  { name: 'id', width: 60, of: ({ id }) => id },
];

function limitsOf(row: FleetRow): string {
  return rowLimits(row).map(limitWords).join(' ');
}
const rowLimits = (row: FleetRow) => fleetLimits({ at: row.at, workspaces: [row] });

/** A header and one record for each row, lines ended by CR LF. */
export const sheetCsv = ({ columns, rows }: Sheet): string =>
  [columns.map(({ name }) => name), ...rows]
    .map((cells) => `${cells.map((cell) => csvCell(String(cell))).join(',')}\r\n`)
    .join('');

export const sheetHtml = (title: string, { columns, name, rows }: Sheet): string =>
  htmlPage(
    title,
    `<h1>${xmlText(title)}</h1>\n${htmlTable({
      ...{ id: 'rows', title: name, columns: columns.map((one) => one.name) },
      rows: rows.map(
        (cells) => `<tr>${cells.map((one) => `<td>${xmlText(clean(String(one), 2000))}</td>`).join('')}</tr>`,
      ),
    })}`,
  );

/** One row a workspace. */
export const fleetCsv = (report: FleetReport): string => {
  const [workspaces] = fleetSheets(report);
  return workspaces === undefined ? '' : sheetCsv(workspaces);
};

const plainCell = (cell: string | number): string | number => (typeof cell === 'number' ? cell : clean(cell, 20_000));

/** What could not be read has a sheet where there is any. */
export function fleetSheets(report: FleetReport): Sheet[] {
  const missing = missingReads(report);
  const rows = missing.map(({ action, id, reason }) => [id, reason, action].map(plainCell));
  const columns = [
    { name: 'resource', width: 60 },
    { name: 'reason', width: 100 },
    { name: 'action', width: 50 },
  ];
  return [...resultSheets(report), ...(missing.length === 0 ? [] : [{ name: 'Not accessible', columns, rows }])];
}

const resultSheets = ({ workspaces, shared, problems }: FleetReport): Sheet[] => [
  {
    name: 'Workspaces',
    columns: workspaceColumns,
    rows: workspaces.map((row) => workspaceColumns.map(({ of }) => plainCell(of(row)))),
  },
  {
    name: 'Shared causes',
    columns: [
      { name: 'severity', width: 10 },
      { name: 'headline', width: 80 },
      { name: 'workspaces', width: 11 },
      { name: 'rules', width: 60 },
      { name: 'type', width: 40 },
      { name: 'resource', width: 60 },
    ],
    rows: shared.map((one) =>
      [one.severity, one.headline, one.workspaces.length, one.rules.join(' '), typeOf(one.resource), one.resource].map(
        plainCell,
      ),
    ),
  },
  {
    name: 'Problems',
    columns: [
      { name: 'workspace', width: 30 },
      { name: 'severity', width: 10 },
      { name: 'headline', width: 80 },
      { name: 'rules', width: 60 },
      { name: 'resource', width: 60 },
    ],
    rows: problems.map((one) =>
      [
        nameOf(one.workspace),
        one.severity,
        one.headline,
        [...new Set(one.findings.map(({ rule }) => rule))].join(' '),
        one.resource,
      ].map(plainCell),
    ),
  },
];

export function fleetHtml(report: FleetResult): string {
  const { shared, workspaces } = report;
  const gaps = missingReads(report);
  const cell = (text: string | number): string => `<td>${xmlText(clean(String(text), 2000))}</td>`;
  const graded = (severity: string): string => `<td class="${severity}">${severity}</td>`;
  const limits = fleetLimits(report).map((limit) => `<p>${xmlText(limitWords(limit))}</p>\n`);
  const body = `<h1>Fleet audit</h1>
<p>${counted(workspaces.length, 'workspace')}, ${sharedWords(report)}. ${readWords(report)}.</p>
${limits.join('')}${gaps.length === 0 ? '' : `<h2>Not accessible</h2>\n<ul>${gaps.map(({ id, reason }) => `<li>${xmlText(clean(`${id}: ${reason}`, 2000))}</li>`).join('')}</ul>\n`}<h2>Shared causes</h2>
${htmlTable({
  ...{ id: 'shared', title: 'Shared causes', columns: ['Severity', 'Problem', 'Place', 'Workspaces', 'Names'] },
  rows: shared.map(
    (one) =>
      `<tr>${graded(one.severity)}${cell(one.headline)}${cell(placeOf(one.resource))}${cell(one.workspaces.length)}<td>${one.workspaces.map((id) => xmlText(clean(nameOf(id), 100))).join(', ')}</td></tr>`,
  ),
})}<h2>Workspaces</h2>
${htmlFilter('workspaces', { severity: [...severities] })}${htmlTable({
  ...{ id: 'workspaces', title: 'Workspaces' },
  columns: [
    'Severity',
    'Workspace',
    'Problems',
    'Failing',
    'Unknown',
    'Stage',
    'Owner',
    'Resource group',
    'Subscription',
    'Asked',
  ],
  rows: workspaces.map((row) => {
    const { name, problems, resourceGroup, severity, stage, subscription, summary } = row;
    const rest = [
      name,
      problems,
      summary.fail,
      summary.unknown,
      stage,
      ownerOf(row),
      resourceGroup,
      subscription,
      utcMinute(row.at),
    ];
    return `<tr data-severity="${severity ?? ''}">${graded(words(row))}${rest.map(cell).join('')}</tr>`;
  }),
})}`;
  return htmlPage('Fleet audit', body);
}

/** A comment has space for some. */
function namesOf(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).map(nameOf).join(', ');
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown;
}

/** For a comment on a pull request or an issue: shared causes first. */
export function fleetMarkdown(report: FleetResult): string {
  const { shared, workspaces } = report;
  return limitedMarkdown([
    {
      head: `# Fleet audit\n\n${counted(workspaces.length, 'workspace')}, ${sharedWords(report)}. ${readWords(report)}.\n\n`,
    },
    ...listPart(
      'Not accessible',
      'failed reads',
      missingReads(report).map(({ id, reason }) => `${markdownText(id)}: ${markdownText(reason)}`),
      true,
    ),
    ...listPart(
      'Assumptions differ',
      'assumptions',
      (report.assumptions ?? []).map(assumptionSpreadWords).map(markdownText),
      true,
    ),
    ...listPart('Limits', 'limits', fleetLimits(report).map(limitWords).map(markdownText), true),
    ...tablePart(
      'Shared causes',
      'shared causes',
      ['severity', 'problem', 'place', 'workspaces', 'names'],
      shared.map((one) => [
        ...[one.severity, one.headline, placeOf(one.resource), one.workspaces.length],
        namesOf(one.workspaces),
      ]),
    ),
    ...tablePart(
      'Workspaces',
      'workspaces',
      [
        'severity',
        'workspace',
        'problems',
        'failing',
        'unknown',
        'stage',
        'owner',
        'resource group',
        'subscription',
        'asked',
      ],
      workspaces.map((row) => [
        ...[words(row), row.name, row.problems, row.summary.fail, row.summary.unknown, row.stage],
        ...[ownerOf(row), row.resourceGroup, row.subscription, utcMinute(row.at)],
      ]),
    ),
  ]);
}

/** Each failing finding once, however many workspaces have it. */
export function fleetSarif(report: FleetResult): SarifInput {
  const { at, gaps, problems, source } = report;
  const found = new Map<string, Finding>();
  for (const { findings } of problems) {
    for (const one of findings) {
      found.set(one.id, {
        ...one,
        ...{ title: one.problem, profiles: [], outcome: 'fail', where: null, evidence: [], gaps: [] },
        fix: { kind: 'none', undo: 'exact' },
      });
    }
  }
  const worstFirst = [...found.values()].toSorted(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || (a.id < b.id ? -1 : 1),
  );
  return {
    ...{ findings: worstFirst, notes: fleetLimits(report).map(limitWords) },
    snapshot: { takenAt: at, workspace: null, source, gaps: [...gaps] },
  };
}

/** The JSON of the result; problems of single workspaces are in the documents. */
export const fleetJson = ({ problems: _documents, source: _origin, ...report }: FleetResult): object => ({
  ...report,
  workspaces: report.workspaces.map((row) => ({ ...row, limits: rowLimits(row) })),
  limits: fleetLimits(report),
  sharedUnknown: sharedUnknown(report),
});

export const fleetRowJson = (row: FleetRow): object => ({ kind: 'workspace', ...row, limits: rowLimits(row) });
