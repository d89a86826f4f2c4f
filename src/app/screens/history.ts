// History: every change, the newest first, with its details; undo down to one of them, or export as a script.
import type { Line } from '../../command/definition.ts';
import {
  type Entry,
  madeWords,
  mayBeUndone,
  noEntries,
  otherWords,
  partlyWords,
  resolvedThenWords,
  restOf,
  stepUndoTexts,
  undoneByText,
  undoneMark,
} from '../../model/entry.ts';
import { nameInParent } from '../../model/resource-id.ts';
import { shortFinding } from '../../model/short-finding.ts';
import { capital, clean } from '../../model/text.ts';
import { unreadableText } from '../../model/unreadable-words.ts';
import { linesOf } from '../../plan/describe.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { rowsOf } from '../rows/rows.ts';
import { type Binding, planning } from '../state/binding.ts';
import { busy, mayWrite } from '../state/reasons.ts';
import { shortIds } from '../state/select.ts';
import { keyNamed } from '../state/spell.ts';
import type { State } from '../state/state.ts';
import { sliceOf } from '../state/view.ts';
import { type Column, defineList, type ListSlice } from './list/index.ts';
import { rowAt } from './list/slice.ts';

const looks = { done: 'ok', partial: 'warn', failed: 'bad', open: 'unknown', unreadable: 'bad' } as const;

type Row = Entry & { readonly mark: ReturnType<typeof undoneMark> };

const columns: readonly Column<Row>[] = [
  {
    title: 'When',
    letter: 'H',
    width: 16,
    text: ({ at }) => word(clean(at.slice(0, 16).replace('T', ' ')), 'dim'),
    rank: ({ at }) => at,
  },
  { title: 'Verb', letter: 'V', width: 6, text: ({ verb }) => word(verb) },
  {
    title: 'State',
    letter: 'A',
    width: 14,
    text: ({ state, mark }) =>
      mark === '' ? word(state, looks[state]) : word(mark, mark === 'undone' ? 'dim' : 'warn'),
  },
  {
    title: 'Line',
    letter: 'N',
    width: 'rest',
    text: ({ line: was }, { more }) => word(shortIds(clean(was, 4000), more), 'accent'),
  },
  {
    title: 'Steps',
    letter: 'P',
    width: 7,
    text: ({ steps }) => word(String(steps.length).padStart(5), 'dim'),
    rank: ({ steps }) => steps.length,
  },
  { title: 'By', letter: 'B', sorts: 'user', width: 14, from: 110, text: ({ by }) => word(clean(by), 'dim') },
];

const selected = (state: State): Entry | undefined => rowAt(sliceOf<ListSlice<Row>>(state, history));
const onSelected = (state: State, words: (id: string) => readonly string[]): readonly string[] | null => {
  const entry = selected(state);
  return entry === undefined ? null : words(entry.id);
};
const stands = (entry: Entry | undefined, { entries }: State) => entry !== undefined && mayBeUndone(entry, entries);

export const notUndoable = 'Select a change that is not undone and is not itself an undo.';
/** What an undo names: the change that is selected in History, nothing elsewhere; null where that one cannot be undone. */
export function undoSelected(state: State): readonly [] | readonly [string] | null {
  if (state.screen !== history.name || state.overlay !== null || state.entries.length === 0) return [];
  const entry = selected(state);
  return entry && stands(entry, state) ? [entry.id] : null;
}

export const notResumable = 'Select a change that was made in part.';
/** What a resume names: the change that is selected in History, nothing elsewhere; null where nothing of it is left. */
export function resumeSelected(state: State): readonly [] | readonly [string] | null {
  if (state.screen !== history.name || state.overlay !== null) return [];
  const entry = selected(state);
  return entry && restOf(entry).length > 0 ? [entry.id] : null;
}

