// The subjects of the compute rules: clusters and instances, and the subnets and virtual networks that they are in. Where there
// are none, the workspace is the subject, so that the rule says so.
import { findSubnet } from '../../../kinds/network-view.ts';
import { computeView } from '../../../kinds/workspace-view.ts';
import { isObject } from '../../../model/json.ts';
import { valueAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { computeNetworks, managedComputes, type Seat, seats } from '../../../posture/compute-networks.ts';
import { derived } from '../../define.ts';
import { resourcesOr } from '../../parts/subjects.ts';
import { noTraining, trainingSubjects } from '../../parts/training.ts';
import { listed, notApplicable, seen, subnetShown, unknown } from '../../parts/verdict.ts';
import { isOdd } from '../../parts/workspace.ts';
import type { Judgement, Subject, Subjects, Verdict } from '../../rule.ts';

export const subnetMember = '/properties/properties/subnet';
export const addressMember = '/properties/properties/enableNodePublicIp';

export const isInstance = (compute: Resource): boolean => computeView(compute).computeType === 'ComputeInstance';

/** `compute cluster cpu-cluster`. */
export const computeShown = (compute: Resource): string =>
  `compute ${isInstance(compute) ? 'instance' : 'cluster'} ${clean(computeView(compute).name, 120)}`;

/** `compute cluster cpu-cluster`, `serverless compute`. */
export const occupantShown = ({ sitter, isServerless }: Seat): string =>
  isServerless ? 'serverless compute' : computeShown(sitter);
export const occupantsShown = (occupants: readonly Seat[]): string => listed(occupants.map(occupantShown));

/** The evidence that every compute rule starts with. */
export const computeEvidence = (compute: Resource) => [
  seen(compute, '/properties/computeType', 'type'),
  seen(compute, '/properties/properties/vmSize', 'VM size'),
  seen(compute, subnetMember, 'subnet'),
];

/** Whether the compute has a value in place of the subnet's id that is not a text. */
export function hasOddSubnet(compute: Resource): boolean {
  const member = valueAt(compute.body, subnetMember);
  return isOdd(compute, subnetMember, 'object') || (isObject(member) && (valueAt(member, '/id') ?? null) !== null);
}

export const oddSubnet = (compute: Resource): Verdict =>
  unknown(`The subnet of ${computeShown(compute)} has an unexpected value.`, computeEvidence(compute));

/** The ids as subjects; the workspace where there are none. */
export function orWorkspace({ world }: Judgement, find: () => readonly string[]): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const ids = find();
  return (ids.length > 0 ? ids : [workspace]).map((resource) => ({ resource }));
}

export const computesAmong = (find: (judgement: Judgement) => readonly Resource[]): Subjects<Resource> =>
  resourcesOr('The workspace has no compute cluster and no compute instance.', find);
export const clustersAndInstances = computesAmong(({ world }) => managedComputes(world));
export const clusters = computesAmong(({ world }) =>
  managedComputes(world).filter((one) => computeView(one).computeType === 'AmlCompute'),
);

/** Clusters and instances that are in a subnet; the others are reported by `compute.placed-in-vnet`. */
export const computesInSubnets: Subjects<Seat> = derived(clustersAndInstances, (compute, { world }) => {
  const { subnet } = computeView(compute);
  if (subnet === undefined) {
    return hasOddSubnet(compute)
      ? oddSubnet(compute)
      : notApplicable(
          `The ${computeShown(compute)} is not in a subnet (see compute.placed-in-vnet).`,
          computeEvidence(compute),
        );
  }
  const found = seats(world).find(({ sitter }) => sitter.id === compute.id);
  return found ?? { subnet, sitter: compute, isServerless: false, isPublic: true };
});

/** Clusters, instances and serverless compute in subnets: serverless compute has the workspace as its subject. */
export const occupants: Subjects<Seat> = {
  list(judgement) {
    const { workspace } = judgement.world.snapshot;
    const own = computesInSubnets.list(judgement);
    return workspace !== null && seats(judgement.world).some((seat) => seat.isServerless)
      ? [...own.filter(({ resource }) => resource !== workspace), { resource: workspace }]
      : own;
  },
  resolve(subject, judgement) {
    const serverless = seats(judgement.world).find(({ isServerless }) => isServerless);
    return serverless && subject.resource === judgement.world.snapshot.workspace
      ? serverless
      : computesInSubnets.resolve(subject, judgement);
  },
};

/** A virtual network with the clusters, instances and serverless compute in it. */
export interface OccupiedNetwork {
  readonly vnet: string;
  readonly seats: readonly Seat[];
}

export const noneInVnet = 'No training compute of the workspace is in a virtual network.';

export const occupiedNetworks: Subjects<OccupiedNetwork> = {
  list: (judgement) =>
    orWorkspace(judgement, () => computeNetworks(judgement.world).map(({ vnet }) => asRead(vnet, judgement))),
  resolve({ resource: vnet }, { world }) {
    const found = computeNetworks(world).find((one) => sameId(one.vnet, vnet));
    return noTraining(vnet, world, noneInVnet) ?? { vnet, seats: found?.seats ?? [] };
  },
};

/** An id in the casing of the resource's own answer, where that was read. */
export function asRead(id: string, { world }: Judgement): string {
  const found = world.peek(id);
  return found.state === 'read' ? found.resource.id : id;
}

/** Each subnet that `list` finds; `none` is the reason where there is none. */
export const subnetsAmong = (list: Subjects<Resource>['list'], none: string): Subjects<Resource> => ({
  list,
  resolve({ resource: id }, { world }) {
    return (
      noTraining(id, world, none) ??
      findSubnet(world, id) ??
      notApplicable(`Subnet ${subnetShown(id)} does not exist (see workspace.network-preexists).`)
    );
  },
});

export const trainingSubnets = subnetsAmong((judgement) => trainingSubjects(judgement), noneInVnet);
