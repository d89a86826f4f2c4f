// The number of text rows of an overlay that fills the body.
import type { State } from './state.ts';

/** The body without title, blank row and buttons. */
export const panelRows = (state: State): number => Math.max(1, state.view.layout.body - 3);