const bindings: readonly Binding[] = [
  {
    name: 'undo-to',
    where: ['history'],
    keys: ['t'],
    label: 'undo to here',
    help: 'Undo every change down to this one, the newest first, after one preview of all',
    command: (state) => onSelected(state, (id) => ['undo', '--to', id]),
    line: (state) => `undo --to ${selected(state)?.id ?? 'ENTRY'}`,
    hint: 2.5,
    disabledReason: (state) => (stands(selected(state), state) ? mayWrite(state) : notUndoable),
  },
  {
    name: 'redo-this',
    where: ['history'],
    keys: ['R'],
    label: 'redo this',
    help: 'Redo this change; shows a preview first',
    command: (state) => onSelected(state, (id) => ['redo', id]),
    how: planning,
    line: (state) => `redo ${selected(state)?.id ?? 'ENTRY'}`,
    disabledReason: (state) =>
      (selected(state)?.undoneBy ?? null) === null ? 'Only an undone change can be redone.' : mayWrite(state),
  },
  {
    name: 'history-drift',
    where: ['history'],
    keys: ['b'],
    label: 'drift',
    help: 'Show what changed in the last day and who changed it, and restore it',
    command: () => ['drift'],
    hint: 2.7,
    disabledReason: busy,
  },
  {
    name: 'history-script',
    where: ['history'],
    keys: ['e'],
    label: 'script',
    help: 'Show command lines that repeat the changes in effect',
    command: () => ['history', '--script'],
    hint: 6.5,
    disabledReason: busy,
  },
];

export const history = defineList<Row>({
  name: 'history',
  title: 'History',
  summary: 'Past changes with their details; undo the selected one, or down to it',
  key: ({ id }) => id,
  of: ({ entries }) => [entries],
  rows: ({ entries }) => rowsOf(entries.map((one) => ({ ...one, mark: undoneMark(one, entries) })).toReversed()),
  columns,
  details: [
    { title: 'Changes', lines: changes },
    { title: 'Entry', lines: facts },
  ],
  bindings,
  jumps: true,
  empty: () => line(word(`  ${noEntries}`, 'dim')),
});

const signs = { '-': 'removed', '+': 'added', ' ': 'dim' } as const;

function changes(entry: Entry, state: State, width: number): Line[] {
  if (entry.unreadable !== undefined) return unreadableText(entry).flatMap((text) => wrapText(text, width, 'bad'));
  return entry.steps.flatMap((step, at) => [
    ...wrapLine(
      line(
        word(`${at + 1}. `, 'dim'),
        word(clean(nameInParent(step.resource)), 'heading'),
        word(`  ${step.state}${step.verified ? ', verified' : ''}`, step.state === 'failed' ? 'bad' : 'dim'),
        word(stepUndoTexts(entry, state.entries)[at] ?? '', 'warn'),
      ),
      width,
      3,
    ),
    ...linesOf(step.change).flatMap(({ sign, text }) =>
      wrapLine(line(word(`   ${sign} ${text}`, signs[sign])), width, 5),
    ),
    ...(step.message === null ? [] : wrapText(`   ${clean(step.message)}`, width, 'bad', 3)),
    [],
  ]);
}

function facts(entry: Entry, state: State, width: number): Line[] {
  const fact = (name: string, text: string, role?: string) =>
    text === '' ? [] : wrapLine(line(word(name.padEnd(12), 'dim'), word(text, role)), width, 12);
  const rest = restOf(entry).length;
  return [
    ...Object.entries({ Entry: entry.id, When: entry.at, By: entry.by }).flatMap(([name, of]) => fact(name, clean(of))),
    ...fact('Line', entry.line === '' ? '' : `bastide ${clean(entry.line, 4000)}`, 'accent'),
    ...fact('State', entry.state, looks[entry.state]),
    ...fact(
      'Remaining',
      rest === 0 ? '' : `${madeWords(entry)}. ${keyNamed(state.bindings, 'resume')} sends ${otherWords(rest)}.`,
      'warn',
    ),
    ...fact('Resumed', clean(entry.resumed ?? '')),
    ...fact('Result', capital(resolvedThenWords(entry))),
    ...fact('Undoes', clean(entry.undoes ?? '')),
    ...fact('Undone by', clean(undoneByText(entry, state.entries)), 'warn'),
    ...fact('Redoes', clean(entry.redoes ?? '')),
    ...fact('Part', clean(partlyWords(entry, state.entries)), 'warn'),
    ...entry.steps.flatMap(({ requestId }) => fact('Request', clean(requestId ?? ''), 'dim')),
    ...(entry.findings.length > 0 ? [[], line(word('Findings', 'heading'))] : []),
    ...entry.findings.flatMap((id) => wrapText(shortFinding(id), width)),
  ];
}
