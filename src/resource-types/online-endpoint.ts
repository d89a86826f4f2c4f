// Online endpoints of a workspace: which exist, and whether the Internet can reach them. Of their settings only that one is
// written, with a PUT of the whole: a PATCH takes tags and the identity alone (mfe.json of 2024-04-01, `OnlineEndpoints_Update`).
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { groupOf } from './parts/bodies.ts';
import { type ResourceShape, spelt } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { enumAt, lazyMembers, memoizePerResource, textAt } from './read.ts';
import type { ChangeSides, OwnEffect } from './resource-type.ts';

export const onlineEndpointType = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
/** Read only to see which network its containers use: of a type without a file of its own. */
export const onlineDeploymentType = `${onlineEndpointType}/deployments`;
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
  rewrite: { [endpointAccessPointer]: spelt(access, 'Enabled') },
};

const computed = ['scoringUri', 'swaggerUri'];

/** What runs on a cluster is reached where the cluster is. */
function accessEffects({ id, before, after }: ChangeSides): OwnEffect[] {
  const [was, is] = [before, after].map((one) =>
    one === null || onlineEndpointView(one).kind === 'K8S' ? undefined : onlineEndpointView(one).publicNetworkAccess,
  );
  if (was === undefined || is === undefined || was === is) return [];
  const name = nameOf(id);
  return is === 'Disabled'
    ? [
        {
          kind: 'restricts',
          detail: `Clients outside the virtual network can no longer call the online endpoint ${name}.`,
          subject: 'Internet',
        },
      ]
    : [{ kind: 'relaxes', detail: `The Internet can call the online endpoint ${name}.`, subject: 'Internet' }];
}

export const onlineEndpoint = defineResourceType({
  type: onlineEndpointType,
  label: 'online endpoint',
  plural: 'online endpoints',
  shape,
  computed,
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
  effects: accessEffects,
  write: {
    edits: ({ op, pointer }) => op === 'set' && pointer === endpointAccessPointer,
    refused: 'online endpoint itself',
  },
  az: (change) =>
    change.kind !== 'edit'
      ? ''
      : line('az', 'ml', 'online-endpoint', 'update', '-n', nameOf(change.resource), [
          ...['-w', nameOf(parentId(change.resource) ?? ''), '-g', groupOf(change.resource)],
          ...change.edits.flatMap((edit) => {
            const access = edit.op === 'set' && edit.after === 'Disabled' ? 'disabled' : 'enabled';
            return ['--set', `public_network_access=${access}`];
          }),
        ]),
});
