// keyvault.default-action-deny: the vault firewall denies by default.
import { defineRule } from '../define.ts';
import { vaultJudged, wallOf } from '../parts/firewall.ts';
import { deniesByDefault } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { denyByDefault } from '../parts/proposals.ts';
import { proposalsOn, vaults } from '../parts/subjects.ts';

export const keyvaultDefaultActionDeny = defineRule({
  id: 'keyvault.default-action-deny',
  title: 'Vault firewall denies by default',
  severity: 'critical',
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'The vault holds the storage connection string and registry passwords; while its firewall lets everybody in, only permissions stand between them and any network.',
    fix: 'Sets the default action to Deny, as the last act of a plan, once the computes, the trusted services and your own machine have their way in.',
    breaks:
      'People and programs elsewhere get 403, and listing secrets in the portal fails from outside. The control plane is not touched, so the act can always be undone; a rule object that was absent comes back as an explicit open one.',
    links: [links.vaultFirewall, links.vaultServiceEndpoints],
  },
  fixKind: 'auto',
  undo: 'equivalent',
  gates: [
    'keyvault.vnet-rule-compute-subnet',
    'keyvault.subnet-service-endpoint',
    'keyvault.private-endpoint',
    'keyvault.bypass-azure-services',
    'keyvault.operator-access',
  ],
  subjects: vaults,
  check: (subject, judgement) => vaultJudged(subject.resource, judgement, deniesByDefault),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (vault) => denyByDefault(wallOf(vault, 'vault'))),
});
