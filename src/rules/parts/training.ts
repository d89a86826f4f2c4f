// The training subnets as subjects of rules, and what is said where there is none.
import { GapRead } from '../../model/gap-read.ts';
import type { Resource } from '../../model/resource.ts';
import type { World } from '../../model/world.ts';
import { trainingSubnets, unreadTraining } from '../../posture/training-subnets.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { notApplicable } from './verdict.ts';

/**
 * Each training subnet, in the casing of its own answer where that is in hand, with what `where` finds in it; the workspace
 * where there is none, or where one may be unseen.
 */
export function trainingSubjects(
  { world }: Judgement,
  where: (subnet: Resource) => string | undefined = () => undefined,
): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = trainingSubnets(world).map(({ subnet }): Subject => {
    const there = world.peek(subnet);
    if (there.state !== 'read') return { resource: subnet };
    const second = where(there.resource);
    return { resource: there.resource.id, ...(second === undefined ? {} : { where: second }) };
  });
  return found.length === 0 || unreadTraining(world).length > 0 ? [{ resource: workspace }, ...found] : found;
}

/** The answer where the workspace itself is the subject; undefined for a subnet. Throws GapRead when a compute may be unseen. */
export function noTraining(
  id: string,
  world: World,
  sentence = 'No training compute sits in a subnet.',
): Verdict | undefined {
  if (id !== world.snapshot.workspace) return undefined;
  const [unread] = unreadTraining(world);
  if (unread) throw new GapRead(unread.gap);
  return notApplicable(sentence);
}
