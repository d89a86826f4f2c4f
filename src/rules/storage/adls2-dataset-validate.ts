// storage.adls2-dataset-validate: advice for whoever creates datasets from outside a closed Gen2 account. Never fails.
import { defineRule } from '../define.ts';
import { admitsClients } from '../parts/client-addresses.ts';
import { accountJudged } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { accounts, isLake, notALake } from '../parts/subjects.ts';
import { notApplicable, noted, pass } from '../parts/verdict.ts';

const snippet = 'Dataset.File.from_files(path, validate=False)';

export const storageAdls2DatasetValidate = defineRule({
  id: 'storage.adls2-dataset-validate',
  title: 'Dataset creation from outside the VNet needs validate=False',
  severity: 'info',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'Creating a dataset reads the files from where the code runs; from outside the virtual network a closed account refuses that, and the creation fails.',
    fix: `None: it is your code. Pass validate=False, as in ${snippet}.`,
    breaks: 'Nothing.',
    links: [links.secureWorkspace],
  },
  fixKind: 'none',
  subjects: accounts,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) => {
      if (!isLake(subject.resource, judgement)) return notALake(wall.name);
      if (wall.door !== 'closed') return notApplicable(`The ${wall.name} is not closed.`);
      const clients = judgement.world.snapshot.intents.devClientIps;
      const admitted = clients !== undefined && admitsClients(wall, judgement, true).outcome;
      return admitted === 'pass'
        ? notApplicable(`Your addresses are admitted by the ${wall.name}.`)
        : pass(`The ${wall.name} is closed: code that creates a dataset from outside must pass validate=False.`, [
            noted(wall.resource.id, snippet, 'how to create the dataset'),
          ]);
    }),
});
