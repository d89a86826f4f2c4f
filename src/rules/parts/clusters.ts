// Kubernetes clusters of the workspace as the aks rules look at them: one finding for each compute that leads to one.
import {
  clusterIdOf,
  type ManagedClusterView,
  managedClusterView,
  networkProfile,
  type PoolView,
} from '../../kinds/managed-cluster-view.ts';
import { subnetView, vnetOf } from '../../kinds/network-view.ts';
import { textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import { computes, roleOf } from '../../posture/needs.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { onceEach } from './naming.ts';
import { listed, notApplicable, seen, shown, unknown } from './verdict.ts';

export { computeType } from './computes.ts';

/** A compute that leads to a cluster, and the cluster. */
export interface Attached {
  readonly compute: Resource;
  readonly cluster: Resource;
  readonly view: ManagedClusterView;
  /** `Kubernetes cluster aks-mlsim`. */
  readonly name: string;
}

const isCluster = (compute: Resource): boolean =>
  roleOf(compute) === 'inference' &&
  (computeView(compute).resourceId === undefined || clusterIdOf(compute) !== undefined);

/** Each compute that is a Kubernetes cluster in Azure; the workspace where there is none. */
export function attachedSubjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = computes(world).filter(isCluster);
  return found.length > 0 ? found.map(({ id }) => ({ resource: id })) : [{ resource: workspace }];
}

export const nameShown = (compute: Resource): string => `Kubernetes cluster ${clean(computeView(compute).name, 120)}`;

/** Judges a compute; the workspace as subject stands for "there is none". */
export function clusterComputeJudged(
  { resource: id }: Subject,
  { world }: Judgement,
  judge: (compute: Resource) => Verdict,
): Verdict {
  if (id === world.snapshot.workspace) return notApplicable('No Kubernetes cluster is attached to the workspace.');
  const compute = world.get(id);
  return compute ? judge(compute) : notApplicable(`${shown(id)} does not exist.`);
}

/** Judges a compute and the cluster behind it. Throws GapRead when the cluster could not be read. */
export const attachedJudged = (subject: Subject, judgement: Judgement, judge: (one: Attached) => Verdict): Verdict =>
  clusterComputeJudged(subject, judgement, (compute) => {
    const one = attachedOf(compute, judgement.world);
    if (one === undefined) {
      return unknown(`The ${nameShown(compute)} does not say which cluster is behind it.`, [
        seen(compute, '/properties/resourceId', 'id of the cluster'),
      ]);
    }
    return one === 'gone'
      ? notApplicable(`The cluster behind the ${nameShown(compute)} does not exist; aks.attached speaks of it.`)
      : judge(one);
  });

/** Undefined where the compute names none; throws GapRead when the cluster could not be read. */
export function attachedOf(compute: Resource, world: World): Attached | 'gone' | undefined {
  const id = clusterIdOf(compute);
  if (id === undefined) return undefined;
  const cluster = world.get(id);
  if (!cluster) return 'gone';
  return { compute, cluster, view: managedClusterView(cluster), name: nameShown(compute) };
}

/** Subnets of nodes, each once. */
export const nodeSubnets = ({ view }: Attached): string[] => onceEach(view.pools.flatMap(({ subnet }) => subnet ?? []));
/** Subnets that pods have for themselves, each once. */
export const podSubnets = ({ view }: Attached): string[] =>
  onceEach(view.pools.flatMap(({ podSubnet }) => podSubnet ?? []));
export const nodeNetworks = (one: Attached): string[] => onceEach(nodeSubnets(one).map(vnetOf));

/** The answer where no pool is in a subnet of the customer's; undefined else. */
export function placeless(one: Attached): Verdict | undefined {
  return nodeSubnets(one).length > 0
    ? undefined
    : notApplicable(`No pool of the ${one.name} is in a subnet of yours; aks.subnet-assigned speaks of that.`);
}

export const poolsShown = (pools: readonly PoolView[]): string =>
  listed(pools.map(({ name }) => clean(name, 40) || 'without a name'));

const created = '/properties/properties/aksNetworkingConfiguration';

/** The service ranges: the cluster's own, else those that the workspace made it with; where each was read. */
export function serviceRanges({
  compute,
  cluster,
  view,
}: Attached): readonly { text: string; of: Resource; at: string }[] {
  const own = view.serviceRanges.map((text) => ({ text, of: cluster, at: networkProfile }));
  const made = textAt(compute.body, `${created}/serviceCidr`);
  return own.length > 0 || made === undefined ? own : [{ text: made, of: compute, at: `${created}/serviceCidr` }];
}

/** The bridge range that the workspace made the cluster with; undefined for an attached one. */
export const bridgeOf = ({ compute }: Attached): string | undefined =>
  textAt(compute.body, `${created}/dockerBridgeCidr`);
export const bridgePointer = `${created}/dockerBridgeCidr`;

/** Ranges of every subnet of a network. Throws GapRead when the network could not be read. */
export function subnetRanges(vnet: string, world: World): readonly { id: string; prefix: string }[] {
  const network = world.get(vnet);
  if (!network) return [];
  return world
    .ofType('Microsoft.Network/virtualNetworks/subnets')
    .filter((subnet) => fold(vnetOf(subnet.id)) === fold(network.id))
    .flatMap((subnet) => subnetView(subnet).prefixes.map((prefix) => ({ id: subnet.id, prefix })));
}
