// keyvault.subnet-service-endpoint: the subnet's traffic to key vaults carries its identity.
import { findSubnet } from '../../kinds/network-view.ts';
import { defineRule } from '../define.ts';
import { vaultJudged } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { serviceEndpoint } from '../parts/proposals.ts';
import { pairJudged, proposalsOn, vaultsAndSubnets } from '../parts/subjects.ts';
import { hasServiceEndpoint } from '../parts/subnet-endpoints.ts';
import { subnetShown } from '../parts/verdict.ts';

export const keyvaultSubnetServiceEndpoint = defineRule({
  id: 'keyvault.subnet-service-endpoint',
  title: 'Compute subnet has the key-vault service endpoint',
  severity: 'high',
  for: ['service-endpoint'],
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'Without the endpoint the vault refuses a rule for the subnet, or, where the check was skipped, the rule admits nobody.',
    fix: 'Adds Microsoft.KeyVault to the service endpoints of the subnet.',
    breaks:
      'Open vault connections from every machine of the subnet are cut while routes switch, and IP rules that admitted those machines stop matching.',
    links: [links.serviceEndpoints, links.manageSubnet, links.vaultServiceEndpoints],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'keyvault.private-endpoint',
  subjects: vaultsAndSubnets,
  check: (subject, judgement) =>
    vaultJudged(subject.resource, judgement, () =>
      pairJudged(subject, judgement, (subnet) => hasServiceEndpoint(judgement.world, subnet, 'vault', undefined)),
    ),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, () => {
      if (finding.where === null) return 'The finding names no subnet.';
      const subnet = findSubnet(judgement.world, finding.where);
      return subnet ? serviceEndpoint(subnet, 'Microsoft.KeyVault') : `${subnetShown(finding.where)} does not exist.`;
    }),
});
