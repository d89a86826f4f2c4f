// The map of a workspace's network: every network of the snapshot with its subnets, and for each subnet with computes what
// they reach, decided by `path`. Never throws for an unreadable resource: the map shows it as such.

import type {
  MapCapacity,
  MapLink,
  MapNetwork,
  MapOccupant,
  MapReach,
  MapSubnet,
  MapTarget,
  NetworkMap,
} from '../../model/network-map.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { showsSubnets, subnetView, vnetType, vnetView } from '../../resource-types/network-view.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { auditedAccounts, auditedRegistries, auditedVaults } from '../accounts.ts';
import { workspaceInHand } from '../links.ts';
import { computes, subnetsOfCompute, subnetUses } from '../needs.ts';
import { answerPath } from '../path/path.ts';
import { serviceKindOf } from '../path/services.ts';
import { capacityOf } from '../subnet-capacity.ts';
import { computeWord, occupantsOf } from './occupants.ts';

/** Every network of the snapshot, those with computes first. */
export function networkMap(index: SnapshotIndex): NetworkMap {
  const unread = reasonOf(() => computes(index));
  const targets = targetsOf(index);
  const networks = index.ofType(vnetType).map((vnet) => networkOf(vnet, targets, index));
  const busy = (network: MapNetwork) => network.subnets.some(({ reach }) => reach.length > 0);
  return {
    networks: [...networks.filter(busy), ...networks.filter((one) => !busy(one))],
    targets,
    outside: unread === null ? outsideOf(index) : [],
    unread,
  };
}

/** Why something is unknown; null when it is known. */
function reasonOf(find: () => unknown): string | null {
  return attempt(
    () => {
      find();
      return null;
    },
    (error) => error.gap.reason,
  );
}

/** What `read` gives, or `instead` where something for it was not read. */
function orElse<T>(read: () => T, instead: T): T {
  return attempt(
    () => read(),
    () => instead,
  );
}

function targetsOf(index: SnapshotIndex): MapTarget[] {
  const services = [
    ...orElse(() => auditedAccounts(index), []).map(({ id }) => id),
    ...orElse(() => auditedVaults(index), []).map(({ id }) => id),
    ...orElse(() => auditedRegistries(index), []).map(({ id }) => id),
    ...orElse(() => [workspaceInHand(index)?.workspace.id ?? []].flat(), []),
  ];
  const unique = distinctIds(services);
  return [
    ...unique.map((id) => ({ resource: id, name: nameOf(id), is: serviceKindOf(id)?.label ?? 'resource' })),
    { resource: null, name: 'Internet', is: '' },
  ];
}

const managedTypes = ['AmlCompute', 'ComputeInstance'];

function outsideOf(index: SnapshotIndex): MapOccupant[] {
  return computes(index)
    .filter((compute) => orElse(() => managedTypes.includes(computeView(compute).computeType ?? ''), false))
    .filter((compute) => orElse(() => subnetsOfCompute(compute, index), ['unknown']).length === 0)
    .map((compute) => ({ resource: compute.id, name: nameOf(compute.id), is: computeWord(compute) }));
}

function networkOf(vnet: Resource, targets: readonly MapTarget[], index: SnapshotIndex): MapNetwork {
  const nothing = { id: vnet.id, name: nameOf(vnet.id), location: null, prefixes: [], peers: [], subnets: [] };
  return attempt<MapNetwork, MapNetwork>(
    () => readNetwork(vnet, targets, index),
    (error) => ({ ...nothing, unread: error.gap.reason }),
  );
}

function readNetwork(vnet: Resource, targets: readonly MapTarget[], index: SnapshotIndex): MapNetwork {
  const { location, prefixes, subnets } = vnetView(vnet);
  const peers = listAt(vnet.body, '/properties/virtualNetworkPeerings').flatMap((item) => {
    const id = textAt(item, '/properties/remoteVirtualNetwork/id');
    return id === undefined ? [] : [{ id, name: nameOf(id), state: textAt(item, '/properties/peeringState') ?? null }];
  });
  return {
    ...{ id: vnet.id, name: nameOf(vnet.id), location: location ?? null, prefixes, peers },
    subnets: subnets.map((subnet) => mapSubnet(subnet, targets, index)),
    unread: showsSubnets(vnet) ? null : 'The response for this network does not include its subnets.',
  };
}

function mapSubnet(subnet: Resource, targets: readonly MapTarget[], index: SnapshotIndex): MapSubnet {
  const view = subnetView(subnet);
  const sits = orElse(() => subnetUses(index).some((use) => sameId(use.subnet, subnet.id)), false);
  return {
    ...{ id: subnet.id, name: nameOf(subnet.id), prefixes: view.prefixes },
    room: orElse(() => roomIn(subnet.id, index), null),
    occupants: orElse(() => occupantsOf(subnet, index), []),
    securityGroup: linkTo(view.nsg),
    routeTable: linkTo(view.routeTable),
    natGateway: linkTo(view.natGateway),
    serviceEndpoints: view.serviceEndpoints.map(({ service }) => service),
    endpointPolicies: view.endpointPolicies.flatMap((id) => linkTo(id) ?? []),
    delegations: view.delegations,
    reach: sits ? targets.map((target, position) => reachOf(subnet.id, target, position, index)) : [],
  };
}

const linkTo = (id: string | undefined): MapLink | null => (id === undefined ? null : { id, name: nameOf(id) });

function roomIn(subnetId: string, index: SnapshotIndex): MapCapacity | null {
  const room = capacityOf(subnetId, index);
  if (!room) return null;
  return { free: room.free.count, usable: room.usable ?? null, approximate: room.free.approximate };
}

function reachOf(subnetId: string, { resource }: MapTarget, target: number, index: SnapshotIndex): MapReach {
  const open = (because: string): MapReach => ({
    ...{ target, verdict: 'unknown', stoppedBy: null, blockedAt: [] },
    because,
  });
  return attempt(
    () => {
      const destination = resource ?? 'internet';
      const answer = answerPath({ source: subnetId, destination, protocol: 'Tcp', ports: ['443'] }, index);
      if ('reason' in answer) return open(answer.reason);
      const { verdict, stoppedBy, because, blockers } = answer;
      return { target, verdict, stoppedBy, blockedAt: blockers.map(({ hop }) => hop), because };
    },
    (error) => open(`Not read: ${error.gap.reason}`),
  );
}
