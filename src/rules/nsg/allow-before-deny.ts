// nsg.allow-before-deny: no allow rule that training needs is shadowed by a deny rule.

import { contextAt, flowOf } from '../../facts/flows.ts';
import { decideAt } from '../../net/decide.ts';
import type { Decision } from '../../net/decision.ts';
import type { SecurityRule } from '../../net/index.ts';
import { portTexts } from '../../net/ports.ts';
import { links } from '../parts/links.ts';
import { evidenceAt, fail, listed, noted, pass, quoted, unknown } from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { moveRule, type NsgStep, noNumber, numberBefore, proposed, ruleNamed } from './parts/change.ts';
import type { FlowNeed } from './parts/flows.ts';
import { accessShown, groupRule, type NsgPlace, needsTags, placeShown, pointerOf } from './parts/place.ts';
import { allNeeds } from './parts/required-flows.ts';

type Sure = 'yes' | 'perhaps' | 'no';

interface Shadowed {
  readonly allow: SecurityRule;
  readonly denies: readonly SecurityRule[];
  /** Do rules with lower priority numbers deny all that it allows? */
  readonly shadowed: Exclude<Sure, 'no'>;
  /** Would it allow some of the required traffic? */
  readonly needed: Sure;
  readonly decision: Decision;
}

/** Custom allow rules that never decide, or possibly never: rules with lower priority numbers deny what they allow. */
function shadowedAllows(place: NsgPlace): Shadowed[] {
  const { subnet, layer, context } = place;
  const networkContext = contextAt(subnet, context.index);
  const needs = allNeeds(place);
  return layer.group.rules.flatMap((allow): Shadowed[] => {
    if (allow.standard || allow.doubtful || allow.access !== 'Allow') return [];
    const inbound = allow.direction === 'Inbound';
    const { prefixes } = inbound ? allow.source : allow.destination;
    const { direction, protocol } = allow;
    // Only the order of the group matters: a security admin rule before it does not depend on priorities here.
    const asked = { direction, protocol, remote: prefixes, ports: portTexts(allow.destinationPorts) };
    const decision = decideAt(flowOf(asked, subnet, context.index), [layer], networkContext);
    if (decision.verdict !== 'denied' && decision.verdict !== 'unknown') return [];
    if (decision.parts.some(({ outcome }) => outcome === 'allowed')) return [];
    const deciding = decision.parts.flatMap(({ outcome, by, pending }) => (outcome === 'unknown' ? pending : by));
    const denies = [...new Set(deciding.flatMap(({ rule }) => (rule?.access === 'Deny' ? [rule] : [])))];
    const before = denies.filter(({ priority }) => priority < allow.priority);
    const shadowed = decision.verdict === 'denied' ? 'yes' : 'perhaps';
    if (before.length === 0 || (shadowed === 'yes' && before.length < denies.length)) return [];
    const needed = neededBy(needs, allow, (need) => {
      const only = {
        place: 'admin',
        group: { rules: [{ ...allow, access: 'AlwaysAllow' }], misreadings: [] },
      } as const;
      return decideAt(flowOf(need, subnet, context.index), [only], networkContext);
    });
    return [{ allow, denies: before, shadowed, needed, decision }];
  });
}

function neededBy(
  needs: readonly FlowNeed[],
  { direction }: SecurityRule,
  decide: (asked: FlowNeed['asked']) => Decision,
): Sure {
  const alone = needs.flatMap(({ asked }) => (asked.direction === direction ? [decide(asked)] : []));
  if (alone.some(({ allowedBy }) => allowedBy.length > 0)) return 'yes';
  return alone.some(({ parts }) => parts.some(({ pending }) => pending.length > 0)) ? 'perhaps' : 'no';
}

const isSure = ({ shadowed, needed }: Shadowed): boolean => shadowed === 'yes' && needed === 'yes';
const whyNote = { yes: '', perhaps: '; possibly required', no: '; not required' } as const;
const asNote = ({ denies, shadowed, needed }: Shadowed): string => {
  const by = listed(denies.map((rule) => `${rule.name} (${accessShown(rule)})`));
  return `${shadowed === 'yes' ? 'shadowed' : 'possibly shadowed'} by ${by}${whyNote[needed]}`;
};
const asPair = ({ allow, denies }: Shadowed): string => {
  const by = listed(denies.map((rule) => `${quoted(rule.name)} (${accessShown(rule)})`));
  return `${quoted(allow.name)} (${accessShown(allow)}) by ${by}`;
};

function check(place: NsgPlace): CheckResult {
  const found = shadowedAllows(place);
  const evidence = [
    ...found.flatMap((one) => {
      const pointer = pointerOf(place.group, one.allow.name);
      return pointer === undefined ? [] : [evidenceAt(place.group, pointer, asNote(one))];
    }),
    noted(place.group.id, found.filter(({ shadowed }) => shadowed === 'yes').length, 'shadowed allow rules'),
  ];
  const name = placeShown(place);
  const lost = found.filter(isSure);
  if (lost.length > 0) return fail(`${name}: required allow rule shadowed: ${listed(lost.map(asPair))}.`, evidence);
  const open = found.filter(({ needed }) => needed !== 'no');
  const [first] = open;
  if (first !== undefined) {
    const why = needsTags(first.decision, place, first.needed === 'perhaps');
    return unknown(`${name}: allow rule possibly shadowed: ${listed(open.map(asPair))}${why}.`, evidence);
  }
  return pass(`${name} has no required allow rule that a deny rule shadows.`, evidence);
}

export const nsgAllowBeforeDeny = groupRule({
  id: 'nsg.allow-before-deny',
  title: 'Required allow rules come before deny rules',
  problem: 'Required allow rule is shadowed by a deny rule',
  severity: 'high',
  explain: {
    why: 'The rule with the lowest priority number decides: a deny rule at 200 makes an allow rule at 300 ineffective.',
    fix: 'Moves the allow rule to a free priority below the deny rule. Its name and all other settings stay. A Deny rule that Bastide did not create is overridden only by a fix that you select yourself.',
    breaks:
      'Existing connections are not affected. Traffic of the allow rule is allowed for every subnet and NIC that uses the network security group.',
    links: [links.securityGroups, links.securedTraffic],
  },
  check,
  fix(place) {
    const steps: NsgStep[] = [];
    let here = place;
    for (const { allow, denies } of shadowedAllows(place).filter(isSure)) {
      const rule = ruleNamed(here, allow.name);
      const before = Math.min(...denies.map(({ priority }) => priority));
      const priority = numberBefore(here, allow.direction, before);
      if (priority === undefined) return noNumber(here, allow.direction, before);
      if (!rule) continue;
      steps.push(moveRule(here, rule, priority));
      here = steps.at(-1)?.after ?? here;
    }
    return proposed(place, steps, 2);
  },
});
