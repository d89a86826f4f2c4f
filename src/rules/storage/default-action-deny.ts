// storage.default-action-deny: the storage firewall denies by default.
import { defineRule } from '../define.ts';
import { closingGates } from '../parts/closed-too.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { deniesByDefault } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { denyByDefault } from '../parts/proposals.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';

export const storageDefaultActionDeny = defineRule({
  id: 'storage.default-action-deny',
  title: 'Storage firewall denies by default',
  severity: 'critical',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'While the default is Allow, subnet and IP rules have no effect: whoever holds a key or a token reads and writes the data from any network.',
    fix: 'Sets the default action to Deny, as the last act of a plan, once the computes, the trusted services and your own machine have their way in.',
    breaks:
      'Every client that no rule names loses blob, file, queue, table and lake access at once, over REST and SMB: studio, uploads, mounted shares, portal data views. Virtual machine disks and the control plane are not touched, so the act can always be undone.',
    links: [links.storageFirewall, links.storageLimits],
  },
  fixKind: 'auto',
  undo: 'exact',
  gates: closingGates,
  subjects: accounts,
  check: (subject, judgement) => accountJudged(subject.resource, judgement, deniesByDefault),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (account) => denyByDefault(wallOf(account, 'storage'))),
});
