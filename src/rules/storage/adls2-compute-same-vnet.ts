// storage.adls2-compute-same-vnet: training computes sit in a virtual network the Gen2 account is tied to.
import { defineRule } from '../define.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { bringTogether, sharesNetwork } from '../parts/shared-network.ts';
import { accounts, isLake, notALake, proposalsOn } from '../parts/subjects.ts';

export const storageAdls2ComputeSameVnet = defineRule({
  id: 'storage.adls2-compute-same-vnet',
  title: "Training compute sits in the Gen2 account's VNet",
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'Training on a dataset reads the lake from the nodes, so the nodes’ network must be one the lake is tied to.',
    fix: 'With the answer way=admit: adds the computes’ subnets to the lake’s account. With way=recreate: says how to make the computes anew in its network.',
    breaks:
      'The service endpoint that goes with a subnet rule cuts open storage connections of that subnet for a moment.',
    links: [links.secureWorkspace, links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'storage.private-endpoints',
  subjects: accounts,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) =>
      isLake(subject.resource, judgement) ? sharesNetwork(wall, judgement) : notALake(wall.name),
    ),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (account) => bringTogether(wallOf(account, 'storage'), judgement, answers)),
});
