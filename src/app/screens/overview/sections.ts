// The sections of the overview: rows of words, some with links. Areas are named as in the rules; nothing is checked here.
import type { Line } from '../../../command/definition.ts';
import { architectureWords } from '../../../model/architecture-words.ts';
import {
  type Finding,
  headline,
  isCounted,
  isFixable,
  type Report,
  type Severity,
  severities,
} from '../../../model/finding.ts';
import { nameOf } from '../../../model/resource-id.ts';
import { subjectWords } from '../../../model/short-finding.ts';
import { clean, counted } from '../../../model/text.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { agoText, line, word } from '../../draw/text.ts';
import type { State } from '../../state/state.ts';

/** The target of Enter. */
export type Goal =
  | { readonly to: 'fix'; readonly finding: Finding }
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
  readonly automatic: number;
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
      automatic: failing.filter(({ fix }) => fix.kind === 'auto').length,
      worst: severities.find((severity) => failing.some((one) => one.severity === severity)) ?? null,
    };
  });
  const rank = ({ worst }: OverviewArea) => (worst === null ? severities.length : severities.indexOf(worst));
  return areas
    .filter(({ fail, unknown, pass }) => fail + unknown + pass > 0)
    .sort((a, b) => rank(a) - rank(b) || b.fail - a.fail || b.unknown - a.unknown || a.name.localeCompare(b.name));
}

export function areaSection(report: Report, glyphs: Glyphs): Section {
  const rows = areasIn(report).map((area): OverviewRow => {
    const role = area.worst ?? (area.unknown > 0 ? 'unknown' : 'ok');
    const sign = area.worst?.slice(0, 1).toUpperCase() ?? (area.unknown > 0 ? '?' : glyphs.ok);
    return {
      words: line(
        word(`${sign} `, role),
        word(clean(area.name).padEnd(11)),
        word(`${count(area.fail)} fail`, area.fail > 0 ? role : 'dim'),
        word(`${count(area.unknown)} unknown`, area.unknown > 0 ? 'unknown' : 'dim'),
        word(`${count(area.pass)} pass`, 'dim'),
        word(area.automatic > 0 ? `  ${area.automatic} auto-fixable` : '', 'ok'),
      ),
      goal: { to: 'filter', filter: `rule:${area.name}.` },
    };
  });
  const checks = report.summary.pass + report.summary.fail + report.summary.unknown;
  return { title: 'By area', note: counted(checks, 'check'), rows };
}
const count = (value: number): string => String(value).padStart(5);

/** The finding to fix first: the worst auto-fixable one, else the worst fixable one. */
export function bestFix({ findings }: Report): Finding | undefined {
  const failing = findings.filter((one) => isCounted(one) && isFixable(one));
  const worst = (all: readonly Finding[]) =>
    severities.map((severity) => all.find((one) => one.severity === severity)).find((one) => one !== undefined);
  return worst(failing.filter(({ fix }) => fix.kind === 'auto')) ?? worst(failing);
}

export function fixSection({ promise, view }: Pick<State, 'promise' | 'view'>, report: Report): Section {
  const best = bestFix(report);
  const none = report.summary.fail > 0 ? 'No finding is fixable.' : 'No findings.';
  if (best === undefined)
    return { title: 'Next', note: '', rows: [told(line(word(none, report.summary.fail > 0 ? 'dim' : 'ok')))] };
  const asks = best.fix.kind === 'guided' ? word('  needs input', 'warn') : word('');
  return {
    title: 'Next',
    note: view.findings.value.automatic > 1 ? `F  Preview all auto-fixes${promised(promise)}` : '',
    rows: [
      {
        words: line(word(best.severity.padEnd(9), best.severity), clean(headline(best)), asks),
        goal: { to: 'fix', finding: best },
      },
      told(line(word(`         on ${clean(subjectWords(best))}`, 'dim'))),
      told(line(word(`         ${clean(best.because, 300)}`, 'dim'))),
    ],
  };
}

/** `: 11 changes resolve 42 findings`; nothing before the plan is computed. */
const promised = (promise: State['promise']): string =>
  promise === null
    ? ''
    : `: ${counted(promise.changes, 'change')} ${promise.changes === 1 ? 'resolves' : 'resolve'} ${counted(promise.resolves, 'finding')}`;

const most = 6;

export function gapSection({ snapshot }: State): Section | null {
  const gaps = snapshot?.gaps.filter(({ status }) => status !== 404) ?? [];
  if (gaps.length === 0) return null;
  return {
    title: 'Not accessible',
    note: `${counted(gaps.length, 'resource')}; checks that need ${gaps.length === 1 ? 'it' : 'them'} are unknown`,
    rows: gaps.slice(0, most).map((gap) => ({
      words: line(
        word('? ', 'unknown'),
        clean(nameOf(gap.id)),
        word(gap.action === '' ? '' : `  missing permission: ${clean(gap.action)}`, 'dim'),
      ),
      goal: { to: 'resource', id: gap.id },
    })),
  };
}

export function architectureSection(report: Report): Section {
  const [name = '', ...reason] = architectureWords(report.architecture).split(/(?= \()/);
  return {
    title: 'Architecture',
    note: '',
    rows: [told(line(word(name, 'accent'), word(reason.join(''), 'dim')))],
  };
}

export function historySection({ entries }: State): Section {
  const goal: Goal = { to: 'screen', name: 'history' };
  const last = entries.toReversed().slice(0, 3);
  const rows = last.map((entry): OverviewRow => {
    const role = entry.state === 'done' ? 'ok' : 'bad';
    return {
      words: line(
        word(`${entry.at.slice(0, 16).replace('T', ' ')}  `, 'dim'),
        `${entry.verb} `,
        word(entry.state, role),
        word(entry.undoneBy === null ? '' : ' (undone)', 'warn'),
        word(`  ${clean(entry.line, 200)}`, 'dim'),
      ),
      goal,
    };
  });
  const none = told(line(word('No changes made yet', 'dim')));
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
