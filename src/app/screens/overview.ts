// Overview: the status of the workspace on one page, and what to do next. The first screen after a scan.
import type { Line } from '../../command/definition.ts';
import { barLine, beside, rowsOf, titleLine } from '../draw/boxes.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { emptyMemo, type Memo, memoize } from '../draw/memoize.ts';
import { line, word } from '../draw/text.ts';
import { clamp, type Move, target } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import type { EffectContext } from '../state/effect-context.ts';
import { nothingSelected } from '../state/select.ts';
import type { State } from '../state/state.ts';
import { defineScreen, inSlice, sliceOf } from '../state/view.ts';
import { findings } from './findings.ts';
import { ledTo } from './list/moving.ts';
import { changeSection, lastRunSection } from './overview/changes.ts';
import {
  architectureSection,
  areaSection,
  fixSection,
  type Goal,
  gapSection,
  historySection,
  readingSection,
  type Section,
} from './overview/sections.ts';
import { unread } from './parts/unread.ts';
import { revealed } from './resources/reveal.ts';

interface Overview {
  /** Index among the rows with links. */
  readonly at: number;
  /** Sections made from the snapshot, cached with it: next steps, and the rest. */
  readonly told: Memo<readonly [readonly Section[], readonly Section[]]>;
  /** The sections, one column of them or two. */
  readonly columns: Memo<readonly (readonly Section[])[]>;
}

const start: Overview = { at: 0, told: emptyMemo([[], []]), columns: emptyMemo([]) };
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
    help: 'Open the selected row; on the next finding, preview its fix',
    effect: follow,
    hint: 3.8,
  },
];

function follow(effects: EffectContext): void {
  const goal = goalOf(sliceOf(effects.store.get(), self));
  if (goal === undefined) return;
  if (goal.to === 'fix') effects.press('fix');
  else effects.change((state) => led(state, goal));
}

/** The state after following a link. */
function led(state: State, goal: Exclude<Goal, { to: 'fix' }>): State {
  switch (goal.to) {
    case 'screen':
      return { ...state, screen: goal.name };
    case 'resource':
      return revealed(state, [goal.id]) ?? state;
    case 'filter':
      return inSlice({ ...state, screen: findings.name }, findings, (slice) => ({
        ...slice,
        filter: goal.filter,
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
    const { report, promise, before, last, snapshot, entries, now, problem, ascii, view } = state;
    const two = view.layout.width >= wide;
    const minute = Math.floor(now / 60_000);
    const told = memoize(slice.told, [report, promise, before, last, snapshot, entries, ascii], () =>
      sectionsOf(state),
    );
    const columns = memoize(slice.columns, [told.value, minute, problem, two], () => columnsOf(told.value, state, two));
    const at = clamp(slice.at, goalsOf({ ...slice, columns }).length - 1);
    return columns === slice.columns && at === slice.at ? slice : { at, told, columns };
  },
  selection(slice) {
    const goal = goalOf(slice);
    if (goal?.to === 'resource') return { ...nothingSelected, resource: goal.id };
    if (goal?.to !== 'fix' && goal?.to !== 'finding') return nothingSelected;
    const { finding } = goal;
    return { ...nothingSelected, about: 'finding', finding, resource: finding.resource };
  },
  move: (slice, move: Move, times) => ({ ...slice, at: target(slice.at, move, goalsOf(slice).length, 5, times) }),
  draw(slice, state) {
    if (state.report === null) return unread(state);
    const glyphs = glyphsFor(state.ascii);
    const { width, body } = state.view.layout;
    const [first = [], second] = slice.columns.value;
    if (second === undefined) return columnLines(first, slice.at, width, body, glyphs);
    const left = Math.floor((width - 1) / 2);
    const before = goalsIn(first);
    return beside(
      columnLines(first, slice.at, left, body, glyphs),
      columnLines(second, slice.at - before, width - left - 1, body, glyphs),
      [left, width - left - 1],
      glyphs,
    );
  },
});

function sectionsOf(state: State): Overview['told']['value'] {
  const { report } = state;
  if (report === null) return start.told.value;
  const glyphs = glyphsFor(state.ascii);
  const there = (all: readonly (Section | null)[]) => all.filter((one) => one !== null);
  const next = [fixSection(state, report), areaSection(report, glyphs)];
  const rest = there([
    gapSection(state),
    changeSection(state, glyphs),
    lastRunSection(state, glyphs),
    historySection(state),
    architectureSection(report),
  ]);
  return [next, rest];
}

/** The sections in columns, with the one that depends on the clock. */
function columnsOf([next, rest]: Overview['told']['value'], state: State, two: boolean): (readonly Section[])[] {
  if (state.report === null) return [[]];
  const reading = readingSection(state, glyphsFor(state.ascii));
  const all = reading === null ? rest : [...rest, reading];
  return two ? [next, all] : [[...next, ...all]];
}

const goalsIn = (sections: readonly Section[]): number =>
  sections.reduce((sum, { rows }) => sum + rows.filter(({ goal }) => goal !== null).length, 0);

/** The sections stacked, scrolled so that the selected row is visible. `at` counts the rows with links. */
function columnLines(sections: readonly Section[], at: number, width: number, height: number, glyphs: Glyphs): Line[] {
  const lines: Line[] = [];
  let goals = 0;
  let selectedLine = 0;
  for (const { title, note, rows } of sections) {
    if (lines.length > 0) lines.push([]);
    lines.push(
      titleLine(line(word(title, 'heading'), word(note === '' ? '' : `  ${note}`, 'dim')), false, width, '', glyphs),
    );
    for (const { words, goal } of rows) {
      const selected = goal !== null && goals === at;
      if (goal !== null) goals += 1;
      if (selected) selectedLine = lines.length;
      const all = [word(selected ? `${glyphs.mark} ` : '  ', 'focus'), ...words];
      lines.push(selected ? barLine(all, width, glyphs.more) : all);
    }
  }
  const top = clamp(selectedLine - Math.floor(height / 2), lines.length - height);
  return rowsOf(lines, top, height);
}
