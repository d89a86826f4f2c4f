// storage.public-network-access: the public switch of the account and its rules do not contradict each other.
import { defineRule } from '../define.ts';
import { accountJudged, unclear, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';
import { setSwitch } from '../parts/switch-fix.ts';
import { publicSwitch } from '../parts/way-in.ts';

export const storagePublicNetworkAccess = defineRule({
  id: 'storage.public-network-access',
  title: 'Public endpoint switch agrees with the intent',
  severity: 'high',
  profiles: ['current'],
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'Service endpoints use the public endpoint: with public access off, subnet and IP rules are dead, and computes that rely on them are cut off.',
    fix: 'Turns public access on again, with Deny kept in the same call; on an account that is reached privately by all, turns it off as the last act of a plan.',
    breaks:
      'Off: everybody without a private endpoint loses access, while trusted services and resource-instance rules stay in force. On: whoever a rule names gets in again.',
    links: [links.storageFirewall, links.storageLimits],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: accounts,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) => unclear(wall) ?? publicSwitch(wall, judgement)),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (account) => setSwitch(wallOf(account, 'storage'), judgement)),
});
