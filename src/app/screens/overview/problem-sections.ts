// The sections of the overview about problems: the gravest, what an interrupted run left, what was not read or not checked.

import { interruptedAct, madeWords, otherWords, restOf } from '../../../model/entry.ts';
import {
  headlineParts,
  isPromised,
  isToDo,
  noProblems,
  type Problem,
  type ProblemReport,
  problemWords,
  resolvedWords,
} from '../../../model/problem.ts';
import { fold, nameOf, sameId, typeOf } from '../../../model/resource-id.ts';
import { failedReads, missingPermission } from '../../../model/snapshot.ts';
import { clean, counted, utcMinute } from '../../../model/text.ts';
import { resourceTypeOf } from '../../../resource-types/index.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitName, line, longName, word } from '../../draw/text.ts';
import type { PlanPromise, State } from '../../state/state.ts';
import { type OverviewRow, type Section, told } from './sections.ts';

/** The gravest problems, at most so many, with what one plan of all automatic fixes does. */
export function problemSection(
  report: ProblemReport,
  promise: PlanPromise | null,
  most: number,
  { more: cut }: Pick<Glyphs, 'more'>,
): Section {
  const failing = report.problems.filter((one) => one.kind !== 'unreadable' && isToDo(one));
  const shown = failing.slice(0, most);
  const rows = shown.map((problem): OverviewRow => {
    const [resource, text] = headlineParts(problem);
    return {
      words: line(
        word(problem.severity.padEnd(9), problem.severity),
        word(problemWords(problem).padEnd(13), isPromised(problem) ? 'ok' : 'dim'),
        word(`${fitName(clean(resource), longName, cut)}: `, 'heading'),
        clean(text),
      ),
      goal: { to: 'problem', problem },
    };
  });
  const rest = failing.length - shown.length;
  const none = noProblems(report);
  const more: OverviewRow = {
    words: line(word(`and ${counted(rest, 'more problem')}`, 'dim')),
    goal: { to: 'screen', name: 'problems' },
  };
  return {
    title: 'Problems',
    note: promisedNote(report, promise),
    rows: none === null ? [...rows, ...(rest > 0 ? [more] : [])] : [told(line(word(none.text, none.role)))],
  };
}

/** `F: 11 changes resolve 42 findings (8 of 12 problems)`; without numbers before the plan is computed. */
function promisedNote({ problems }: ProblemReport, promise: PlanPromise | null): string {
  if (promise === null) return problems.some(isPromised) ? 'F  Preview all auto-fixes' : '';
  const { changes, resolves } = promise;
  if (changes === 0) return '';
  return `F  ${counted(changes, 'change')} ${changes === 1 ? 'resolves' : 'resolve'} ${resolvedWords(problems, resolves)}`;
}

/** The newest act, where it was interrupted; null otherwise. */
export function interruptedSection({ entries }: Pick<State, 'entries'>): Section | null {
  const last = entries.at(-1);
  const open = last?.state === 'open' ? last : undefined;
  const entry = open ?? interruptedAct(entries);
  if (entry === undefined) return null;
  const what =
    open !== undefined
      ? 'The outcome of a change is not known yet. Press r to rescan and settle it.'
      : `Enter sends ${otherWords(restOf(entry).length)}, after a preview.`;
  return {
    title: 'Interrupted run',
    note: madeWords(entry),
    rows: [
      {
        words: line(
          word('! ', 'warn'),
          `${entry.verb} of ${utcMinute(entry.at)}: `,
          word(clean(entry.line, 200), 'dim'),
        ),
        goal: open !== undefined ? { to: 'entry', id: entry.id } : { to: 'rest' },
      },
      told(line(word(`  ${what}`, 'warn'))),
    ],
  };
}

