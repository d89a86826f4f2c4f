// keyvault.ip-rules-legal: every IP rule is one the vault takes, and together they are not the Internet.
import { defineRule } from '../define.ts';
import { addressRulesLegal } from '../parts/address-legality.ts';
import { repairAddressRules } from '../parts/address-repair.ts';
import { vaultJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { proposalsOn, vaults } from '../parts/subjects.ts';

export const keyvaultIpRulesLegal = defineRule({
  id: 'keyvault.ip-rules-legal',
  title: 'Vault IP rules are legal',
  severity: 'high',
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'An illegal value blocks every later write of the rules, and rules that together span the Internet undo the deny.',
    fix: 'Drops what the service refuses, and takes ranges that are too wide out at the end of the plan, after your own addresses are in.',
    breaks:
      'Whoever came through a range that is taken out, and is named by no other rule, is cut off. Values the service refuses cannot be put back by an undo.',
    links: [links.vaultFirewall],
  },
  fixKind: 'auto',
  undo: 'equivalent',
  subjects: vaults,
  check: (subject, judgement) => vaultJudged(subject.resource, judgement, addressRulesLegal),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (vault) => repairAddressRules(wallOf(vault, 'vault'), judgement)),
});
