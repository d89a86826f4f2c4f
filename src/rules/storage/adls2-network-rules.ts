// storage.adls2-network-rules: a Data Lake Gen2 account follows the same firewall steps as any other.
import { defineRule } from '../define.ts';
import { closedToo, closeToo, closingGates } from '../parts/closed-too.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { accounts, isLake, notALake, proposalsOn } from '../parts/subjects.ts';

export const storageAdls2NetworkRules = defineRule({
  id: 'storage.adls2-network-rules',
  title: 'Gen2 account follows the same firewall steps',
  severity: 'critical',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'A lake that is left open is exposed like any other account, whatever the default account does.',
    fix: 'Admits the computes’ subnets, lets trusted services pass, and denies by default at the end.',
    breaks:
      'Every client of the lake that no rule names loses its data access at once, programs outside the workspace included.',
    links: [links.secureWorkspace, links.storageFirewall],
  },
  fixKind: 'auto',
  undo: 'exact',
  gates: closingGates,
  subjects: accounts,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) =>
      isLake(subject.resource, judgement) ? closedToo(wall, judgement) : notALake(wall.name),
    ),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (account) => closeToo(wallOf(account, 'storage'), judgement)),
});
