// keyvault.holds-credentials: a fact about the key vault that explains its other rules. It never fails.
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { vaults } from '../parts/subjects.ts';
import { displayName, evidenceAt, listed, notApplicable, noted, pass } from '../parts/verdict.ts';

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
