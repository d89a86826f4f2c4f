// storage.default-account: the workspace's default storage account is known and readable.
import { defineRule } from '../define.ts';
import { linked, linkedSubject } from '../parts/linked.ts';
import { links } from '../parts/links.ts';

export const storageDefaultAccount = defineRule({
  id: 'storage.default-account',
  title: "The workspace's default storage account is known and readable",
  severity: 'high',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'It holds run outputs, logs, code snapshots and models, and every other storage rule is about it. The workspace cannot be pointed to another account once it is made.',
    fix: 'None: restore the deleted account under the same name, or make a new workspace.',
    breaks: 'Nothing.',
    links: [links.secureWorkspace],
  },
  fixKind: 'none',
  subjects: (judgement) => linkedSubject(judgement, 'storageAccount'),
  check: (subject, judgement) =>
    linked(subject, judgement, {
      member: 'storageAccount',
      what: 'default storage account',
      shows: ['/kind', '/location', '/properties/isHnsEnabled'],
    }),
});
