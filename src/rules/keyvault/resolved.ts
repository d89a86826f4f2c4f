// keyvault.resolved: the workspace's key vault is known and readable.
import { defineRule } from '../define.ts';
import { linked, linkedSubject } from '../parts/linked.ts';
import { links } from '../parts/links.ts';

export const keyvaultResolved = defineRule({
  id: 'keyvault.resolved',
  title: "The workspace's key vault is known and readable",
  severity: 'high',
  about: 'Microsoft.KeyVault/vaults',
  explain: {
    why: 'All vault rules hang on it, and the workspace cannot be given another vault once it is made.',
    fix: 'None: recover the soft-deleted vault, or make a new workspace.',
    breaks: 'Nothing.',
    links: [links.secureWorkspace],
  },
  fixKind: 'none',
  subjects: (judgement) => linkedSubject(judgement, 'keyVault'),
  check: (subject, judgement) =>
    linked(subject, judgement, {
      member: 'keyVault',
      what: 'key vault',
      shows: ['/location', '/properties/sku/name'],
    }),
});
