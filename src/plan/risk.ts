// What a step risks, in sentences: made from its effects, so that they never say anything else; then what its rule advises besides. Pure.
import { currentEffects } from '../model/effect.ts';
import { effectGroups, isSaidFirst } from '../model/effect-groups.ts';
import type { Step } from '../model/plan.ts';

/** Said of a step that has no effect. */
export const noEffect = 'No effect on access, connections, cost or undo is known.';

const unsent: Readonly<Record<NonNullable<Step['standing']>, string>> = {
  applied: 'Azure has it already: nothing is sent for it.',
  moved: 'It changed after the plan was made: as long as it differs, nothing of the plan is sent.',
};

/** Said of a step without effects. `standing`: why it is not sent. */
export const withoutEffects = ({ standing }: Pick<Step, 'standing'>): string =>
  standing === undefined ? noEffect : unsent[standing];

type RiskyStep = Pick<Step, 'effects' | 'standing'> & { readonly advice?: string | undefined };

/** What must be selected or allowed, and what is interrupted; where there is nothing of that, what else it does. */
export function riskOf(step: RiskyStep): string {
  const { effects, advice = '' } = step;
  const groups = effectGroups(currentEffects(effects));
  const first = groups.filter(isSaidFirst);
  const told = (first.length > 0 ? first : groups).map(({ text }) => text);
  return [...(told.length > 0 ? told : [withoutEffects(step)]), ...(advice === '' ? [] : [advice])].join(' ');
}
