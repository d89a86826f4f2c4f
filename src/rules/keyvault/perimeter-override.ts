// keyvault.perimeter-override: a network security perimeter overrides the bypass. Never fails.
import { defineRule } from '../define.ts';
import { switchPointer, vaultJudged } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { vaults } from '../parts/subjects.ts';
import { notApplicable, seen, unknown } from '../parts/verdict.ts';

export const keyvaultPerimeterOverride = defineRule({
  id: 'keyvault.perimeter-override',
  title: 'A network security perimeter overrides the bypass',
  severity: 'info',
  profiles: ['current'],
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'In enforced mode a perimeter blocks even trusted services, whatever the bypass of the vault says.',
    fix: 'None: look at the rules of the perimeter.',
    breaks: 'Nothing.',
    links: [links.vaultFirewall],
  },
  fixKind: 'none',
  subjects: vaults,
  check: (subject, judgement) =>
    vaultJudged(subject.resource, judgement, (wall) => {
      const evidence = [seen(wall.resource, switchPointer, 'public network access')];
      return wall.view.publicNetworkAccess === 'SecuredByPerimeter'
        ? unknown(
            `A network security perimeter decides who reaches the ${wall.name}, trusted services included.`,
            evidence,
          )
        : notApplicable(`No network security perimeter decides over the ${wall.name}.`, evidence);
    }),
});
