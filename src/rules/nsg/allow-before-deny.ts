// nsg.allow-before-deny: no allow that training needs lies dead behind a deny.
import { decideAt } from '../../net/decide.ts';
import type { Decision } from '../../net/decision.ts';
import type { Rule } from '../../net/index.ts';
import { portTexts } from '../../net/ports.ts';
import { contextAt, flowOf } from '../../posture/flows.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { moveRule, noNumber, numberBefore, proposed, ruleNamed, type Step } from '../parts/nsg-change.ts';
import type { Need } from '../parts/nsg-need.ts';
import { allNeeds } from '../parts/nsg-needs.ts';
import {
  needsTags,
  type Place,
  placeJudged,
  placeShown,
  pointerOf,
  proposalsAt,
  subnetType,
  trainingPlaces,
} from '../parts/nsg-place.ts';
import { fail, listed, noted, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

type Sure = 'yes' | 'perhaps' | 'no';

interface Dead {
  readonly allow: Rule;
  readonly denies: readonly Rule[];
  /** Do rules of lower numbers deny all of what it says? */
  readonly dead: Exclude<Sure, 'no'>;
  /** Would it let some of what a rule asks for pass? */
  readonly needed: Sure;
  readonly decision: Decision;
}

/** Custom allows that never decide, or of which that cannot be told: rules of lower numbers deny what they say. */
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
    if (decision.verdict !== 'denied' && decision.verdict !== 'unknown') return [];
    if (decision.parts.some(({ outcome }) => outcome === 'allowed')) return [];
    const deciding = decision.parts.flatMap(({ outcome, by, pending }) => (outcome === 'unknown' ? pending : by));
    const denies = [...new Set(deciding.flatMap(({ rule }) => (rule?.access === 'Deny' ? [rule] : [])))];
    const before = denies.filter(({ priority }) => priority < allow.priority);
    const dead = decision.verdict === 'denied' ? 'yes' : 'perhaps';
    if (before.length === 0 || (dead === 'yes' && before.length < denies.length)) return [];
    const needed = neededBy(needs, allow, (need) => {
      const only = {
        place: 'admin',
        group: { rules: [{ ...allow, access: 'AlwaysAllow' }], misreadings: [] },
      } as const;
      return decideAt(flowOf(need, subnet, judgement.world), [only], context);
    });
    return [{ allow, denies: before, dead, needed, decision }];
  });
}

function neededBy(needs: readonly Need[], { direction }: Rule, decide: (asked: Need['asked']) => Decision): Sure {
  const alone = needs.flatMap(({ asked }) => (asked.direction === direction ? [decide(asked)] : []));
  if (alone.some(({ allowedBy }) => allowedBy.length > 0)) return 'yes';
  return alone.some(({ parts }) => parts.some(({ pending }) => pending.length > 0)) ? 'perhaps' : 'no';
}

const isSure = ({ dead, needed }: Dead): boolean => dead === 'yes' && needed === 'yes';
const asNote = ({ denies, dead, needed }: Dead): string => {
  const behind = listed(denies.map(({ name, priority }) => `${name} at ${priority}`));
  const why = { yes: '', perhaps: '; perhaps something that training needs', no: '; nothing that training needs' }[
    needed
  ];
  return `${dead === 'yes' ? 'dead' : 'perhaps dead'} behind ${behind}${why}`;
};
const asPair = ({ allow, denies }: Dead): string => {
  const behind = listed(denies.map(({ name, priority }) => `${quoted(name)} at ${priority}`));
  return `${quoted(allow.name)} at ${allow.priority} behind ${behind}`;
};

function judge(place: Place): Verdict {
  const found = deadAllows(place);
  const evidence = [
    ...found.flatMap((one) => {
      const pointer = pointerOf(place.group, one.allow.name);
      return pointer === undefined ? [] : [seen(place.group, pointer, asNote(one))];
    }),
    noted(place.group.id, found.filter(({ dead }) => dead === 'yes').length, 'allows that never decide'),
  ];
  const lost = found.filter(isSure);
  if (lost.length > 0) return fail(`At ${placeShown(place)} allows lie dead: ${listed(lost.map(asPair))}.`, evidence);
  const open = found.filter(({ needed }) => needed !== 'no');
  const [first] = open;
  if (first !== undefined) {
    const why = needsTags(first.decision, place, first.needed === 'perhaps');
    return unknown(`At ${placeShown(place)} allows may lie dead: ${listed(open.map(asPair))}${why}.`, evidence);
  }
  return pass(`At ${placeShown(place)} no allow that training needs lies dead behind a deny.`, evidence);
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
      for (const { allow, denies } of deadAllows(place).filter(isSure)) {
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
