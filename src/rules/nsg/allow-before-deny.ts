// nsg.allow-before-deny: no allow that training needs lies dead behind a deny.
import { decideAt } from '../../net/decide.ts';
import type { Rule } from '../../net/index.ts';
import { portTexts } from '../../net/ports.ts';
import { contextAt, flowOf } from '../../posture/flows.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { moveRule, noNumber, numberBefore, proposed, ruleNamed, type Step } from '../parts/nsg-change.ts';
import { allNeeds } from '../parts/nsg-needs.ts';
import {
  type Place,
  placeJudged,
  placeShown,
  pointerOf,
  proposalsAt,
  subnetType,
  trainingPlaces,
} from '../parts/nsg-place.ts';
import { fail, listed, noted, pass, quoted, seen } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

interface Dead {
  readonly allow: Rule;
  readonly denies: readonly Rule[];
  /** Would it let some of what a rule asks for pass? */
  readonly needed: boolean;
}

/** Custom allows that never decide: rules of lower numbers deny all of what they say. */
function deadAllows(place: Place): Dead[] {
  const { subnet, layer, judgement } = place;
  const context = contextAt(subnet, judgement.world);
  const needs = allNeeds(place);
  return layer.group.rules.flatMap((allow): Dead[] => {
    if (allow.standard || allow.doubtful || allow.access !== 'Allow') return [];
    const inbound = allow.direction === 'Inbound';
    const { prefixes } = inbound ? allow.source : allow.destination;
    const { direction, protocol } = allow;
    // The order of the group alone: what a security admin rule stops before it is no matter of numbers here.
    const asked = { direction, protocol, remote: prefixes, ports: portTexts(allow.destinationPorts) };
    const decision = decideAt(flowOf(asked, subnet, judgement.world), [layer], context);
    const denies = decision.parts.flatMap(({ by }) => by).flatMap(({ rule }) => (rule ? [rule] : []));
    if (decision.verdict !== 'denied' || denies.some((rule) => rule.priority >= allow.priority)) return [];
    const alone = { place: 'admin', group: { rules: [{ ...allow, access: 'AlwaysAllow' }], misreadings: [] } } as const;
    const needed = needs.some(
      ({ asked }) =>
        asked.direction === direction &&
        decideAt(flowOf(asked, subnet, judgement.world), [alone], context).allowedBy.length > 0,
    );
    return [{ allow, denies: [...new Set(denies)], needed }];
  });
}

function judge(place: Place): Verdict {
  const dead = deadAllows(place);
  const lost = dead.filter(({ needed }) => needed);
  const evidence = [
    ...dead.flatMap(({ allow, denies, needed }) => {
      const pointer = pointerOf(place.group, allow.name);
      const behind = denies.map(({ name, priority }) => `${name} at ${priority}`);
      const note = `dead behind ${listed(behind)}${needed ? '' : '; nothing that training needs'}`;
      return pointer === undefined ? [] : [seen(place.group, pointer, note)];
    }),
    noted(place.group.id, dead.length, 'allows that never decide'),
  ];
  const pairs = lost.map(
    ({ allow, denies }) =>
      `${quoted(allow.name)} at ${allow.priority} behind ${listed(denies.map(({ name, priority }) => `${quoted(name)} at ${priority}`))}`,
  );
  return lost.length > 0
    ? fail(`At ${placeShown(place)} allows lie dead: ${listed(pairs)}.`, evidence)
    : pass(`At ${placeShown(place)} no allow that training needs lies dead behind a deny.`, evidence);
}

export const nsgAllowBeforeDeny = defineRule({
  id: 'nsg.allow-before-deny',
  title: 'Allows are ranked before the deny they except',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'The lowest number wins: a deny at 200 makes an allow at 300 a dead letter.',
    fix: 'Moves the allow to a free number below the deny; its name and everything else of it stay.',
    breaks: 'Nothing that works today. The traffic of the allow passes for everything that shares the security group.',
    links: [links.securityGroups, links.securedTraffic],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: trainingPlaces,
  check: (subject, judgement) => placeJudged(subject, judgement, judge),
  fix: (finding, judgement) =>
    proposalsAt(finding, judgement, (place) => {
      const steps: Step[] = [];
      let here = place;
      for (const { allow, denies } of deadAllows(place).filter(({ needed }) => needed)) {
        const rule = ruleNamed(here, allow.name);
        const before = Math.min(...denies.map(({ priority }) => priority));
        const priority = numberBefore(here, allow.direction, before);
        if (priority === undefined) return noNumber(here, allow.direction, before);
        if (!rule) continue;
        steps.push(moveRule(here, rule, priority));
        here = steps.at(-1)?.after ?? here;
      }
      return proposed(place, steps, 2, 'Lets this traffic pass.');
    }),
});
