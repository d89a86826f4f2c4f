// Microsoft's service tags out of the snapshot, read once; undefined where none are at hand or the document is in no known shape.
import { fold } from '../model/resource-id.ts';
import type { Gap } from '../model/snapshot.ts';
import { readServiceTags, type ServiceTags } from '../net/service-tags.ts';
import { oncePerWorld } from './memo.ts';

export const serviceTagsOf = oncePerWorld((world): ServiceTags | undefined => {
  const { serviceTags } = world.snapshot;
  return serviceTags === undefined ? undefined : readServiceTags(serviceTags.document);
});

/** Why Azure did not tell them; undefined where it was not asked, or told. */
export const tagsGapOf = oncePerWorld((world): Gap | undefined =>
  world.snapshot.gaps.find(({ id }) => fold(id).endsWith('/servicetags')),
);
