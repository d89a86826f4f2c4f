// Findings: every finding in one list, by severity, rule or resource; marked ones are fixed as one plan.
import type { Line } from '../../command/definition.ts';
import { memoizePerObject } from '../../model/caches.ts';
import {
  type Finding,
  headline,
  isAutoFixable,
  isCounted,
  isRollUp,
  type Takes,
  takesOf,
  takesWords,
} from '../../model/finding.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { type Rows, rowsOf } from '../rows/rows.ts';
import { isFixedWithMarks, nothingSelected } from '../state/select.ts';
import { type Column, defineList } from './list/index.ts';
import { entriesAbout } from './parts/entry-text.ts';
import { explainLines, restsOn } from './parts/finding-text.ts';
import { jsonLines } from './parts/resource-text.ts';
import { findingFilterHint, findingGrammar, findingsOf } from './resources/filter.ts';
import { fitSubject, outcomeWord, subjectName } from './resources/finding-row.ts';
import { rank } from './resources/findings-at.ts';

const takesRoles: Readonly<Record<Takes, string>> = { fix: 'ok', answer: 'warn', review: 'warn', manual: 'dim' };
const columns: readonly Column<Finding>[] = [
  { title: 'Severity', letter: 'V', width: 10, text: (finding) => outcomeWord(finding), rank, isShort: true },
  {
    title: 'Name',
    letter: 'N',
    width: 22,
    text: (finding, { more }) => word(fitSubject(finding, 22, more), isCounted(finding) ? undefined : 'dim'),
    rank: subjectName,
  },
  {
    title: 'Finding',
    letter: 'I',
    width: 'rest',
    text: (finding) =>
      isCounted(finding)
        ? word(clean(`${finding.isNew ? 'new: ' : ''}${headline(finding)}`))
        : word(clean(`${headline(finding)} (${isRollUp(finding) ? 'roll-up' : 'accepted'})`), 'dim'),
  },
  { title: 'Rule', letter: 'R', width: 30, from: 130, text: ({ rule }) => word(rule, 'dim') },
  {
    title: 'Fix',
    letter: 'X',
    width: 12,
    text: (finding) =>
      finding.outcome === 'fail' && isCounted(finding)
        ? word(takesWords(finding), finding.blocked === true ? 'bad' : takesRoles[takesOf(finding)])
        : word(''),
    rank: (finding) => (finding.outcome === 'fail' ? Object.keys(takesRoles).indexOf(takesOf(finding)) : 9),
  },
];

const isCountedFix = (finding: Finding): boolean =>
  isCounted(finding) && isAutoFixable(finding) && finding.blocked !== true;
/** Roll-ups are in no number; what is accepted is a row of the list, in a group of its own. */
const isListed = (finding: Finding): boolean => !isRollUp(finding);
/** How many of them are auto-fixable. */
function fixableNote(group: Rows<Finding>) {
  const count = group.count(isCountedFix, true);
  return word(count === 0 ? '' : `${count} auto-fixable`, 'ok');
}

/** The problem where it fails, as in the rows of the group. */
const titleOf = (finding: Finding | undefined): string => (finding === undefined ? '' : headline(finding));

const ruleOf = ({ rule }: Finding) => rule;
const byRule = memoizePerObject((group: Rows<Finding>) =>
  group.split(ruleOf).map(({ value, rows }) => ({
    ...{ rule: String(value), count: rows.length, title: titleOf(rows.at(0)) },
  })),
);

/** A group in a few lines: each rule with its number of findings. */
const summary = (group: Rows<Finding>, _state: unknown, width: number): Line[] => [
  ...byRule(group).flatMap(({ rule, count, title }) =>
    wrapLine(line(word(String(count).padStart(4), 'heading'), ` ${clean(title)}  `, word(rule, 'dim')), width, 5),
  ),
  [],
  ...wrapText('Press Space to mark all of them, then f to fix them as one plan.', width, 'dim'),
];

const nothing = rowsOf<Finding>([]);

export const findings = defineList<Finding>({
  name: 'findings',
  title: 'Findings',
  summary: 'All findings in one list; mark several to fix them as one plan',
  key: ({ id }) => id,
  of: ({ report }) => [report],
  rows: ({ report }, every) => (report === null ? nothing : findingsOf(report, null, every)),
  columns,
  groups: [
    {
      title: 'severity',
      hides: 'Severity',
      of: (finding) => outcomeWord(finding).text,
      note: fixableNote,
      detail: summary,
    },
    {
      title: 'rule',
      of: ruleOf,
      hides: 'Rule',
      note: (group) => word(clean(group.at(0)?.title ?? ''), 'dim'),
      detail(group, state, width) {
        const first = group.at(0);
        return first === undefined ? [] : explainLines(first, state, width);
      },
    },
    { title: 'resource', of: ({ resource }) => clean(nameOf(resource)), note: fixableNote, detail: summary },
  ],
  grammar: findingGrammar,
  filterHint: findingFilterHint,
  jumps: true,
  asked: [isAutoFixable, isFixedWithMarks, isListed, isCountedFix],
  counted: isListed,
  uncounted: 'roll-up',
  marks: true,
  every: true,
  details: [
    { title: 'Explain', lines: explainLines },
    { title: 'Evidence', lines: (finding, _state, width) => restsOn(finding, width) },
    { title: 'JSON', lines: (finding, state, width) => jsonLines(finding.resource, state, width) },
    {
      title: 'History',
      lines: ({ resource }, { entries }, width) => entriesAbout(entries, resource, width),
    },
  ],
  detailOf: (_finding, { snapshot, entries }) => [snapshot, entries],
  selection: (finding, marked) =>
    finding === undefined
      ? { ...nothingSelected, marked }
      : { ...nothingSelected, about: 'finding', finding, resource: finding.resource, marked },
  empty: () => line(word('  No findings', 'ok')),
});
