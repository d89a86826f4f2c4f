// Node pools of a Kubernetes cluster. Of an existing pool only the autoscaler's largest node count is written: a smaller one
// frees addresses of its subnet. How a pool appears in its cluster's body is in managed-cluster-view.ts.
import { writeVersionOf } from '../model/api-versions.ts';
import { nameInParent, parentId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { agentPoolType, withAgentPool } from './managed-cluster-view.ts';
import { line } from './parts/shell.ts';
import { numberAt, textAt } from './read.ts';

export const poolLimit = '/properties/maxCount';

/** Members that only the service writes; Azure accepts them in a PUT and ignores them. */
const computed = ['provisioningState', 'currentOrchestratorVersion', 'nodeImageVersion'];
const clusterOf = (id: string): string => parentId(id) ?? id;

export const agentPool = defineResourceType({
  type: agentPoolType,
  label: 'node pool',
  plural: 'node pools',
  computed,
  columns: [
    { title: 'Size', value: ({ body }) => textAt(body, '/properties/vmSize') ?? '' },
    { title: 'Nodes', value: ({ body }) => String(numberAt(body, '/properties/count') ?? '') },
    { title: 'Most', value: ({ body }) => String(numberAt(body, poolLimit) ?? '') },
  ],
  references: (body) =>
    [textAt(body, '/properties/vnetSubnetID'), textAt(body, '/properties/podSubnetID')].filter(
      (id) => id !== undefined,
    ),
  /** A pool is also in its cluster's body. */
  sideEffects({ kind, resource }, seen) {
    const [cluster, own] = [seen.resource(clusterOf(resource)), seen.resource(resource)];
    return { put: kind === 'edit' && cluster && own ? [withAgentPool(cluster, own)] : [], gone: [] };
  },
  effects({ id, before, after }) {
    const [was, is] = [numberAt(before?.body, poolLimit), numberAt(after?.body, poolLimit)];
    if (was === undefined || is === undefined || was === is) return [];
    const count = numberAt(before?.body, '/properties/count') ?? 0;
    const words = `Node pool ${nameInParent(id)} grows to at most ${is} nodes instead of ${was}.`;
    return [
      is < was
        ? { kind: 'restricts', now: 'interrupts', detail: words, subject: id }
        : { kind: 'allows', now: null, detail: words, subject: id },
      ...(count > is
        ? [
            {
              kind: 'outage' as const,
              detail: `Node pool ${nameInParent(id)} has ${count} nodes: pods on ${count - is} of them are moved.`,
              subject: id,
            },
          ]
        : []),
    ];
  },
  write: { edits: ({ pointer }) => pointer === poolLimit, refused: 'node pool as a whole' },
  az(change) {
    if (change.kind !== 'edit') return '';
    const most = change.edits
      .flatMap((edit) => (edit.op === 'set' && edit.pointer === poolLimit ? [edit.after] : []))
      .at(-1);
    // `az aks nodepool update` accepts the maximum count only with the minimum, which is not changed here.
    const words = [
      '--ids',
      change.resource,
      '--api-version',
      writeVersionOf(agentPoolType),
      '--set',
      `properties.maxCount=${most ?? ''}`,
    ];
    return line('az', 'resource', 'update', words);
  },
});
