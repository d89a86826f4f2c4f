// aks.storage-same-vnet: a closed account lets in the nodes of every cluster that reads models from it.
import { auditedAccounts } from '../../posture/accounts.ts';
import { defineRule } from '../define.ts';
import { allSubnets, letIn, pairsWith, reached } from '../parts/cluster-reach.ts';
import { attachedJudged, attachedOf, computeType, placeless } from '../parts/clusters.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { notApplicable } from '../parts/verdict.ts';

const groups = ['blob', 'file'];

export const aksStorageSameVnet = defineRule({
  id: 'aks.storage-same-vnet',
  title: 'Secured workspace storage is tied to the AKS VNet',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  instead: 'compute.managed-network-conflict',
  explain: {
    why: 'Nodes read models and their settings from the account. A closed account that does not know their subnet turns them away, and deployments fail.',
    fix: 'Adds a service endpoint to the subnets of the cluster and a rule for each to the account; where the account is reached by private endpoints, adds those for blob and file in the network of the cluster (answer subnet=NAME).',
    breaks: 'The service endpoint cuts open storage connections of that subnet for a moment.',
    links: [links.secureInference, links.storageSubnets],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: (judgement) =>
    pairsWith(
      auditedAccounts(judgement.world).map(({ id }) => id),
      judgement,
    ),
  check: (subject, judgement) =>
    attachedJudged(subject, judgement, (one) => {
      const { where } = subject;
      const nowhere = placeless(one);
      if (nowhere || where === undefined) return nowhere ?? notApplicable('Each account is judged by itself.');
      return accountJudged(where, judgement, (wall) =>
        wall.door === 'open'
          ? notApplicable(`The ${wall.name} is open to every network.`)
          : reached(wall, one, { subnets: allSubnets(one), groups, peers: true }, judgement),
      );
    }),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (compute) => {
      const one = attachedOf(compute, judgement.world);
      const account = finding.where === null ? undefined : judgement.world.get(finding.where);
      if (one === undefined || one === 'gone' || !account) return 'The cluster or the account does not exist.';
      const reach = { subnets: allSubnets(one), groups, peers: true };
      return letIn(wallOf(account, 'storage'), one, reach, judgement, answers);
    }),
});
