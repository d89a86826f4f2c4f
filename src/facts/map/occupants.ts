// The occupants of a subnet that were read: computes, and every Azure resource with an address there.

import type { MapOccupant } from '../../model/network-map.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold, nameOf, parentId, sameId, typeOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { firewallType } from '../../resource-types/azure-firewall.ts';
import { computeType } from '../../resource-types/compute.ts';
import { databricksType } from '../../resource-types/databricks-workspace.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';
import { hdinsightType, machineType, nicType } from '../../resource-types/machine-view.ts';
import { endpointView, subnetType, subnetView } from '../../resource-types/network-view.ts';
import { privateEndpointType } from '../../resource-types/private-link.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { computeView, databricksSubnets, workspaceType } from '../../resource-types/workspace-view.ts';
import { memoizePerSnapshot } from '../memoize.ts';
import { type SubnetUse, subnetUses } from '../needs.ts';
import { unreadOfOthers } from '../unread.ts';

/** Types that have addresses in the subnets they name; accounts and groups name subnets too, but have none. */
const placed = new Set(
  [
    nicType,
    privateEndpointType,
    firewallType,
    hdinsightType,
    databricksType,
    'Microsoft.ContainerService/managedClusters',
    'Microsoft.ContainerInstance/containerGroups',
    'Microsoft.Network/loadBalancers',
    'Microsoft.Network/virtualNetworkGateways',
    'Microsoft.Network/bastionHosts',
    'Microsoft.Network/applicationGateways',
    // Those of other workspaces: what this one has is told as its own.
    computeType,
    workspaceType,
  ].map(fold),
);

const computeWords: Readonly<Record<string, string>> = {
  AmlCompute: 'compute cluster',
  ComputeInstance: 'compute instance',
  VirtualMachine: 'attached virtual machine',
  AKS: 'attached Kubernetes cluster',
  Kubernetes: 'attached Kubernetes cluster',
  HDInsight: 'attached HDInsight cluster',
  Databricks: 'attached Databricks workspace',
};
export const computeWord = (compute: Resource): string =>
  computeWords[computeView(compute).computeType ?? ''] ?? 'compute';

/** An occupant with where it was seen: in its own body, or in that of the subnet alone, which lists `ids`. */
export interface Occupant extends MapOccupant {
  readonly by: 'compute' | 'serverless' | 'resource' | 'listed' | 'link' | 'endpoint';
  readonly ids: readonly string[];
}

/** Each once, computes first. Throws UnreadableError when the list of computes was not read. */
export const occupantsOf = (subnet: Resource, index: SnapshotIndex): MapOccupant[] =>
  occupiedBy(subnet, index).map(({ resource, name, is }) => ({ resource, name, is }));

/** The same, for who asks what they are. */
export function occupiedBy(subnet: Resource, index: SnapshotIndex): Occupant[] {
  const uses = subnetUses(index).filter((use) => sameId(use.subnet, subnet.id));
  const computes = uses.flatMap((use) =>
    use.by.map((id): Occupant => {
      const by = use.role === 'serverless' ? 'serverless' : 'compute';
      return { ...computeOccupant(id, use, index), by, ids: [id] };
    }),
  );
  // The Azure resource behind a compute is shown as the compute.
  const told = new Set(uses.flatMap(({ by }) => by).flatMap((id) => [fold(id), ...attachedTo(id, index).map(fold)]));
  const here = (bySubnet(index).get(fold(subnet.id)) ?? []).filter(({ id }) => !told.has(fold(id)));
  const others = here.flatMap((resource): Occupant[] => {
    const found = otherOccupant(resource, told, index);
    return found === undefined ? [] : [{ ...found, by: 'resource', ids: [resource.id] }];
  });
  const nics = here.flatMap(({ type, body }) => (sameId(type, privateEndpointType) ? nicsOfEndpoint(body) : []));
  const known = [...here.map(({ id }) => fold(id)), ...nics, ...told];
  const isUnseen = (id: string) => !known.includes(fold(id));
  return [...computes, ...others, ...unread(holdersOf(subnet).filter(isUnseen)), ...linked(subnet, isUnseen)];
}

/** Where nobody is seen: may something be there, or will be, by the subnet's own body or by what was not read? */
export const mayBeOccupied = (subnet: Resource, index: SnapshotIndex): boolean =>
  unreadOfOthers('computes', index).length > 0 ||
  subnetView(subnet).delegations.length > 0 ||
  linkLists.some((list) => listAt(subnet.body, list).length > 0);

function computeOccupant(id: string, { role }: SubnetUse, index: SnapshotIndex): MapOccupant {
  const seen = index.peek(id);
  if (role === 'serverless') return { resource: id, name: 'serverless nodes', is: `of ${nameOf(id)}` };
  return { resource: id, name: nameOf(id), is: seen.state === 'read' ? computeWord(seen.resource) : 'compute' };
}

/** The resource behind an attached compute, and the NICs of a machine. */
function attachedTo(computeId: string, index: SnapshotIndex): string[] {
  const compute = index.peek(computeId);
  const attached = compute.state === 'read' ? computeView(compute.resource).resourceId : undefined;
  if (attached === undefined) return [];
  const nics = index.ofType(nicType).filter(({ body }) => sameId(machineOf(body), attached));
  return [attached, ...nics.map(({ id }) => id)];
}

