// The network resources that the service creates for computes with a public IP address, in the resource group of their
// virtual network: which resources these are (inferred from name, tags and rules: no setting in Azure shows it) and which are
// unused.

import { computeNetworks } from '../../../facts/compute-networks.ts';
import { memoizePerSnapshot } from '../../../facts/memoize.ts';
import type { Evidence } from '../../../model/finding.ts';
import { isObject } from '../../../model/json.ts';
import { memberNames, valueAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, groupIdOf, isWithin, nameOf, sameId, typeOf } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { nodesView } from '../../../resource-types/cluster-view.ts';
import { resourceTypeOf } from '../../../resource-types/index.ts';
import { loadBalancerType } from '../../../resource-types/load-balancer.ts';
import { publicAddressType } from '../../../resource-types/public-ip-address.ts';
import { listAt, textAt } from '../../../resource-types/read.ts';
import { securityGroupType, securityRulesPointer, sharersOf } from '../../../resource-types/security-group-view.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { onceEach } from '../../parts/naming.ts';
import { displayName, evidenceAt, noted } from '../../parts/verdict.ts';

/** In the order in which they can be deleted. */
export const madeTypes = [loadBalancerType, publicAddressType, securityGroupType] as const;

/** Why a resource is considered created by the service. Only some reasons prove it: a name, or a rule, an operator can write too. */
export type Guess =
  | { readonly reason: 'managed-by' | 'tag' | 'name' | 'rule' | 'guid' }
  | { readonly reason: 'connected'; readonly data: { readonly with: string } };

export interface ServiceResource {
  readonly resource: Resource;
  readonly guess: Guess;
}

const proofs: ReadonlySet<Guess['reason']> = new Set(['managed-by', 'tag', 'connected']);
export const isProven = ({ guess }: Pick<ServiceResource, 'guess'>): boolean => proofs.has(guess.reason);

export function guessText(guess: Guess): string {
  switch (guess.reason) {
    case 'managed-by':
      return 'it is managed by Azure Batch';
    case 'tag':
      return 'a tag names Azure Batch';
    case 'connected':
      return `its name contains azurebatch, and so does that of ${displayName(guess.data.with)}, to which it is connected`;
    case 'name':
      return 'its name contains azurebatch';
    case 'rule':
      return 'a rule names Azure Batch and no subnet uses it';
    case 'guid':
      return 'its name contains a GUID';
  }
}

/** Resource groups of the virtual networks with computes. Throws UnreadableError when the list of computes was not read. */
const groupsOfNetworks = (index: SnapshotIndex): readonly string[] =>
  onceEach(computeNetworks(index).flatMap(({ vnet }) => groupIdOf(vnet) ?? []));

/** What the service seems to have created there. Throws UnreadableError when one of the lists was not read. */
export const serviceResources = (index: SnapshotIndex): readonly ServiceResource[] =>
  groupsOfNetworks(index)
    .flatMap((group) => madeTypes.flatMap((type) => index.list(`${group}/providers/${type}`)))
    .flatMap((resource) => {
      const guess = guessOf(resource, index);
      return guess === undefined ? [] : [{ resource, guess }];
    });

export const guessEvidence = ({ resource, guess }: ServiceResource): Evidence =>
  noted(
    resource.id,
    resource.type,
    `${isProven({ guess }) ? '' : 'perhaps '}created by the service: ${guessText(guess)}`,
  );

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

const isNamedByBatch = (id: string): boolean => /azurebatch/i.test(nameOf(id));

/** The best reason, where there is one. */
export function guessOf(resource: Resource, index: SnapshotIndex): Guess | undefined {
  const owner = textAt(resource.body, '/managedBy');
  if (owner !== undefined && /batch/i.test(owner)) return { reason: 'managed-by' };
  const tags = valueAt(resource.body, '/tags');
  if (isObject(tags) && memberNames(tags).some((tag) => /azure-?batch/i.test(tag))) return { reason: 'tag' };
  if (isNamedByBatch(resource.id)) {
    const pair = connectedTo(resource, index).find(isNamedByBatch);
    return pair === undefined ? { reason: 'name' } : { reason: 'connected', data: { with: pair } };
  }
  const isGroup = fold(resource.type) === fold(securityGroupType);
  const isFree = isGroup && sharersOf(resource).subnets.length === 0;
  const names = listAt(resource.body, securityRulesPointer).some((rule) =>
    /^batchnodemanagement/i.test(textAt(rule, '/properties/sourceAddressPrefix') ?? ''),
  );
  if (isFree && names) return { reason: 'rule' };
  return guid.test(nameOf(resource.id)) ? { reason: 'guid' } : undefined;
}

