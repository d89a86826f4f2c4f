// Movement in an overlay that is one scrolling text.
import { type Move, target } from '../../draw/window.ts';
import { panelRows } from '../../state/panel-rows.ts';
import type { State } from '../../state/state.ts';

export const scrolled = <Kind extends { readonly top: number }>(
  overlay: Kind,
  move: Move,
  times: number,
  state: State,
): Kind => ({ ...overlay, top: target(overlay.top, move, state.panel.value.length, panelRows(state), times) });
