// storage.same-vnet-as-compute: the account is tied to the virtual network its training computes sit in.
import { defineRule } from '../define.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { bringTogether, sharesNetwork } from '../parts/shared-network.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';

export const storageSameVnetAsCompute = defineRule({
  id: 'storage.same-vnet-as-compute',
  title: 'Account and training compute share a VNet',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'An account is in no network; its rules and endpoints tie it to some. If all of them belong to other networks than the computes’, the account is elsewhere as far as jobs are concerned.',
    fix: 'With the answer way=admit: adds the computes’ subnets to the account. With way=recreate: says how to make the computes anew in the account’s network.',
    breaks:
      'The service endpoint that goes with a subnet rule cuts open storage connections of that subnet for a moment.',
    links: [links.secureWorkspace, links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'storage.private-endpoints',
  subjects: accounts,
  check: (subject, judgement) => accountJudged(subject.resource, judgement, (wall) => sharesNetwork(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (account) => bringTogether(wallOf(account, 'storage'), judgement, answers)),
});
