// Problems: what there is to do, one row for each resource to change, question to answer, manual step or failed read. Its findings
// are one Enter away; marked problems are fixed as one plan.
import type { Line } from '../../command/definition.ts';
import { memoizePerObject } from '../../model/caches.ts';
import { type Severity, severities } from '../../model/finding.ts';
import {
  changeCount,
  headlineParts,
  isPromised,
  noProblems,
  otherResources,
  type Problem,
  type ProblemReport,
  problemTakes,
  problemWords,
  toDo,
} from '../../model/problem.ts';
import { clean } from '../../model/text.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { type Marks, markedRows } from '../rows/marks.ts';
import type { Grammar } from '../rows/narrow.ts';
import { type Rows, rowsOf } from '../rows/rows.ts';
import type { Selector } from '../rows/table.ts';
import { nothingSelected } from '../state/select.ts';
import { closedTo } from '../state/stack.ts';
import type { Selection, State } from '../state/state.ts';
import { inSlice } from '../state/view.ts';
import { findings } from './findings.ts';
import { defineList, type ListSpec } from './list/index.ts';
import { scopedTo } from './list/moving.ts';
import { entriesAbout } from './parts/entry-text.ts';
import { partLines, problemLines } from './parts/problem-text.ts';
import { jsonLines } from './parts/resource-text.ts';

const roles = { fix: 'ok', answer: 'warn', review: 'warn', manual: 'dim', unknown: 'unknown' } as const;

/** Its severity; what is accepted and what could not be read come behind every other. */
const severityWord = (problem: Problem) => {
  if (problem.accepted !== null) return word('accepted', 'dim');
  const text = problem.kind === 'unreadable' ? 'unknown' : problem.severity;
  return word(text, text);
};
const rank = (problem: Problem): number =>
  [...severities, 'unknown', 'accepted'].indexOf(severityWord(problem).text as Severity);

const takesWord = (problem: Problem) => {
  const text = problemWords(problem);
  return word(text, { accepted: 'dim', blocked: 'bad' }[text] ?? roles[problemTakes(problem)]);
};

/** What is wrong, without the number of findings: that has its own column. */
const firstWords = (problem: Problem): string =>
  clean(headlineParts(problem)[1]).replace(/(?:, and \d+ more findings?| \(\d+ findings\))$/, '');

/** `lakemlsim +1` of `lakemlsim and stmlsim`. */
const resourceWords = (problem: Problem): string =>
  clean(headlineParts(problem)[0]).replace(otherResources, (_all, more?: string) => ` +${more ?? 1}`);

const nothing = rowsOf<Problem>([]);
const rowsIn = memoizePerObject(({ problems }: ProblemReport) =>
  rowsOf(problems.toSorted((a, b) => rank(a) - rank(b))),
);
const area = ({ findings: [first = ''] }: Problem): string => first.slice(0, first.indexOf('.'));

/** How many of them one plan of all automatic fixes resolves. */
function promisedNote(group: Rows<Problem>) {
  const count = group.count(isPromised, true);
  return word(count === 0 ? '' : `${count} auto-fixable`, 'ok');
}

/** A group in a few lines. */
const summary = (group: Rows<Problem>, _state: unknown, width: number): Line[] => [
  ...[...group].flatMap((problem) => wrapLine(line(takesWord(problem), `  ${clean(problem.headline)}`), width, 4)),
  [],
  ...wrapText('Press Space to mark all of them, then f to fix them as one plan.', width, 'dim'),
];

const few = memoizePerObject((problem: Problem): readonly Problem[] => [problem]);
const inOrder = memoizePerObject((rows: Rows<Problem>): readonly Problem[] => [...rows]);

/** A problem as the target of keys, with its gravest finding. */
export function problemSelection(problem: Problem | undefined, marks: Marks<Problem> | null, state: State): Selection {
  const marked = marks === null ? null : markedRows(marks);
  const problems = marked !== null ? inOrder(marked) : problem === undefined ? [] : few(problem);
  if (problem === undefined) return problems.length === 0 ? nothingSelected : { ...nothingSelected, problems };
  const finding = state.view.findings.value.byId.get(problem.findings[0] ?? '') ?? null;
  return { ...nothingSelected, about: 'problem', problems, finding, resource: problem.resource };
}

