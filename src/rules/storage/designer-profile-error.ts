// storage.designer-profile-error: the message users will report once the account is closed. Never fails.
import { defineRule } from '../define.ts';
import { accountJudged, actionPointer } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { defaultAccount } from '../parts/subjects.ts';
import { notApplicable, noted, pass, seen } from '../parts/verdict.ts';

const message = 'Unable to profile this dataset';

export const storageDesignerProfileError = defineRule({
  id: 'storage.designer-profile-error',
  title: 'Known error when visualising data',
  severity: 'info',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: `With the default account closed, the designer answers "${message}", possibly because the data sits behind a virtual network; users will report it.`,
    fix: 'None here: studio needs its own way to the data (workspace.studio-blocked-by-secured-storage speaks of the remedies).',
    breaks: 'Nothing.',
    links: [links.studio],
  },
  fixKind: 'none',
  subjects: defaultAccount,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) => {
      if (wall.door !== 'closed') return notApplicable(`The ${wall.name} is not closed.`);
      const remedy =
        judgement.profile === 'seed-2020'
          ? ''
          : ' See workspace.studio-blocked-by-secured-storage for the remedies of today.';
      return pass(`The ${wall.name} is closed: the designer may answer "${message}".${remedy}`, [
        seen(wall.resource, actionPointer, 'default action'),
        noted(wall.resource.id, message, 'the message to recognise'),
      ]);
    }),
});
