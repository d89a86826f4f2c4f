// databricks.storage-same-vnet: the clusters of Databricks get at the workspace's own account.
import { defaultAccountId } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { databricksSubjects, injectedBehind, injectedJudged } from '../parts/databricks.ts';
import { clustersReach, letClustersIn } from '../parts/databricks-storage.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { notApplicable, shown } from '../parts/verdict.ts';
import type { Judgement, Subject } from '../rule.ts';

/** Each compute with the account, so that whoever closes the account meets the finding. */
function subjects(judgement: Judgement): Subject[] {
  const where = accountIn(judgement);
  return databricksSubjects(judgement).map((subject) => (where === undefined ? subject : { ...subject, where }));
}

function accountIn({ world }: Judgement): string | undefined {
  const id = defaultAccountId(world);
  const seen = id === undefined ? undefined : world.peek(id);
  return seen?.state === 'read' ? seen.resource.id : id;
}

export const databricksStorageSameVnet = defineRule({
  id: 'databricks.storage-same-vnet',
  title: 'Workspace storage is tied to the Databricks VNet',
  severity: 'high',
  about: computeType,
  explain: {
    why: 'Clusters of Databricks read code and data from the workspace’s own account. Once it is closed, it must let in both of their subnets.',
    fix: 'Where the account admits subnets: gives both subnets the storage service endpoint and the account a rule for each; delegation and security group are sent back as they stand. Where it is reached by private endpoints: makes those that are missing in the network of Databricks (answer subnet=VNET/NAME to say where).',
    breaks:
      'Setting up a service endpoint cuts open storage connections of the subnet for a moment. Databricks may refuse changes to its subnets; the plan then stops there, and says so.',
    links: [links.databricksNetwork, links.storageSubnets],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects,
  check: (subject, judgement) =>
    injectedJudged(subject, judgement, (injected) =>
      subject.where === undefined
        ? notApplicable('The workspace names no storage account.')
        : accountJudged(subject.where, judgement, (wall) => clustersReach(wall, injected, judgement)),
    ),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (compute) => {
      const injected = injectedBehind(compute, judgement);
      if (typeof injected === 'string') return injected;
      const account = finding.where === null ? undefined : judgement.world.get(finding.where);
      return account
        ? letClustersIn(wallOf(account, 'storage'), injected, judgement, answers)
        : `${finding.where === null ? 'The account' : shown(finding.where)} does not exist.`;
    }),
});
