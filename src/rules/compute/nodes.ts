// The nodes of a cluster: none is unusable, and a cluster that has finished resizing has the nodes it requested.

import type { Resource } from '../../model/resource.ts';
import { counted } from '../../model/text.ts';
import { nodeCountsPointer, nodesView } from '../../resource-types/cluster-view.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { isOnlyDeclared } from '../parts/subjects.ts';
import { evidenceAt, fail, notApplicable, pass, quoted, subnetShown, unknown } from '../parts/verdict.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import { clusters, computeEvidence, computeShown } from './parts/subjects.ts';

const inner = '/properties/properties';
const nodesNow = (cluster: Resource) => evidenceAt(cluster, `${inner}/currentNodeCount`, 'current nodes');
const errors = (cluster: Resource) => evidenceAt(cluster, `${inner}/errors`, 'errors');

function checkAllocation(cluster: Resource, { index }: RuleContext): CheckResult {
  const name = computeShown(cluster);
  if (isOnlyDeclared(cluster, index)) return notApplicable(`The file declares the ${name}; it has no nodes yet.`);
  const { allocationState, currentNodes, targetNodes } = nodesView(cluster);
  const evidence = [
    ...computeEvidence(cluster),
    evidenceAt(cluster, `${inner}/allocationState`, 'allocation state'),
    nodesNow(cluster),
    evidenceAt(cluster, `${inner}/targetNodeCount`, 'target nodes'),
    errors(cluster),
  ];
  if (allocationState === 'Resizing') {
    return unknown(`The ${name} is still resizing. Scan again when it is steady.`, evidence);
  }
  if (allocationState !== 'Steady' || currentNodes === undefined || targetNodes === undefined) {
    return allocationState === undefined || allocationState === 'Steady'
      ? unknown(`The current or the target number of nodes of the ${name} is not known.`, evidence)
      : unknown(`The allocation state of the ${name} is ${quoted(allocationState)}, expected Steady.`, evidence);
  }
  return currentNodes >= targetNodes
    ? pass(`The ${name} has its ${counted(targetNodes, 'target node')}.`, evidence)
    : fail(
        `The ${name} is steady with ${currentNodes} of ${targetNodes} target nodes: IP addresses, network quota or core quota ran out (see compute.subnet-free-ips, compute.network-quota, compute.core-quota).`,
        evidence,
      );
}

export const computePartialAllocation = defineRule({
  id: 'compute.partial-allocation',
  title: 'Cluster has its target number of nodes',
  problem: 'Cluster has fewer nodes than its target',
  severity: 'medium',
  explain: {
    why: 'Jobs wait for nodes that are never allocated, and no error is shown.',
    fix: 'None. Find what ran out (IP addresses, quota, cores) in the other compute.* findings, or request fewer nodes.',
    links: [links.secureTraining, links.quotas],
  },
  subjects: clusters,
  check: checkAllocation,
});

function checkUsable(cluster: Resource, { index }: RuleContext): CheckResult {
  const name = computeShown(cluster);
  if (isOnlyDeclared(cluster, index)) return notApplicable(`The file declares the ${name}; it has no nodes yet.`);
  const { unusableNodes, currentNodes, showsNodeCounts } = nodesView(cluster);
  const evidence = [
    ...computeEvidence(cluster),
    evidenceAt(cluster, nodeCountsPointer, 'nodes by state'),
    nodesNow(cluster),
    errors(cluster),
  ];
  if (unusableNodes === undefined) {
    return currentNodes === 0 && !showsNodeCounts
      ? pass(`The ${name} has no nodes.`, evidence)
      : unknown(`The number of unusable nodes of the ${name} is not known.`, evidence);
  }
  if (unusableNodes <= 0) return pass(`The ${name} has no unusable nodes.`, evidence);
  const { subnet } = computeView(cluster);
  const cause = subnet === undefined ? '' : ` Check the nsg.* and udr.* findings of ${subnetShown(subnet)}.`;
  return fail(
    `The ${name} has ${unusableNodes} unusable ${unusableNodes === 1 ? 'node' : 'nodes'} that the service cannot reach.${cause}`,
    evidence,
  );
}

export const computeUnusableNodes = defineRule({
  id: 'compute.unusable-nodes',
  title: 'Cluster has no unusable nodes',
  problem: 'Cluster has unusable nodes',
  severity: 'high',
  explain: {
    why: 'A node that the service cannot reach runs no job and is still billed. The usual cause is an NSG or a route of its subnet.',
    fix: 'None. Fix what blocks the subnet (see its nsg.* and udr.* findings). New nodes then work; unusable nodes are removed when the cluster scales down.',
    links: [links.secureTraining, links.batchNetwork],
  },
  subjects: clusters,
  check: checkUsable,
});
