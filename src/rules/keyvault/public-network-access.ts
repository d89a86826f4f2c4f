// keyvault.public-network-access: the public switch of the vault and its rules do not contradict each other.
import { defineRule } from '../define.ts';
import { unclear, vaultJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { proposalsOn, vaults } from '../parts/subjects.ts';
import { setSwitch } from '../parts/switch-fix.ts';
import { publicSwitch } from '../parts/way-in.ts';

export const keyvaultPublicNetworkAccess = defineRule({
  id: 'keyvault.public-network-access',
  title: 'Vault public endpoint switch',
  severity: 'high',
  profiles: ['current'],
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'Service endpoints use the public endpoint: with public access off, subnet and IP rules are dead, and Azure may not even show them.',
    fix: 'Turns public access on again where computes rely on subnet rules; on a vault that is reached privately by all, turns it off as the last act of a plan. Rules that are hidden are never written unseen.',
    breaks:
      'Off: everybody without a private endpoint loses access, trusted services aside. On: whoever a rule names gets in again.',
    links: [links.vaultFirewall],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: vaults,
  check: (subject, judgement) =>
    vaultJudged(subject.resource, judgement, (wall) => unclear(wall) ?? publicSwitch(wall, judgement)),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (vault) => setSwitch(wallOf(vault, 'vault'), judgement)),
});
