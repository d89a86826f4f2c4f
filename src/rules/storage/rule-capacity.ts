// storage.rule-capacity: room is left for the rules a plan would add.
import { coveredBy, parseRange } from '../../net/ipv4.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { defineRule } from '../define.ts';
import {
  accountJudged,
  addressesPointer,
  subnetRuleFor,
  subnetsPointer,
  unreadableOf,
  type Wall,
} from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { accounts, needs } from '../parts/subjects.ts';
import { fail, pass, seen, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(wall: Wall, judgement: Judgement): Verdict {
  const { world, profile } = judgement;
  const cap = profile === 'seed-2020' ? 100 : 400;
  const odd = unreadableOf(wall, subnetsPointer) ?? unreadableOf(wall, addressesPointer);
  if (wall.rules === 'malformed' || odd !== undefined) {
    return unknown(`The rules of the ${wall.name} cannot be counted.`, [
      seen(wall.resource, odd ?? '', 'not understood'),
    ]);
  }
  const bySubnet = strategyOf(wall.resource.id, world) === 'service-endpoint';
  const missing = bySubnet ? needs(wall.resource.id, judgement).filter((id) => !subnetRuleFor(wall, id)).length : 0;
  const ranges = wall.acls.ipRules.flatMap(({ value }) => {
    const range = parseRange(value);
    return range.ok ? [range.value] : [];
  });
  const clients = (world.snapshot.intents.devClientIps ?? []).filter((client) => {
    const range = parseRange(client);
    return range.ok && !coveredBy(range.value, ranges);
  }).length;
  const subnets = wall.acls.subnetRules.length;
  const addresses = wall.acls.ipRules.length;
  const evidence = [
    seen(wall.resource, subnetsPointer, `${subnets} subnet rules, ${missing} more needed, at most ${cap}`),
    seen(wall.resource, addressesPointer, `${addresses} IP rules, ${clients} more needed, at most ${cap}`),
  ];
  return subnets + missing <= cap && addresses + clients <= cap
    ? pass(
        `The ${wall.name} has room: ${subnets + missing} subnet and ${addresses + clients} IP rules of ${cap} each.`,
        evidence,
      )
    : fail(
        `The ${wall.name} would hold ${subnets + missing} subnet and ${addresses + clients} IP rules, more than the ${cap} of each it takes.`,
        evidence,
      );
}

export const storageRuleCapacity = defineRule({
  id: 'storage.rule-capacity',
  title: 'Room left for rules',
  severity: 'low',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'A plan that adds rules must not run into the service’s limit halfway: 100 of each kind in 2020, 400 today.',
    fix: 'None: merge IP rules into wider blocks, or put computes into fewer subnets.',
    breaks: 'Nothing.',
    links: [links.storageSubnets, links.storageLimits],
  },
  fixKind: 'none',
  subjects: accounts,
  check: (subject, judgement) => accountJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
});
