// The layout of the plan overlay: the effects above, then the steps and the details of one of them.
import type { Line } from '../../../command/definition.ts';
import type { Area } from '../../draw/areas.ts';
import { buttonsLine } from '../../draw/buttons.ts';
import { glyphsFor } from '../../draw/glyphs.ts';
import { lineWidth, widthOf, wrapText } from '../../draw/text.ts';
import type { State } from '../../state/state.ts';
import { effectRows } from './effects.ts';
import { allSteps, labelsOf, type PlanOverlay, planRows, whyDead } from './value.ts';

/** So many rows of a reason are above the buttons at most; the details have it whole. */
const mostReason = 3;

/** Why Apply is unavailable, in rows of their own where it does not fit behind the buttons. */
export function reasonAbove(overlay: PlanOverlay, width: number): Line[] {
  const why = whyDead(overlay);
  const buttons = lineWidth(buttonsLine(labelsOf(overlay), 0, glyphsFor(true), (button) => ({ do: 'press', button })));
  if (why === '' || buttons + widthOf(why) <= width) return [];
  return wrapText(` ${why}`, width, 'dim', 1).slice(0, mostReason);
}

/** The buttons, and a blank row or the reason above them. */
const footRows = (overlay: PlanOverlay, width: number): number => 1 + Math.max(1, reasonAbove(overlay, width).length);
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
  const room = Math.max(4, body - headRows - footRows(overlay, width));
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
