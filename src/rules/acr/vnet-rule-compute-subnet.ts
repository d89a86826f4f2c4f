// acr.vnet-rule-compute-subnet: the subnets of computes are admitted by the registry.
import { registryView } from '../../kinds/registry-view.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { admitsSubnet } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { admitSubnet } from '../parts/proposals.ts';
import { inPremium, registryEvidence, unseenSubnetRules } from '../parts/registry.ts';
import { pairJudged, proposalsOn, registriesAndSubnets } from '../parts/subjects.ts';
import { fail, subnetShown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(wall: Wall, subnet: string, { world }: Judgement): Verdict {
  const { sku } = registryView(wall.resource);
  if (sku === 'Basic' || sku === 'Standard' || sku === 'Classic') {
    return fail(
      `The ${wall.name} is ${sku} and cannot list ${subnetShown(subnet)}: subnet rules are Premium's alone (acr.sku-premium).`,
      registryEvidence(wall),
      'high',
    );
  }
  return unseenSubnetRules(wall, world) ?? admitsSubnet(wall, subnet, world, 'high');
}

export const acrVnetRuleComputeSubnet = defineRule({
  id: 'acr.vnet-rule-compute-subnet',
  title: 'Compute subnets are admitted by the registry',
  severity: 'critical',
  for: ['service-endpoint'],
  about: registryType,
  explain: {
    why: 'Nodes pull the images of jobs and models from the subnet they sit in; a closed registry refuses them unless that subnet is listed.',
    fix: 'Gives the subnet the registry service endpoint where it lacks it, then adds a rule for the subnet, through the old api-version that knows such rules. A registry below Premium is upgraded first, with the answer sku=Premium.',
    breaks:
      'Setting up the endpoint cuts open registry connections of the subnet for a moment. Azure checks every rule of the set again at each write, so you need the right to join all the subnets listed.',
    links: [links.registrySubnets, links.serviceEndpoints],
  },
  fixKind: 'auto',
  undo: 'equivalent',
  instead: 'acr.private-endpoint',
  subjects: registriesAndSubnets,
  check: (subject, judgement) =>
    registryJudged(subject.resource, judgement, (wall) =>
      pairJudged(subject, judgement, (subnet) => judge(wall, subnet, judgement)),
    ),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) => {
      const { where } = finding;
      if (where === null) return 'The finding names no subnet.';
      return inPremium(wallOf(registry, 'registry'), answers, (wall) => admitSubnet(wall, where, judgement));
    }),
});
