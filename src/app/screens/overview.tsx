// Overview: the status of the workspace on one page, and what to do next. The first screen after a scan.
import type { Line } from '../../command/definition.ts';
import { Rows } from '../components/Rows.tsx';
import { Split } from '../components/Split.tsx';
import { glyphsFor } from '../draw/glyphs.ts';
import { emptyMemo, type Memo, memoize } from '../draw/memoize.ts';
import { clamp, type Move, target } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import type { EffectContext } from '../state/effect-context.ts';
import { nothingSelected } from '../state/select.ts';
import type { State } from '../state/state.ts';
import { defineScreen, inSlice, sliceOf, type ViewProps } from '../state/view.ts';
import { findings } from './findings.ts';
import { history } from './history.ts';
import { ledTo } from './list/moving.ts';
import { acceptedSection, changeSection, lastRunSection, trendSection } from './overview/changes.ts';
import { columnLines, goalsIn, rightOf, withDetail } from './overview/column-lines.ts';
import {
  gapSection,
  interruptedSection,
  problemSection,
  uncheckedSection,
  undecidedSection,
} from './overview/problem-sections.ts';
import {
  architectureSection,
  areaSection,
  type Goal,
  historySection,
  readingSection,
  type Section,
} from './overview/sections.ts';
import { problemLines } from './parts/problem-text.ts';
import { problemSelection, problems } from './problems.ts';
import { revealed } from './resources/reveal.ts';

interface Overview {
  /** Index among the rows with links. */
  readonly at: number;
  /** Sections made from the snapshot, cached with it: next steps, and the rest. */
  readonly told: Memo<readonly [readonly Section[], readonly Section[]]>;
  /** The sections, one column of them or two. */
  readonly columns: Memo<readonly (readonly Section[])[]>;
  /** The selected problem, where there is room for it. */
  readonly detail: Memo<readonly Line[]>;
}

const start: Overview = { at: 0, told: emptyMemo([[], []]), columns: emptyMemo([]), detail: emptyMemo([]) };
const self = { name: 'overview', start };
const wide = 110;

const goalsOf = ({ columns }: Overview): Goal[] =>
  columns.value.flat().flatMap(({ rows }) => rows.flatMap(({ goal }) => (goal === null ? [] : [goal])));
const goalOf = (slice: Overview): Goal | undefined => goalsOf(slice)[slice.at];

const bindings: readonly Binding[] = [
  {
    name: 'overview-open',
    where: ['overview'],
    keys: ['enter'],
    label: 'open',
    help: 'Open the selected row: the problem, the findings of an area, the change in the history',
    effect: follow,
    hint: 3.8,
  },
];

function follow(effects: EffectContext): void {
  const goal = goalOf(sliceOf(effects.store.get(), self));
  if (goal?.to === 'rest') effects.press('resume');
  else if (goal !== undefined) effects.change((state) => led(state, goal));
}

/** The state after following a link. */
function led(state: State, goal: Exclude<Goal, { to: 'rest' }>): State {
  switch (goal.to) {
    case 'problem':
      return inSlice({ ...state, screen: problems.name }, problems, (slice) => ledTo(slice, goal.problem.id));
    case 'entry':
      return inSlice({ ...state, screen: history.name }, history, (slice) => ledTo(slice, goal.id));
    case 'screen':
      return { ...state, screen: goal.name };
    case 'resource':
      return revealed(state, [goal.id]) ?? state;
    case 'filter':
      return inSlice({ ...state, screen: findings.name }, findings, (slice) => ({
        ...slice,
        filter: goal.filter,
        scope: null,
        at: null,
      }));
    case 'finding':
      return inSlice({ ...state, screen: findings.name }, findings, (slice) => ledTo(slice, goal.finding.id));
  }
}

