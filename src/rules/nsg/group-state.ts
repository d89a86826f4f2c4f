// What the network security group of a training subnet is, and whether it has room for the rules that are missing.

import { sharers } from '../../facts/training-subnets.ts';
import { freeBelow } from '../../net/index.ts';
import { listAt } from '../../resource-types/read.ts';
import { securityRulesPointer } from '../../resource-types/security-group-view.ts';
import { links } from '../parts/links.ts';
import { fail, noted, pass, subnetShown } from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { noPriority, openFor } from './parts/change.ts';
import type { FlowNeed } from './parts/flows.ts';
import { groupRule, type NsgPlace, placeAt, placeShown } from './parts/place.ts';
import { allNeeds } from './parts/required-flows.ts';

const countOf = ({ group }: NsgPlace): number => listAt(group.body, securityRulesPointer).length;

export const nsgSubnetNsgState = groupRule({
  id: 'nsg.subnet-nsg-state',
  title: 'Network security group of the subnet is optional',
  problem: 'Subnet has no network security group',
  severity: 'info',
  explain: {
    why: 'A training subnet needs no network security group: Azure Batch adds its own to the nodes. If the subnet has one, it must allow the required traffic.',
    fix: 'None needed. The other nsg rules check what the network security group must allow.',
    links: [links.securedTraffic, links.securityGroups],
  },
  check(place) {
    const { subnet, group, context } = place;
    return pass(`${placeShown(place)} is checked by the other nsg rules.`, [
      noted(subnet, group.id, 'network security group'),
      noted(group.id, countOf(place), 'custom rules'),
      noted(group.id, [...sharers(group.id, context.index)], 'used by'),
    ]);
  },
  bare: ({ subnet }) =>
    pass(`${subnetShown(subnet)} has no network security group and needs none; Azure Batch protects the nodes.`, [
      { resource: subnet, pointer: '/properties/networkSecurityGroup', value: null, note: 'network security group' },
    ]),
});

/** Custom rules in one group (Azure limits, November 2025). */
const cap = 1000;

/** Is a priority before every deny free for each need, so that none is missing in any order of additions? */
const numbersFor = ({ layer: { group } }: NsgPlace, needs: readonly FlowNeed[]): boolean =>
  (['Inbound', 'Outbound'] as const).every((direction) => {
    const denies = group.rules.filter((rule) => rule.direction === direction && rule.access === 'Deny');
    const lowest = Math.min(...denies.map(({ priority }) => priority));
    const wanted = needs.filter(({ asked }) => asked.direction === direction).length;
    return freeBelow(group.rules, direction, lowest) >= wanted;
  });

function checkCapacity(place: NsgPlace): CheckResult {
  const { context, group } = place;
  const limited = context.index.snapshot.intents.outboundMode === 'limited';
  const planned = (limited && placeAt(place.subnet, { ...context, assumeDenyByDefault: true })) || place;
  const needs = allNeeds(planned);
  const count = countOf(place);
  const name = placeShown(place);
  const evidence = (more: string) => [noted(group.id, count, `custom rules of ${cap}; ${more} missing`)];
  const room = (more: string) => pass(`${name} has room: ${count} of ${cap} rules, ${more} missing.`, evidence(more));
  // A need takes one rule and one priority at most: where all of them fit, no plan has to be made.
  if (count + needs.length <= cap && numbersFor(planned, needs)) return room(`at most ${needs.length}`);
  const opened = openFor(planned, needs);
  const more = typeof opened === 'string' ? 0 : opened.steps.filter(({ change }) => change.kind === 'create').length;
  if (count + more > cap) return fail(`${name} needs ${count + more} rules; the limit is ${cap}.`, evidence(`${more}`));
  if (typeof opened === 'string' && opened.startsWith(noPriority))
    return fail(`${name} has no free priority for a required rule. ${opened}`, evidence(`${more}`));
  return room(`${more}`);
}

export const nsgRuleCapacity = groupRule({
  id: 'nsg.rule-capacity',
  title: 'Network security group has room for required rules',
  problem: 'Network security group has no room for required rules',
  severity: 'low',
  explain: {
    why: 'A network security group holds at most 1,000 rules, and an allow rule needs a lower priority number than the deny rule it overrides. If the group is full, a fix fails.',
    fix: 'None. Merge duplicate rules, or move the deny rule to a higher priority number.',
    links: [links.securityGroups],
  },
  check: checkCapacity,
});