/** What its body names, there still or not, and what was read and names it. */
const connectedTo = (resource: Resource, index: SnapshotIndex): readonly string[] =>
  [...resourceTypeOf(resource.type).references(resource.body).map(rootOf), ...usersOf(resource, index)].filter(
    (id) => !sameId(id, resource.id),
  );

/** By type, the members of its body that name what uses it, and what it means that they name nothing. */
const placesOfUse = {
  [fold(loadBalancerType)]: {
    members: ['backendAddressPools', 'inboundNatRules'],
    empty: 'its backend pools have no member and its inbound NAT rules no target',
  },
  [fold(publicAddressType)]: {
    members: ['ipConfiguration', 'natGateway'],
    empty: 'it has no IP configuration and no NAT gateway',
  },
  [fold(securityGroupType)]: {
    members: ['subnets', 'networkInterfaces'],
    empty: 'it is associated with no subnet and no network interface',
  },
};
const placesOf = ({ type }: Resource) => placesOfUse[fold(type)] ?? { members: [], empty: '' };

export const evidenceOfUse = (resource: Resource): Evidence[] =>
  placesOf(resource).members.map((member) => evidenceAt(resource, `/properties/${member}`, 'used by'));

/** What its own body names. */
function namedUsers(resource: Resource): readonly string[] {
  const { body, type } = resource;
  if (fold(type) === fold(securityGroupType)) {
    const { subnets, nics } = sharersOf(resource);
    return [...subnets, ...nics];
  }
  if (fold(type) === fold(publicAddressType)) {
    const holder = textAt(body, '/properties/ipConfiguration/id')?.replace(/\/frontendIPConfigurations\/[^/]*$/i, '');
    return [textAt(body, '/properties/natGateway/id') ?? [], holder ?? []].flat();
  }
  const members = listAt(body, '/properties/backendAddressPools').flatMap((pool) =>
    ['backendIPConfigurations', 'loadBalancerBackendAddresses'].flatMap((one) => listAt(pool, `/properties/${one}`)),
  );
  const targets = listAt(body, '/properties/inboundNatRules').flatMap(
    (rule) => valueAt(rule, '/properties/backendIPConfiguration') ?? [],
  );
  return [...members, ...targets].map((one) => textAt(one, '/id') ?? 'a member without an id');
}

/** Id of the resource that a part of it, such as a frontend, is in. */
const rootOf = (id: string): string => {
  const [before, after] = id.split(/\/providers\//i);
  return after === undefined ? id : `${before}/providers/${after.split('/').slice(0, 3).join('/')}`;
};

/** By folded id, the resources that refer to it or to a part of it. The addresses of a load balancer are no use of it. */
const referrers = memoizePerSnapshot((index: SnapshotIndex) => {
  const found = new Map<string, string[]>();
  for (const { id, type, body } of index.snapshot.resources) {
    for (const to of resourceTypeOf(type).references(body)) {
      const whole = fold(rootOf(to));
      if (!isWithin(id, whole)) found.set(whole, [...(found.get(whole) ?? []), id]);
    }
  }
  return found;
});

/** Ids of what uses it: named by its own body, or that refers to it and was read. */
export function usersOf(resource: Resource, index: SnapshotIndex): readonly string[] {
  const isBalancer = fold(resource.type) === fold(loadBalancerType);
  const others = (referrers(index).get(fold(resource.id)) ?? []).filter(
    (id) => !isBalancer || fold(typeOf(id)) !== fold(publicAddressType),
  );
  return onceEach([...namedUsers(resource), ...others]);
}

/** Whether nothing uses it. An address whose only user is an unused load balancer is unused too. */
export const isUnused = ({ resource }: Pick<ServiceResource, 'resource'>, index: SnapshotIndex): boolean =>
  usersOf(resource, index).every((id) => {
    const user = index.peek(id);
    if (user.state !== 'read') return user.state === 'missing';
    const isBalancer = fold(user.resource.type) === fold(loadBalancerType);
    return isBalancer && guessOf(user.resource, index) !== undefined && isUnused(user, index);
  });

/** What was looked for in what was read, and found, of a resource that is unused. `of`: what is said of each that uses it. */
export function groundOf(
  resource: Resource,
  index: SnapshotIndex,
  of: (name: string, isMissing: boolean) => string,
): string {
  const users = usersOf(resource, index);
  if (users.length === 0) return `${placesOf(resource).empty}, and no resource that was read refers to it`;
  const words = users.map(
    (id) => `${displayName(id)} uses it, ${of(displayName(id), index.peek(id).state === 'missing')}`,
  );
  return `only ${words.join('; ')}`;
}

/** The unused load balancers that use it. */
export const balancersOf = (resource: Resource, index: SnapshotIndex): readonly Resource[] =>
  usersOf(resource, index).flatMap((id) => {
    const user = index.peek(id);
    return user.state === 'read' && fold(user.resource.type) === fold(loadBalancerType) ? [user.resource] : [];
  });

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
