// storage.ip-rules-legal: every IP rule is one the service takes, and together they are not the Internet.
import { defineRule } from '../define.ts';
import { addressRulesLegal } from '../parts/address-legality.ts';
import { repairAddressRules } from '../parts/address-repair.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';

export const storageIpRulesLegal = defineRule({
  id: 'storage.ip-rules-legal',
  title: 'IP rules are ones the service accepts',
  severity: 'high',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'An illegal value makes every later write of the firewall fail, even one about something else; and a firewall whose rules together span the Internet is closed in name only.',
    fix: 'Writes a /32 as its address and a /31 as two, drops private and malformed values, and takes ranges that are too wide out at the end of the plan, after your own addresses are in.',
    breaks:
      'Whoever came through a range that is taken out, and is named by no other rule, is cut off. Values the service now refuses cannot be put back by an undo.',
    links: [links.storageFirewall, links.storageLimits],
  },
  fixKind: 'auto',
  undo: 'equivalent',
  subjects: accounts,
  check: (subject, judgement) => accountJudged(subject.resource, judgement, addressRulesLegal),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (account) => repairAddressRules(wallOf(account, 'storage'), judgement)),
});
