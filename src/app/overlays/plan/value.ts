// The state of the plan overlay, its rows and buttons, and its layout.
import type { Json } from '../../../model/json.ts';
import type { Phase, Plan, Step } from '../../../model/plan.ts';
import { clean } from '../../../model/text.ts';
import { stepTitle } from '../../../plan/describe.ts';
import { type Area, contentRows } from '../../draw/areas.ts';
import { atStart, type Cursor, inside } from '../../draw/window.ts';
import { changeOpen } from '../../state/stack.ts';
import type { State } from '../../state/state.ts';

/** The steps to select from. */
export interface StepPicks {
  readonly whole: Plan;
  /** Of each step, the numbers of those that it depends on. */
  readonly needs: readonly (readonly number[])[];
  /** Those that are not selected at the start, as the command line has it. */
  readonly start: readonly number[];
  /** Those that are not selected, from 0; sorted. */
  readonly out: readonly number[];
  /** Those without which the plan shown was computed. */
  readonly computed: readonly number[];
}

declare module '../../state/state.ts' {
  interface OverlayKinds {
    readonly plan: PlanOverlay;
  }
}

export interface PlanOverlay {
  readonly kind: 'plan';
  /** What is applied: the selected steps, as last computed. */
  readonly plan: Plan;
  /** Absent where all steps belong together. */
  readonly picks?: StepPicks;
  /** The equivalent command line. */
  readonly line: string;
  /** The result of a command that only plans: nothing is asked. */
  readonly isShown?: true;
  /** Why it cannot be applied; null when it can. */
  readonly blocked: string | null;
  readonly choice: number;
  /** The row of the list: the summary, then the steps. */
  readonly step: Cursor;
  /** First line of the detail shown. */
  readonly top: number;
}

export type Button = 'cancel' | 'apply' | 'what-if';

/** Cancel first and preselected; a plan that cannot be applied can still be simulated. */
export function buttonsOf({ plan, blocked, isShown }: PlanOverlay): readonly Button[] {
  if (isShown) return ['cancel'];
  const whatIf: readonly Button[] = plan.steps.length > 0 ? ['what-if'] : [];
  return ['cancel', ...(blocked === null ? (['apply'] as const) : []), ...whatIf];
}

export const verbs = { fix: 'Apply', undo: 'Undo', redo: 'Redo' } as const;

/** Those that can be pressed, and Apply where it is unavailable. */
export const shownButtons = (overlay: PlanOverlay): readonly Button[] =>
  (['cancel', 'apply', 'what-if'] as const).filter(
    (one) => buttonsOf(overlay).includes(one) || (one === 'apply' && !overlay.isShown),
  );

export const labelsOf = (overlay: PlanOverlay): readonly string[] =>
  shownButtons(overlay).map(
    (one) =>
      ({ cancel: overlay.isShown ? 'Close' : 'Cancel', apply: verbs[overlay.plan.verb], 'what-if': 'What-if' })[one],
  );

/** `Apply unavailable: REASON`; empty where it is available. */
export const whyDead = ({ plan, blocked }: PlanOverlay): string =>
  blocked === null ? '' : `${verbs[plan.verb]} unavailable: ${clean(blocked)}`;

/** Every step there is, selected or not. */
export const allSteps = ({ plan, picks }: PlanOverlay): readonly Step[] => (picks?.whole ?? plan).steps;
export const isSelected = ({ picks }: PlanOverlay, index: number): boolean => picks?.out.includes(index) !== true;
/** Is the preview that of the selected steps? */
export const isComputed = ({ picks }: PlanOverlay): boolean => picks === undefined || picks.out === picks.computed;

/** Why no command line makes the plan of the selected steps; null where the line shown does. */
export function whyNoLine({ picks }: PlanOverlay): string | null {
  if (picks === undefined || picks.out.join(' ') === picks.start.join(' ')) return null;
  return 'No command line selects these steps of the plan. Save it (w), then apply the file.';
}

/** Of each step of the plan shown, its number among all, from 0. */
export function numbersOf(overlay: PlanOverlay): readonly number[] {
  const gone = overlay.picks?.computed ?? [];
  return allSteps(overlay).flatMap((_step, index) => (gone.includes(index) ? [] : [index]));
}

/** A single step is shown with its details; several have a list to move in, whose first row is the summary. */
export const hasList = (overlay: PlanOverlay): boolean => allSteps(overlay).length > 1;
export const rowCount = (overlay: PlanOverlay): number => allSteps(overlay).length + 1;
/** Index of the step shown; null for the summary. */
export function shownStep(overlay: PlanOverlay): number | null {
  return hasList(overlay) && overlay.step.index > 0 ? overlay.step.index - 1 : null;
}
/** Index of the step that keys are about. */
export const stepAt = (overlay: PlanOverlay): number | null => (hasList(overlay) ? shownStep(overlay) : 0);

export type PlanRow =
  | { readonly kind: 'summary' }
  | { readonly kind: 'phase'; readonly text: string }
  | { readonly kind: 'step'; readonly index: number };

/** The rows of the list: the summary, and the steps of each phase below what they do. Behind the last phase follows what is offered beside the plan. */
export function planRows(overlay: PlanOverlay): readonly PlanRow[] {
  const steps = allSteps(overlay);
  const rows: PlanRow[] = hasList(overlay) ? [{ kind: 'summary' }] : [];
  let last: Phase | null = null;
  let isOffered = false;
  for (const [index, { phase }] of steps.entries()) {
    isOffered ||= last !== null && phase < last && overlay.plan.verb === 'fix';
    if (phase !== last)
      rows.push({ kind: 'phase', text: `${isOffered ? 'Optional: ' : ''}${titlesFrom(steps, index)}` });
    last = phase;
    rows.push({ kind: 'step', index });
  }
  return rows;
}

/** What the steps do that follow in one phase: `Allow access`, `Allow access, Change`. */
function titlesFrom(steps: readonly Step[], index: number): string {
  const rest = steps.slice(index);
  const end = rest.findIndex(({ phase }) => phase !== rest[0]?.phase);
  return [...new Set((end < 0 ? rest : rest.slice(0, end)).map(stepTitle))].join(', ');
}

/** The cursor of the list, whose index counts the rows that can be selected. */
export function cursorOf(overlay: PlanOverlay, area: Area | null): Cursor {
  const rows = planRows(overlay);
  const at = Math.max(
    0,
    rows.findIndex((row) => row.kind === 'step' && row.index === stepAt(overlay)),
  );
  // The phase stays above its first step.
  const lead = rows[at - 1]?.kind === 'phase' ? 1 : 0;
  const cursor = inside({ index: at, top: overlay.step.top }, rows.length, contentRows(area));
  return cursor.top === at && contentRows(area) > 1 ? { index: at, top: at - lead } : cursor;
}

/** The view of a result that is a plan with steps; null for any other. */
export function planShown(line: string, result: Json | null): PlanOverlay | null {
  const plan = result as unknown as Plan | null;
  if (plan === null || !Array.isArray(plan.steps) || plan.steps.length === 0) return null;
  return { kind: 'plan', plan, line, isShown: true, blocked: null, choice: 0, step: atStart, top: 0 };
}

/** The preview of this plan, with the summary selected; a preview that was closed meanwhile stays closed. */
export function withWhatIfResult(state: State, plan: Plan): State {
  return changeOpen(state, 'plan', (overlay) =>
    overlay.plan.id === plan.id ? { ...overlay, plan, step: atStart, choice: 0, top: 0 } : overlay,
  );
}
