// Moving about: what the keys that only change the view do to the state. Nothing here reaches outside.
import { emptyInput, inputOf } from './input.ts';
import type { Move, ViewIntent } from './key-table.ts';
import { contentRows } from './layout.ts';
import { movedOnPath, otherSide, revealed } from './path.ts';
import { selectedRow } from './select.ts';
import { type Cursor, type Overlay, type Pane, panes, type State, tabs } from './state.ts';

const none: Cursor = { index: 0, top: 0 };

export function applyIntent(state: State, intent: ViewIntent): State {
  switch (intent.kind) {
    case 'move':
      if (state.overlay?.kind === 'path')
        return { ...state, overlay: movedOnPath(state.overlay, intent.move, state, target) };
      return state.overlay === null ? moveInPane(state, intent.move) : scrollPanel(state, intent.move);
    case 'pane':
      if (state.overlay?.kind === 'path') return { ...state, overlay: otherSide(state.overlay) };
      return { ...state, pane: cycle(panes, state.pane, intent.step) };
    case 'tab':
      return { ...state, tab: cycle(tabs, state.tab, intent.step), detailTop: 0 };
    case 'zoom':
      return { ...state, zoom: !state.zoom };
    case 'enter':
      return { ...state, pane: state.pane === 'tree' ? 'findings' : 'detail' };
    case 'back':
      return back(state);
    case 'reveal':
      return reveal(state);
    case 'outcomes':
      return { ...state, everyOutcome: !state.everyOutcome, findings: none };
    case 'help':
      return { ...state, overlay: { kind: 'help', top: 0 } };
    case 'filter':
      return { ...state, overlay: { kind: 'filter', input: inputOf(state.filter), before: state.filter } };
    case 'palette':
      return { ...state, overlay: { kind: 'palette', input: emptyInput, suggestions: [], choice: -1, back: 0 } };
    case 'choose':
      return { ...state, overlay: chosen(state.overlay, intent.step) };
    case 'complete':
      return { ...state, overlay: completed(state.overlay, intent.step) };
    case 'recall':
      return { ...state, overlay: recalled(state, intent.step) };
  }
}

function cycle<T>(all: readonly T[], now: T, step: 1 | -1): T {
  return all[(all.indexOf(now) + step + all.length) % all.length] ?? now;
}

/** One step back, never more: the detail of a path, the path, the filter, the zoom, then the pane before. */
function back(state: State): State {
  if (state.overlay?.kind === 'path') {
    return { ...state, overlay: state.overlay.side === 'detail' ? otherSide(state.overlay) : null };
  }
  if (state.filter !== '') return { ...state, filter: '', findings: none };
  if (state.zoom) return { ...state, zoom: false };
  const at = panes.indexOf(state.pane);
  return at > 0 ? { ...state, pane: panes[at - 1] ?? state.pane } : state;
}

/** Where a move leads from `at` in something of `length` with `page` rows visible. */
function target(at: number, move: Move, length: number, page: number): number {
  const half = Math.max(1, Math.floor(page / 2));
  const to: Record<Move, number> = {
    up: at - 1,
    down: at + 1,
    first: 0,
    last: length - 1,
    'page-up': at - page,
    'page-down': at + page,
    'half-up': at - half,
    'half-down': at + half,
    left: at,
    right: at,
  };
  return Math.max(0, Math.min(to[move], length - 1));
}

function moveInPane(state: State, move: Move): State {
  if (move === 'left' || move === 'right') return sideways(state, move);
  const { layout, rows, shown, detail } = state.view;
  if (state.pane === 'tree') {
    const index = target(state.tree.index, move, rows.length, contentRows(layout.tree));
    return index === state.tree.index ? state : { ...state, tree: { ...state.tree, index }, findings: none };
  }
  if (state.pane === 'findings') {
    const index = target(state.findings.index, move, shown.length, contentRows(layout.findings));
    return { ...state, findings: { ...state.findings, index } };
  }
  return { ...state, detailTop: target(state.detailTop, move, detail.length, contentRows(layout.detail)) };
}

function sideways(state: State, move: 'left' | 'right'): State {
  const row = selectedRow(state);
  if (state.pane === 'tree' && row !== undefined) {
    if (row.folded !== null && row.folded === (move === 'right')) return fold(state, row.key, move === 'left');
    if (move === 'left') {
      const parent = state.view.rows.findLastIndex((other, at) => at < state.tree.index && other.depth < row.depth);
      return parent < 0 ? state : { ...state, tree: { ...state.tree, index: parent }, findings: none };
    }
  }
  const at = panes.indexOf(state.pane) + (move === 'right' ? 1 : -1);
  const pane: Pane | undefined = panes[at];
  return pane === undefined ? state : { ...state, pane };
}

/** From a hop to the resource that it quotes. */
function reveal(state: State): State {
  const index = revealed(state);
  return index < 0 ? state : { ...state, overlay: null, pane: 'tree', tree: { ...state.tree, index }, findings: none };
}

function fold(state: State, key: string, shut: boolean): State {
  const folded = new Set(state.folded);
  if (shut) folded.add(key);
  else folded.delete(key);
  return { ...state, folded };
}

function scrollPanel(state: State, move: Move): State {
  const overlay = state.overlay;
  if (overlay === null || !('top' in overlay)) return state;
  const page = Math.max(1, state.view.layout.body - 3);
  return { ...state, overlay: { ...overlay, top: target(overlay.top, move, state.view.panel.length, page) } };
}

function chosen(overlay: Overlay | null, step: 1 | -1): Overlay | null {
  if (overlay?.kind === 'plan') return { ...overlay, choice: overlay.blocked === null ? 1 - overlay.choice : 0 };
  if (overlay?.kind !== 'ask') return overlay;
  const count = overlay.question.kind === 'choose' ? overlay.question.choices.length : 2;
  return { ...overlay, choice: (overlay.choice + step + count) % count };
}

function completed(overlay: Overlay | null, step: 1 | -1): Overlay | null {
  if (overlay?.kind !== 'palette' || overlay.suggestions.length === 0) return overlay;
  const count = overlay.suggestions.length;
  const choice = overlay.choice < 0 ? (step > 0 ? 0 : count - 1) : (overlay.choice + step + count) % count;
  return { ...overlay, choice, input: inputOf(overlay.suggestions[choice]?.line ?? overlay.input.text) };
}

function recalled(state: State, step: 1 | -1): Overlay | null {
  const overlay = state.overlay;
  if (overlay?.kind !== 'palette') return overlay;
  const back = Math.max(0, Math.min(overlay.back + step, state.lines.length));
  return { ...overlay, back, choice: -1, input: inputOf(back === 0 ? '' : (state.lines.at(-back) ?? '')) };
}
