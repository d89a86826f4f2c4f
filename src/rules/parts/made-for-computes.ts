// The network resources that the service makes for computes with a public address, beside their network: which of those in hand
// they are (by guess: nothing in Azure says so), and which hang on nothing any more (rules-catalogue, `compute.auto-resources`).
import { nodesView } from '../../kinds/cluster-view.ts';
import { loadBalancerType } from '../../kinds/load-balancer.ts';
import { publicAddressType } from '../../kinds/public-ip-address.ts';
import { listAt, textAt } from '../../kinds/read.ts';
import { securityGroupType, securityRulesPointer, sharersOf } from '../../kinds/security-group-view.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Evidence } from '../../model/finding.ts';
import { isObject } from '../../model/json.ts';
import { memberNames, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf, nameOf, sameId } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { computeNetworks } from '../../posture/compute-networks.ts';
import { onceEach } from './naming.ts';
import { noted } from './verdict.ts';

/** In the order in which they can be taken away. */
export const madeTypes = [loadBalancerType, publicAddressType, securityGroupType] as const;

export interface Made {
  readonly resource: Resource;
  /** Why it is taken for the service's own. */
  readonly guess: string;
}

/** The groups of the networks that clusters, instances and serverless nodes sit in. Throws GapRead as the list of computes does. */
export const groupsOfNetworks = (world: World): readonly string[] =>
  onceEach(computeNetworks(world).flatMap(({ vnet }) => groupIdOf(vnet) ?? []));

/** What the service seems to have made in a group. Throws GapRead when one of the lists was not read. */
export const madeIn = (group: string, world: World): readonly Made[] =>
  madeTypes
    .flatMap((type) => world.list(`${group}/providers/${type}`))
    .flatMap((resource) => {
      const guess = guessOf(resource);
      return guess === undefined ? [] : [{ resource, guess }];
    });

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

function guessOf(resource: Resource): string | undefined {
  const name = nameOf(resource.id);
  if (/azurebatch/i.test(name)) return 'its name is one that Azure Batch gives';
  if (guid.test(name)) return 'its name is a generated one';
  const owner = textAt(resource.body, '/managedBy');
  if (owner !== undefined && /batch/i.test(owner)) return 'it is managed by Azure Batch';
  const tags = valueAt(resource.body, '/tags');
  if (isObject(tags) && memberNames(tags).some((tag) => /azure-?batch/i.test(tag)))
    return 'a tag of it names Azure Batch';
  const isGroup = fold(resource.type) === fold(securityGroupType);
  if (!isGroup || sharersOf(resource).subnets.length > 0) return undefined;
  const names = listAt(resource.body, securityRulesPointer).some((rule) =>
    /^batchnodemanagement/i.test(textAt(rule, '/properties/sourceAddressPrefix') ?? ''),
  );
  return names ? 'a rule of it names Azure Batch, and it hangs on no subnet' : undefined;
}

/** Does nothing use it? An address that only an unused load balancer holds is not used either. */
export function hangsOnNothing({ resource }: Made, world: World): boolean {
  const { body, type } = resource;
  if (fold(type) === fold(securityGroupType)) {
    const { subnets, cards } = sharersOf(resource);
    return subnets.length + cards.length === 0;
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
  const found = balancer === holder ? undefined : world.peek(balancer);
  if (found?.state === 'missing') return true;
  if (found?.state !== 'read') return false;
  const guess = guessOf(found.resource);
  return guess !== undefined && hangsOnNothing({ resource: found.resource, guess }, world);
}

/** Does an instance, or a cluster with nodes, sit in a network of the group? What it made is then in use, whatever it looks like. */
export const isLivelyIn = (group: string, world: World): boolean =>
  computeNetworks(world)
    .filter(({ vnet }) => sameId(groupIdOf(vnet), group))
    .flatMap(({ seats }) => seats)
    .filter(({ isServerless }) => !isServerless)
    .some(
      ({ sitter }) =>
        computeView(sitter).computeType === 'ComputeInstance' || (nodesView(sitter).currentNodes ?? 1) > 0,
    );

/** Evidence for a search that found nothing: where was looked. */
export const lookedIn = (id: string, world: World): Evidence[] => [
  noted(id, [...groupsOfNetworks(world)], 'resource groups of the networks of computes'),
];
