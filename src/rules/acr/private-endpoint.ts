// acr.private-endpoint: the registry is reached privately, by name, from where it is needed.
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { giveReach, reachedByAll } from '../parts/private-reach.ts';
import { inPremium } from '../parts/registry.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import type { Answers, Judgement, Proposal } from '../rule.ts';

/** In the world in which the registry is Premium already, where the same plan makes it so. */
const mend = (wall: Wall, judgement: Judgement, answers: Answers): readonly Proposal[] | string =>
  inPremium(wall, answers, () => giveReach(wall, judgement, answers));

export const acrPrivateEndpoint = defineRule({
  id: 'acr.private-endpoint',
  title: 'Registry private endpoint and DNS',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  about: registryType,
  explain: {
    why: 'Nodes pull images, and the workspace service writes them: once the registry is closed, they come by a private endpoint and the zone that leads to it, or not at all. It is the kind that Azure recommends for a registry.',
    fix: 'Makes a private endpoint of the registry in the subnet you name (answer subnet=VNET/NAME), with its private zone, linked to the networks of your computes; a connection that only waits is approved instead. Under a managed network: an outbound rule, and the network provisioned. A registry below Premium is upgraded first, with the answer sku=Premium.',
    breaks:
      'A linked network resolves every name of that zone privately: other registries without a record there stop resolving for it. The endpoint takes two addresses and one for each further replica, and is billed by the hour. Subnet rules beside it are not supported: acr.endpoint-kinds-exclusive takes them out. Provisioning a managed network cannot be taken back.',
    links: [links.registryPrivateLink, links.privateDns, links.managedNetwork],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'acr.vnet-rule-compute-subnet',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => reachedByAll(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) => mend(wallOf(registry, 'registry'), judgement, answers)),
});
