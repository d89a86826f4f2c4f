// The compute that builds images where the registry cannot (rules-catalogue, `acr.image-build-compute`): which one is set,
// which ones would do.
import { textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import { editChange } from '../../model/change.ts';
import { EditConflict, setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { GapRead, type World } from '../../model/world.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { computes, computesOf } from '../../posture/needs.ts';
import type { Answers, Proposal } from '../rule.ts';
import { stateOf } from './firewall-verdicts.ts';
import { listed, quoted, shown } from './verdict.ts';

export const builderPointer = '/properties/imageBuildCompute';
export const sizePointer = '/properties/properties/vmSize';

/** The name that is set; undefined where none is. */
export const builderName = (workspace: Resource): string | undefined =>
  textAt(workspace.body, builderPointer)?.trim() || undefined;

/** The compute that is set and stands. Throws GapRead where the list of computes, or that compute, was not read. */
export function builderOf(workspace: Resource, world: World): Resource | undefined {
  const name = builderName(workspace);
  if (name === undefined) return undefined;
  const found = computes(world).find((one) => sameId(computeView(one).name, name));
  const id = `${computesOf(workspace.id)}/${name}`;
  const gap = found ? undefined : world.snapshot.gaps.find((one) => sameId(one.id, id) && one.status !== 404);
  if (gap) throw new GapRead(gap);
  return found;
}

/** Types that may build: clusters, and under a managed network instances too (Microsoft Learn, "Managed network isolation"). */
export const mayBuild = (compute: Resource, world: World): boolean => {
  const { computeType } = computeView(compute);
  if (computeType === 'AmlCompute') return true;
  return computeType === 'ComputeInstance' && architectureFor(world) === 'managed-network';
};

/** Sizes with a graphics card do not build images. */
export const isGpu = (compute: Resource): boolean => /^standard_n/i.test(textAt(compute.body, sizePointer) ?? '');

/** Computes that would build: made, of a type that may, with nodes to start, and without a graphics card. */
export const builders = (world: World): Resource[] =>
  computes(world).filter((compute) => {
    const { provisioningState, maxNodeCount, computeType } = computeView(compute);
    const nodes = computeType !== 'AmlCompute' || (maxNodeCount ?? 0) >= 1;
    return mayBuild(compute, world) && stateOf(provisioningState) === 'good' && nodes && !isGpu(compute);
  });

/** The compute that the answer `cluster` names; without one, the first candidate that `prefers` likes, else the first. */
export function chosenBuilder(
  answers: Answers,
  candidates: readonly Resource[],
  prefers: (compute: Resource) => boolean = () => false,
): Resource | string {
  const names = candidates.map((one) => clean(computeView(one).name, 60));
  const wanted = answers.cluster?.trim();
  if (wanted !== undefined) {
    const found = candidates.find((one) => fold(computeView(one).name) === fold(wanted));
    return found ?? `${quoted(wanted)} is no cluster that can build images; ${choices(names)}`;
  }
  const [first] = [...candidates.filter(prefers), ...candidates];
  return (
    first ?? 'No cluster of the workspace can build images: it needs a CPU cluster that is made and has nodes to start.'
  );
}
const choices = (names: readonly string[]): string =>
  names.length === 0 ? 'there is none.' : `choose one of ${listed(names)}.`;

/** Sets the compute that builds images. */
export function buildOn(workspace: Resource, compute: Resource): Proposal | string {
  const { name } = computeView(compute);
  try {
    const edit = setMember(workspace.body, builderPointer, name);
    const risk = `Environments are built on ${clean(name, 60)} from now on: its nodes start for it and are billed.`;
    return { change: editChange(workspace.id, [edit]), phase: 3, risk };
  } catch (error) {
    if (error instanceof EditConflict)
      return `The body of ${shown(workspace.id)} cannot be edited at ${error.edit.pointer}.`;
    throw error;
  }
}
