// What rules about training subnets share: the subnets as subjects, and the result where service tag addresses are missing.

import { serviceTagsOf, tagsGapOf } from '../../facts/service-tags.ts';
import { trainingSubnets, unreadTraining } from '../../facts/training-subnets.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import type { CheckResult, RuleContext, Subject } from '../rule.ts';
import { notApplicable, unknown } from './verdict.ts';

/**
 * Each training subnet, in the casing of its own answer where that was read, with what `where` finds in it; the workspace where
 * there is none, or where one may be missing from the snapshot.
 */
export function trainingSubjects(
  { index }: RuleContext,
  where: (subnet: Resource) => string | undefined = () => undefined,
): Subject[] {
  const { workspace } = index.snapshot;
  if (workspace === null) return [];
  const found = trainingSubnets(index).map(({ subnet }): Subject => {
    const there = index.peek(subnet);
    if (there.state !== 'read') return { resource: subnet };
    const second = where(there.resource);
    return { resource: there.resource.id, ...(second === undefined ? {} : { where: second }) };
  });
  return found.length === 0 || unreadTraining(index).length > 0 ? [{ resource: workspace }, ...found] : found;
}

/** The result where the workspace itself is the subject; undefined for a subnet. Throws UnreadableError when a compute was not read. */
export function noTraining(
  id: string,
  index: SnapshotIndex,
  sentence = 'No training compute uses a subnet.',
): CheckResult | undefined {
  if (id !== index.snapshot.workspace) return undefined;
  const [unread] = unreadTraining(index);
  if (unread) throw new UnreadableError(unread.gap);
  return notApplicable(sentence);
}

/** Throws UnreadableError where Azure refused to list the service tags and none are cached: that is why the result is unknown. */
export function askedForTags(index: SnapshotIndex): void {
  const gap = serviceTagsOf(index) ? undefined : tagsGapOf(index);
  if (gap) throw new UnreadableError(gap);
}

/** Unknown because service tag addresses are missing. Throws UnreadableError where Azure refused to list them. */
export function unknownForTags(index: SnapshotIndex, because: string, evidence: readonly Evidence[] = []): CheckResult {
  askedForTags(index);
  return unknown(because, evidence);
}
