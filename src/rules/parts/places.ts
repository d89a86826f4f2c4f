// The subnets and networks that computes sit in, as subjects of rules.
import { computeNetworks, type Seat } from '../../posture/compute-networks.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { computeShown } from './computes.ts';
import { noTraining } from './training.ts';

/** Each network that clusters, instances or serverless nodes sit in; the workspace where there is none. */
export function computeNetworkSubjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = computeNetworks(world).map(({ vnet }): Subject => {
    const there = world.peek(vnet);
    return { resource: there.state === 'read' ? there.resource.id : vnet };
  });
  return found.length > 0 ? found : [{ resource: workspace }];
}

/** Judges a subnet or network; the workspace as subject stands for "there is none", or none that could be read. */
export const placeJudged = ({ resource }: Subject, { world }: Judgement, judge: (id: string) => Verdict): Verdict =>
  noTraining(resource, world, 'No training compute of the workspace sits in a subnet of yours.') ?? judge(resource);

/** `compute cluster cpu-cluster`, `the serverless computes`. */
export const sitterShown = ({ sitter, isServerless }: Seat): string =>
  isServerless ? 'the serverless computes' : `the ${computeShown(sitter)}`;
