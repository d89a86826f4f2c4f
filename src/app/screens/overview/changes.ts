// The changes on the overview: since the previous scan, and since the last run. Each finding that still exists is a link to
// itself.
import { compareReports, countedIn } from '../../../model/compare.ts';
import { sinceThen, sinceWords } from '../../../model/last-run.ts';
import { shortFinding } from '../../../model/short-finding.ts';
import { utcMinute } from '../../../model/text.ts';
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

function rowsOf({ view }: State, all: readonly Turned[]): readonly OverviewRow[] {
  const rows = all.flatMap(({ ids, sign, role }): OverviewRow[] => [
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
  const rows = rowsOf(state, [
    { ids: introduced, sign: glyphs.bad, role: 'bad' },
    { ids: unknown, sign: '?', role: 'unknown' },
    { ids: resolved, sign: glyphs.ok, role: 'ok' },
  ]);
  return { title, note: `${countedIn(resolved, rollUps)} resolved, ${countedIn(introduced, rollUps)} new`, rows };
}

/** Changes since the last run, regardless of rescans; null where it is unknown. */
export function lastRunSection(state: State, glyphs: Glyphs): Section | null {
  const { last, report } = state;
  if (last === null || report === null) return null;
  const since = sinceThen(last, report);
  const rows = rowsOf(state, [
    { ids: since.introduced, sign: glyphs.bad, role: 'bad' },
    { ids: since.unknown, sign: '?', role: 'unknown' },
    { ids: since.resolved, sign: glyphs.ok, role: 'ok' },
    { ids: since.gone, sign: glyphs.skipped, role: 'dim' },
  ]);
  return {
    title: `Since ${utcMinute(last.at)}`,
    // The row already says that nothing changed.
    note: sinceWords(since) === 'no changes' ? '' : sinceWords(since).replace(' new failing', ' new'),
    rows,
  };
}
