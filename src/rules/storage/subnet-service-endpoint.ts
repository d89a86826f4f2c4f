// storage.subnet-service-endpoint: the subnet's traffic to storage carries its identity.
import { findSubnet } from '../../kinds/network-view.ts';
import { defineRule } from '../define.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { serviceEndpoint } from '../parts/proposals.ts';
import { accountsAndSubnets, pairJudged, proposalsOn } from '../parts/subjects.ts';
import { hasServiceEndpoint, storageServiceFor } from '../parts/subnet-endpoints.ts';
import { subnetShown } from '../parts/verdict.ts';

export const storageSubnetServiceEndpoint = defineRule({
  id: 'storage.subnet-service-endpoint',
  title: 'Compute subnet has the storage service endpoint',
  severity: 'high',
  for: ['service-endpoint'],
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'Without the endpoint Azure refuses a rule for the subnet, and a rule made earlier stops matching when the endpoint is taken away.',
    fix: 'Adds Microsoft.Storage to the service endpoints of the subnet, or replaces it by Microsoft.Storage.Global where the account lies in a region the regional endpoint does not serve.',
    breaks:
      'Open storage connections from every machine of the subnet are cut while routes switch, running jobs included; IP rules that admitted those machines stop matching.',
    links: [links.serviceEndpoints, links.manageSubnet, links.storageSubnets],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'storage.private-endpoints',
  subjects: accountsAndSubnets,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) =>
      pairJudged(subject, judgement, (subnet) =>
        hasServiceEndpoint(judgement.world, subnet, 'storage', wall.view.location),
      ),
    ),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (account) => {
      if (finding.where === null) return 'The finding names no subnet.';
      const subnet = findSubnet(judgement.world, finding.where);
      if (!subnet) return `${subnetShown(finding.where)} does not exist.`;
      const { location } = wallOf(account, 'storage').view;
      return serviceEndpoint(subnet, storageServiceFor(judgement.world, subnet.id, location), location);
    }),
});
