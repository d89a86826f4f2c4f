// storage.adls2-hierarchical: the account behind a Gen2 datastore really has a hierarchical namespace.
import { valueAt } from '../../model/pointer.ts';
import { defineRule } from '../define.ts';
import { accountJudged } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { accounts, isLake, notALake } from '../parts/subjects.ts';
import { fail, pass, seen } from '../parts/verdict.ts';

export const storageAdls2Hierarchical = defineRule({
  id: 'storage.adls2-hierarchical',
  title: 'Data Lake Gen2 account really is Gen2',
  severity: 'low',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'A Gen2 datastore on an account with a flat namespace fails when a job uses it.',
    fix: 'None: the hierarchical namespace is chosen when the account is made; make a new account, or use a blob datastore.',
    breaks: 'Nothing.',
    links: [links.hierarchical],
  },
  fixKind: 'none',
  subjects: accounts,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, ({ resource, name }) => {
      if (!isLake(resource.id, judgement)) return notALake(name);
      const evidence = [
        seen(resource, '/properties/isHnsEnabled', 'hierarchical namespace'),
        seen(resource, '/kind', 'kind of account'),
      ];
      return valueAt(resource.body, '/properties/isHnsEnabled') === true
        ? pass(`The ${name} has a hierarchical namespace.`, evidence)
        : fail(`A Gen2 datastore points to the ${name}, which has no hierarchical namespace.`, evidence);
    }),
});
