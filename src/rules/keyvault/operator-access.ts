// keyvault.operator-access: the operator keeps reading secrets when the vault closes.
import { strategyOf } from '../../posture/architecture.ts';
import { defineRule } from '../define.ts';
import { admitClients, admitsClients } from '../parts/client-addresses.ts';
import { vaultJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { proposalsOn, vaults } from '../parts/subjects.ts';

export const keyvaultOperatorAccess = defineRule({
  id: 'keyvault.operator-access',
  title: 'Operator keeps data-plane access when the vault closes',
  severity: 'medium',
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'You may need to read a secret to find out what is wrong; a closed vault refuses you unless your address is listed.',
    fix: 'Adds an IP rule for the address given, or for the addresses of the intent devClientIps. Undoing anything never needs it.',
    breaks: 'Nothing: it adds access for the named address only.',
    links: [links.vaultFirewall],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: vaults,
  check: (subject, judgement) =>
    vaultJudged(subject.resource, judgement, (wall) =>
      admitsClients(wall, judgement, strategyOf(wall.resource.id, judgement.world) === 'service-endpoint'),
    ),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (vault) => admitClients(wallOf(vault, 'vault'), judgement, answers.ip)),
});
