// Trusted Access role bindings of a Kubernetes cluster: which Azure resource may call its API server in spite of authorised IP
// ranges and without local accounts. Created and deleted.
import type { Resource } from '../model/resource.ts';
import { nameOf, parentId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { managedClusterType } from './managed-cluster-view.ts';
import { actionOn, groupOf } from './parts/bodies.ts';
import { line } from './parts/shell.ts';
import { lazyMembers, memoizePerResource, textAt, textsAt } from './read.ts';

export const trustedAccessType = `${managedClusterType}/trustedAccessRoleBindings`;
/** The bindings of a cluster, as a path. */
export const trustedAccessOf = (cluster: string): string => `${cluster}/trustedAccessRoleBindings`;

export interface TrustedAccessView {
  /** Id of the resource that may call the API server. */
  readonly source: string | undefined;
  readonly roles: readonly string[];
}
export const trustedAccessView = memoizePerResource(
  ({ body }: Resource): TrustedAccessView =>
    lazyMembers<TrustedAccessView>({
      source: () => textAt(body, '/properties/sourceResourceId'),
      roles: () => textsAt(body, '/properties/roles'),
    }),
);

const sourceOf = (one: Resource): string => nameOf(trustedAccessView(one).source ?? 'an unknown resource');

export const trustedAccessRoleBinding = defineResourceType({
  type: trustedAccessType,
  label: 'Trusted Access role binding',
  plural: 'Trusted Access role bindings',
  computed: ['provisioningState'],
  columns: [
    { title: 'Source', value: sourceOf },
    { title: 'Roles', value: (one) => trustedAccessView(one).roles.map(nameOf).join(', ') },
  ],
  references(body) {
    const source = textAt(body, '/properties/sourceResourceId');
    return source === undefined ? [] : [source];
  },
  effects({ id, before, after }) {
    const cluster = nameOf(parentId(id) ?? id);
    if (before && after) return [];
    return [
      ...(after
        ? [
            {
              kind: 'allows' as const,
              detail: `${sourceOf(after)} may call the API server of ${cluster}.`,
              subject: id,
            },
          ]
        : []),
      ...(before
        ? [
            {
              kind: 'restricts' as const,
              detail: `${sourceOf(before)} may no longer call the API server of ${cluster}.`,
              subject: id,
            },
          ]
        : []),
    ];
  },
  write: { create: true, delete: true, refused: 'Trusted Access role binding that exists' },
  az(change) {
    const cluster = parentId(change.resource) ?? '';
    const at = ['-g', groupOf(cluster), '--cluster-name', nameOf(cluster), '-n', nameOf(change.resource)];
    if (change.kind === 'edit') return '';
    if (change.kind === 'delete') return line('az', 'aks', 'trustedaccess', 'rolebinding', 'delete', at);
    const { source, roles } = trustedAccessView({
      id: change.resource,
      type: trustedAccessType,
      apiVersion: '',
      body: change.body,
    });
    return line('az', 'aks', 'trustedaccess', 'rolebinding', 'create', at, [
      ...['--source-resource-id', source ?? '', '--roles', roles.join(',')],
    ]);
  },
  alsoNeeds: (change) => {
    const source = textAt(change.body, '/properties/sourceResourceId');
    return source === undefined ? [] : [actionOn('Microsoft.MachineLearningServices/workspaces/read', source)];
  },
});
