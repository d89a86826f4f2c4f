// nsg.rule-capacity: there is room, and a number, for every rule that is still to come.
import { listAt } from '../../kinds/read.ts';
import { securityRulesPointer } from '../../kinds/security-group-view.ts';
import { freeBelow } from '../../net/index.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { openFor } from '../parts/nsg-change.ts';
import type { Need } from '../parts/nsg-need.ts';
import { allNeeds } from '../parts/nsg-needs.ts';
import { type Place, placeAt, placeJudged, placeShown, subnetType, trainingPlaces } from '../parts/nsg-place.ts';
import { fail, noted, pass } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

/** Rules beside Azure's own six (Azure limits, November 2025). */
const cap = 1000;

/** Is a number ahead of every deny free for each need, so that none can run short whatever is added first? */
const numbersFor = ({ layer: { group } }: Place, needs: readonly Need[]): boolean =>
  (['Inbound', 'Outbound'] as const).every((direction) => {
    const denies = group.rules.filter((rule) => rule.direction === direction && rule.access === 'Deny');
    const lowest = Math.min(...denies.map(({ priority }) => priority));
    const wanted = needs.filter(({ asked }) => asked.direction === direction).length;
    return freeBelow(group.rules, direction, lowest) >= wanted;
  });

function judge(place: Place): Verdict {
  const { judgement, group } = place;
  const limited = judgement.world.snapshot.intents.outboundMode === 'limited';
  const planned = (limited && placeAt(place.subnet, { ...judgement, asIfClosed: true })) || place;
  const needs = allNeeds(planned);
  const count = listAt(group.body, securityRulesPointer).length;
  const evidence = (more: string) => [
    noted(group.id, count, `rules; ${more} more are wanted, at most ${cap} are taken`),
  ];
  const room = (more: string) =>
    pass(`${placeShown(place)} has room: ${count} rules, ${more} more wanted, at most ${cap}.`, evidence(more));
  // A need takes one rule and one number at most: where all of them fit, no plan has to be made to know it.
  if (count + needs.length <= cap && numbersFor(planned, needs)) return room(`up to ${needs.length}`);
  const opened = openFor(planned, needs);
  const more = typeof opened === 'string' ? 0 : opened.steps.filter(({ change }) => change.kind === 'create').length;
  if (count + more > cap)
    return fail(
      `${placeShown(place)} would hold ${count + more} rules, more than the ${cap} it takes.`,
      evidence(`${more}`),
    );
  if (typeof opened === 'string' && opened.startsWith('No number'))
    return fail(`${placeShown(place)} has no number left for a rule that is wanted. ${opened}`, evidence(`${more}`));
  return room(`${more}`);
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
