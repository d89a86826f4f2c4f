// storage.vnet-rule-compute-subnet: each subnet that needs the account is admitted by its firewall.
import { defineRule } from '../define.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { admitsSubnet } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { admitSubnet } from '../parts/proposals.ts';
import { accountsAndSubnets, pairJudged, proposalsOn } from '../parts/subjects.ts';

export const storageVnetRuleComputeSubnet = defineRule({
  id: 'storage.vnet-rule-compute-subnet',
  title: 'Each compute subnet is admitted by the storage firewall',
  severity: 'critical',
  for: ['service-endpoint'],
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'Once the account denies by default, jobs cannot stage code, read data or write logs unless the very subnet their nodes sit in is listed.',
    fix: 'Gives the subnet the storage service endpoint where it lacks it, then adds a rule for the subnet to the account.',
    breaks:
      'Setting up the endpoint cuts open storage connections of the subnet for a moment, and IP rules that admitted its machines by their public address stop matching.',
    links: [links.secureWorkspace, links.storageSubnets],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'storage.private-endpoints',
  subjects: accountsAndSubnets,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) =>
      pairJudged(subject, judgement, (subnet) => admitsSubnet(wall, subnet, judgement.world, 'high')),
    ),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (account) =>
      finding.where === null
        ? 'The finding names no subnet.'
        : admitSubnet(wallOf(account, 'storage'), finding.where, judgement),
    ),
});
