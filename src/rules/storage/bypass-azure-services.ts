// storage.bypass-azure-services: trusted Microsoft services may pass the storage firewall.
import { defineRule } from '../define.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { letsTrustedPass } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { trustServices } from '../parts/proposals.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';

export const storageBypassAzureServices = defineRule({
  id: 'storage.bypass-azure-services',
  title: 'Trusted Microsoft services may pass',
  severity: 'critical',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'The workspace itself writes run output, models and logs as a trusted service. Shut it out and the workspace breaks while computes still work, which is hard to make sense of.',
    fix: 'Adds AzureServices to the bypass of the firewall and keeps what is named there already.',
    breaks: 'Nothing: every service on the vendor’s trusted list may pass as far as its own permissions go.',
    links: [links.storageTrusted, links.secureWorkspace],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: accounts,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) =>
      letsTrustedPass(wall, judgement.world.snapshot.workspace ?? undefined, 'high'),
    ),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (account) => trustServices(wallOf(account, 'storage'))),
});
