// Taking steps of a plan out and in: what goes along because of what it depends on, and the sentence that says so.
import { isRisky } from '../../../model/effect.ts';
import { isComputed, isSelected, type PlanOverlay, type StepPicks, stepAt } from './value.ts';

export interface Picked {
  /** Numbers of the steps that are out now, from 0; sorted. */
  readonly out: readonly number[];
  readonly said: string;
}

/** The step at the cursor out or in; null where the cursor is on none. */
export function pickedOne(overlay: PlanOverlay): Picked | null {
  const at = stepAt(overlay);
  const { picks } = overlay;
  if (at === null || picks === undefined) return null;
  const { out } = picks;
  if (isSelected(overlay, at)) {
    const gone = withDependants(picks, [at]).filter((index) => !out.includes(index));
    const along = gone.filter((index) => index !== at);
    const also =
      along.length === 0
        ? ''
        : ` ${dependents(along, at)} and ${along.length === 1 ? 'is' : 'are'} deselected as well.`;
    return { out: sorted([...out, ...gone]), said: `Step ${at + 1} is deselected.${also}` };
  }
  const coming = withPrerequisites(picks, [at]);
  const along = coming.filter((index) => index !== at);
  const also =
    along.length === 0
      ? '.'
      : `, and ${steps(along)} too: step ${at + 1} depends on ${along.length === 1 ? 'it' : 'them'}.`;
  return { out: out.filter((index) => !coming.includes(index)), said: `Step ${at + 1} is selected${also}` };
}

/** The steps up to the cursor in, the others out. One that is risky comes in only where it was selected, or is the cursor's own. */
export function pickedToHere(overlay: PlanOverlay): Picked | null {
  const at = stepAt(overlay);
  const { picks } = overlay;
  if (at === null || picks === undefined) return null;
  const { whole, out } = picks;
  const isFix = whole.verb === 'fix';
  const stays = whole.steps.flatMap(({ effects }, index) =>
    index < at && out.includes(index) && isFix && effects.some(isRisky) ? [index] : [],
  );
  const needed = withPrerequisites(picks, [at]);
  const beyond = whole.steps
    .keys()
    .filter((index) => index > at)
    .toArray();
  const gone = withDependants(picks, [...stays.filter((index) => !needed.includes(index)), ...beyond]);
  const left = gone.filter((index) => index <= at);
  const not =
    left.length === 0 ? '' : ` Not selected: ${steps(left)}; Space selects ${left.length === 1 ? 'it' : 'them'}.`;
  return {
    out: gone,
    said: `${at === 0 ? 'Step 1 is' : `Steps 1 to ${at + 1} are`} selected, the others are deselected.${not}`,
  };
}

/** Why the plan shown cannot be sent or simulated at this moment; null where it can. */
export function whyNotNow(overlay: PlanOverlay): string | null {
  if (!isComputed(overlay)) return 'Wait: the preview of the selected steps is being computed.';
  const isEmpty = overlay.plan.steps.length === 0 && (overlay.picks?.whole.steps.length ?? 0) > 0;
  return isEmpty ? 'No step is selected: select one with Space.' : null;
}

/** These, and the steps that depend on one of them. */
function withDependants({ needs }: StepPicks, steps: readonly number[]): number[] {
  const gone = new Set(steps);
  for (const [index, on] of needs.entries()) if (on.some((one) => gone.has(one))) gone.add(index);
  return sorted([...gone]);
}

/** These, and the steps not selected that one of them depends on. */
function withPrerequisites({ needs, out }: StepPicks, steps: readonly number[]): number[] {
  const coming = new Set(steps);
  for (const index of needs.keys().toArray().toReversed()) {
    if (coming.has(index)) for (const one of needs[index] ?? []) if (out.includes(one)) coming.add(one);
  }
  return sorted([...coming]);
}

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);
const dependents = (along: readonly number[], on: number): string =>
  `${along.length === 1 ? 'Step' : 'Steps'} ${listed(along)} ${along.length === 1 ? 'depends' : 'depend'} on step ${on + 1}`;
const steps = (numbers: readonly number[]): string => `${numbers.length === 1 ? 'step' : 'steps'} ${listed(numbers)}`;

/** `3, 5 and 6`, of numbers from 0. */
function listed(numbers: readonly number[]): string {
  const words = numbers.map((index) => String(index + 1));
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
