// The changes on the overview: since the previous scan, and since the last run. Each finding that still exists is a link to
// itself.
import { auditTrend, isSameRules } from '../../../model/audit-record.ts';
import { compareReports, countedIn } from '../../../model/compare.ts';
import { sinceThen, sinceWords } from '../../../model/last-run.ts';
import { shortFinding } from '../../../model/short-finding.ts';
import { sparkline } from '../../../model/sparkline.ts';
import { clean, counted, utcMinute } from '../../../model/text.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { line, word } from '../../draw/text.ts';
import type { State } from '../../state/state.ts';
import { type OverviewRow, type Section, told } from './sections.ts';

const most = 6;

/** Finding ids with the same change; `sign` and `role` show which. */
interface Turned {
  readonly ids: readonly string[];
  readonly sign: string;
  readonly role: string;
}

/** Roll-ups are left out: no number counts them. */
function rowsOf({ view }: State, all: readonly Turned[], rollUps: readonly string[] = []): readonly OverviewRow[] {
  const repeated = new Set(rollUps);
  const own = all.map(({ ids, ...rest }) => ({ ...rest, ids: ids.filter((id) => !repeated.has(id)) }));
  const rows = own.flatMap(({ ids, sign, role }): OverviewRow[] => [
    ...ids.slice(0, most).map((id): OverviewRow => {
      const finding = view.findings.value.byId.get(id);
      return {
        words: line(word(`${sign} `, role), shortFinding(id)),
        goal: finding === undefined ? null : { to: 'finding', finding },
      };
    }),
    ...(ids.length > most ? [told(line(word(`${sign} `, role), word(`and ${ids.length - most} more`, 'dim')))] : []),
  ]);
  return rows.length > 0 ? rows : [told(line(word('No changes', 'dim')))];
}

/** Changes since the previous scan; null where only the last run is known. */
export function changeSection(state: State, glyphs: Glyphs): Section | null {
  const { before, report, last } = state;
  const title = 'Since the last scan';
  if (report === null || before === null) {
    if (last !== null) return null;
    return { title, note: '', rows: [told(line(word('First scan. Press r to rescan.', 'dim')))] };
  }
  const { resolved, introduced, unknown, rollUps } = compareReports(before, report);
  const rows = rowsOf(
    state,
    [
      { ids: introduced, sign: glyphs.bad, role: 'bad' },
      { ids: unknown, sign: '?', role: 'unknown' },
      { ids: resolved, sign: glyphs.ok, role: 'ok' },
    ],
    rollUps,
  );
  const open = countedIn(unknown, rollUps);
  const note = `${countedIn(resolved, rollUps)} resolved, ${countedIn(introduced, rollUps)} new${open === 0 ? '' : `, ${open} now unknown`}`;
  return { title, note, rows };
}

/** Changes since the last run, regardless of rescans; null where it is unknown. */
export function lastRunSection(state: State, glyphs: Glyphs): Section | null {
  const { last, report } = state;
  if (last === null || report === null) return null;
  const since = sinceThen(last, report);
  const rows = rowsOf(
    state,
    [
      { ids: [...since.introduced, ...(since.found ?? []), ...(since.learned ?? [])], sign: glyphs.bad, role: 'bad' },
      { ids: since.unknown, sign: '?', role: 'unknown' },
      { ids: since.resolved, sign: glyphs.ok, role: 'ok' },
      { ids: since.gone, sign: glyphs.skipped, role: 'dim' },
    ],
    since.rollUps,
  );
  return {
    title: `Since ${utcMinute(last.at)}`,
    // The row already says that nothing changed.
    note: sinceWords(since) === 'no changes' ? '' : sinceWords(since).replace(' new failing', ' new'),
    rows,
  };
}

/** What bastide.yaml accepts, and which acceptances are over; null where it accepts nothing that fails. */
export function acceptedSection({ report, view }: State, some: number): Section | null {
  const project = report?.project;
  const over = project?.expired.filter(({ findings }) => findings.length > 0) ?? [];
  if (project === undefined || project.accepted + over.length === 0) return null;
  const rows = over.slice(0, some).map(({ until, findings: [id = ''] }): OverviewRow => {
    const finding = view.findings.value.byId.get(id);
    return {
      words: line(word('! ', 'warn'), `expired on ${until}: `, word(shortFinding(id), 'warn')),
      goal: finding === undefined ? null : { to: 'finding', finding },
    };
  });
  const more = over.length - rows.length;
  const standing: OverviewRow = {
    words: line(word(`${counted(project.accepted, 'finding')} in ${clean(project.path, 200)}`, 'dim')),
    goal: { to: 'filter', filter: 'accepted' },
  };
  return {
    title: 'Accepted',
    note: over.length === 0 ? '' : `${counted(over.length, 'acceptance')} expired`,
    rows: [
      ...rows,
      ...(more > 0 ? [told(line(word(`and ${counted(more, 'more acceptance')}`, 'dim')))] : []),
      ...(project.accepted > 0 ? [standing] : []),
    ],
  };
}

/** How many bars; older audits are counted only. */
const mostBars = 40;

/** Failing findings of one audit after another; null before there are two. */
export function trendSection({ audits, profile, ascii }: Pick<State, 'audits' | 'profile' | 'ascii'>): Section | null {
  const points = auditTrend(audits, profile);
  const [first, last] = [points.at(-mostBars) ?? points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) return null;
  const bars = sparkline(
    points.map(({ fail }) => fail),
    { cells: mostBars, ascii, better: 'lower' },
  );
  // Of other rules the number says nothing.
  const isSame = isSameRules(first.rules, last.rules);
  // What is unknown now may fail still: fewer failing findings are better only where no more are unknown.
  const isBetter = last.fail < first.fail && last.unknown <= first.unknown;
  const role = !isSame ? 'dim' : isBetter ? 'ok' : last.fail > first.fail ? 'bad' : 'dim';
  return {
    title: 'Trend',
    note: `${counted(points.length, 'audit')} since ${utcMinute(points[0]?.at ?? last.at)}`,
    rows: [told(line(...bars, word(`  failing findings: ${first.fail}, now `, 'dim'), word(String(last.fail), role)))],
  };
}
