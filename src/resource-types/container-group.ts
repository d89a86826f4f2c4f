// Container groups, read only: the container instances and their subnets.
import type { Resource } from '../model/resource.ts';
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { enumAt, lazyMembers, listAt, memoizePerResource, textAt } from './read.ts';

export const containerGroupType = 'Microsoft.ContainerInstance/containerGroups';

/** The delegation of a subnet for container groups. */
export const containerDelegation = 'Microsoft.ContainerInstance/containerGroups';

/** The list of a subscription's container groups, or of a resource group's, as a path. */
export const containerGroupsOf = (scope: string): string => `${scope}/providers/${containerGroupType}`;

export interface ContainerGroupView {
  readonly location: string | undefined;
  /** Ids of its subnets; [] for one outside the customer's networks. */
  readonly subnets: readonly string[];
  /** `Public` or `Private`; undefined for a group that has no address. */
  readonly address: string | undefined;
  readonly images: readonly string[];
}

export const containerGroupView = memoizePerResource(
  ({ body }: Resource): ContainerGroupView =>
    lazyMembers<ContainerGroupView>({
      location: () => textAt(body, '/location'),
      subnets: () => listAt(body, '/properties/subnetIds').flatMap((item) => textAt(item, '/id') ?? []),
      address: () => enumAt(body, '/properties/ipAddress/type', ['Public', 'Private']),
      images: () => listAt(body, '/properties/containers').flatMap((item) => textAt(item, '/properties/image') ?? []),
    }),
);

export const containerGroup = defineResourceType({
  type: containerGroupType,
  label: 'container group',
  plural: 'container groups',
  computed: ['instanceView'],
  columns: [
    { title: 'Region', value: (resource) => containerGroupView(resource).location ?? '' },
    { title: 'Subnet', value: (resource) => containerGroupView(resource).subnets.map(nameOf).join(', ') },
    { title: 'Address', value: (resource) => containerGroupView(resource).address ?? '' },
  ],
  references: (body) => containerGroupView({ id: '', type: containerGroupType, apiVersion: '', body }).subnets,
});
