// keyvault.private-endpoint: the vault is reached privately, by name, from where it is needed.
import { vaultType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { vaultJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { giveReach, reachedByAll } from '../parts/private-reach.ts';
import { proposalsOn, vaults } from '../parts/subjects.ts';

export const keyvaultPrivateEndpoint = defineRule({
  id: 'keyvault.private-endpoint',
  title: 'Vault private endpoint and DNS',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  about: vaultType,
  explain: {
    why: 'Computes and people in studio read the workspace’s secrets: without an endpoint, and the zone that leads to it, they come to the public door or not at all.',
    fix: 'Makes a private endpoint of the vault in the subnet you name (answer subnet=VNET/NAME), with its private zone, linked to the networks of your computes; a connection that only waits is approved instead. Under a managed network: an outbound rule, and the network provisioned.',
    breaks:
      'A linked network resolves every name of that zone privately: other vaults without a record there stop resolving for it. The endpoint is billed by the hour. Provisioning a managed network cannot be taken back.',
    links: [links.vaultFirewall, links.privateDns, links.managedNetwork],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'keyvault.vnet-rule-compute-subnet',
  subjects: vaults,
  check: (subject, judgement) => vaultJudged(subject.resource, judgement, (wall) => reachedByAll(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (vault) => giveReach(wallOf(vault, 'vault'), judgement, answers)),
});
