// acr.subnet-service-endpoint: the subnet's traffic to registries carries its identity.
import { findSubnet } from '../../kinds/network-view.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { serviceEndpoint } from '../parts/proposals.ts';
import { pairJudged, proposalsOn, registriesAndSubnets } from '../parts/subjects.ts';
import { hasServiceEndpoint } from '../parts/subnet-endpoints.ts';
import { notApplicable, subnetShown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** Clouds in which registries take no service endpoints (Microsoft Learn, "container-registry-vnet", read 2026). */
const without: readonly string[] = ['china', 'usgov'];

function judge(subnet: string, { world }: Judgement): Verdict {
  const { kind, name } = world.snapshot.source;
  return kind === 'azure' && without.includes(name)
    ? notApplicable('Registries take no service endpoints in this cloud.')
    : hasServiceEndpoint(world, subnet, 'registry', undefined);
}

export const acrSubnetServiceEndpoint = defineRule({
  id: 'acr.subnet-service-endpoint',
  title: 'Compute subnet has the registry service endpoint',
  severity: 'high',
  for: ['service-endpoint'],
  about: registryType,
  explain: {
    why: 'Without the endpoint the registry refuses a rule for the subnet.',
    fix: 'Adds Microsoft.ContainerRegistry to the service endpoints of the subnet.',
    breaks:
      'Open registry connections from every machine of the subnet are cut while routes switch, and IP rules that admitted those machines stop matching.',
    links: [links.registrySubnets, links.serviceEndpoints, links.manageSubnet],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'acr.private-endpoint',
  subjects: registriesAndSubnets,
  check: (subject, judgement) =>
    registryJudged(subject.resource, judgement, () =>
      pairJudged(subject, judgement, (subnet) => judge(subnet, judgement)),
    ),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, () => {
      if (finding.where === null) return 'The finding names no subnet.';
      const subnet = findSubnet(judgement.world, finding.where);
      return subnet
        ? serviceEndpoint(subnet, 'Microsoft.ContainerRegistry')
        : `${subnetShown(finding.where)} does not exist.`;
    }),
});
