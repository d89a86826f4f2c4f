// Online endpoints of a workspace, read only: which exist, and whether the Internet can reach them.
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { type ResourceShape, spelt } from './parts/normal.ts';
import { enumAt, lazyMembers, memoizePerResource, textAt } from './read.ts';

export const onlineEndpointType = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
export const endpointAccessPointer = '/properties/publicNetworkAccess';

const access = ['Enabled', 'Disabled'] as const;
const states = ['Creating', 'Deleting', 'Succeeded', 'Failed', 'Updating', 'Canceled'] as const;

export interface OnlineEndpointView {
  /** Absent counts as enabled (mfe.json of 2024-04-01, `OnlineEndpoint`); undefined for an undocumented value. */
  readonly publicNetworkAccess: 'Enabled' | 'Disabled' | undefined;
  readonly provisioningState: (typeof states)[number] | (string & {}) | undefined;
  /** Compute of its models: `Managed` is the service's, `K8S` a cluster's; any other value unchanged. */
  readonly kind: 'Managed' | 'K8S' | (string & {});
  /** Id of the cluster's compute in the workspace. */
  readonly compute: string | undefined;
}

export const onlineEndpointView = memoizePerResource(({ body }: Resource): OnlineEndpointView => {
  const compute = () => textAt(body, '/properties/compute');
  return lazyMembers<OnlineEndpointView>({
    publicNetworkAccess: () => {
      const stated = valueAt(body, endpointAccessPointer) ?? 'Enabled';
      return access.find((one) => typeof stated === 'string' && fold(one) === fold(stated));
    },
    provisioningState: () => enumAt(body, '/properties/provisioningState', states),
    kind: () => enumAt(body, '/kind', ['Managed', 'K8S']) ?? (compute() === undefined ? 'Managed' : 'K8S'),
    compute,
  });
});

const reached = { Enabled: 'public', Disabled: 'private' } as const;

const shape: ResourceShape = {
  volatile: ['/properties/scoringUri', '/properties/swaggerUri'],
  rewrite: { [endpointAccessPointer]: spelt(access, 'Enabled') },
};

export const onlineEndpoint = defineResourceType({
  type: onlineEndpointType,
  label: 'online endpoint',
  plural: 'online endpoints',
  apiVersion: '2024-04-01',
  shape,
  columns: [
    {
      title: 'Reached',
      value: (resource) => {
        const { kind, publicNetworkAccess } = onlineEndpointView(resource);
        if (kind === 'K8S') return 'at its cluster';
        return publicNetworkAccess === undefined ? '?' : reached[publicNetworkAccess];
      },
    },
    { title: 'State', value: (resource) => onlineEndpointView(resource).provisioningState ?? '' },
    { title: 'Kind', value: (resource) => onlineEndpointView(resource).kind },
  ],
  references(body) {
    const { compute } = onlineEndpointView({ id: '', type: '', apiVersion: '', body });
    return compute === undefined ? [] : [compute];
  },
});
