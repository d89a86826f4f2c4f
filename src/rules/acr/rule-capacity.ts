// acr.rule-capacity: room is left for the rules a plan would add.
import { endpointConnectionsOf } from '../../kinds/network-acls.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, subnetRuleFor, type Wall } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { unseenSubnetRules } from '../parts/registry.ts';
import { needs, registries } from '../parts/subjects.ts';
import { fail, pass, seen, unknown } from '../parts/verdict.ts';
import { connectionsPointer } from '../parts/workspace.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** Microsoft Learn, "container-registry-vnet", "-access-selected-networks" and "-private-link", read 2026. */
const caps = { subnets: 100, addresses: 200, endpoints: 200 } as const;

function judge(wall: Wall, judgement: Judgement): Verdict {
  const { resource, name, at, acls } = wall;
  const unseen = unseenSubnetRules(wall, judgement.world);
  if (unseen) return unseen;
  const [odd] = wall.unreadable;
  if (wall.rules === 'malformed' || odd !== undefined) {
    return unknown(`The rules of the ${name} cannot be counted.`, [seen(resource, odd ?? at.rules, 'not understood')]);
  }
  const bySubnet = strategyOf(resource.id, judgement.world) === 'service-endpoint';
  const missing = bySubnet ? needs(resource.id, judgement).filter((id) => !subnetRuleFor(wall, id)).length : 0;
  const subnets = acls.subnetRules.length + missing;
  const addresses = acls.ipRules.length;
  const endpoints = endpointConnectionsOf(resource).length;
  const evidence = [
    seen(
      resource,
      at.subnets,
      `${acls.subnetRules.length} subnet rules, ${missing} more needed, at most ${caps.subnets}`,
    ),
    seen(resource, at.addresses, `${addresses} IP rules, at most ${caps.addresses}`),
    seen(resource, connectionsPointer, `${endpoints} private endpoints, at most ${caps.endpoints}`),
  ];
  const counted = `${subnets} subnet rules, ${addresses} IP rules and ${endpoints} private endpoints`;
  const most = `${caps.subnets}, ${caps.addresses} and ${caps.endpoints}`;
  return subnets <= caps.subnets && addresses <= caps.addresses && endpoints <= caps.endpoints
    ? pass(`The ${name} has room: ${counted} of ${most}.`, evidence)
    : fail(`The ${name} would hold ${counted}, and it takes ${most}.`, evidence);
}

export const acrRuleCapacity = defineRule({
  id: 'acr.rule-capacity',
  title: 'Room for registry rules',
  severity: 'low',
  about: registryType,
  explain: {
    why: 'A plan that adds rules must not run into the service’s limit halfway: 100 subnet rules, 200 IP rules, 200 private endpoints.',
    fix: 'None: merge IP rules into wider blocks, or put computes into fewer subnets.',
    breaks: 'Nothing.',
    links: [links.registrySubnets, links.registryRules],
  },
  fixKind: 'none',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
});
