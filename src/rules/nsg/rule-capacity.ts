// nsg.rule-capacity: there is room, and a number, for every rule that is still to come.

import { listAt } from '../../kinds/read.ts';
import { securityRulesPointer } from '../../kinds/security-group-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { openFor } from '../parts/nsg-change.ts';
import { allNeeds } from '../parts/nsg-needs.ts';
import { type Place, placeAt, placeJudged, placeShown, subnetType, trainingPlaces } from '../parts/nsg-place.ts';
import { fail, noted, pass } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

/** Rules beside Azure's own six (Azure limits, November 2025). */
const cap = 1000;

function judge(place: Place): Verdict {
  const { judgement, group } = place;
  const limited = judgement.world.snapshot.intents.outboundMode === 'limited';
  const planned = (limited && placeAt(place.subnet, { ...judgement, asIfClosed: true })) || place;
  const opened = openFor(planned, allNeeds(planned));
  const count = listAt(group.body, securityRulesPointer).length;
  const more = typeof opened === 'string' ? 0 : opened.steps.filter(({ change }) => change.kind === 'create').length;
  const evidence = [noted(group.id, count, `rules; ${more} more are wanted, at most ${cap} are taken`)];
  if (count + more > cap)
    return fail(`${placeShown(place)} would hold ${count + more} rules, more than the ${cap} it takes.`, evidence);
  if (typeof opened === 'string' && opened.startsWith('No number'))
    return fail(`${placeShown(place)} has no number left for a rule that is wanted. ${opened}`, evidence);
  return pass(`${placeShown(place)} has room: ${count} rules, ${more} more wanted, at most ${cap}.`, evidence);
}

export const nsgRuleCapacity = defineRule({
  id: 'nsg.rule-capacity',
  title: 'Room and priorities left',
  severity: 'low',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A plan that adds rules must not fail at its last one: a group takes 1000, and an allow needs a number below the deny it excepts.',
    fix: 'None: merge rules that say the same, or move the deny to a higher number.',
    breaks: 'Nothing.',
    links: [links.securityGroups],
  },
  fixKind: 'none',
  subjects: trainingPlaces,
  check: (subject, judgement) => placeJudged(subject, judgement, judge),
});
