// Finds the resource at an end of a path: by its id, or by a unique name.

import { pathEndTypes } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold, nameInParent, nameOf, sameId, typeOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { computeType, datastoreType } from '../../resource-types/index.ts';
import { machineType, nicsOf, nicType } from '../../resource-types/machine-view.ts';
import { managedClusterType } from '../../resource-types/managed-cluster-view.ts';
import { findSubnet, subnetType, subnetView } from '../../resource-types/network-view.ts';
import { lazyMembers, listAt, textAt } from '../../resource-types/read.ts';
import { computeView, isKeptInPart, workspaceView } from '../../resource-types/workspace-view.ts';
import { datastoreAccount } from '../accounts.ts';
import { memoizePerSnapshot, network } from '../memoize.ts';
import { computesOf, subnetsOfCompute } from '../needs.ts';
import { isRefused, type NicDetails, type Refused, type ResolvedEnd, type SubnetEnd } from './ends.ts';
import { hostOf, reachedAt, serviceKindOf } from './services.ts';

const things = (index: SnapshotIndex): Resource[] => pathEndTypes.flatMap((type) => index.ofType(type));

/** Ids of the resources with this name, alone or with the parent's (`vnet-ml/snet-train`), refused ones included. */
export const thingsNamed = (text: string, index: SnapshotIndex): readonly string[] =>
  withoutTwins(namedThings(index)[text.includes('/') ? 'inParent' : 'alone'].get(fold(text)) ?? [], index);

/** A machine that is attached under the same name is the compute. */
function withoutTwins(ids: readonly string[], index: SnapshotIndex): readonly string[] {
  if (ids.length < 2) return ids;
  const attached = ids.flatMap((id) => {
    const seen = sameId(typeOf(id), computeType) ? index.peek(id) : undefined;
    return seen?.state === 'read' ? (computeView(seen.resource).resourceId ?? []) : [];
  });
  return ids.filter((id) => !attached.some((one) => sameId(one, id)));
}

const namedThings = memoizePerSnapshot((index) => {
  const refused = index.snapshot.gaps.filter(
    ({ id, status }) => status !== 404 && pathEndTypes.some((type) => sameId(typeOf(id), type)),
  );
  const ids = [...things(index), ...refused].map(({ id }) => id);
  const by = (name: (id: string) => string) => Map.groupBy(ids, (id) => fold(name(id)));
  return lazyMembers({ alone: () => by(nameOf), inParent: () => by(nameInParent) });
});

/** Ids of NICs of this name that subnets list, read or not. */
export const nicsNamed = (text: string, index: SnapshotIndex): readonly string[] =>
  listedNics(index).get(fold(text)) ?? [];

const listedNics = memoizePerSnapshot((index): ReadonlyMap<string, readonly string[]> => {
  const shown = index
    .ofType(subnetType)
    .flatMap(({ body }) => listAt(body, '/properties/ipConfigurations'))
    .flatMap(
      (item) => /^(.*\/networkInterfaces\/[^/]+)\/ipConfigurations\//i.exec(textAt(item, '/id') ?? '')?.[1] ?? [],
    );
  return Map.groupBy(new Map(shown.map((id) => [fold(id), id])).values(), (id) => fold(nameOf(id)));
}, network);

/** Every name that can be used, each once; subnets with the network's name. */
export const namesToAsk = (index: SnapshotIndex): string[] => [
  ...new Set(things(index).map(({ id, type }) => (sameId(type, subnetType) ? nameInParent(id) : nameOf(id)))),
];

