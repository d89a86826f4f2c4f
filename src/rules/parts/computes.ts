// Clusters and instances as the compute rules look at them: one finding each, and what a fix says of a thing that cannot be
// changed once it is made.
import { computeView } from '../../kinds/workspace-view.ts';
import { isObject } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { clean } from '../../model/text.ts';
import { managedComputes } from '../../posture/compute-networks.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { notApplicable, seen, shown, unknown } from './verdict.ts';
import { isOdd } from './workspace.ts';

export { managedComputes };

export const computeType = 'Microsoft.MachineLearningServices/workspaces/computes';
export const subnetMember = '/properties/properties/subnet';
export const addressMember = '/properties/properties/enableNodePublicIp';

/** Each cluster and instance; the workspace where there is none, so that the rule says so. */
export function managedSubjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = managedComputes(world).map(({ id }) => ({ resource: id }));
  return found.length > 0 ? found : [{ resource: workspace }];
}

/** Each cluster; the workspace where there is none. */
export function clusterSubjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = managedComputes(world).filter((one) => computeView(one).computeType === 'AmlCompute');
  return found.length > 0 ? found.map(({ id }) => ({ resource: id })) : [{ resource: workspace }];
}

/** Judges a cluster or instance; the workspace as subject stands for "there is none". */
export function computeJudged(
  { resource: id }: Subject,
  { world }: Judgement,
  judge: (compute: Resource) => Verdict,
): Verdict {
  if (id === world.snapshot.workspace) return notApplicable('The workspace has no compute cluster and no instance.');
  const compute = world.get(id);
  return compute ? judge(compute) : notApplicable(`${shown(id)} does not exist.`);
}

/** Judges one that sits in a subnet; of any other, `compute.placed-in-vnet` speaks. */
export function seatedJudged(compute: Resource, judge: (subnet: string) => Verdict): Verdict {
  const { subnet } = computeView(compute);
  if (subnet !== undefined) return judge(subnet);
  const evidence = [seen(compute, subnetMember, 'subnet')];
  return hasOddSubnet(compute)
    ? unknown(`Which subnet the ${computeShown(compute)} sits in is not in a form that can be judged.`, evidence)
    : notApplicable(`The ${computeShown(compute)} sits in no subnet; compute.placed-in-vnet speaks of that.`, evidence);
}

/** Does something stand where the subnet's id should, and is no text? */
export function hasOddSubnet(compute: Resource): boolean {
  const member = valueAt(compute.body, subnetMember);
  return isOdd(compute, subnetMember, 'object') || (isObject(member) && (valueAt(member, '/id') ?? null) !== null);
}

export const computeShown = (compute: Resource): string => {
  const { computeType: type, name } = computeView(compute);
  return `${type === 'ComputeInstance' ? 'compute instance' : 'compute cluster'} ${clean(name, 120)}`;
};

/** What the evidence of every compute rule begins with. */
export const computeEvidence = (compute: Resource) => [
  seen(compute, '/properties/computeType', 'type'),
  seen(compute, '/properties/properties/vmSize', 'size'),
  seen(compute, subnetMember, 'subnet'),
];
