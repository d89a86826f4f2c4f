// Who sends packets from a subnet, each called by what it is: by the bodies of those that are there, and by the ids that the subnet lists.
import type { FlowEndKind } from '../../model/effect.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf, nameOf, sameId, subscriptionOf, typeOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { nodesView } from '../../resource-types/cluster-view.ts';
import { computeType } from '../../resource-types/compute.ts';
import { databricksType, databricksView } from '../../resource-types/databricks-workspace.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';
import { hdinsightType, machineType, nicsOf, nicType } from '../../resource-types/machine-view.ts';
import { managedClusterType } from '../../resource-types/managed-cluster-view.ts';
import { privateEndpointType } from '../../resource-types/private-link.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { computeView, workspaceType } from '../../resource-types/workspace-view.ts';
import { type Occupant, occupiedBy } from '../map/occupants.ts';
import { memoizePerSnapshot } from '../memoize.ts';

export interface Sender {
  /** Id; null where it was not read. */
  readonly resource: string | null;
  /** `compute cluster cpu-cluster`, `AKS nodes of aks-serve`, `2 unread NICs`. */
  readonly name: string;
  readonly kind: FlowEndKind;
}

export interface Senders {
  readonly all: readonly Sender[];
  /** Something is there of which it is not known whether it sends: a NIC of nothing that was read. */
  readonly isPossible: boolean;
}

/**
 * These receive connections and open none of their own. An Azure Bastion does, to the machines (Microsoft Learn, "Working with NSG access
 * and Azure Bastion"), and an application gateway to its backends and for its certificates.
 */
const receivers = [
  privateEndpointType,
  'Microsoft.Network/privateLinkServices',
  'Microsoft.Network/loadBalancers',
  'Microsoft.Network/virtualNetworkGateways',
].map(fold);
const isReceiver = (id: string): boolean => receivers.includes(fold(typeOf(id)));

/** Those in a subnet. Throws UnreadableError when the list of computes was not read. */
export function sendersIn(subnet: Resource, index: SnapshotIndex): Senders {
  const there = occupiedBy(subnet, index);
  const known = there.flatMap(({ resource }) => resource ?? []);
  const nodes = known.map((id) => nodesOf(id, index)).reduce((sum, one) => sum + one, 0);
  const seen = there.map((one) => senderOf(one, { subnet, known, nodes }, index));
  return {
    all: seen.flatMap((one) => (one === 'unknown' ? [] : one)),
    isPossible: seen.includes('unknown'),
  };
}

interface Around {
  readonly subnet: Resource;
  /** Ids of those there that were read. */
  readonly known: readonly string[];
  /** So many nodes that services run there are told by those. */
  readonly nodes: number;
}

/** How many nodes a service runs for it in a subnet, each with a NIC; Infinity where its body does not count them. */
function nodesOf(id: string, index: SnapshotIndex): number {
  if (sameId(typeOf(id), workspaceType) || sameId(typeOf(id), hdinsightType)) return Infinity;
  const seen = sameId(typeOf(id), computeType) ? index.peek(id) : undefined;
  if (seen?.state !== 'read') return seen === undefined ? 0 : Infinity;
  switch (computeView(seen.resource).computeType) {
    case 'AmlCompute':
      return nodesView(seen.resource).currentNodes ?? Infinity;
    case 'ComputeInstance':
      return 1;
    default:
      return sameId(typeOf(computeView(seen.resource).resourceId ?? ''), hdinsightType) ? Infinity : 0;
  }
}

