// The state of the plan overlay, its buttons, and its layout.
import type { Plan } from '../../../model/plan.ts';
import type { Area } from '../../draw/boxes.ts';
import { atStart, type Cursor } from '../../draw/window.ts';
import type { State } from '../../state/state.ts';

export interface PlanOverlay {
  readonly kind: 'plan';
  readonly plan: Plan;
  /** The equivalent command line. */
  readonly line: string;
  /** Why it cannot be applied; null when it can. */
  readonly blocked: string | null;
  readonly choice: number;
  /** The row of the list: the summary, then the steps. */
  readonly step: Cursor;
  /** First line of the detail shown. */
  readonly top: number;
}

export type Button = 'cancel' | 'apply' | 'rehearse';

/** Cancel first and preselected; a plan that cannot be applied can still be simulated. */
export function buttonsOf({ plan, blocked }: PlanOverlay): readonly Button[] {
  const rehearse: readonly Button[] = plan.steps.length > 0 ? ['rehearse'] : [];
  return ['cancel', ...(blocked === null ? (['apply'] as const) : []), ...rehearse];
}

/** A single step is shown in full; several have a list, whose first row is the summary. */
export const hasList = ({ plan }: PlanOverlay): boolean => plan.steps.length > 1;
export const rowCount = ({ plan }: PlanOverlay): number => plan.steps.length + 1;
/** Index of the step shown; null for the summary. */
export function shownStep(overlay: PlanOverlay): number | null {
  return hasList(overlay) && overlay.step.index > 0 ? overlay.step.index - 1 : null;
}

/** Title, command line, result. */
const headRows = 3;
/** A blank row and the buttons. */
const footRows = 2;
const besides = 76;

export interface PlanAreas {
  readonly stacked: boolean;
  readonly list: Area | null;
  readonly detail: Area;
}

export function planAreas({ view }: Pick<State, 'view'>, overlay: PlanOverlay): PlanAreas {
  const { width, body } = view.layout;
  const height = Math.max(4, body - headRows - footRows);
  if (!hasList(overlay)) return { stacked: false, list: null, detail: { width, height } };
  if (width < besides) {
    const upper = Math.min(rowCount(overlay) + 1, Math.max(3, Math.floor(height * 0.4)));
    return { stacked: true, list: { width, height: upper }, detail: { width, height: Math.max(2, height - upper) } };
  }
  const left = Math.min(44, Math.max(30, Math.floor(width * 0.3)));
  // One column for the separator between them.
  return { stacked: false, list: { width: left, height }, detail: { width: width - left - 1, height } };
}

/** The preview of this plan, with the summary selected; a preview that was closed meanwhile stays closed. */
export function withWhatIfResult(state: State, plan: Plan): State {
  const { overlay } = state;
  if (overlay?.kind !== 'plan' || overlay.plan.id !== plan.id) return state;
  return { ...state, overlay: { ...overlay, plan, step: atStart, choice: 0, top: 0 } };
}
