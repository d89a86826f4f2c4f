// Opening what denies have shut: the custom denies in the way of a flow are taken out, one after the other.
import type { Resource } from '../../model/resource.ts';
import type { Asked } from '../../posture/flows.ts';
import { deleteRule, ruleNamed, type Step } from './nsg-change.ts';
import { decided, type Place, ruledOut } from './nsg-place.ts';

/** The custom denies in the way, one after the other as taking one out uncovers the next; a sentence where none of them is to blame. */
export function reopening(place: Place, asked: Asked): Step[] | string {
  const steps: Step[] = [];
  for (let here = place; ; ) {
    const decision = decided(asked, here);
    if (decision.verdict === 'allowed') return steps;
    const denies = decision.parts
      .filter(({ outcome }) => outcome !== 'allowed')
      // A deny behind allows of tags whose addresses are not at hand stops whatever is in none of them.
      .flatMap((part) => [...part.by, ...part.unsure, ...part.pending])
      .flatMap(({ access, place: at, rule }): Resource[] => {
        const isOurs = access === 'Deny' && at !== 'admin' && rule && !rule.standard;
        const found = isOurs ? ruleNamed(here, rule.name) : undefined;
        return found ? [found] : [];
      });
    const [first] = denies;
    if (!first)
      return ruledOut(decision, here) ?? 'What stops it is no rule of the security group that could be taken out.';
    const step = deleteRule(here, first);
    steps.push(step);
    here = step.after;
  }
}
