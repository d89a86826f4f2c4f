// The one table of keys: what each is bound to, what it is called, which command line it abbreviates, and why it is off
// when it is. The footer, the help and the bindings all come from here.
import type { KeyName } from '../terminal/keys.ts';
import { pathLine, revealed } from './path.ts';
import { selectedFinding, selectedResource } from './select.ts';
import type { State } from './state.ts';

/** Where a binding holds: `main` the panes; `panel` scrollable text; `path` the hops; `buttons` a question with buttons; the rest inputs. */
export type Where = 'main' | 'panel' | 'path' | 'buttons' | 'result' | 'list' | 'input' | 'palette' | 'everywhere';

export type Move =
  | 'up'
  | 'down'
  | 'first'
  | 'last'
  | 'page-up'
  | 'page-down'
  | 'half-up'
  | 'half-down'
  | 'left'
  | 'right';

/** Intents the reducer carries out by itself. */
export type ViewIntent =
  | { readonly kind: 'move'; readonly move: Move }
  | { readonly kind: 'pane'; readonly step: 1 | -1 }
  | { readonly kind: 'tab'; readonly step: 1 | -1 }
  | { readonly kind: 'zoom' }
  | { readonly kind: 'enter' }
  | { readonly kind: 'back' }
  | { readonly kind: 'outcomes' }
  | { readonly kind: 'reveal' }
  | { readonly kind: 'help' }
  | { readonly kind: 'filter' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'choose'; readonly step: 1 | -1 }
  | { readonly kind: 'complete'; readonly step: 1 | -1 }
  | { readonly kind: 'recall'; readonly step: 1 | -1 };

/** Intents that reach outside: the session, the terminal, the process. */
export type Effect =
  | 'fix'
  | 'fix-all'
  | 'undo'
  | 'redo'
  | 'admit'
  | 'live'
  | 'path'
  | 'again'
  | 'rescan'
  | 'copy-id'
  | 'copy-line'
  | 'theme'
  | 'messages'
  | 'submit'
  | 'cancel'
  | 'suspend'
  | 'repaint'
  | 'leave'
  | 'interrupt';
export type Intent = ViewIntent | { readonly kind: 'do'; readonly effect: Effect };

export interface Binding {
  readonly where: readonly Where[];
  readonly keys: readonly KeyName[];
  /** One word for the footer. */
  readonly label: string;
  /** A sentence for the help. */
  readonly help: string;
  readonly intent: Intent;
  /** The command line it abbreviates, in the selection's terms. */
  readonly line?: (state: State) => string | null;
  /** Shown in the footer, lower first. */
  readonly hint?: number;
  /** In the footer only while it is on. */
  readonly quietWhenOff?: true;
  /** Why it does nothing now. */
  readonly off?: (state: State) => string | null;
}

const move = (step: Move): Intent => ({ kind: 'move', move: step });
const run = (effect: Effect): Intent => ({ kind: 'do', effect });

const busy = (state: State): string | null =>
  state.work === null ? null : `Wait: ${state.work.title.toLowerCase()} is still going on.`;
const mayWrite = (state: State): string | null => {
  if (state.source.kind === 'files') return 'These are files: nothing can be sent from here.';
  if (state.readOnly) return 'Bastide runs read-only; start it without --read-only to send changes.';
  return busy(state);
};
const mayFix = (state: State): string | null => {
  const finding = selectedFinding(state);
  if (finding === undefined) return 'No finding is selected.';
  if (finding.outcome !== 'fail') return 'This finding does not fail, so there is nothing to fix.';
  if (finding.fix.kind === 'none') return 'There is no fix in place for this finding; the explanation says what to do.';
  return mayWrite(state);
};
const mayFixAll = (state: State): string | null => {
  if (state.report === null) return 'Nothing has been read yet.';
  if (!state.report.findings.some((finding) => finding.outcome === 'fail' && finding.fix.kind === 'auto')) {
    return 'No failing finding has an automatic fix.';
  }
  return mayWrite(state);
};
const mayUndo = (state: State): string | null =>
  state.entries.some((entry) => entry.verb !== 'undo' && entry.undoneBy === null)
    ? mayWrite(state)
    : 'The history holds nothing to undo.';
const mayRedo = (state: State): string | null =>
  state.entries.some((entry) => entry.verb !== 'undo' && entry.undoneBy !== null)
    ? mayWrite(state)
    : 'Nothing has been undone.';
const isStorage = (id: string | null): id is string => id !== null && /\/storageaccounts\/[^/]+$/i.test(id);
const mayAdmit = (state: State): string | null =>
  isStorage(selectedResource(state))
    ? mayWrite(state)
    : 'Select a storage account to admit an address to its firewall.';

