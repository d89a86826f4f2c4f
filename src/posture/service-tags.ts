// Microsoft's service tags out of the snapshot, read once; undefined where none are at hand or the document is in no known shape.
import { readServiceTags, type ServiceTags } from '../net/service-tags.ts';
import { oncePerWorld } from './memo.ts';

export const serviceTagsOf = oncePerWorld((world): ServiceTags | undefined => {
  const { serviceTags } = world.snapshot;
  return serviceTags === undefined ? undefined : readServiceTags(serviceTags.document);
});
