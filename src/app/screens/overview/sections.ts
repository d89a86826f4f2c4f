// The sections of the overview: rows of words, some with links. Areas are named as in the rules; nothing is checked here.
import type { Line } from '../../../command/definition.ts';
import { architectureWords } from '../../../model/architecture-words.ts';
import { noEntries, undoneMark } from '../../../model/entry.ts';
import { type Finding, isCounted, type Report, type Severity, severities } from '../../../model/finding.ts';
import type { Problem } from '../../../model/problem.ts';
import { clean, counted } from '../../../model/text.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { agoText, line, word } from '../../draw/text.ts';
import type { PlanPromise, State } from '../../state/state.ts';

/** The target of Enter. */
export type Goal =
  | { readonly to: 'problem'; readonly problem: Problem }
  | { readonly to: 'entry'; readonly id: string }
  /** What is left of the newest act is sent, after a preview. */
  | { readonly to: 'rest' }
  | { readonly to: 'finding'; readonly finding: Finding }
  | { readonly to: 'filter'; readonly filter: string }
  | { readonly to: 'resource'; readonly id: string }
  | { readonly to: 'screen'; readonly name: string };

export interface OverviewRow {
  readonly words: Line;
  readonly goal: Goal | null;
}
export interface Section {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly OverviewRow[];
}

export const told = (words: Line): OverviewRow => ({ words, goal: null });

export interface OverviewArea {
  readonly name: string;
  readonly fail: number;
  readonly unknown: number;
  readonly pass: number;
  readonly worst: Severity | null;
}

/** The findings counted by the first word of their rules, the worst area first. */
export function areasIn(report: Report): OverviewArea[] {
  const groups = Map.groupBy(report.findings.filter(isCounted), ({ rule }) => rule.split('.')[0] ?? rule);
  const areas = [...groups].map(([name, found]): OverviewArea => {
    const failing = found.filter(({ outcome }) => outcome === 'fail');
    const count = (outcome: Finding['outcome']) => found.filter((one) => one.outcome === outcome).length;
    return {
      name,
      fail: failing.length,
      unknown: count('unknown'),
      pass: count('pass'),
      worst: severities.find((severity) => failing.some((one) => one.severity === severity)) ?? null,
    };
  });
  const rank = ({ worst }: OverviewArea) => (worst === null ? severities.length : severities.indexOf(worst));
  return areas
    .filter(({ fail, unknown, pass }) => fail + unknown + pass > 0)
    .sort((a, b) => rank(a) - rank(b) || b.fail - a.fail || b.unknown - a.unknown || a.name.localeCompare(b.name));
}

export function areaSection(report: Report, promise: PlanPromise | null, glyphs: Glyphs): Section {
  const areaOf = (id: string): string => id.slice(0, id.indexOf('.'));
  const promised = Map.groupBy(promise?.resolves ?? [], areaOf);
  const all = areasIn(report);
  const open = all.filter(({ fail, unknown }) => fail + unknown > 0);
  const rows = open.map((area): OverviewRow => {
    const role = area.worst ?? 'unknown';
    const sign = area.worst?.slice(0, 1).toUpperCase() ?? '?';
    const resolved = promised.get(area.name)?.length ?? 0;
    return {
      words: line(
        word(`${sign} `, role),
        word(clean(area.name).padEnd(11)),
        word(`${count(area.fail)} fail`, area.fail > 0 ? role : 'dim'),
        word(`${count(area.unknown)} unknown`, area.unknown > 0 ? 'unknown' : 'dim'),
        word(`${count(area.pass)} pass`, 'dim'),
        word(resolved > 0 ? `  F resolves ${resolved}` : '', 'ok'),
      ),
      goal: { to: 'filter', filter: `rule:${area.name}.` },
    };
  });
  const checks = report.summary.pass + report.summary.fail + report.summary.unknown;
  const passing = all.filter((area) => !open.includes(area)).map(({ name }) => clean(name));
  const rest = passing.length === 1 ? '1 area passes' : `${passing.length} areas pass`;
  const last = told(line(word(`${glyphs.ok} `, 'ok'), word(`${rest}: ${passing.join(', ')}`, 'dim')));
  return { title: 'By area', note: counted(checks, 'check'), rows: passing.length === 0 ? rows : [...rows, last] };
}
const count = (value: number): string => String(value).padStart(5);

export function architectureSection(report: Report): Section {
  const [name = '', ...reason] = architectureWords(report.architecture).split(/(?= \()/);
  return {
    title: 'Architecture',
    note: '',
    rows: [told(line(word(name, 'accent'), word(reason.join(''), 'dim')))],
  };
}

export function historySection({ entries }: Pick<State, 'entries'>, most: number): Section {
  const last = entries.toReversed().slice(0, most);
  const rows = last.map((entry): OverviewRow => {
    const role = entry.state === 'done' ? 'ok' : 'bad';
    return {
      words: line(
        word(`${entry.at.slice(0, 16).replace('T', ' ')}  `, 'dim'),
        `${entry.verb} `,
        word(entry.state, role),
        word(entry.undoneBy === null ? '' : ` (${undoneMark(entry, entries)})`, 'warn'),
        word(`  ${clean(entry.line, 200)}`, 'dim'),
      ),
      goal: { to: 'entry', id: entry.id },
    };
  });
  const none = told(line(word(noEntries, 'dim')));
  return {
    title: 'Latest changes',
    note: entries.length > 0 ? `${entries.length} in the history` : '',
    rows: rows.length > 0 ? rows : [none],
  };
}

export function readingSection({ snapshot, now, problem }: State, { dot }: Glyphs): Section | null {
  if (snapshot === null) return null;
  const minutes = Math.max(0, Math.floor((now - Date.parse(snapshot.takenAt)) / 60_000));
  const age = agoText(minutes);
  const rows = [
    told(
      line(
        age,
        word(`  ${counted(snapshot.resources.length, 'resource')}`, 'dim'),
        word(snapshot.requests > 0 ? ` ${dot} ${counted(snapshot.requests, 'API request')}` : '', 'dim'),
      ),
    ),
    ...(problem === null ? [] : [told(line(word(`Latest scan failed: ${clean(problem.message)}`, 'bad')))]),
  ];
  return { title: 'Scan', note: '', rows };
}
