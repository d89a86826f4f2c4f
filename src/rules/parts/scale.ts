// How far clusters may grow, and the edits that let them grow less (rules-catalogue, P-COMPUTE-SCALE).
import { growthOf, nodesView, scalePointer } from '../../kinds/cluster-view.ts';
import { textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import { editChange } from '../../model/change.ts';
import { EditConflict, setMember } from '../../model/edit.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { workspaceInHand } from '../../posture/links.ts';
import type { Demand } from '../../posture/subnet-room.ts';
import type { Answers, Proposal } from '../rule.ts';
import { listed, quoted, shown } from './verdict.ts';

const most = `${scalePointer}/maxNodeCount`;

/** Is the largest number of nodes of a cluster, or its number now, something else than a number? */
export function hasOddScale(compute: Resource): boolean {
  if (computeView(compute).computeType !== 'AmlCompute') return false;
  const { maxNodes, currentNodes } = nodesView(compute);
  const current = valueAt(compute.body, '/properties/properties/currentNodeCount') ?? null;
  return maxNodes === undefined || (current !== null && currentNodes === undefined);
}

/** Smaller largest numbers for clusters whose growth does not fit, or the sentence why none helps. */
export function shrunk(
  demands: readonly Demand[],
  free: number,
  answers: Answers,
  world: World,
): readonly Proposal[] | string {
  const clusters = demands.filter(({ compute }) => growthOf(compute) > 0).map(({ compute }) => compute);
  const others = demands.reduce((sum, { compute, addresses }) => sum + (clusters.includes(compute) ? 0 : addresses), 0);
  if (clusters.length === 0)
    return 'No cluster of the subnet could grow less; what grows there is a Kubernetes cluster.';
  const given = answers.nodes === undefined ? undefined : Number(answers.nodes);
  if (given !== undefined && (clusters.length > 1 || !Number.isInteger(given) || given < 0)) {
    return clusters.length > 1
      ? `The answer nodes is for one cluster, and ${listed(clusters.map(({ id }) => shown(id)))} share the subnet.`
      : `${quoted(answers.nodes)} is no number of nodes.`;
  }
  let room = Math.max(0, free - others);
  const proposals: Proposal[] = [];
  // The cluster with the least growth is served first, so that as few as possible are touched.
  for (const cluster of clusters.toSorted((a, b) => growthOf(a) - growthOf(b))) {
    const { currentNodes = 0, maxNodes = 0, minNodes = 0 } = nodesView(cluster);
    const wanted = given ?? Math.min(maxNodes, currentNodes + room);
    const least = Math.max(minNodes, isBuilder(cluster, world) ? 1 : 0);
    room = Math.max(0, room - Math.max(0, wanted - currentNodes));
    if (wanted >= maxNodes) continue;
    if (wanted < least) {
      return `${shown(cluster.id)} cannot go below ${least} ${least === 1 ? 'node' : 'nodes'}${isBuilder(cluster, world) ? ', since it builds the images of the workspace' : ', which it keeps at all times'}: make it anew in a larger subnet (bastide create cluster).`;
    }
    const proposal = smaller(cluster, wanted);
    if (typeof proposal === 'string') return proposal;
    proposals.push(proposal);
  }
  return proposals.length > 0
    ? proposals
    : 'The clusters of the subnet fit into it as they are; what grows beyond is a Kubernetes cluster.';
}

function smaller(cluster: Resource, nodes: number): Proposal | string {
  try {
    const change = editChange(cluster.id, [setMember(cluster.body, most, nodes)]);
    const risk = `Jobs that need more than ${nodes} nodes of ${shown(cluster.id)} no longer start; nodes above that number are given back once they are idle.`;
    return { change, phase: 3, risk };
  } catch (error) {
    if (error instanceof EditConflict)
      return `The scale settings of ${shown(cluster.id)} are not in a form that can be edited.`;
    throw error;
  }
}

function isBuilder(cluster: Resource, world: World): boolean {
  const workspace = workspaceInHand(world)?.workspace;
  return workspace !== undefined && sameId(textAt(workspace.body, '/properties/imageBuildCompute'), nameOf(cluster.id));
}
