// The subjects of the compute rules: clusters and instances, and the subnets and virtual networks that they are in. Where there
// are none, the workspace is the subject, so that the rule says so.

import {
  type ComputePlacement,
  computeNetworks,
  managedComputes,
  placements,
} from '../../../facts/compute-networks.ts';
import { isObject } from '../../../model/json.ts';
import { valueAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { findSubnet } from '../../../resource-types/network-view.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { derived } from '../../define.ts';
import { noTraining, resourcesOr, trainingSubjects } from '../../parts/subjects.ts';
import { evidenceAt, listed, notApplicable, subnetShown, unknown } from '../../parts/verdict.ts';
import { isOdd } from '../../parts/workspace.ts';
import type { CheckResult, RuleContext, Subject, Subjects } from '../../rule.ts';

export const subnetMember = '/properties/properties/subnet';
export const addressMember = '/properties/properties/enableNodePublicIp';

export const isInstance = (compute: Resource): boolean => computeView(compute).computeType === 'ComputeInstance';

/** `compute cluster cpu-cluster`. */
export const computeShown = (compute: Resource): string =>
  `compute ${isInstance(compute) ? 'instance' : 'cluster'} ${clean(computeView(compute).name, 120)}`;

/** `compute cluster cpu-cluster`, `serverless compute`. */
export const occupantShown = ({ occupant, isServerless }: ComputePlacement): string =>
  isServerless ? 'serverless compute' : computeShown(occupant);
export const occupantsShown = (occupants: readonly ComputePlacement[]): string => listed(occupants.map(occupantShown));

/** The evidence that every compute rule starts with. */
export const computeEvidence = (compute: Resource) => [
  evidenceAt(compute, '/properties/computeType', 'type'),
  evidenceAt(compute, '/properties/properties/vmSize', 'VM size'),
  evidenceAt(compute, subnetMember, 'subnet'),
];

/** Whether the compute has a value in place of the subnet's id that is not a text. */
export function hasOddSubnet(compute: Resource): boolean {
  const member = valueAt(compute.body, subnetMember);
  return isOdd(compute, subnetMember, 'object') || (isObject(member) && (valueAt(member, '/id') ?? null) !== null);
}

export const oddSubnet = (compute: Resource): CheckResult =>
  unknown(`The subnet of ${computeShown(compute)} has an unexpected value.`, computeEvidence(compute));

/** The ids as subjects; the workspace where there are none. */
export function orWorkspace({ index }: RuleContext, find: () => readonly string[]): Subject[] {
  const { workspace } = index.snapshot;
  const ids = find();
  return (ids.length > 0 || workspace === null ? ids : [workspace]).map((resource) => ({ resource }));
}

export const computesAmong = (find: (context: RuleContext) => readonly Resource[]): Subjects<Resource> =>
  resourcesOr('The workspace has no compute cluster and no compute instance.', find);
export const clustersAndInstances = computesAmong(({ index }) => managedComputes(index));
export const clusters = computesAmong(({ index }) =>
  managedComputes(index).filter((one) => computeView(one).computeType === 'AmlCompute'),
);

/** Clusters and instances that are in a subnet; the others are reported by `compute.placed-in-vnet`. */
export const computesInSubnets: Subjects<ComputePlacement> = derived(clustersAndInstances, (compute, { index }) => {
  const { subnet } = computeView(compute);
  if (subnet === undefined) {
    return hasOddSubnet(compute)
      ? oddSubnet(compute)
      : notApplicable(
          `The ${computeShown(compute)} is not in a subnet (see compute.placed-in-vnet).`,
          computeEvidence(compute),
        );
  }
  const found = placements(index).find(({ occupant }) => occupant.id === compute.id);
  return found ?? { subnet, occupant: compute, isServerless: false, isPublic: true };
});

/** Clusters, instances and serverless compute in subnets: serverless compute has the workspace as its subject. */
export const occupants: Subjects<ComputePlacement> = {
  list(context) {
    const { workspace } = context.index.snapshot;
    const own = computesInSubnets.list(context);
    return workspace !== null && placements(context.index).some((placement) => placement.isServerless)
      ? [...own.filter(({ resource }) => resource !== workspace), { resource: workspace }]
      : own;
  },
  resolve(subject, context) {
    const serverless = placements(context.index).find(({ isServerless }) => isServerless);
    return serverless && subject.resource === context.index.snapshot.workspace
      ? serverless
      : computesInSubnets.resolve(subject, context);
  },
};

/** A virtual network with the clusters, instances and serverless compute in it. */
export interface OccupiedNetwork {
  readonly vnet: string;
  readonly placements: readonly ComputePlacement[];
}

export const noneInVnet = 'No training compute of the workspace is in a virtual network.';

export const occupiedNetworks: Subjects<OccupiedNetwork> = {
  list: (context) =>
    orWorkspace(context, () => computeNetworks(context.index).map(({ vnet }) => asRead(vnet, context))),
  resolve({ resource: vnet }, { index }) {
    const found = computeNetworks(index).find((one) => sameId(one.vnet, vnet));
    return noTraining(vnet, index, noneInVnet) ?? { vnet, placements: found?.placements ?? [] };
  },
};

/** An id in the casing of the resource's own answer, where that was read. */
export function asRead(id: string, { index }: RuleContext): string {
  const found = index.peek(id);
  return found.state === 'read' ? found.resource.id : id;
}

/** Each subnet that `list` finds; `none` is the reason where there is none. */
export const subnetsAmong = (list: Subjects<Resource>['list'], none: string): Subjects<Resource> => ({
  list,
  resolve({ resource: id }, { index }) {
    return (
      noTraining(id, index, none) ??
      findSubnet(index, id) ??
      notApplicable(`Subnet ${subnetShown(id)} does not exist (see workspace.network-preexists).`)
    );
  },
});

export const trainingSubnets = subnetsAmong((context) => trainingSubjects(context), noneInVnet);
