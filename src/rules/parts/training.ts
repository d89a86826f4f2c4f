// What rules about training subnets share: the subnets as subjects, and the result where service tag addresses are missing.
import type { Evidence } from '../../model/finding.ts';
import { GapRead } from '../../model/gap-read.ts';
import type { Resource } from '../../model/resource.ts';
import type { World } from '../../model/world.ts';
import { serviceTagsOf, tagsGapOf } from '../../posture/service-tags.ts';
import { trainingSubnets, unreadTraining } from '../../posture/training-subnets.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { notApplicable, unknown } from './verdict.ts';

/**
 * Each training subnet, in the casing of its own answer where that was read, with what `where` finds in it; the workspace where
 * there is none, or where one may be missing from the snapshot.
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

/** The result where the workspace itself is the subject; undefined for a subnet. Throws GapRead when a compute was not read. */
export function noTraining(
  id: string,
  world: World,
  sentence = 'No training compute uses a subnet.',
): Verdict | undefined {
  if (id !== world.snapshot.workspace) return undefined;
  const [unread] = unreadTraining(world);
  if (unread) throw new GapRead(unread.gap);
  return notApplicable(sentence);
}

/** Throws GapRead where Azure refused to list the service tags and none are cached: that is why the result is unknown. */
export function askedForTags(world: World): void {
  const gap = serviceTagsOf(world) ? undefined : tagsGapOf(world);
  if (gap) throw new GapRead(gap);
}

/** Unknown because service tag addresses are missing. Throws GapRead where Azure refused to list them. */
export function unknownForTags(world: World, because: string, evidence: readonly Evidence[] = []): Verdict {
  askedForTags(world);
  return unknown(because, evidence);
}
