// compute.unusable-nodes: no node of a cluster is in state "unusable".
import { nodeCountsPointer, nodesView } from '../../kinds/cluster-view.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { defineRule } from '../define.ts';
import { clusterSubjects, computeEvidence, computeJudged, computeShown, computeType } from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { fail, pass, seen, subnetShown, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

const current = '/properties/properties/currentNodeCount';

function judge(cluster: Resource): Verdict {
  const name = computeShown(cluster);
  const { unusableNodes, currentNodes, showsNodeCounts } = nodesView(cluster);
  const evidence = [
    ...computeEvidence(cluster),
    seen(cluster, nodeCountsPointer, 'nodes by state'),
    seen(cluster, current, 'nodes now'),
    seen(cluster, '/properties/properties/errors', 'what the service reports'),
  ];
  if (unusableNodes === undefined) {
    return currentNodes === 0 && !showsNodeCounts
      ? pass(`The ${name} has no node now.`, evidence)
      : unknown(`How many nodes of the ${name} are unusable is not shown.`, evidence);
  }
  if (unusableNodes <= 0) return pass(`No node of the ${name} is unusable.`, evidence);
  const { subnet } = computeView(cluster);
  const where =
    subnet === undefined
      ? ''
      : `; the service cannot reach it in ${subnetShown(subnet)}, of whose rules nsg.* and udr.* speak`;
  return fail(
    `${unusableNodes} ${unusableNodes === 1 ? 'node' : 'nodes'} of the ${name} ${unusableNodes === 1 ? 'is' : 'are'} unusable${where}.`,
    evidence,
  );
}

export const computeUnusableNodes = defineRule({
  id: 'compute.unusable-nodes',
  title: 'No node is in state "unusable"',
  severity: 'high',
  about: computeType,
  explain: {
    why: 'A node that the service cannot reach runs no job and is billed all the same. Mostly a security group or a route of its subnet stands between them.',
    fix: 'None: mend what blocks the subnet (its nsg.* and udr.* findings); nodes made afterwards are well, those that are unusable go when the cluster shrinks.',
    breaks: 'Nothing.',
    links: [links.secureTraining, links.batchNetwork],
  },
  fixKind: 'none',
  subjects: clusterSubjects,
  check: (subject, judgement) => computeJudged(subject, judgement, judge),
});
