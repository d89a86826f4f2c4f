// keyvault.vnet-rule-compute-subnet: the subnets of experimentation computes are admitted by the vault.
import { findSubnet } from '../../kinds/network-view.ts';
import { defineRule } from '../define.ts';
import { subnetRuleFor, vaultJudged, wallOf } from '../parts/firewall.ts';
import { admitsSubnet } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { admitSubnet, subnetRuleProposal } from '../parts/proposals.ts';
import { pairJudged, proposalsOn, vaultsAndSubnets } from '../parts/subjects.ts';
import { subnetShown } from '../parts/verdict.ts';

export const keyvaultVnetRuleComputeSubnet = defineRule({
  id: 'keyvault.vnet-rule-compute-subnet',
  title: "Experimentation compute's subnet is admitted by the vault",
  severity: 'high',
  for: ['service-endpoint'],
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'Jobs fetch the credentials of datastores from the node they run on; a closed vault refuses the node unless its subnet is listed.',
    fix: 'Gives the subnet the key-vault service endpoint where it lacks it, then adds a rule for the subnet. Where the subnet cannot be written now, the answer endpoint=later adds the rule with the check skipped; it admits nobody until the endpoint exists.',
    breaks:
      'Setting up the endpoint cuts open vault connections of the subnet for a moment and can take up to 15 minutes to take effect.',
    links: [links.vaultFirewall, links.vaultServiceEndpoints],
  },
  fixKind: 'auto',
  undo: 'equivalent',
  instead: 'keyvault.private-endpoint',
  subjects: vaultsAndSubnets,
  check: (subject, judgement) =>
    vaultJudged(subject.resource, judgement, (wall) =>
      pairJudged(subject, judgement, (subnet) => admitsSubnet(wall, subnet, judgement.world, 'medium')),
    ),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (vault) => {
      if (finding.where === null) return 'The finding names no subnet.';
      const wall = wallOf(vault, 'vault');
      if (answers.endpoint !== 'later') return admitSubnet(wall, finding.where, judgement);
      const subnet = findSubnet(judgement.world, finding.where);
      if (!subnet) return `${subnetShown(finding.where)} does not exist, so it cannot be admitted.`;
      if (subnetRuleFor(wall, subnet.id))
        return `${subnetShown(subnet.id)} has its rule; what it lacks is the endpoint.`;
      return subnetRuleProposal(wall, { id: subnet.id, ignoreMissingVnetServiceEndpoint: true });
    }),
});
