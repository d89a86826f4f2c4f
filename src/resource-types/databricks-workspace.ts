// Databricks workspaces, read only: in which subnets their clusters are.
import type { Resource } from '../model/resource.ts';
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { lazyMembers, memoizePerResource, textAt } from './read.ts';

export const databricksType = 'Microsoft.Databricks/workspaces';
/** The delegation of its subnets. */
export const databricksDelegation = 'Microsoft.Databricks/workspaces';

const parameter = (name: string): string => `/properties/parameters/${name}/value`;
/** Pointers of the network and the names of its two subnets in the body. */
export const databricksPointers = {
  network: parameter('customVirtualNetworkId'),
  host: parameter('customPublicSubnetName'),
  container: parameter('customPrivateSubnetName'),
} as const;

export interface DatabricksView {
  readonly location: string | undefined;
  /** Id of the customer's network; undefined for a workspace in a network of Microsoft's. */
  readonly network: string | undefined;
  /** Names of the subnets of hosts ("public") and of containers ("private"). */
  readonly hostName: string | undefined;
  readonly containerName: string | undefined;
  /** Id of the resource group in which the service creates its machines. */
  readonly managedGroup: string | undefined;
}

export const databricksView = memoizePerResource(
  ({ body }: Resource): DatabricksView =>
    lazyMembers<DatabricksView>({
      location: () => textAt(body, '/location'),
      network: () => textAt(body, databricksPointers.network),
      hostName: () => textAt(body, databricksPointers.host),
      containerName: () => textAt(body, databricksPointers.container),
      managedGroup: () => textAt(body, '/properties/managedResourceGroupId'),
    }),
);

export const databricksWorkspace = defineResourceType({
  type: databricksType,
  label: 'Databricks workspace',
  plural: 'Databricks workspaces',
  columns: [
    { title: 'Region', value: (resource) => databricksView(resource).location ?? '' },
    { title: 'Network', value: (resource) => nameOf(databricksView(resource).network ?? '') },
  ],
  references(body) {
    const { network } = databricksView({ id: '', type: databricksType, apiVersion: '', body });
    return network === undefined ? [] : [network];
  },
});
