// Kubernetes clusters attached to the workspace, as subjects of the aks rules: one finding for each compute.

import { computes, roleOf } from '../../../facts/needs.ts';
import type { Resource } from '../../../model/resource.ts';
import { sameId, typeOf } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { computeType } from '../../../resource-types/compute.ts';
import {
  clusterIdOf,
  type ManagedClusterView,
  managedClusterType,
  managedClusterView,
  networkProfile,
} from '../../../resource-types/managed-cluster-view.ts';
import { vnetOf } from '../../../resource-types/network-view.ts';
import { textAt } from '../../../resource-types/read.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { derived, isVerdict } from '../../define.ts';
import { onceEach } from '../../parts/naming.ts';
import { alone, orElse, resourcesOr } from '../../parts/subjects.ts';
import { displayName, evidenceAt, notApplicable, unknown } from '../../parts/verdict.ts';
import type { CheckResult, RuleContext, Subject, Subjects } from '../../rule.ts';

/** A compute and the Kubernetes cluster behind it. */
export interface AttachedCluster {
  readonly compute: Resource;
  readonly cluster: Resource;
  readonly view: ManagedClusterView;
  /** `Kubernetes cluster aks-mlsim`. */
  readonly name: string;
}

/** What all aks rules have in common. */
export const aksRule = {
  for: ['service-endpoint', 'private-endpoint'],
  instead: 'compute.managed-network-conflict',
} as const;

export const clusterName = (compute: Resource): string => `Kubernetes cluster ${clean(computeView(compute).name, 120)}`;

const isCluster = (compute: Resource): boolean =>
  roleOf(compute) === 'inference' &&
  (computeView(compute).resourceId === undefined || clusterIdOf(compute) !== undefined);

/** Computes that are Kubernetes clusters in Azure. */
export const clusterComputes = resourcesOr('No Kubernetes cluster is attached to the workspace.', ({ index }) =>
  computes(index).filter(isCluster),
);

/** The same with the cluster behind each. Throws UnreadableError when it could not be read. */
export const attachedClusters: Subjects<AttachedCluster> = derived(clusterComputes, (compute, { index }) => {
  const id = clusterIdOf(compute);
  const name = clusterName(compute);
  if (id === undefined) {
    return unknown(`The resource ID (resourceId) of ${name} is not known.`, [
      evidenceAt(compute, '/properties/resourceId', 'cluster resource ID'),
    ]);
  }
  const cluster = index.get(id);
  return cluster
    ? { compute, cluster, view: managedClusterView(cluster), name }
    : notApplicable(`${name} no longer exists in Azure (see aks.attached).`);
});

const aloneClusters = alone(managedClusterType);
/** The same, and clusters in files without a selected workspace: `compute` is then the cluster itself. */
export const allClusters: Subjects<AttachedCluster> = {
  list(context) {
    const attached = context.index.ofType(computeType).map(clusterIdOf);
    const isFree = ({ resource }: Subject) => !attached.some((id) => sameId(id, resource));
    return [...attachedClusters.list(context), ...aloneClusters.list(context).filter(isFree)];
  },
  resolve(subject, context) {
    if (!sameId(typeOf(subject.resource), managedClusterType)) return attachedClusters.resolve(subject, context);
    const cluster = aloneClusters.resolve(subject, context);
    if (isVerdict(cluster)) return cluster;
    const name = `Kubernetes cluster ${displayName(cluster.id)}`;
    return { compute: cluster, cluster, view: managedClusterView(cluster), name };
  },
};

/** The result for a cluster without a node pool in a customer subnet; undefined for any other. */
export const withoutSubnet = (one: AttachedCluster): CheckResult | undefined =>
  nodeSubnets(one).length > 0
    ? undefined
    : notApplicable(`No node pool of ${one.name} is in a customer subnet (see aks.subnet-assigned).`);

/** Clusters with a node pool in a customer subnet. */
export const placedClusters = derived(attachedClusters, (one) => withoutSubnet(one) ?? one);

/** Each cluster with each of `others`; a cluster that could not be read, or that has none, as a subject alone. */
export const clusterPairs =
  (others: (one: AttachedCluster, context: RuleContext) => readonly string[]) =>
  (context: RuleContext): Subject[] =>
    attachedClusters.list(context).flatMap((subject): Subject[] => {
      const one = orElse(() => attachedClusters.resolve(subject, context), undefined);
      const found = one === undefined || isVerdict(one) ? [] : others(one, context);
      return found.length === 0 ? [subject] : found.map((where) => ({ ...subject, where }));
    });

/** Subnets of nodes, each once. */
export const nodeSubnets = ({ view }: AttachedCluster): string[] =>
  onceEach(view.pools.flatMap(({ subnet }) => subnet ?? []));
/** Subnets that only pods use, each once. */
export const podSubnets = ({ view }: AttachedCluster): string[] =>
  onceEach(view.pools.flatMap(({ podSubnet }) => podSubnet ?? []));
export const allSubnets = (one: AttachedCluster): string[] => onceEach([...nodeSubnets(one), ...podSubnets(one)]);
export const nodeNetworks = (one: AttachedCluster): string[] => onceEach(nodeSubnets(one).map(vnetOf));

/** Settings of the network that the workspace created the cluster with; absent for an attached cluster. */
export const createdNetwork = '/properties/properties/aksNetworkingConfiguration';

/** Service CIDRs with their place: those of the cluster, else the one that the workspace created it with. */
export function serviceRanges({
  compute,
  cluster,
  view,
}: AttachedCluster): readonly { text: string; of: Resource; at: string }[] {
  const own = view.serviceRanges.map((text) => ({ text, of: cluster, at: networkProfile }));
  const at = `${createdNetwork}/serviceCidr`;
  const created = textAt(compute.body, at);
  return own.length > 0 || created === undefined ? own : [{ text: created, of: compute, at }];
}