const ofTraffic = /\/(subnets|networksecuritygroups|routetables|virtualnetworks)\/[^/]+$/i;
const mayAsk = (state: State): string | null => {
  const finding = selectedFinding(state);
  if (finding === undefined) return 'No finding is selected.';
  if (![finding.resource, finding.where ?? ''].some((id) => ofTraffic.test(id))) {
    return 'This finding is about no subnet, so there is nothing to ask Azure about.';
  }
  if (state.source.kind === 'files') return 'These are files: there is nobody to ask.';
  return busy(state);
};

export const bindings: readonly Binding[] = [
  // Acts
  {
    where: ['main'],
    keys: ['f'],
    label: 'fix',
    help: 'Fix the selected finding: shows before, after and the way back, then asks',
    intent: run('fix'),
    line: (state) => `fix ${selectedFinding(state)?.id ?? '{finding}'}`,
    hint: 1,
    off: mayFix,
  },
  {
    where: ['main'],
    keys: ['F'],
    label: 'fix all',
    help: 'Fix everything that has an automatic fix, as one plan',
    intent: run('fix-all'),
    line: () => 'fix --all',
    hint: 2,
    off: mayFixAll,
  },
  {
    where: ['main', 'result'],
    keys: ['u', 'z'],
    label: 'undo',
    help: 'Take the newest act back, after the same preview',
    intent: run('undo'),
    line: () => 'undo',
    hint: 3,
    off: mayUndo,
  },
  {
    where: ['main', 'result'],
    keys: ['U', 'Z'],
    label: 'redo',
    help: 'Do the newest undone act again, after the same preview',
    intent: run('redo'),
    line: () => 'redo',
    hint: 3.5,
    quietWhenOff: true,
    off: mayRedo,
  },
  {
    where: ['main'],
    keys: ['i'],
    label: 'admit',
    help: 'Admit an address or range to the firewall of the selected storage account',
    intent: run('admit'),
    line: (state) => `fix storage.dev-client-ip --ip {address} --resource ${selectedResource(state) ?? '{account}'}`,
    off: mayAdmit,
  },
  {
    where: ['main'],
    keys: ['L'],
    label: 'live',
    help: 'Ask Azure what is in effect where the selected finding is: the answers stand with its evidence',
    intent: run('live'),
    line: (state) => `explain ${selectedFinding(state)?.id ?? '{finding}'} --live`,
    off: mayAsk,
  },
  {
    where: ['main'],
    keys: ['r', 'ctrl-r'],
    label: 'rescan',
    help: 'Read the workspace again',
    intent: run('rescan'),
    line: () => 'scan',
    hint: 7,
    off: busy,
  },
  {
    where: ['main'],
    keys: ['p'],
    label: 'path',
    help: 'Follow packets from the selected subnet or compute, or to the selected service, hop by hop',
    intent: run('path'),
    line: (state) => pathLine(state) ?? 'path --source {end} --destination {end}',
    off: (state) =>
      pathLine(state) === null
        ? 'Select a subnet, a compute or a service to follow packets from or to it.'
        : busy(state),
  },
  // Looking
  {
    where: ['main'],
    keys: ['/'],
    label: 'filter',
    help: 'Filter the findings: text, !text, sev:high, rule:text, fix:auto, is:unknown',
    intent: { kind: 'filter' },
    line: () => 'findings',
    hint: 4,
  },
  {
    where: ['main', 'path'],
    keys: [':', 'ctrl-p'],
    label: 'command',
    help: 'Type a command, the same as in the shell; Tab completes',
    intent: { kind: 'palette' },
    hint: 5,
  },
  {
    where: ['main'],
    keys: ['a'],
    label: 'all',
    help: 'Show findings that pass or do not apply too, or hide them again',
    intent: { kind: 'outcomes' },
    line: () => 'findings --all-outcomes',
  },
  {
    where: ['main'],
    keys: ['T'],
    label: 'theme',
    help: 'The next theme',
    intent: run('theme'),
    line: () => 'theme {name}',
  },
  {
    where: ['main'],
    keys: ['m'],
    label: 'messages',
    help: 'What was said so far',
    intent: run('messages'),
  },
  {
    where: ['main', 'path'],
    keys: ['c'],
    label: 'copy id',
    help: 'Copy the id of the selected finding, of the resource in the tree, or of what a hop quotes',
    intent: run('copy-id'),
  },
  {
    where: ['main', 'path', 'buttons'],
    keys: ['C'],
    label: 'copy line',
    help: 'Copy the command line that does the same',
    intent: run('copy-line'),
  },
  { where: ['main'], keys: ['?'], label: 'help', help: 'These keys', intent: { kind: 'help' }, hint: 6 },
  // Moving
  {
    where: ['main', 'panel', 'path', 'buttons', 'result'],
    keys: ['j', 'down'],
    label: 'down',
    help: 'Down',
    intent: move('down'),
  },
  {
    where: ['main', 'panel', 'path', 'buttons', 'result'],
    keys: ['k', 'up'],
    label: 'up',
    help: 'Up',
    intent: move('up'),
  },
  {
    where: ['main', 'panel', 'path', 'buttons', 'result'],
    keys: ['g', 'home', '<'],
    label: 'first',
    help: 'To the start',
    intent: move('first'),
  },
  {
    where: ['main', 'panel', 'path', 'buttons', 'result'],
    keys: ['G', 'end', '>'],
    label: 'last',
    help: 'To the end',
    intent: move('last'),
  },
  {
    where: ['main', 'panel', 'path', 'buttons', 'result'],
    keys: ['page-up', 'ctrl-b', ','],
    label: 'page up',
    help: 'A page up',
    intent: move('page-up'),
  },
  {
    where: ['main', 'panel', 'path', 'buttons', 'result'],
    keys: ['page-down', 'ctrl-f', '.', ' '],
    label: 'page down',
    help: 'A page down',
    intent: move('page-down'),
  },
  {
    where: ['main', 'panel', 'path', 'buttons', 'result'],
    keys: ['ctrl-u'],
    label: 'half up',
    help: 'Half a page up',
    intent: move('half-up'),
  },
  {
    where: ['main', 'panel', 'path', 'buttons', 'result'],
    keys: ['ctrl-d'],
    label: 'half down',
    help: 'Half a page down',
    intent: move('half-down'),
  },
  {
    where: ['main'],
    keys: ['h', 'left'],
    label: 'left',
    help: 'Fold the row, or to the pane on the left',
    intent: move('left'),
  },
  {
    where: ['main'],
    keys: ['l', 'right'],
    label: 'right',
    help: 'Unfold the row, or to the pane on the right',
    intent: move('right'),
  },
  { where: ['main'], keys: ['tab'], label: 'pane', help: 'The next pane', intent: { kind: 'pane', step: 1 }, hint: 8 },
  { where: ['main'], keys: ['shift-tab'], label: 'pane', help: 'The pane before', intent: { kind: 'pane', step: -1 } },
  {
    where: ['main'],
    keys: ['enter'],
    label: 'open',
    help: 'Into the selection: tree, findings, detail',
    intent: { kind: 'enter' },
  },
  { where: ['main'], keys: [']'], label: 'tab', help: 'The next tab of the detail', intent: { kind: 'tab', step: 1 } },
  { where: ['main'], keys: ['['], label: 'tab', help: 'The tab before', intent: { kind: 'tab', step: -1 } },
  {
    where: ['main'],
    keys: ['+', '_'],
    label: 'zoom',
    help: 'Give the focused pane the whole screen, or take it back',
    intent: { kind: 'zoom' },
  },
  {
    where: ['main'],
    keys: ['esc'],
    label: 'back',
    help: 'One step back: filter, zoom, pane. It never does anything else',
    intent: { kind: 'back' },
  },
  // A path
  {
    where: ['path'],
    keys: ['tab', 'shift-tab'],
    label: 'side',
    help: 'From the hops to the detail, or back',
    intent: { kind: 'pane', step: 1 },
    hint: 1,
  },
  {
    where: ['path'],
    keys: ['enter', 'l', 'right'],
    label: 'open',
    help: 'Into the detail of the hop',
    intent: move('right'),
  },
  { where: ['path'], keys: ['h', 'left'], label: 'hops', help: 'Back to the hops', intent: move('left') },
  {
    where: ['path'],
    keys: ['o'],
    label: 'resource',
    help: 'Close the path and select what the hop quotes in the tree',
    intent: { kind: 'reveal' },
    hint: 2,
    off: (state) => (revealed(state) < 0 ? 'This hop quotes nothing that stands unfolded in the tree.' : null),
  },
  {
    where: ['path'],
    keys: ['r', 'ctrl-r'],
    label: 'again',
    help: 'Read the workspace and ask again',
    intent: run('again'),
    hint: 3,
    off: busy,
  },
  {
    where: ['path'],
    keys: ['esc'],
    label: 'back',
    help: 'Back to the hops, then to the panes',
    intent: { kind: 'back' },
    hint: 4,
  },
  { where: ['path'], keys: ['q'], label: 'close', help: 'Close the path', intent: run('cancel') },
  // Questions, panels, inputs
  {
    where: ['buttons'],
    keys: ['tab', 'right', 'l'],
    label: 'choose',
    help: 'The next button; Cancel is preselected',
    intent: { kind: 'choose', step: 1 },
    hint: 1,
  },
  {
    where: ['buttons'],
    keys: ['shift-tab', 'left', 'h'],
    label: 'choose',
    help: 'The button before',
    intent: { kind: 'choose', step: -1 },
  },
  {
    where: ['buttons'],
    keys: ['enter'],
    label: 'take it',
    help: 'Press the selected button',
    intent: run('submit'),
    hint: 2,
  },
  {
    where: ['buttons'],
    keys: ['esc', 'n'],
    label: 'cancel',
    help: 'Cancel: nothing is sent',
    intent: run('cancel'),
    hint: 3,
  },
  {
    where: ['panel', 'result'],
    keys: ['esc', 'enter', 'q'],
    label: 'close',
    help: 'Close',
    intent: run('cancel'),
    hint: 4,
  },
  {
    where: ['list'],
    keys: ['j', 'down', 'tab'],
    label: 'next',
    help: 'The next choice',
    intent: { kind: 'choose', step: 1 },
    hint: 1,
  },
  {
    where: ['list'],
    keys: ['k', 'up', 'shift-tab'],
    label: 'before',
    help: 'The choice before',
    intent: { kind: 'choose', step: -1 },
  },
  {
    where: ['list', 'input', 'palette'],
    keys: ['enter'],
    label: 'take it',
    help: 'Take it',
    intent: run('submit'),
    hint: 2,
  },
  {
    where: ['list', 'input', 'palette'],
    keys: ['esc'],
    label: 'cancel',
    help: 'Leave it',
    intent: run('cancel'),
    hint: 3,
  },
  {
    where: ['palette'],
    keys: ['tab'],
    label: 'complete',
    help: 'The next completion',
    intent: { kind: 'complete', step: 1 },
    hint: 1,
  },
  {
    where: ['palette'],
    keys: ['shift-tab'],
    label: 'complete',
    help: 'The completion before',
    intent: { kind: 'complete', step: -1 },
  },
  {
    where: ['palette'],
    keys: ['up'],
    label: 'earlier',
    help: 'An earlier line',
    intent: { kind: 'recall', step: 1 },
    hint: 4,
  },
  { where: ['palette'], keys: ['down'], label: 'later', help: 'A later line', intent: { kind: 'recall', step: -1 } },
  // The terminal
  {
    where: ['everywhere'],
    keys: ['ctrl-l'],
    label: 'repaint',
    help: 'Draw the whole screen again',
    intent: run('repaint'),
  },
  {
    where: ['everywhere'],
    keys: ['ctrl-z'],
    label: 'suspend',
    help: 'Back to the shell; fg returns here',
    intent: run('suspend'),
  },
  {
    where: ['main'],
    keys: ['q'],
    label: 'leave',
    help: 'Leave; asks while changes are being sent',
    intent: run('leave'),
    hint: 9,
  },
  {
    where: ['everywhere'],
    keys: ['ctrl-c'],
    label: 'interrupt',
    help: 'Leave at once with exit status 130; asks while changes are being sent',
    intent: run('interrupt'),
  },
];

