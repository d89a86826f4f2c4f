// Clusters and instances as the compute rules look at them: one finding each, and what a fix says of a thing that cannot be
// changed once it is made.
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import { computes } from '../../posture/needs.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { notApplicable, seen, shown } from './verdict.ts';

export const computeType = 'Microsoft.MachineLearningServices/workspaces/computes';
export const subnetMember = '/properties/properties/subnet';
export const addressMember = '/properties/properties/enableNodePublicIp';

/** The clusters and instances of the workspace. Throws GapRead when the list of computes was not read. */
export const managedComputes = (world: World): Resource[] =>
  computes(world).filter((compute) =>
    ['AmlCompute', 'ComputeInstance'].includes(computeView(compute).computeType ?? ''),
  );

/** Each cluster and instance; the workspace where there is none, so that the rule says so. */
export function managedSubjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = managedComputes(world).map(({ id }) => ({ resource: id }));
  return found.length > 0 ? found : [{ resource: workspace }];
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