/** What was read and leaves checks unknown, and the assumptions that would decide them; null where there is nothing. */
export function undecidedSection({ report }: Pick<State, 'report'>, most: number): Section | null {
  const problems = report?.problems.filter((one) => one.kind === 'unreadable' && one.why?.reason !== 'not-read') ?? [];
  if (problems.length === 0) return null;
  const rows = problems.slice(0, most).map((problem): OverviewRow => {
    const [resource, text] = headlineParts(problem);
    const { why } = problem;
    const said = why?.reason === 'assumption-not-set' ? `  assumption not set: ${why.data.name}` : '';
    return {
      words: line(word('? ', 'unknown'), `${clean(resource)}: `, word(clean(text), 'dim'), word(said, 'unknown')),
      goal: { to: 'problem', problem },
    };
  });
  return { title: 'Not decided', note: checksIn(problems), rows };
}

const checksIn = (problems: readonly Problem[]): string =>
  `${counted(
    problems.reduce((sum, { findings }) => sum + findings.length, 0),
    'check',
  )} unknown`;

/** What could not be read, with how many checks are unknown for it. */
export function gapSection({ snapshot, report }: State, most: number): Section | null {
  const problems = report?.problems.filter(({ why }) => why?.reason === 'not-read') ?? [];
  const known = new Set(problems.map(({ resource }) => fold(resource)));
  const gaps = failedReads(snapshot?.gaps ?? []).filter(({ id }) => !known.has(fold(id)));
  const actionOf = (id: string) => {
    const gap = snapshot?.gaps.find((one) => sameId(one.id, id));
    return gap === undefined ? '' : (missingPermission(gap) ?? '');
  };
  const permission = (action: string) => word(action === '' ? '' : `  missing permission: ${clean(action)}`, 'dim');
  const rows = [
    ...problems.map((problem): OverviewRow => {
      const [resource, text] = headlineParts(problem);
      return {
        words: line(
          word('? ', 'unknown'),
          `${clean(resource)}: `,
          word(clean(text), 'dim'),
          permission(actionOf(problem.resource)),
        ),
        goal: { to: 'problem', problem },
      };
    }),
    ...gaps.map(
      (gap): OverviewRow => ({
        words: line(word('? ', 'unknown'), clean(nameOf(gap.id)), permission(missingPermission(gap) ?? '')),
        goal: { to: 'resource', id: gap.id },
      }),
    ),
  ];
  if (rows.length === 0) return null;
  return {
    title: 'Not accessible',
    note: problems.length === 0 ? counted(rows.length, 'resource') : checksIn(problems),
    rows: rows.slice(0, most),
  };
}

/** What files hold beside the workspace, and files that were not read. */
export function uncheckedSection(
  { snapshot, report }: Pick<State, 'snapshot' | 'report'>,
  most: number,
): Section | null {
  const workspace = snapshot?.workspace ?? null;
  const outside = workspace === null ? [] : (report?.outside ?? []);
  const skipped = snapshot?.skipped ?? [];
  if (outside.length + skipped.length === 0) return null;
  const more = (rest: number, noun: string) =>
    rest > 0 ? [told(line(word(`and ${counted(rest, `more ${noun}`)}`, 'dim')))] : [];
  const notes = [
    ...(workspace === null || outside.length === 0
      ? []
      : [`${counted(outside.length, 'resource')} outside the scope of ${clean(nameOf(workspace), 120)}`]),
    ...(skipped.length === 0 ? [] : [counted(skipped.length, 'skipped file')]),
  ];
  return {
    title: 'Not checked',
    note: notes.join(', '),
    rows: [
      ...outside.slice(0, most).map(
        (id): OverviewRow => ({
          words: line(`${clean(nameOf(id))}  `, word(resourceTypeOf(typeOf(id)).label, 'dim')),
          goal: { to: 'resource', id },
        }),
      ),
      ...more(outside.length - most, 'resource'),
      ...(outside.length === 0
        ? []
        : [told(line(word('To check all resources, start Bastide with --all-resources.', 'dim')))]),
      ...skipped
        .slice(0, most)
        .map(({ file, reason }) => told(line(`${clean(file, 300)}: `, word(clean(reason, 500), 'dim')))),
      ...more(skipped.length - most, 'file'),
    ],
  };
}
