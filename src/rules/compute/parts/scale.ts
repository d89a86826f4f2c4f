// The maximum number of nodes of clusters, and the edits that lower it to what a subnet can hold.

import { workspaceInHand } from '../../../facts/links.ts';
import type { Demand } from '../../../facts/subnet-capacity.ts';
import { editChange } from '../../../model/change.ts';
import { setMember } from '../../../model/edit.ts';
import { valueAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { nameOf, sameId } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { counted } from '../../../model/text.ts';
import { growthOf, nodesView, scalePointer } from '../../../resource-types/cluster-view.ts';
import { textAt } from '../../../resource-types/read.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { displayName, listed, quoted } from '../../parts/verdict.ts';
import type { Answers, Proposal } from '../../rule.ts';

const most = `${scalePointer}/maxNodeCount`;

/** Whether the maximum or the current number of nodes of a cluster has an unexpected value. */
export function hasOddScale(compute: Resource): boolean {
  if (computeView(compute).computeType !== 'AmlCompute') return false;
  const { maxNodes, currentNodes } = nodesView(compute);
  const current = valueAt(compute.body, '/properties/properties/currentNodeCount') ?? null;
  return maxNodes === undefined || (current !== null && currentNodes === undefined);
}

/** Lower maximums for clusters whose growth does not fit, or the reason why none helps. */
export function lowerMaximums(
  demands: readonly Demand[],
  free: number,
  answers: Answers,
  index: SnapshotIndex,
): readonly Proposal[] | string {
  const clusters = demands.filter(({ compute }) => growthOf(compute) > 0).map(({ compute }) => compute);
  const others = demands.reduce((sum, { compute, addresses }) => sum + (clusters.includes(compute) ? 0 : addresses), 0);
  if (clusters.length === 0)
    return 'The subnet has no compute cluster to limit. Only a Kubernetes cluster needs more addresses.';
  const given = answers.nodes === undefined ? undefined : Number(answers.nodes);
  if (given !== undefined && (clusters.length > 1 || !Number.isInteger(given) || given < 0)) {
    return clusters.length > 1
      ? `The answer nodes applies to one cluster, but ${listed(clusters.map(({ id }) => displayName(id)))} share the subnet.`
      : `${quoted(answers.nodes)} is not a number of nodes.`;
  }
  let room = Math.max(0, free - others);
  const proposals: Proposal[] = [];
  // The cluster with the least growth comes first, so that as few clusters as possible change.
  for (const cluster of clusters.toSorted((a, b) => growthOf(a) - growthOf(b))) {
    const { currentNodes = 0, maxNodes = 0, minNodes = 0 } = nodesView(cluster);
    const wanted = given ?? Math.min(maxNodes, currentNodes + room);
    const least = Math.max(minNodes, isBuilder(cluster, index) ? 1 : 0);
    room = Math.max(0, room - Math.max(0, wanted - currentNodes));
    if (wanted >= maxNodes) continue;
    if (wanted < least) {
      return `${displayName(cluster.id)} needs at least ${least} ${least === 1 ? 'node' : 'nodes'}${isBuilder(cluster, index) ? ' to build images' : ' (minNodeCount)'}. Create it again in a larger subnet (\`bastide create cluster\`).`;
    }
    proposals.push(withMaximum(cluster, wanted));
  }
  return proposals.length > 0
    ? proposals
    : 'The compute clusters of the subnet already fit. Only a Kubernetes cluster needs more addresses.';
}

/** A cluster that may grow has a maximum, so it can be set. */
const withMaximum = (cluster: Resource, nodes: number): Proposal => ({
  change: editChange(cluster.id, [setMember(cluster.body, most, nodes)]),
  phase: 3,
  advice: `Jobs that need more than ${counted(nodes, 'node')} of ${displayName(cluster.id)} no longer start. Nodes above that number are released when idle.`,
});

function isBuilder(cluster: Resource, index: SnapshotIndex): boolean {
  const workspace = workspaceInHand(index)?.workspace;
  return workspace !== undefined && sameId(textAt(workspace.body, '/properties/imageBuildCompute'), nameOf(cluster.id));
}
