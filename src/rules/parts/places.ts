// The subnets and networks that computes sit in, as subjects of rules.
import { computeNetworks, type Seat } from '../../posture/compute-networks.ts';
import { trainingSubnets } from '../../posture/training-subnets.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { computeShown } from './computes.ts';
import { notApplicable } from './verdict.ts';

/** These, or the workspace where there are none, so that the rule says so. */
function orWorkspace(ids: readonly string[], { world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  return ids.length > 0 ? ids.map((resource) => ({ resource })) : [{ resource: workspace }];
}

/** Each training subnet in the casing of its own answer, where that is in hand. */
export const trainingSubnetSubjects = (judgement: Judgement): Subject[] =>
  orWorkspace(
    trainingSubnets(judgement.world).map(({ subnet }) => spelt(subnet, judgement)),
    judgement,
  );

/** Each network that clusters, instances or serverless nodes sit in. */
export const computeNetworkSubjects = (judgement: Judgement): Subject[] =>
  orWorkspace(
    computeNetworks(judgement.world).map(({ vnet }) => spelt(vnet, judgement)),
    judgement,
  );

function spelt(id: string, { world }: Judgement): string {
  const found = world.peek(id);
  return found.state === 'read' ? found.resource.id : id;
}

/** Judges a subnet or network; the workspace as subject stands for "there is none". */
export const placeJudged = ({ resource }: Subject, { world }: Judgement, judge: (id: string) => Verdict): Verdict =>
  resource === world.snapshot.workspace
    ? notApplicable('No training compute of the workspace sits in a subnet of yours.')
    : judge(resource);

/** `compute cluster cpu-cluster`, `the serverless computes`. */
export const sitterShown = ({ sitter, isServerless }: Seat): string =>
  isServerless ? 'the serverless computes' : `the ${computeShown(sitter)}`;