/** The findings of a problem, with those that only repeat them, on the screen of findings. */
export const findingsOfProblem = (state: State, problem: Problem): State =>
  inSlice({ ...closedTo(state, 0), screen: findings.name }, findings, (slice) =>
    scopedTo(slice, clean(headlineParts(problem)[0]), [...problem.findings, ...problem.rollUps]),
  );

const severityLabel: Selector<Problem> = (problem) => severityWord(problem).text;
/** With a dash, as a filter's word has no space. */
const takesLabel: Selector<Problem> = (problem) => problemWords(problem).replace(' ', '-');
const ruleLabels: Selector<Problem> = ({ findings: ids }) => ids.map((id) => id.slice(0, id.indexOf('@'))).join(' ');
/** What is wrong and what is changed: a setting is found by its name too. */
const texts: readonly Selector<Problem>[] = [
  severityLabel,
  takesLabel,
  ({ headline }) => clean(headline),
  ruleLabels,
  (problem) => toDo(problem).join(' '),
];
const grammar: Grammar<Problem> = {
  members: { sev: 'severity', severity: 'severity', is: 'severity', rule: 'rule', fix: 'fix' },
  sought({ member }) {
    if (member === 'severity') return { in: [severityLabel], begins: true };
    if (member === 'rule') return { in: [ruleLabels] };
    return member === 'fix' ? { in: [takesLabel], begins: true } : { in: texts };
  },
};

const spec: ListSpec<Problem> = {
  name: 'problems',
  title: 'Problems',
  summary: 'What there is to do: one row for each resource to change, question, manual step or failed read',
  key: ({ id }) => id,
  of: ({ report }) => [report],
  rows: ({ report }) => (report === null ? nothing : rowsIn(report)),
  columns: [
    { title: 'Severity', letter: 'V', width: 10, text: severityWord, rank, isShort: true },
    {
      title: 'Resource',
      letter: 'R',
      width: 20,
      text: (problem) => word(resourceWords(problem)),
      isTail: true,
    },
    { title: 'Problem', letter: 'P', width: 'rest', text: (problem) => word(firstWords(problem)) },
    {
      title: 'Findings',
      letter: 'I',
      width: 8,
      from: 76,
      text: (problem) => word(String(problem.findings.length).padStart(8), 'dim'),
      rank: (problem) => -problem.findings.length,
    },
    {
      title: 'Changes',
      letter: 'A',
      width: 7,
      from: 100,
      text: (problem) => word(changeCount(problem) === 0 ? '' : String(changeCount(problem)).padStart(7), 'dim'),
      rank: (problem) => -changeCount(problem),
    },
    {
      title: 'Fix',
      letter: 'X',
      width: 12,
      text: takesWord,
      rank: (problem) => Object.keys(roles).indexOf(problemTakes(problem)),
    },
  ],
  groups: [
    {
      title: 'severity',
      hides: 'Severity',
      of: (problem) => severityWord(problem).text,
      note: promisedNote,
      detail: summary,
    },
    { title: 'fix', hides: 'Fix', of: (problem) => takesWord(problem).text, detail: summary },
    { title: 'area', of: area, note: promisedNote, detail: summary },
  ],
  asked: [isPromised],
  grammar,
  filterHint: 'text  !text  sev:high  rule:storage  fix:auto  is:unknown',
  marks: true,
  jumps: true,
  details: [
    { title: 'Problem', lines: problemLines },
    { title: 'Findings', lines: partLines },
    { title: 'JSON', lines: ({ resource }, state, width) => jsonLines(resource, state, width) },
    { title: 'History', lines: ({ resource }, { entries }, width) => entriesAbout(entries, resource, width) },
  ],
  detailOf: (_problem, { snapshot, entries }) => [snapshot, entries],
  selection: problemSelection,
  empty({ report }) {
    const { text, role } = (report && noProblems(report)) ?? { text: 'No known problems', role: 'dim' };
    return line(word(`  ${text}`, role));
  },
};

export const problems = defineList(spec);