function senderOf(one: Occupant, around: Around, index: SnapshotIndex): readonly Sender[] | 'unknown' {
  const { resource, name, by, ids } = one;
  if (by === 'endpoint') return [];
  if (by === 'link') return [{ resource: null, name: `unread ${name}`, kind: 'subnet' }];
  if (resource === null) return listedIn(ids, around, index);
  if (isReceiver(resource)) return [];
  if (by === 'serverless' || sameId(typeOf(resource), workspaceType)) {
    const isOwn = sameId(resource, index.snapshot.workspace);
    const whose = isOwn ? '' : ` of ${nameOf(resource)}`;
    return [{ resource, name: `serverless nodes${whose}`, kind: 'serverless' }];
  }
  const [machine] = sameId(typeOf(resource), nicType) ? machinesOf(resource, index) : [resource];
  // Packets of a NIC are those of what it belongs to, and of it nothing was read.
  if (machine === undefined) return 'unknown';
  return [{ resource, name: `${wordOf(machine, index)} ${nameIn(one, machine)}`, kind: kindOf(machine) }];
}

/** A compute of another workspace has the name of that workspace with it. */
const nameIn = ({ name, resource }: Occupant, machine: string): string => {
  const [, scaleSet] = /\/virtualMachineScaleSets\/([^/]+)/i.exec(machine) ?? [];
  return scaleSet ?? (machine === resource ? name : nameOf(machine));
};

const machinesOf = (nic: string, index: SnapshotIndex): string[] => {
  const seen = index.peek(nic);
  const own = seen.state === 'read' ? textAt(seen.resource.body, '/properties/virtualMachine/id') : undefined;
  // Files name the NIC in the machine alone.
  const holders = index.ofType(machineType).filter((one) => nicsOf(one).some((id) => sameId(id, nic)));
  return [...(own === undefined ? [] : [own]), ...holders.map(({ id }) => id)];
};

const computeWords: Readonly<Record<string, string>> = {
  AmlCompute: 'compute cluster',
  ComputeInstance: 'compute instance',
  VirtualMachine: 'VM',
  HDInsight: 'HDInsight cluster',
  Databricks: 'Databricks clusters of',
  AKS: 'AKS nodes of',
  Kubernetes: 'Kubernetes nodes of',
};
const typeWords: ReadonlyMap<string, string> = new Map(
  Object.entries({
    [machineType]: 'VM',
    [managedClusterType]: 'AKS nodes of',
    [databricksType]: 'Databricks clusters of',
    [hdinsightType]: 'HDInsight cluster',
    'Microsoft.Network/bastionHosts': 'Azure Bastion',
    'Microsoft.Network/applicationGateways': 'application gateway',
  }).map(([type, word]) => [fold(type), word]),
);

