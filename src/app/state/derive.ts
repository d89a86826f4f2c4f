// Derives `view` and the slice of the screen from the rest of the state. Each part is computed again only when an input
// changed; screens do this for their own slice.

import type { Line } from '../../command/definition.ts';
import { isRisky } from '../../model/effect.ts';
import { type Finding, isAutoFixable, isCounted, isFixable } from '../../model/finding.ts';
import { dialogRows, dialogText, pageRows } from '../draw/dialog.ts';
import { emptyMemo, memoize } from '../draw/memoize.ts';
import { clamp } from '../draw/window.ts';
import { overlayKind } from './current.ts';
import { currentScreen } from './current-screen.ts';
import { layoutFor } from './layout.ts';
import { nothingSelected } from './select.ts';
import type { FindingTable, Overlay, Selection, State } from './state.ts';
import { type OverlayKind, placementOf, sliceOf, withSlice } from './view.ts';

const noText = emptyMemo<readonly Line[]>([]);

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
  return withPanels(next);
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

/** The texts of every open overlay: what lies beneath is drawn too. */
function withPanels(state: State): State {
  const beneath = state.beneath.map((level) => {
    const { overlay, panel } = withPanel({ ...state, ...level });
    return overlay === null || (overlay === level.overlay && panel === level.panel) ? level : { overlay, panel };
  });
  const isKept = beneath.every((level, index) => level === state.beneath[index]);
  return withPanel(isKept ? state : { ...state, beneath });
}

function withPanel(state: State): State {
  const { overlay } = state;
  if (overlay === null) return state.panel === noText ? state : { ...state, panel: noText };
  const kind = overlayKind(overlay);
  const area = textAreaOf(kind, overlay, state);
  // What it becomes is asked for its text: else the text would be made again at the next key.
  const next = kind.derive?.(overlay, state) ?? overlay;
  const panel = memoize(
    state.panel,
    textInputs(next, state, area.width),
    () => kind.text?.(next, state, area.width) ?? noText.value,
  );
  const told = panel === state.panel ? state : { ...state, panel };
  const scrolled = withTop(next, panel.value.length - area.rows);
  const fitting = kind.derive?.(scrolled, told) ?? scrolled;
  return fitting === overlay ? told : { ...told, overlay: fitting };
}

/** Members that say where one is in a text, and those that change with every key or request; no text is made of them. */
const positions: ReadonlySet<string> = new Set(['top', 'choice']);
const passing: ReadonlySet<string> = new Set([
  'overlay',
  'beneath',
  'panel',
  'now',
  'count',
  'message',
  'messages',
  'requests',
]);

/** What the text of an overlay is made of. The clock runs in it only while a plan is applied. */
function textInputs(overlay: Overlay, state: State, width: number): readonly unknown[] {
  const membersBut = (object: object, left: ReadonlySet<string>) =>
    Object.entries(object).flatMap(([name, value]) => (left.has(name) ? [] : [value]));
  const isRunning = state.act !== null && state.act.endedAt === null;
  return [width, isRunning ? state.now : null, ...membersBut(overlay, positions), ...membersBut(state, passing)];
}

/** Columns and rows of an overlay's text; by default one column is left free at the left. */
export function textAreaOf(kind: OverlayKind<Overlay>, overlay: Overlay, state: State) {
  const { layout } = state.view;
  const own = kind.textArea?.(overlay, state);
  if (own !== undefined) return own;
  if (placementOf(kind, overlay, state) !== 'body') return { width: dialogText(layout), rows: dialogRows(layout) };
  return { width: Math.max(10, layout.width - 2), rows: pageRows(layout) };
}

function withTop(overlay: Overlay, last: number): Overlay {
  if (!('top' in overlay)) return overlay;
  const top = clamp(overlay.top, last);
  return top === overlay.top ? overlay : { ...overlay, top };
}
