// A verdict that hangs on what service tags stand for, where no such data are at hand: unknown, with the reason where there is one.
import type { Evidence } from '../../model/finding.ts';
import { GapRead, type World } from '../../model/world.ts';
import { serviceTagsOf, tagsGapOf } from '../../posture/service-tags.ts';
import type { Verdict } from '../rule.ts';
import { unknown } from './verdict.ts';

/** Throws GapRead where Azure refused to tell the tags and none are kept: that is why the verdict is unknown. */
export function askedForTags(world: World): void {
  const gap = serviceTagsOf(world) ? undefined : tagsGapOf(world);
  if (gap) throw new GapRead(gap);
}

/** Unknown for want of tag data. Throws GapRead where Azure refused to tell them. */
export function unknownForTags(world: World, because: string, evidence: readonly Evidence[] = []): Verdict {
  askedForTags(world);
  return unknown(because, evidence);
}
