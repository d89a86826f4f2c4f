// Microsoft's service tags out of the snapshot, read once; undefined without tags, or where the document has an unknown shape.
import type { Json } from '../model/json.ts';
import { fold } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { globalTagOf, readServiceTags, type ServiceTags } from '../net/service-tags.ts';
import { memoizePerSnapshot } from './memoize.ts';

/** A plan's preview checks many snapshots with one list of tags: it is parsed, and each tag resolved, once for all of them. */
const read = new WeakMap<Json & object, { readonly tags: ServiceTags | undefined }>();

export const serviceTagsOf = memoizePerSnapshot((index): ServiceTags | undefined => {
  const document = index.snapshot.serviceTags?.document;
  if (typeof document !== 'object' || document === null) return undefined;
  const known = read.get(document) ?? { tags: readServiceTags(document) };
  read.set(document, known);
  return known.tags;
});

/** Why Azure did not return them; undefined where it was not asked, or returned them. */
export const tagsGapOf = memoizePerSnapshot((index): ReadFailure | undefined =>
  index.snapshot.gaps.find(({ id }) => fold(id).endsWith('/servicetags')),
);

/**
 * A tag's own prefixes and those of its regions: a global tag includes every regional one, even where the data is incomplete.
 */
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