/** What a sender is, in front of its name: by its type, and of a compute by its body. */
function wordOf(id: string, index: SnapshotIndex): string {
  if (/\/virtualMachineScaleSets\//i.test(id)) return 'scale set';
  const type = typeOf(id);
  if (!sameId(type, computeType)) return typeWords.get(fold(type)) ?? resourceTypeOf(type).label;
  const seen = index.peek(id);
  if (seen.state !== 'read') return 'compute';
  const { computeType: kind = '', resourceId = '' } = computeView(seen.resource);
  const isAks = sameId(typeOf(resourceId), managedClusterType);
  return isAks ? 'AKS nodes of' : (computeWords[kind] ?? 'compute');
}

/** A compute, machine or cluster with the word for what it is. */
export const calledBy = (id: string, index: SnapshotIndex): string => `${wordOf(id, index)} ${nameOf(id)}`;

function kindOf(id: string): FlowEndKind {
  const type = fold(typeOf(id));
  if (type === fold(computeType)) return 'compute';
  if (type === fold(managedClusterType)) return 'cluster';
  return type === fold(machineType) || /\/virtualmachinescalesets\//i.test(id) ? 'virtualMachine' : 'subnet';
}

/** What the subnet lists and nothing was read of: nodes of clusters that were read are told as those. */
function listedIn(
  ids: readonly string[],
  { subnet, known, nodes }: Around,
  index: SnapshotIndex,
): readonly Sender[] | 'unknown' {
  const found: Sender[] = [];
  const tell = (sender: Sender): void => {
    if (!found.some(({ name }) => name === sender.name)) found.push(sender);
  };
  const nics: string[] = [];
  for (const id of ids) {
    const holder = managedGroups(index).get(fold(groupIdOf(id) ?? ''));
    const [, scaleSet] = /\/virtualMachineScaleSets\/([^/]+)/i.exec(id) ?? [];
    if (isReceiver(id) || isOfEndpoint(subnet, id)) continue;
    if (holder !== undefined) {
      const attached = attachments(index).get(fold(holder)) ?? [];
      if (![holder, ...attached].some((one) => known.some((other) => sameId(one, other))))
        tell({ resource: holder, name: calledBy(holder, index), kind: kindOf(holder) });
    } else if (scaleSet !== undefined)
      tell({ resource: null, name: `unread scale set ${scaleSet}`, kind: 'virtualMachine' });
    else if (sameId(typeOf(id), nicType)) nics.push(id);
    else tell({ resource: null, name: `unread ${nameOf(id)}`, kind: 'subnet' });
  }
  // A NIC is in the subscription of its network: one of another subscription belongs to nodes that a service runs there.
  const [own, strange] = [true, false].map((isOwn) =>
    nics.filter((id) => sameId(subscriptionOf(id), subscriptionOf(subnet.id)) === isOwn),
  );
  const counted = (some: readonly string[] = [], one: (name: string) => string, several: string): void => {
    const [first] = some;
    if (first === undefined) return;
    tell({
      resource: null,
      name: some.length === 1 ? one(nameOf(first)) : `${some.length} ${several}`,
      kind: 'subnet',
    });
  };
  const untold = Math.max(0, (strange ?? []).length - nodes);
  counted((strange ?? []).slice(0, untold), () => '1 NIC of a service', 'NICs of a service');
  // An endpoint that was not read has a NIC, and it is not known which.
  const isVague = listAt(subnet.body, '/properties/privateEndpoints').some((one) => {
    const id = textAt(one, '/id');
    return id !== undefined && index.peek(id).state !== 'read';
  });
  if (isVague && found.length === 0 && (own ?? []).length > 0) return 'unknown';
  counted(own, (name) => `unread NIC ${name}`, 'unread NICs');
  return found;
}

/** Azure names the IP configurations of the NIC of a private endpoint so. */
const isOfEndpoint = ({ body }: Resource, nic: string): boolean => {
  const own = listAt(body, '/properties/ipConfigurations')
    .flatMap((item) => textAt(item, '/id') ?? [])
    .filter((id) => fold(id).startsWith(`${fold(nic)}/`));
  return own.length > 0 && own.every((id) => /\/ipConfigurations\/privateEndpointIpConfig\.[^/]*$/i.test(id));
};

/** Ids of clusters, by the folded id of the resource group in which they have their nodes. */
const managedGroups = memoizePerSnapshot(
  (index): ReadonlyMap<string, string> =>
    new Map([
      ...index.ofType(managedClusterType).flatMap(({ id, body }): [string, string][] => {
        const group = textAt(body, '/properties/nodeResourceGroup');
        return group === undefined
          ? []
          : [[fold(`/subscriptions/${subscriptionOf(id) ?? ''}/resourceGroups/${group}`), id]];
      }),
      ...index.ofType(databricksType).flatMap((one): [string, string][] => {
        const { managedGroup } = databricksView(one);
        return managedGroup === undefined ? [] : [[fold(managedGroup), one.id]];
      }),
    ]),
  [fold(managedClusterType), fold(databricksType)],
);

/** Ids of the computes as which a resource is attached, by its folded id. */
const attachments = memoizePerSnapshot(
  (index): ReadonlyMap<string, readonly string[]> => {
    const named = index.ofType(computeType).flatMap((one): [string, string][] => {
      const { resourceId } = computeView(one);
      return resourceId === undefined ? [] : [[fold(resourceId), one.id]];
    });
    const grouped = Map.groupBy(named, ([resource]) => resource);
    return new Map([...grouped].map(([resource, some]) => [resource, some.map(([, id]) => id)]));
  },
  [fold(computeType)],
);