const nicsOfEndpoint = (body: Resource['body']): string[] =>
  listAt(body, '/properties/networkInterfaces')
    .flatMap((item) => textAt(item, '/id') ?? [])
    .map(fold);

const machineOf = (body: Resource['body']): string | undefined => textAt(body, '/properties/virtualMachine/id');

const bySubnet = memoizePerSnapshot(
  (index): ReadonlyMap<string, readonly Resource[]> => {
    const found = new Map<string, Resource[]>();
    for (const resource of index.snapshot.resources) {
      if (!placed.has(fold(resource.type))) continue;
      const named = sameId(resource.type, databricksType)
        ? databricksSubnets(resource)
        : resourceTypeOf(resource.type).references(resource.body);
      for (const id of new Set(named.filter((one) => sameId(typeOf(one), subnetType)).map(fold))) {
        found.set(id, [...(found.get(id) ?? []), resource]);
      }
    }
    return found;
  },
  [...placed],
);

function otherOccupant(resource: Resource, told: ReadonlySet<string>, index: SnapshotIndex): MapOccupant | undefined {
  const { id, body } = resource;
  if (sameId(resource.type, privateEndpointType)) {
    const targets = endpointView(resource).connections.flatMap(({ target }) =>
      target === undefined ? [] : [nameOf(target)],
    );
    const to = targets.length === 0 ? '' : ` to ${[...new Set(targets)].join(', ')}`;
    return { resource: id, name: nameOf(id), is: `private endpoint${to}` };
  }
  if (sameId(resource.type, nicType)) {
    if (textAt(body, '/properties/privateEndpoint/id') !== undefined) return undefined;
    const machine = machineOf(body);
    if (machine !== undefined && told.has(fold(machine))) return undefined;
    if (machine === undefined) return { resource: id, name: nameOf(id), is: resourceTypeOf(nicType).label };
    const read = index.peek(machine).state === 'read';
    return { resource: read ? machine : id, name: nameOf(machine), is: resourceTypeOf(machineType).label };
  }
  if (sameId(resource.type, computeType)) {
    return { resource: id, name: `${nameOf(id)} of ${nameOf(parentId(id) ?? '')}`, is: computeWord(resource) };
  }
  if (sameId(resource.type, workspaceType)) return { resource: id, name: 'serverless nodes', is: `of ${nameOf(id)}` };
  return { resource: id, name: nameOf(id), is: resourceTypeOf(resource.type).label };
}

/** Lists of a subnet's body that name who has addresses there, by parts of them. */
const addressLists = ['ipConfigurations', 'ipConfigurationProfiles', 'applicationGatewayIPConfigurations'].map(
  (name) => `/properties/${name}`,
);
/** Those that name what a service has there. */
const linkLists = ['resourceNavigationLinks', 'serviceAssociationLinks'].map((name) => `/properties/${name}`);

/** Ids of the holders of addresses, as the subnet shows them: the part before `/ipConfigurations`. */
function holdersOf({ body }: Resource): string[] {
  const ids = addressLists.flatMap((list) => listAt(body, list).flatMap((item) => textAt(item, '/id') ?? []));
  return distinctIds(
    ids.map((id) =>
      id
        .replace(/\/(?:ip|frontendIP|gatewayIP|azureFirewallIp)Configurations\/[^/]*\/?$/i, '')
        .replace(/\/containerNetworkInterfaceConfigurations\/[^/]*$/i, ''),
    ),
  );
}

/** What services have there, and private endpoints, that were not read. */
function linked({ body }: Resource, isUnseen: (id: string) => boolean): Occupant[] {
  const idsIn = (list: string, pointer: string) => listAt(body, list).flatMap((item) => textAt(item, pointer) ?? []);
  const told = (ids: readonly string[], by: Occupant['by'], is: string) =>
    distinctIds(ids)
      .filter(isUnseen)
      .map((id): Occupant => ({ resource: null, name: nameOf(id), is, by, ids: [id] }));
  return [
    ...told(
      linkLists.flatMap((list) => idsIn(list, '/properties/link')),
      'link',
      'linked to the subnet, not read',
    ),
    ...told(idsIn('/properties/privateEndpoints', '/id'), 'endpoint', 'private endpoint, not read'),
  ];
}

/** Holders of addresses that were not read, such as the nodes of a cluster: one by its name, several as one row. */
function unread(ids: readonly string[]): Occupant[] {
  const [first] = ids;
  if (first === undefined) return [];
  const listed = { resource: null, by: 'listed', ids } as const;
  if (ids.length === 1) return [{ ...listed, name: nameOf(first), is: 'listed in the subnet, not read' }];
  const named = ids.slice(0, 3).map(nameOf).join(', ');
  const more = ids.length > 3 ? ', …' : '';
  return [
    { ...listed, name: `${ids.length} IP configurations`, is: `listed in the subnet, not read: ${named}${more}` },
  ];
}