/** The path end of a resource. Throws UnreadableError where a resource it depends on was not read. */
export function endOf(id: string, asked: string, index: SnapshotIndex): ResolvedEnd | Refused {
  const type = fold(typeOf(id));
  if (type === fold(subnetType)) return subnetEnd(id, asked, index);
  if (type === fold(datastoreType)) return datastoreEnd(id, asked, index);
  const kind = serviceKindOf(id);
  const seen = index.peek(id);
  if (kind && seen.state !== 'missing') {
    const [group = ''] = kind.groups;
    const resource = reachedAt(id, index);
    const reached = index.peek(resource);
    if (reached.state === 'read' && isKeptInPart(reached.resource)) {
      const reason = `Of the workspace ${nameOf(resource)} only the members were read that name its services.`;
      throw new UnreadableError({ id: resource, reason, action: 'Microsoft.MachineLearningServices/workspaces/read' });
    }
    return {
      ...{ kind: 'service', asked, resource, group, through: undefined, addresses: [] },
      is: `${kind.label} ${hostOf(resource, group, index)}`,
    };
  }
  const found = index.get(id);
  if (!found) return { reason: `The resource ${nameOf(id)} does not exist.`, candidates: namesToAsk(index) };
  if (type === fold(computeType)) return computeEnd(found, asked, index);
  if (type === fold(nicType)) return nicEnd(found, asked, nameOf(id), index);
  if (type === fold(machineType)) return machineEnd(found, asked, index);
  if (type === fold(managedClusterType)) return oneSubnet(subnetsIn(found), nameOf(id), asked, index);
  return {
    reason: `${nameInParent(id)} sends and receives no traffic. Name a subnet, a compute, a virtual machine or a service.`,
    candidates: namesToAsk(index),
  };
}

export function subnetEnd(
  id: string,
  asked: string,
  index: SnapshotIndex,
  addresses?: readonly string[],
): SubnetEnd | Refused {
  const subnet = findSubnet(index, id);
  if (!subnet) return { reason: `The subnet ${nameInParent(id)} does not exist.`, candidates: namesToAsk(index) };
  return {
    ...{ kind: 'subnet', asked, resource: subnet.id, subnet: subnet.id, nic: undefined, compute: undefined },
    is: nameInParent(subnet.id),
    addresses: addresses ?? subnetView(subnet).prefixes,
  };
}

const subnetsIn = ({ body }: Resource): string[] =>
  listAt(body, '/properties/agentPoolProfiles').flatMap((pool) => textAt(pool, '/vnetSubnetID') ?? []);

/** A resource in one subnet; several subnets are ambiguous. */
function oneSubnet(
  ids: readonly string[],
  name: string,
  asked: string,
  index: SnapshotIndex,
  compute?: Resource,
): ResolvedEnd | Refused {
  const subnets = distinctIds(ids);
  const [first] = subnets;
  if (first === undefined) return { reason: `The subnet of ${name} is not known.`, candidates: namesToAsk(index) };
  if (subnets.length > 1) {
    return {
      reason: `${name} is in ${subnets.length} subnets. Name one of them.`,
      candidates: subnets.map(nameInParent),
    };
  }
  const end = subnetEnd(first, asked, index);
  if (isRefused(end)) return end;
  return { ...end, compute, resource: compute?.id ?? end.resource, is: `${name} in ${end.is}` };
}

function computeEnd(compute: Resource, asked: string, index: SnapshotIndex): ResolvedEnd | Refused {
  const { computeType: kind, resourceId } = computeView(compute);
  const name = nameOf(compute.id);
  if (kind === 'VirtualMachine' && resourceId !== undefined) {
    const machine = index.get(resourceId);
    if (machine) return machineEnd(machine, asked, index, compute);
  }
  const subnets = subnetsOfCompute(compute, index);
  if (subnets.length === 0) {
    return {
      ...{ kind: 'managed', asked, resource: compute.id, compute, addresses: ['*'] },
      is: `${name} in a network managed by Azure`,
    };
  }
  return oneSubnet(subnets, name, asked, index, compute);
}

const hostedNodes: Readonly<Record<string, string>> = {
  serverless: 'serverless compute',
  'online-endpoint': 'nodes of managed online endpoints',
};
/** Words for nodes that are no resource of the workspace: `serverless`, `online-endpoint`. */
export const isHostedNodes = (asked: string): boolean => Object.hasOwn(hostedNodes, fold(asked));

