// The subnets and networks that computes sit in, as subjects of rules.
import { GapRead } from '../../model/gap-read.ts';
import { computeNetworks, type Seat } from '../../posture/compute-networks.ts';
import { trainingSubnets, unreadTraining } from '../../posture/training-subnets.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { computeShown } from './computes.ts';
import { notApplicable } from './verdict.ts';

/** These, or the workspace where there are none, so that the rule says so. */
function orWorkspace(ids: readonly string[], { world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  return ids.length > 0 ? ids.map((resource) => ({ resource })) : [{ resource: workspace }];
}

/** Each training subnet in the casing of its own answer, where that is in hand; the workspace for those that were not read. */
export function trainingSubnetSubjects(judgement: Judgement): Subject[] {
  const { workspace } = judgement.world.snapshot;
  const known = trainingSubnets(judgement.world).map(({ subnet }) => spelt(subnet, judgement));
  const unread = workspace === null || unreadTraining(judgement.world).length === 0 ? [] : [workspace];
  return orWorkspace([...known, ...unread], judgement);
}

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

/** Judges a subnet or network; the workspace as subject stands for "there is none", or none that could be read. */
export function placeJudged({ resource }: Subject, { world }: Judgement, judge: (id: string) => Verdict): Verdict {
  if (resource !== world.snapshot.workspace) return judge(resource);
  const [unread] = unreadTraining(world);
  if (unread) throw new GapRead(unread.gap);
  return notApplicable('No training compute of the workspace sits in a subnet of yours.');
}

/** `compute cluster cpu-cluster`, `the serverless computes`. */
export const sitterShown = ({ sitter, isServerless }: Seat): string =>
  isServerless ? 'the serverless computes' : `the ${computeShown(sitter)}`;
