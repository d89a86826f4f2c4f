// The typed view over the nodes of a compute: size, scale, what runs. Reads only; never throws.
import type { Resource } from '../model/resource.ts';
import { booleanAt, enumAt, lazyMembers, memoizePerResource, numberAt, objectAt, textAt } from './read.ts';
import { computeView } from './workspace-view.ts';

export const scalePointer = '/properties/properties/scaleSettings';
export const nodeCountsPointer = '/properties/properties/nodeStateCounts';

export interface NodesView {
  readonly vmSize: string | undefined;
  /** Low-priority nodes have a separate quota. */
  readonly vmPriority: string | undefined;
  readonly minNodes: number | undefined;
  readonly maxNodes: number | undefined;
  readonly currentNodes: number | undefined;
  readonly targetNodes: number | undefined;
  /** `Steady` or `Resizing`. */
  readonly allocationState: string | undefined;
  readonly unusableNodes: number | undefined;
  readonly showsNodeCounts: boolean;
  readonly isAttached: boolean;
}

export const nodesView = memoizePerResource(({ body }: Resource): NodesView => {
  const inner = '/properties/properties';
  return lazyMembers<NodesView>({
    vmSize: () => textAt(body, `${inner}/vmSize`),
    vmPriority: () => enumAt(body, `${inner}/vmPriority`, ['Dedicated', 'LowPriority']),
    minNodes: () => numberAt(body, `${scalePointer}/minNodeCount`),
    maxNodes: () => numberAt(body, `${scalePointer}/maxNodeCount`),
    currentNodes: () => numberAt(body, `${inner}/currentNodeCount`),
    targetNodes: () => numberAt(body, `${inner}/targetNodeCount`),
    allocationState: () => enumAt(body, `${inner}/allocationState`, ['Steady', 'Resizing']),
    unusableNodes: () => numberAt(body, `${nodeCountsPointer}/unusableNodeCount`),
    showsNodeCounts: () => objectAt(body, nodeCountsPointer) !== undefined,
    isAttached: () => booleanAt(body, '/properties/isAttachedCompute') === true,
  });
});

/** Nodes that a cluster may still request; 0 for a compute that does not scale by itself. */
export const growthOf = (compute: Resource): number =>
  computeView(compute).computeType === 'AmlCompute'
    ? Math.max(0, (nodesView(compute).maxNodes ?? 0) - (nodesView(compute).currentNodes ?? 0))
    : 0;
