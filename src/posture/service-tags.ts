// Microsoft's service tags out of the snapshot, read once; undefined where none are at hand or the document is in no known shape.
import { fold } from '../model/resource-id.ts';
import type { Gap } from '../model/snapshot.ts';
import { globalTagOf, readServiceTags, type ServiceTags } from '../net/service-tags.ts';
import { oncePerWorld } from './memo.ts';

export const serviceTagsOf = oncePerWorld((world): ServiceTags | undefined => {
  const { serviceTags } = world.snapshot;
  return serviceTags === undefined ? undefined : readServiceTags(serviceTags.document);
});

/** Why Azure did not tell them; undefined where it was not asked, or told. */
export const tagsGapOf = oncePerWorld((world): Gap | undefined =>
  world.snapshot.gaps.find(({ id }) => fold(id).endsWith('/servicetags')),
);

/** A tag's own prefixes and those of its regions: a global tag holds every regional one, also where the data at hand is cut. */
export const wholeTag =
  (tags: ServiceTags | undefined) =>
  (name: string): readonly string[] | undefined => {
    const own = tags?.get(name);
    if (!tags || globalTagOf(name) !== name) return own?.prefixes;
    const key = name.toLowerCase();
    const regional = [...tags.all()].filter((tag) => tag.name.toLowerCase() !== key && isRegionOf(tag.name, key));
    if (!own && regional.length === 0) return undefined;
    return [...new Set([...(own?.prefixes ?? []), ...regional.flatMap(({ prefixes }) => prefixes)])];
  };
const isRegionOf = (name: string, key: string): boolean => globalTagOf(name).toLowerCase() === key;