export const overview = defineScreen<Overview>({
  ...self,
  title: 'Overview',
  summary: 'Status of the workspace, what changed, what to do next',
  places: () => ['moves'],
  bindings,
  derive(slice, state) {
    const { report, promise, before, last, snapshot, entries, audits, now, problem: failed, ascii, view } = state;
    const two = view.layout.width >= wide;
    const minute = Math.floor(now / 60_000);
    const told = memoize(slice.told, [report, promise, before, last, snapshot, entries, audits, ascii], () =>
      sectionsOf(state),
    );
    const columns = memoize(slice.columns, [told.value, minute, failed, view.layout], () =>
      columnsOf(told.value, state, two),
    );
    const at = clamp(slice.at, goalsOf({ ...slice, columns }).length - 1);
    const goal = goalOf({ ...slice, columns, at });
    const problem = two && goal?.to === 'problem' ? goal.problem : null;
    const detail = memoize(slice.detail, [problem, snapshot, report, ascii, view.layout], () =>
      problem === null ? [] : problemLines(problem, state, rightOf(view.layout.width) - 2),
    );
    const isSame = columns === slice.columns && detail === slice.detail && at === slice.at;
    return isSame ? slice : { at, told, columns, detail };
  },
  selection(slice, state) {
    const goal = goalOf(slice);
    if (goal?.to === 'problem') return problemSelection(goal.problem, null, state);
    if (goal?.to === 'resource') return { ...nothingSelected, resource: goal.id };
    if (goal?.to !== 'finding') return nothingSelected;
    const { finding } = goal;
    return { ...nothingSelected, about: 'finding', finding, resource: finding.resource };
  },
  move: (slice, move: Move, times) => ({ ...slice, at: target(slice.at, move, goalsOf(slice).length, 5, times) }),
  Body,
});

function Body({ slice, state }: ViewProps<Overview>) {
  const glyphs = glyphsFor(state.ascii);
  const { width, body } = state.view.layout;
  const lines = (sections: readonly Section[], at: number, cells: number) =>
    columnLines(sections, at, cells, body, glyphs);
  const [first = [], second] = slice.columns.value;
  if (second === undefined) return <Rows lines={lines(first, slice.at, width)} width={width} height={body} />;
  const cells = rightOf(width);
  const left = width - cells - 1;
  const right = withDetail(lines(second, slice.at - goalsIn(first), cells), slice.detail.value, cells, body, glyphs);
  return (
    <Split
      left={<Rows lines={lines(first, slice.at, left)} width={left} height={body} />}
      right={<Rows lines={right} width={cells} height={body} />}
      height={body}
    />
  );
}

/** What depends on the findings: by area, and what comes behind what could not be read. */
function sectionsOf(state: State): Overview['told']['value'] {
  const { report, promise } = state;
  if (report === null) return start.told.value;
  const glyphs = glyphsFor(state.ascii);
  return [
    [areaSection(report, promise, glyphs)],
    there([changeSection(state, glyphs), lastRunSection(state, glyphs), trendSection(state)]),
  ];
}
const there = (all: readonly (Section | null)[]) => all.filter((one) => one !== null);

/** So many problems are shown in any case. */
const fewest = 5;

/** The sections in columns, with those that depend on the clock and on the room. */
function columnsOf([areas, changes]: Overview['told']['value'], state: State, two: boolean): (readonly Section[])[] {
  const { report, promise, view } = state;
  if (report === null) return [[]];
  const interrupted = there([interruptedSection(state)]);
  // Where both columns are shown whole, problems take what the other sections leave.
  const others = [...areas, ...interrupted].reduce((sum, { rows }) => sum + rows.length + 2, 2);
  const most = two ? Math.max(fewest, view.layout.body - others) : fewest;
  const some = two && view.layout.body > 40 ? 10 : fewest - 2;
  const next = [...interrupted, problemSection(report, promise, most, glyphsFor(state.ascii)), ...areas];
  const rest = there([
    gapSection(state, some),
    undecidedSection(state, some),
    uncheckedSection(state, some),
    acceptedSection(state, some),
    ...changes,
    historySection(state, some),
    architectureSection(report),
    readingSection(state, glyphsFor(state.ascii)),
  ]);
  return two ? [next, rest] : [[...next, ...rest]];
}
