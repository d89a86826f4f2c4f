// acr.default-action-deny: the registry denies by default.
import { registryView } from '../../kinds/registry-view.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { deniesByDefault } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { denyByDefault } from '../parts/proposals.ts';
import { inPremium, registryEvidence, skuPointer } from '../parts/registry.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import { fail, seen } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

function judge(wall: Wall): Verdict {
  const { resource, name } = wall;
  const { sku } = registryView(resource);
  if (sku === 'Basic' || sku === 'Standard' || sku === 'Classic') {
    return fail(
      `The ${name} is ${sku}, which any network reaches with a token and which takes no rules (acr.sku-premium).`,
      [seen(resource, skuPointer, 'SKU'), ...registryEvidence(wall).slice(1)],
    );
  }
  return deniesByDefault(wall);
}

export const acrDefaultActionDeny = defineRule({
  id: 'acr.default-action-deny',
  title: 'Registry denies by default',
  severity: 'critical',
  about: registryType,
  explain: {
    why: 'Images hold your code and sometimes secrets; while the registry lets everybody in, only a token stands between them and any network.',
    fix: 'Sets the default action to Deny, as the last act of a plan, once the computes have their way in and a cluster is set to build images. A registry below Premium is upgraded first, with the answer sku=Premium.',
    breaks:
      'Pushes and pulls from anywhere else are denied ("client with IP ... is not allowed access"), the registry’s own build tasks, image scanners, other clusters and build agents among them. It takes some minutes to bite. A rule set that was never there comes back as an explicit open one.',
    links: [links.registrySubnets, links.registryRules, links.secureWorkspace],
  },
  fixKind: 'auto',
  undo: 'equivalent',
  gates: [
    'acr.sku-premium',
    'acr.vnet-rule-compute-subnet',
    'acr.subnet-service-endpoint',
    'acr.private-endpoint',
    'acr.trusted-services',
    'acr.same-vnet-subnet',
    'acr.image-build-compute',
  ],
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, judge),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) => inPremium(wallOf(registry, 'registry'), answers, denyByDefault)),
});
