// Pools of nodes of a Kubernetes cluster: of one that stands, only how far it may grow by itself is written
// (rules-catalogue 15.8). How a pool lies inside its cluster's body is in managed-cluster-view.ts.
import { isObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { parentId } from '../model/resource-id.ts';
import type { JsonObject, Kind } from './kind.ts';
import { agentPoolType, clusterVersion, managedClusterType, withAgentPool } from './managed-cluster-view.ts';
import { actionOn, edited, readOnly, sendable, twinSpelling, without } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { numberAt, textAt } from './read.ts';

export const poolLimit = '/properties/maxCount';

/** What only the service writes; Azure refuses none of it, and sets it by itself. */
const computed = ['provisioningState', 'currentOrchestratorVersion', 'nodeImageVersion'];
const shape: Shape = { volatile: computed.map((name) => `/properties/${name}`), sets: {} };
const clusterOf = (id: string): string => parentId(id) ?? id;

export const agentPool: Kind = {
  type: agentPoolType,
  label: 'node pool',
  plural: 'node pools',
  apiVersion: clusterVersion,
  columns: [
    { title: 'Size', value: ({ body }) => textAt(body, '/properties/vmSize') ?? '' },
    { title: 'Nodes', value: ({ body }) => String(numberAt(body, '/properties/count') ?? '') },
    { title: 'Most', value: ({ body }) => String(numberAt(body, poolLimit) ?? '') },
  ],
  references: (body) =>
    [textAt(body, '/properties/vnetSubnetID'), textAt(body, '/properties/podSubnetID')].filter(
      (id) => id !== undefined,
    ),
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  /** A pool stands in its cluster's body as well. */
  follows({ kind, resource }, seen) {
    const [cluster, own] = [seen.resource(clusterOf(resource)), seen.resource(resource)];
    return { put: kind === 'edit' && cluster && own ? [withAgentPool(cluster, own)] : [], gone: [] };
  },
  writer: clusterOf,
  write(change, current) {
    if (change.kind !== 'edit') return readOnly('node pool as a whole', change);
    if (current === null) return 'The node pool was not read; it is written whole, so never unseen.';
    const strange = change.edits.find(({ pointer }) => pointer !== poolLimit);
    if (strange) return `Of a node pool only the largest number of nodes is changed, not ${strange.pointer}.`;
    const twin = twinSpelling(current.body, change.edits);
    if (twin !== undefined) return twin;
    const after = sendable(edited(current.body, change.edits));
    const body = updateAt(after, ['properties'], (value) => (isObject(value) ? without(value, computed) : {}));
    return { method: 'PUT', id: change.resource, apiVersion: clusterVersion, body: body as JsonObject };
  },
  az(change) {
    if (change.kind !== 'edit') return '';
    const most = change.edits
      .flatMap((edit) => (edit.op === 'set' && edit.pointer === poolLimit ? [edit.after] : []))
      .at(-1);
    // `az aks nodepool update` takes the most only beside the fewest, which is not changed here.
    const words = [
      '--ids',
      change.resource,
      '--api-version',
      clusterVersion,
      '--set',
      `properties.maxCount=${most ?? ''}`,
    ];
    return line('az', 'resource', 'update', words);
  },
  needs: (change) => [actionOn(`${managedClusterType}/agentPools/write`, change.resource)],
};
