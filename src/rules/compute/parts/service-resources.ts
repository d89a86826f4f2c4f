// The network resources that the service creates for computes with a public IP address, in the resource group of their
// virtual network: which resources these are (inferred from name, tags and rules: no setting in Azure shows it) and which are
// unused.

import { computeNetworks } from '../../../facts/compute-networks.ts';
import type { Evidence } from '../../../model/finding.ts';
import { isObject } from '../../../model/json.ts';
import { memberNames, valueAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, groupIdOf, nameOf, sameId } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { nodesView } from '../../../resource-types/cluster-view.ts';
import { loadBalancerType } from '../../../resource-types/load-balancer.ts';
import { publicAddressType } from '../../../resource-types/public-ip-address.ts';
import { listAt, textAt } from '../../../resource-types/read.ts';
import { securityGroupType, securityRulesPointer, sharersOf } from '../../../resource-types/security-group-view.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { onceEach } from '../../parts/naming.ts';
import { noted } from '../../parts/verdict.ts';

/** In the order in which they can be deleted. */
export const madeTypes = [loadBalancerType, publicAddressType, securityGroupType] as const;

export interface ServiceResource {
  readonly resource: Resource;
  /** Why it is considered created by the service. */
  readonly guess: string;
}

/** Resource groups of the virtual networks with computes. Throws UnreadableError when the list of computes was not read. */
const groupsOfNetworks = (index: SnapshotIndex): readonly string[] =>
  onceEach(computeNetworks(index).flatMap(({ vnet }) => groupIdOf(vnet) ?? []));

/** What the service seems to have created there. Throws UnreadableError when one of the lists was not read. */
export const serviceResources = (index: SnapshotIndex): readonly ServiceResource[] =>
  groupsOfNetworks(index)
    .flatMap((group) => madeTypes.flatMap((type) => index.list(`${group}/providers/${type}`)))
    .flatMap((resource) => {
      const guess = guessOf(resource);
      return guess === undefined ? [] : [{ resource, guess }];
    });

export const guessEvidence = ({ resource, guess }: ServiceResource): Evidence =>
  noted(resource.id, resource.type, `probably created by the service: ${guess}`);

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

function guessOf(resource: Resource): string | undefined {
  const name = nameOf(resource.id);
  if (/azurebatch/i.test(name)) return 'its name contains azurebatch';
  if (guid.test(name)) return 'its name contains a GUID';
  const owner = textAt(resource.body, '/managedBy');
  if (owner !== undefined && /batch/i.test(owner)) return 'it is managed by Azure Batch';
  const tags = valueAt(resource.body, '/tags');
  if (isObject(tags) && memberNames(tags).some((tag) => /azure-?batch/i.test(tag))) return 'a tag names Azure Batch';
  const isGroup = fold(resource.type) === fold(securityGroupType);
  if (!isGroup || sharersOf(resource).subnets.length > 0) return undefined;
  const names = listAt(resource.body, securityRulesPointer).some((rule) =>
    /^batchnodemanagement/i.test(textAt(rule, '/properties/sourceAddressPrefix') ?? ''),
  );
  return names ? 'a rule names Azure Batch and no subnet uses it' : undefined;
}

/** Whether nothing uses it. An address whose only user is an unused load balancer is unused too. */
export function isUnused({ resource }: Pick<ServiceResource, 'resource'>, index: SnapshotIndex): boolean {
  const { body, type } = resource;
  if (fold(type) === fold(securityGroupType)) {
    const { subnets, nics } = sharersOf(resource);
    return subnets.length + nics.length === 0;
  }
  if (fold(type) === fold(loadBalancerType)) {
    const pools = listAt(body, '/properties/backendAddressPools');
    const members = ['backendIPConfigurations', 'loadBalancerBackendAddresses'];
    return pools.every((pool) => members.every((member) => listAt(pool, `/properties/${member}`).length === 0));
  }
  if (textAt(body, '/properties/natGateway/id') !== undefined) return false;
  const holder = textAt(body, '/properties/ipConfiguration/id');
  if (holder === undefined) return true;
  const balancer = holder.replace(/\/frontendIPConfigurations\/[^/]*$/i, '');
  const found = balancer === holder ? undefined : index.peek(balancer);
  if (found?.state === 'missing') return true;
  if (found?.state !== 'read') return false;
  return guessOf(found.resource) !== undefined && isUnused(found, index);
}

/** Whether the group has a virtual network with an instance, or with a cluster that has nodes: its resources are then in use. */
export const hasActiveComputes = (group: string, index: SnapshotIndex): boolean =>
  computeNetworks(index)
    .filter(({ vnet }) => sameId(groupIdOf(vnet), group))
    .flatMap(({ placements }) => placements)
    .filter(({ isServerless }) => !isServerless)
    .some(
      ({ occupant }) =>
        computeView(occupant).computeType === 'ComputeInstance' || (nodesView(occupant).currentNodes ?? 1) > 0,
    );

/** Evidence for a search that found nothing: the resource groups searched. */
export const searched = (id: string, index: SnapshotIndex): Evidence[] => [
  noted(id, [...groupsOfNetworks(index)], 'resource groups searched'),
];
