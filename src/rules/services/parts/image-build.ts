// The compute that builds images where the registry cannot (`imageBuildCompute`): which one is set, and which ones are suitable.

import { architectureFor } from '../../../facts/architecture.ts';
import { builderName, builderPointer } from '../../../facts/links.ts';
import { computes, computesOf } from '../../../facts/needs.ts';
import { editChange } from '../../../model/change.ts';
import { setMember } from '../../../model/edit.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, sameId } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { clean } from '../../../model/text.ts';
import { UnreadableError } from '../../../model/unreadable-error.ts';
import { textAt } from '../../../resource-types/read.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { stateOf } from '../../parts/firewall-verdicts.ts';
import { editable } from '../../parts/proposals.ts';
import { listed, quoted } from '../../parts/verdict.ts';
import type { Answers, Proposal } from '../../rule.ts';

export const sizePointer = '/properties/properties/vmSize';

/** The compute that is set and exists. Throws UnreadableError where the list of computes, or that compute, was not read. */
export function builderOf(workspace: Resource, index: SnapshotIndex): Resource | undefined {
  const name = builderName(workspace);
  if (name === undefined) return undefined;
  const found = computes(index).find((one) => sameId(computeView(one).name, name));
  const id = `${computesOf(workspace.id)}/${name}`;
  const gap = found ? undefined : index.snapshot.gaps.find((one) => sameId(one.id, id) && one.status !== 404);
  if (gap) throw new UnreadableError(gap);
  return found;
}

/**
 * Compute clusters can build images, and compute instances in a managed network (Microsoft Learn, "Managed network
 * isolation").
 */
export const mayBuild = (compute: Resource, index: SnapshotIndex): boolean => {
  const { computeType } = computeView(compute);
  if (computeType === 'AmlCompute') return true;
  return computeType === 'ComputeInstance' && architectureFor(index) === 'managed-network';
};

/** GPU sizes do not build images. */
export const isGpu = (compute: Resource): boolean => /^standard_n/i.test(textAt(compute.body, sizePointer) ?? '');

/** Computes that can build images: provisioned, of a suitable type, with at least one node, and a CPU size. */
export const builders = (index: SnapshotIndex): Resource[] =>
  computes(index).filter((compute) => {
    const { provisioningState, maxNodeCount, computeType } = computeView(compute);
    const nodes = computeType !== 'AmlCompute' || (maxNodeCount ?? 0) >= 1;
    return mayBuild(compute, index) && stateOf(provisioningState) === 'good' && nodes && !isGpu(compute);
  });

/** The compute that the answer `cluster` names; without it, the first that `prefers` accepts, else a cluster, else an instance. */
export function chosenBuilder(
  answers: Answers,
  candidates: readonly Resource[],
  prefers: (compute: Resource) => boolean = () => false,
): Resource | string {
  const names = candidates.map((one) => clean(computeView(one).name, 60));
  const wanted = answers.cluster?.trim();
  if (wanted !== undefined) {
    const found = candidates.find((one) => fold(computeView(one).name) === fold(wanted));
    return found ?? `${quoted(wanted)} cannot build images; ${choices(names)}`;
  }
  const clusters = candidates.filter((compute) => computeView(compute).computeType === 'AmlCompute');
  const [first] = [...candidates.filter(prefers), ...clusters, ...candidates];
  return (
    first ??
    'No compute cluster of the workspace can build images: it needs a provisioned CPU cluster with at least one node.'
  );
}
const choices = (names: readonly string[]): string =>
  names.length === 0 ? 'no compute can.' : `choose one of ${listed(names)}.`;

/** Sets the compute that builds images. */
export const buildOn = (workspace: Resource, compute: Resource): Proposal | string =>
  editable(workspace, () => {
    const { name } = computeView(compute);
    const edit = setMember(workspace.body, builderPointer, name);
    const advice = `Environments are built on ${clean(name, 60)}: its nodes start for each build.`;
    return { change: editChange(workspace.id, [edit]), phase: 3, advice };
  });
