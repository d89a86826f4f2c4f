// Overlays above one another: the top one has the keys, those beneath stay visible around it and return when it is closed.
import type { Overlay, OverlayKinds, State } from './state.ts';

/** The state with an overlay above what is open. */
export const opened = (state: State, overlay: Overlay): State =>
  state.overlay === null
    ? { ...state, overlay }
    : { ...state, overlay, beneath: [...state.beneath, { overlay: state.overlay, panel: state.panel }] };

/** How many overlays are open. */
export const depthOf = ({ overlay, beneath }: State): number => (overlay === null ? 0 : beneath.length + 1);

/** Only the lowest `depth` overlays stay open. */
export function closedTo(state: State, depth: number): State {
  if (depth >= depthOf(state)) return state;
  const top = state.beneath[depth - 1];
  return top === undefined
    ? { ...state, overlay: null, beneath: [] }
    : { ...state, ...top, beneath: state.beneath.slice(0, depth - 1) };
}

/** Without the top one. */
export const closed = (state: State): State => closedTo(state, depthOf(state) - 1);

/** The state as each open overlay sees it, the lowest first. */
export function levelsOf(state: State): readonly State[] {
  if (state.overlay === null) return [];
  if (state.beneath.length === 0) return [state];
  return [...state.beneath.map((level) => ({ ...state, ...level })), state];
}

/** The open overlay of a kind, wherever it lies. */
export function openOverlay<Kind extends keyof OverlayKinds>(state: State, kind: Kind): OverlayKinds[Kind] | null {
  const found = levelsOf(state).findLast(({ overlay }) => overlay?.kind === kind)?.overlay;
  return (found as OverlayKinds[Kind] | undefined) ?? null;
}

/** The state with a change of that overlay. */
export function changeOpen<Kind extends keyof OverlayKinds>(
  state: State,
  kind: Kind,
  change: (overlay: OverlayKinds[Kind]) => OverlayKinds[Kind],
): State {
  const found = openOverlay(state, kind) as Overlay | null;
  if (found === null) return state;
  const next = change(found as OverlayKinds[Kind]) as Overlay;
  if (state.overlay === found) return { ...state, overlay: next };
  const beneath = state.beneath.map((level) => (level.overlay === found ? { ...level, overlay: next } : level));
  return { ...state, beneath };
}