/** Nodes that Azure starts for a job or a deployment: in the subnet for serverless compute, else in the managed network. */
export function hostedEnd(asked: string, index: SnapshotIndex): ResolvedEnd | Refused {
  const workspace = index.workspace();
  if (!workspace) return { reason: `No workspace was found that could have ${asked}.`, candidates: namesToAsk(index) };
  const { serverless, location } = workspaceView(workspace);
  const words = hostedNodes[fold(asked)] ?? asked;
  if (fold(asked) === 'serverless' && serverless.subnet !== undefined) {
    const end = subnetEnd(serverless.subnet, asked, index);
    return isRefused(end) ? end : { ...end, is: `${words} in ${end.is}` };
  }
  const compute: Resource = {
    ...{ id: `${computesOf(workspace.id)}/${fold(asked)}`, type: computeType, apiVersion: workspace.apiVersion },
    body: location === undefined ? {} : { location },
  };
  return {
    ...{ kind: 'managed', asked, resource: null, compute, addresses: ['*'] },
    is: `${words} in a network managed by Azure`,
  };
}

function machineEnd(machine: Resource, asked: string, index: SnapshotIndex, compute?: Resource): ResolvedEnd | Refused {
  const nics = nicsOf(machine).flatMap((id) => index.get(id) ?? []);
  const [first] = nics;
  const name = nameOf(machine.id);
  if (!first) return { reason: `${name} has no NIC.`, candidates: namesToAsk(index) };
  if (nics.length > 1) {
    return {
      reason: `${name} has ${nics.length} network interfaces. Name one of them.`,
      candidates: nics.map(({ id }) => id),
    };
  }
  const end = nicEnd(first, asked, name, index);
  return isRefused(end) ? end : { ...end, compute, resource: machine.id };
}

function nicEnd(nic: Resource, asked: string, name: string, index: SnapshotIndex): SubnetEnd | Refused {
  const seen = nicOf(nic);
  if (!seen) return { reason: `The subnet of ${name} is not known.`, candidates: [] };
  const subnet = findSubnet(index, seen.subnet);
  return {
    ...{ kind: 'subnet', asked, resource: nic.id, subnet: seen.subnet, nic: seen, compute: undefined },
    is: `${name} in ${nameInParent(seen.subnet)}`,
    addresses: seen.address !== undefined ? [seen.address] : subnet ? subnetView(subnet).prefixes : [],
  };
}

/** The settings of a NIC: its primary configuration, else its first. */
function nicOf({ id, body }: Resource): NicDetails | undefined {
  const all = listAt(body, '/properties/ipConfigurations');
  const own =
    all.find((item) => (item as { properties?: { primary?: unknown } }).properties?.primary === true) ?? all[0];
  const subnet = textAt(own, '/properties/subnet/id');
  if (subnet === undefined) return undefined;
  return {
    id,
    address: textAt(own, '/properties/privateIPAddress'),
    subnet,
    group: textAt(body, '/properties/networkSecurityGroup/id'),
    publicAddress: textAt(own, '/properties/publicIPAddress/id'),
  };
}

/** The NIC of the snapshot that has this address in this subnet. */
export const nicAt = (address: string, subnet: string, index: SnapshotIndex): NicDetails | undefined =>
  index
    .ofType(nicType)
    .flatMap((nic) => nicOf(nic) ?? [])
    .find((nic) => nic.address === address && sameId(nic.subnet, subnet));

function datastoreEnd(id: string, asked: string, index: SnapshotIndex): ResolvedEnd | Refused {
  const datastore = index.get(id);
  const account = datastore && datastoreAccount(datastore, index);
  if (account === undefined) {
    return { reason: `The account behind ${nameOf(id)} is not known.`, candidates: namesToAsk(index) };
  }
  const end = endOf(account, asked, index);
  if (!('kind' in end) || end.kind !== 'service') return end;
  const type = textAt(datastore?.body, '/properties/datastoreType');
  const group = { azurefile: 'file', azuredatalakegen2: 'dfs' }[fold(type ?? '')] ?? 'blob';
  return { ...end, group, is: `storage account ${hostOf(account, group, index)}, behind ${nameOf(id)}` };
}
