// Changes of a key inside its overlay.
import type { Overlay, State } from '../../state/state.ts';

/** The state with a change of the overlay of this kind; unchanged where another one is open, or none. */
export const within =
  <Kind extends Overlay['kind']>(kind: Kind) =>
  (change: (overlay: Extract<Overlay, { kind: Kind }>, state: State, times: number) => Overlay) =>
  (state: State, times = 1): State =>
    state.overlay?.kind === kind
      ? { ...state, overlay: change(state.overlay as Extract<Overlay, { kind: Kind }>, state, times) }
      : state;
