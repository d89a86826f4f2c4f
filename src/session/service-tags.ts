// Where a scan gets Microsoft's service tags: a file that the operator named, a recent list, or Azure. They are
// one large list: it is requested only where a rule can need it, and kept for a week.

import type { Assumptions } from '../model/assumption.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { TagsSeen } from '../model/snapshot.ts';
import type { StoredTags } from '../model/tags-seen.ts';
import { cutTags, listAt, routeTableType, securityGroupType } from '../resource-types/index.ts';

/** Where the list is kept between runs. Neither call ever throws: what cannot be kept is requested again. */
export interface TagStore {
  get(): Promise<StoredTags | undefined>;
  put(tags: StoredTags): Promise<void>;
}

export interface TagOptions {
  /** The operator's own file: used instead of asking. */
  readonly file?: TagsSeen & { readonly document: JsonObject };
  /** None: the list is kept for this session alone. */
  readonly store?: TagStore;
  /** Ask now, however young what is kept may be. */
  readonly refresh?: boolean;
}

/** Gives the tags that these resources need; `ask` gives undefined when Azure does not, and has then noted the gap. */
export type TagSource = (
  needing: readonly Resource[],
  intents: Assumptions,
  now: Date,
  ask: () => Promise<JsonObject | undefined>,
) => Promise<TagsSeen | undefined>;

/** Microsoft publishes weekly, and uses no new address within a week of its publication. */
const freshFor = 7 * 86_400_000;

/** One source for all scans of a session. */
export function tagSource({ file, store, refresh = false }: TagOptions): TagSource {
  let kept: StoredTags | undefined;
  let old = refresh;
  return async (resources, intents, now, ask) => {
    if (file) return { ...file, document: cutTags(file.document, resources) };
    if (!canNeedTags(resources, intents)) return undefined;
    kept ??= await store?.get();
    const age = kept === undefined ? Number.NaN : now.getTime() - Date.parse(kept.at);
    if (kept !== undefined && !old && age >= 0 && age < freshFor) return seen(kept, 'cache', resources);
    const document = await ask();
    // Old ones are better than none: the header shows their age, and the gap why there are no newer ones.
    if (document === undefined) return kept && seen(kept, 'cache', resources);
    kept = { at: now.toISOString(), document };
    old = false;
    await store?.put(kept);
    return seen(kept, 'azure', resources);
  };
}

const seen = ({ at, document }: StoredTags, source: TagsSeen['source'], resources: readonly Resource[]): TagsSeen => ({
  source,
  from: 'Azure',
  at,
  document: cutTags(document, resources),
});

/**
 * Does any rule ask for addresses here? Those of security groups, of routes, and the one that holds the operator's own address
 * against Azure's ranges.
 */
export function canNeedTags(resources: readonly Resource[], intents: Assumptions): boolean {
  const ofType = (type: string) => resources.filter((one) => fold(one.type) === fold(type));
  return (
    ofType(securityGroupType).length > 0 ||
    ofType(routeTableType).some(({ body }) => listAt(body, '/properties/routes').length > 0) ||
    (intents.devClientIps ?? []).length > 0
  );
}
