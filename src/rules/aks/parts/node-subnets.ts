// Node subnets with their network security groups, as subjects of the aks rules about traffic: one finding for each cluster and
// subnet.
import { derived } from '../../define.ts';
import { type NsgPlace, placeAt } from '../../nsg/parts/place.ts';
import { notApplicable } from '../../parts/verdict.ts';
import type { Subjects } from '../../rule.ts';
import { type AttachedCluster, attachedClusters, clusterPairs, nodeSubnets, withoutSubnet } from './clusters.ts';

/** A node subnet of a cluster, and its security group where it has one. */
export interface NodeSubnet {
  readonly one: AttachedCluster;
  readonly subnet: string;
  readonly place: NodePlace | undefined;
}
/** A security group at a node subnet. */
export interface NodePlace extends NsgPlace {
  readonly one: AttachedCluster;
}

/** Each cluster with each of its node subnets. Throws UnreadableError when the security group could not be read. */
export const clusterNodeSubnets: Subjects<NodeSubnet> = {
  ...derived(attachedClusters, (one, context, { where: subnet }) => {
    if (subnet === undefined) return withoutSubnet(one) ?? notApplicable('Each node subnet is checked separately.');
    const place = placeAt(subnet, context);
    return { one, subnet, place: place && { ...place, one } };
  }),
  list: clusterPairs(nodeSubnets),
};

/** Why nothing is fixed where the subnet has no security group. */
export const noGroup = 'The subnet has no network security group.';
