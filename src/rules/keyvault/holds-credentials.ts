// keyvault.holds-credentials: says what the vault keeps for the workspace, the reason for the severity of the other vault rules.
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { vaults } from '../parts/subjects.ts';
import { notApplicable, noted, pass, seen, shown } from '../parts/verdict.ts';

const kept = ['storage connection strings', 'registry passwords', 'datastore connection strings'];

export const keyvaultHoldsCredentials = defineRule({
  id: 'keyvault.holds-credentials',
  title: 'What the vault holds for the workspace',
  severity: 'info',
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'The vault keeps the storage connection string, registry passwords and the connection strings of datastores: whoever reads it needs no other way in.',
    fix: 'None: this is what the next rules are about.',
    breaks: 'Nothing.',
    links: [links.secureWorkspace],
  },
  fixKind: 'none',
  subjects: vaults,
  check: ({ resource }, { world }) => {
    const workspace = world.workspace();
    if (workspace === undefined) {
      return notApplicable(`No workspace in hand keeps anything in the key vault ${shown(resource)}.`);
    }
    return pass(
      `The key vault ${shown(resource)} keeps the workspace's ${kept.slice(0, 2).join(', ')} and ${kept[2]}.`,
      [
        seen(workspace, '/properties/keyVault', 'the vault of the workspace'),
        noted(resource, kept, 'what it keeps for the workspace'),
      ],
    );
  },
});
