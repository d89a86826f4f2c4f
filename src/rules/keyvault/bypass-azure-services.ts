// keyvault.bypass-azure-services: trusted Microsoft services may bypass the vault firewall.
import { defineRule } from '../define.ts';
import { vaultJudged, wallOf } from '../parts/firewall.ts';
import { letsTrustedPass } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { trustServices } from '../parts/proposals.ts';
import { proposalsOn, vaults } from '../parts/subjects.ts';

export const keyvaultBypassAzureServices = defineRule({
  id: 'keyvault.bypass-azure-services',
  title: 'Trusted Microsoft services may bypass the vault firewall',
  severity: 'critical',
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'The workspace service reads its secrets as a trusted service; shut out, it cannot reach its own storage and registry.',
    fix: 'Sets the bypass of the firewall to AzureServices.',
    breaks: 'Nothing: a trusted service still needs permissions in the vault.',
    links: [links.vaultServiceEndpoints, links.vaultFirewall],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: vaults,
  check: (subject, judgement) =>
    vaultJudged(subject.resource, judgement, (wall) => letsTrustedPass(wall, undefined, 'high')),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (vault) => trustServices(wallOf(vault, 'vault'))),
});