/** In which of the places of the table the keyboard is now. */
export function whereIs(state: State): Where {
  const overlay = state.overlay;
  if (overlay === null) return 'main';
  if (overlay.kind === 'plan') return 'buttons';
  if (overlay.kind === 'progress') return 'result';
  if (overlay.kind === 'palette') return 'palette';
  if (overlay.kind === 'filter') return 'input';
  if (overlay.kind === 'path') return 'path';
  if (overlay.kind !== 'ask') return 'panel';
  return ({ confirm: 'buttons', choose: 'list', text: 'input' } as const)[overlay.question.kind];
}

/** What a key means now; undefined when nothing (an input may still take it as text). */
export const bindingFor = (where: Where, key: KeyName): Binding | undefined =>
  bindings.find(
    (binding) => binding.keys.includes(key) && (binding.where.includes(where) || binding.where.includes('everywhere')),
  );

/** Bindings of the footer, in order. */
export const hintsFor = (where: Where): readonly Binding[] =>
  bindings
    .filter((binding) => binding.hint !== undefined && binding.where.includes(where))
    .sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0));

const spelt: Readonly<Record<string, string>> = {
  ' ': 'Space',
  esc: 'Esc',
  enter: 'Enter',
  tab: 'Tab',
  'shift-tab': 'Shift+Tab',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  home: 'Home',
  end: 'End',
  'page-up': 'PgUp',
  'page-down': 'PgDn',
};
export const spell = (key: KeyName): string =>
  spelt[key] ?? (key.startsWith('ctrl-') ? `Ctrl+${key.slice(5).toUpperCase()}` : key);
