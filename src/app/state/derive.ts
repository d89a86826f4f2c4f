// Derives `view` and the slice of the screen from the rest of the state. Each part is computed again only when an input
// changed; screens do this for their own slice.

import type { Line } from '../../command/definition.ts';
import { isRisky } from '../../model/effect.ts';
import { type Finding, isAutoFixable, isCounted, isFixable } from '../../model/finding.ts';
import { dialogRows, dialogText, pageRows } from '../draw/dialog.ts';
import { emptyTrackedMemo, memoize, memoizeTracked } from '../draw/memoize.ts';
import { clamp } from '../draw/window.ts';
import { overlayKind } from './current.ts';
import { currentScreen } from './current-screen.ts';
import { layoutFor } from './layout.ts';
import { nothingSelected } from './select.ts';
import type { FindingTable, Overlay, Selection, State } from './state.ts';
import { type OverlayKind, sliceOf, withSlice } from './view.ts';

const noText = emptyTrackedMemo<readonly Line[]>([]);

/** The state with its derived `view` and slice. */
export function derive(previous: State, state: State): State {
  const layout = previous.size === state.size ? previous.view.layout : layoutFor(state.size);
  const { report } = state;
  const findings = memoize(state.view.findings, [report], () => tableOf(report?.findings ?? []));
  const kept = layout === state.view.layout && findings === state.view.findings;
  const laid = kept ? state : { ...state, view: { ...state.view, layout, findings } };
  const screen = currentScreen(laid);
  const slice = sliceOf(laid, screen);
  const settled = withSlice(laid, screen, screen.derive?.(slice, laid) ?? slice);
  const selection = selected(settled);
  const next = selection === settled.view.selection ? settled : { ...settled, view: { ...settled.view, selection } };
  return withPanel(next);
}

const tableOf = (findings: readonly Finding[]): FindingTable => ({
  byId: new Map(findings.map((finding) => [finding.id, finding])),
  automatic: findings.filter((one) => isCounted(one) && isAutoFixable(one)).length,
  offered: findings.filter(
    (one) => isCounted(one) && isFixable(one) && !isAutoFixable(one) && one.effects?.some(isRisky) === true,
  ).length,
});

function selected(state: State): Selection {
  const screen = currentScreen(state);
  const now = screen.selection?.(sliceOf(state, screen), state) ?? nothingSelected;
  const old = state.view.selection;
  const parts = ['about', 'problems', 'finding', 'resource', 'marked'] as const;
  return parts.every((part) => now[part] === old[part]) ? old : now;
}

function withPanel(state: State): State {
  const { overlay } = state;
  if (overlay === null) return state.panel === noText ? state : { ...state, panel: noText };
  const kind = overlayKind(overlay);
  const area = kind.textArea?.(overlay, state) ?? textArea(kind, state);
  // What it becomes is asked for its text: else the text would be made again at the next key.
  const next = kind.derive?.(overlay, state) ?? overlay;
  const wide = { ...next, cells: area.width };
  const panel = memoizeTracked(
    state.panel,
    wide,
    state,
    (shown, seen) => overlayKind(shown).text?.(shown, seen, shown.cells) ?? noText.value,
  );
  const told = panel === state.panel ? state : { ...state, panel };
  const scrolled = withTop(next, panel.value.length - area.rows);
  const fitting = kind.derive?.(scrolled, told) ?? scrolled;
  return fitting === overlay ? told : { ...told, overlay: fitting };
}

/** One column is left free at the left. */
function textArea({ placement }: Pick<OverlayKind<Overlay>, 'placement'>, state: State) {
  const { layout } = state.view;
  if (placement !== 'body') return { width: dialogText(layout), rows: dialogRows(layout) };
  return { width: Math.max(10, layout.width - 2), rows: pageRows(layout) };
}

function withTop(overlay: Overlay, last: number): Overlay {
  if (!('top' in overlay)) return overlay;
  const top = clamp(overlay.top, last);
  return top === overlay.top ? overlay : { ...overlay, top };
}
