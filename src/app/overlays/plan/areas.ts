// The layout of the plan overlay: the effects above, then the steps and the details of one of them.
import type { Line } from '../../../command/definition.ts';
import type { Area } from '../../draw/areas.ts';
import { glyphsFor } from '../../draw/glyphs.ts';
import type { State } from '../../state/state.ts';
import { effectRows } from './effects.ts';
import { allSteps, type PlanOverlay, planRows } from './value.ts';

/** A blank row and the buttons. */
const footRows = 2;
/** From this width on, the list has the details at its side. */
const besides = 110;

export interface PlanAreas {
  readonly stacked: boolean;
  /** The rows of the effects, above the list. */
  readonly effects: readonly Line[];
  readonly list: Area | null;
  readonly detail: Area;
}

/** Of the list and the details together. */
const leastRows = 5;

/** Title, command line, result. */
const headRows = 3;

export function planAreas({ view, ascii }: Pick<State, 'view' | 'ascii'>, overlay: PlanOverlay): PlanAreas {
  const { width, body } = view.layout;
  const room = Math.max(4, body - headRows - footRows);
  const effects = effectRows(overlay, width, Math.min(Math.floor(room / 3), room - leastRows), glyphsFor(ascii));
  const height = room - effects.length;
  const steps = allSteps(overlay).length;
  if (steps === 0) return { effects, stacked: false, list: null, detail: { width, height } };
  if (width < besides || steps === 1) {
    const wanted = planRows(overlay).length + 1;
    const upper = Math.min(wanted, Math.max(3, Math.floor(height * 0.5)));
    const detail = { width, height: Math.max(2, height - upper) };
    return { effects, stacked: true, list: { width, height: upper }, detail };
  }
  const left = Math.floor(width * 0.48);
  // One column for the separator between them.
  return { effects, stacked: false, list: { width: left, height }, detail: { width: width - left - 1, height } };
}
