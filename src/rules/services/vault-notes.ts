// keyvault.holds-credentials, keyvault.perimeter-override: facts about the key vault that explain its other rules. They never
// fail.
import { defineRule } from '../define.ts';
import { switchPointer, vaultFirewalls } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { vaults } from '../parts/subjects.ts';
import { displayName, evidenceAt, listed, notApplicable, noted, pass, unknown } from '../parts/verdict.ts';

const secrets = ['storage connection strings', 'registry passwords', 'datastore connection strings'];

export const keyvaultHoldsCredentials = defineRule({
  id: 'keyvault.holds-credentials',
  title: 'Key vault stores credentials of the workspace',
  problem: 'Credentials of the workspace are not in the key vault',
  severity: 'info',
  explain: {
    why: 'The key vault stores the storage connection string, registry passwords and datastore connection strings. Read access to it gives access to all of these.',
    fix: 'None: the other key vault rules protect it.',
    links: [links.secureWorkspace],
  },
  subjects: vaults,
  check: ({ resource }, { index }) => {
    const workspace = index.workspace();
    if (workspace === undefined) return notApplicable(`No workspace uses the key vault ${displayName(resource)}.`);
    return pass(`The key vault ${displayName(resource)} stores the workspace's ${listed(secrets)}.`, [
      evidenceAt(workspace, '/properties/keyVault', 'key vault of the workspace'),
      noted(resource, secrets, 'secrets of the workspace'),
    ]);
  },
});

export const keyvaultPerimeterOverride = defineRule({
  id: 'keyvault.perimeter-override',
  title: 'No network security perimeter overrides the bypass',
  problem: 'A network security perimeter overrides the bypass',
  severity: 'info',
  profiles: ['current'],
  explain: {
    why: 'In enforced mode, a network security perimeter blocks even trusted Azure services, whatever the bypass of the key vault is.',
    fix: 'None: check the rules of the perimeter.',
    links: [links.vaultFirewall],
  },
  subjects: vaultFirewalls,
  check({ resource, view, name }) {
    const evidence = [evidenceAt(resource, switchPointer, 'public network access')];
    return view.publicNetworkAccess === 'SecuredByPerimeter'
      ? unknown(
          `Access to the ${name}, including trusted Azure services, is controlled by a network security perimeter.`,
          evidence,
        )
      : notApplicable(`No network security perimeter controls access to the ${name}.`, evidence);
  },
});
