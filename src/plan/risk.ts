// What a step risks, in sentences: made from its effects, so that they never say anything else; then what its rule advises besides. Pure.
import { currentEffects, type Effect } from '../model/effect.ts';
import { effectGroups, isSaidFirst } from '../model/effect-groups.ts';

/** Said of a step that has no effect. */
export const noEffect = 'No effect on access, connections, cost or undo is known.';

/** What must be selected or allowed, and what is interrupted; where there is nothing of that, what else it does. */
export function riskOf(effects: readonly Effect[], advice = ''): string {
  const groups = effectGroups(currentEffects(effects));
  const first = groups.filter(isSaidFirst);
  const told = (first.length > 0 ? first : groups).map(({ text }) => text);
  return [...(told.length > 0 ? told : [noEffect]), ...(advice === '' ? [] : [advice])].join(' ');
}
