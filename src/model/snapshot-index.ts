// Lookups over a snapshot. Reading a resource that could not be read, or a value that files leave unresolved, throws
// `UnreadableError`, which the audit turns into `unknown`, so that rules need no code for it.

import { memoizePerObject } from './caches.ts';
import { hasChanged } from './live.ts';
import { hubOf } from './posture.ts';
import type { Resource } from './resource.ts';
import { fold, nameInParent, nameOf, sameId, typeOf } from './resource-id.ts';
import type { Collection, Permission, ReadFailure, SharedList, Snapshot } from './snapshot.ts';
import { clean } from './text.ts';
import { UnreadableError } from './unreadable-error.ts';
import { guarded } from './unresolved.ts';

export type Peek =
  | { readonly state: 'read'; readonly resource: Resource }
  | { readonly state: 'missing' }
  | { readonly state: 'gap'; readonly gap: ReadFailure };

export interface SnapshotIndex {
  readonly snapshot: Snapshot;
  /** The resource; undefined when Azure answered 404. Throws {@link UnreadableError} when it could not be read. */
  get(id: string): Resource | undefined;
  /** The same without the throw, for rules that handle an unreadable resource themselves. */
  peek(id: string): Peek;
  /** All members of a list that was read whole. Throws {@link UnreadableError} when it was not. */
  list(collection: string): readonly Resource[];
  /** Was this list read whole? */
  hasList(collection: string): boolean;
  /** Every resource of a type in the snapshot, whether its list was complete or not. */
  ofType(type: string): readonly Resource[];
  /** The same without the members of shared lists, which are many. */
  ownOfType(type: string): readonly Resource[];
  /** This list, where it is one that snapshots share. */
  sharedList(collection: string): SharedList | undefined;
  /** Those of a type. */
  sharedListsOf(type: string): readonly SharedList[];
  /** Their ids. The same array for worlds that differ in bodies alone, so that what follows from ids is computed once. */
  idsOf(type: string): readonly string[];
  /**
   * The workspace whose network settings apply: the one in question or, for a project, its hub. Missing where files hold none; a
   * hub that was not read is a gap.
   */
  posture(): Peek;
  /** The same; undefined when it is missing. Throws {@link UnreadableError} when it could not be read. */
  workspace(): Resource | undefined;
  permissions(scope: string): Permission | undefined;
}

const made = new WeakMap<Snapshot, SnapshotIndex>();

/** The list of resources that another was made from, and the types of those that differ, in lower case. */
interface Origin {
  readonly from: readonly Resource[];
  readonly types: ReadonlySet<string>;
}
const origins = new WeakMap<readonly Resource[], Origin>();
const indexOf = new WeakMap<readonly Resource[], SnapshotIndex>();
/** So many steps back an earlier world is looked for. */
const mostSteps = 60;

/** The worlds that this one was made from by changes to resources, the latest first, each with the types that differ since. */
export function* earlierWorlds({ snapshot }: SnapshotIndex): Generator<{
  readonly index: SnapshotIndex;
  readonly types: ReadonlySet<string>;
}> {
  const types = new Set<string>();
  let at: readonly Resource[] = snapshot.resources;
  for (let step = 0; step < mostSteps; step += 1) {
    const origin = origins.get(at);
    if (origin === undefined) return;
    for (const type of origin.types) types.add(type);
    at = origin.from;
    const index = indexOf.get(at);
    if (index === undefined) continue;
    // What was read, declared or asked of Azure besides is the same.
    if (beside.some((name) => index.snapshot[name] !== snapshot[name])) return;
    yield { index, types };
  }
}
const beside = ['gaps', 'collections', 'permissions', 'intents', 'serviceTags', 'live', 'workspace'] as const;

/** The index of a snapshot, made once, so that facts about it are computed once for all callers. */
export function indexSnapshot(snapshot: Snapshot): SnapshotIndex {
  const index = made.get(snapshot) ?? openWorld(snapshot);
  made.set(snapshot, index);
  indexOf.set(snapshot.resources, index);
  return index;
}

function openWorld(snapshot: Snapshot): SnapshotIndex {
  const { resources } = snapshot;
  const at = placesIn(resources).last;
  const gaps = gapsById(snapshot.gaps);
  const lists = listsById(snapshot.collections);
  const byId = (folded: string): Resource | undefined => {
    const found = resources[at.get(folded) ?? -1] ?? sharedMember(snapshot, folded);
    return found && guarded(found);
  };
  const types = new Map<string, readonly Resource[]>();
  const allTypes = new Map<string, readonly Resource[]>();
  const ownOfType = (type: string): readonly Resource[] => {
    const key = fold(type);
    const before = types.get(key);
    if (before !== undefined) return before;
    const found = (placesIn(resources).ofType().get(key) ?? []).flatMap((place) => {
      const one = resources[place];
      return one ? guarded(one) : [];
    });
    types.set(key, found);
    return found;
  };

  const peek = (id: string): Peek => {
    const resource = byId(fold(id));
    if (resource) return { state: 'read', resource };
    const gap = gaps.get(fold(id));
    if (gap?.status === 404) return { state: 'missing' };
    return {
      state: 'gap',
      gap: gap ?? { id, reason: notRead(id, snapshot), action: '' },
    };
  };
  const get = (id: string): Resource | undefined => {
    const seen = peek(id);
    if (seen.state === 'gap') throw new UnreadableError(seen.gap);
    return seen.state === 'read' ? seen.resource : undefined;
  };
  const members = new Map<string, readonly Resource[]>();
  let known: Peek | undefined;
  const posture = (): Peek => {
    known ??= postureIn(snapshot.workspace, peek);
    return known;
  };
  return {
    snapshot,
    peek,
    get,
    list(collection) {
      const key = fold(collection);
      const before = members.get(key);
      if (before !== undefined) return before;
      const found = lists.get(key);
      if (!found) {
        throw new UnreadableError(
          gaps.get(key) ?? { id: collection, reason: notListed(collection, snapshot), action: '' },
        );
      }
      const listed = found.members.flatMap((id) => byId(fold(id)) ?? []);
      members.set(key, listed);
      return listed;
    },
    hasList: (collection) => lists.has(fold(collection)),
    ofType(type) {
      if (!isShared(snapshot, type)) return ownOfType(type);
      const key = fold(type);
      const all = allTypes.get(key) ?? resourcesOfType(snapshot, type).map(guarded);
      allTypes.set(key, all);
      return all;
    },
    ownOfType,
    sharedList: (collection) => lists.get(fold(collection))?.shared,
    sharedListsOf: (type) => sharedOf(snapshot, type),
    idsOf: (type) =>
      isShared(snapshot, type)
        ? resourcesOfType(snapshot, type).map(({ id }) => id)
        : placesIn(resources).idsOf(fold(type)),
    posture,
    workspace: () => {
      const settings = posture();
      if (settings.state === 'gap') throw new UnreadableError(settings.gap);
      return settings.state === 'read' ? settings.resource : undefined;
    },
    permissions: (scope) => snapshot.permissions.find((permission) => sameId(permission.scope, scope)),
  };
}

const notRead = (id: string, { source }: Snapshot): string =>
  source.kind === 'files' ? `${clean(nameInParent(id), 120)} is not in the files.` : 'It was not read.';

/** `policyAssignments`: The files contain no list of policy assignments. */
const notListed = (collection: string, { source }: Snapshot): string =>
  source.kind === 'files'
    ? `The files contain no list of ${clean(nameOf(collection).replace(/\?.*$/s, ''), 60).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}.`
    : 'The list was not read.';

function postureIn(workspace: string | null, peek: (id: string) => Peek): Peek {
  const own: Peek = workspace === null ? { state: 'missing' } : peek(workspace);
  const hub = own.state === 'read' ? hubOf(own.resource) : undefined;
  if (own.state !== 'read' || hub === undefined) return own;
  const seen = peek(hub);
  if (seen.state === 'read') return seen;
  const of = `The hub ${clean(nameOf(hub), 120)} of project ${clean(nameOf(own.resource.id), 120)}`;
  const action = 'Microsoft.MachineLearningServices/workspaces/read';
  if (seen.state === 'missing')
    return { state: 'gap', gap: { id: hub, reason: `${of} does not exist.`, action, status: 404 } };
  const { gap } = seen;
  return { state: 'gap', gap: gap.action === '' ? { ...gap, reason: `${of} was not read.`, action } : gap };
}

/** Where the resources of a list are. Lists that differ in bodies alone share it. */
interface Places {
  /** By folded id; the first, and the last, of several with one id. */
  readonly first: ReadonlyMap<string, number>;
  readonly last: ReadonlyMap<string, number>;
  /** By folded type, in their order. */
  ofType(): ReadonlyMap<string, readonly number[]>;
  idsOf(foldedType: string): readonly string[];
}
const places = new WeakMap<readonly Resource[], Places>();

function placesIn(resources: readonly Resource[]): Places {
  const known = places.get(resources);
  if (known !== undefined) return known;
  const last = new Map(resources.map(({ id }, place) => [fold(id), place]));
  const isUnique = last.size === resources.length;
  const first = isUnique ? last : new Map(resources.map(({ id }, place) => [fold(id), place] as const).toReversed());
  let byType: ReadonlyMap<string, readonly number[]> | undefined;
  const ofType = () => {
    byType ??= Map.groupBy(resources.keys(), (place) => fold(resources[place]?.type ?? ''));
    return byType;
  };
  const ids = new Map<string, readonly string[]>();
  const idsOf = (foldedType: string) => {
    const own =
      ids.get(foldedType) ??
      ofType()
        .get(foldedType)
        ?.map((place) => resources[place]?.id ?? '') ??
      [];
    ids.set(foldedType, own);
    return own;
  };
  const made: Places = { first, last, ofType, idsOf };
  places.set(resources, made);
  return made;
}

/** Snapshots that a plan passes through share lists, so each is looked through once. */
const byFoldedId = <T extends { readonly id: string }>() =>
  memoizePerObject((list: readonly T[]): ReadonlyMap<string, T> => new Map(list.map((one) => [fold(one.id), one])));
const gapsById = byFoldedId<ReadFailure>();
const listsById = byFoldedId<Collection>();
const sharedLists = memoizePerObject((collections: readonly Collection[]): readonly SharedList[] =>
  collections.flatMap(({ shared }) => shared ?? []),
);

const sharedOf = ({ collections }: Snapshot, type: string): readonly SharedList[] =>
  sharedLists(collections).filter((list) => sameId(list.type, type));
const isShared = (snapshot: Snapshot, type: string): boolean => sharedOf(snapshot, type).length > 0;

/** Every resource of a type, members of shared lists too. */
export function resourcesOfType(snapshot: Snapshot, type: string): Resource[] {
  const own = snapshot.resources.filter((resource) => sameId(resource.type, type));
  const lists = sharedOf(snapshot, type);
  if (lists.length === 0) return own;
  const known = new Set(own.map(({ id }) => fold(id)));
  const others = lists.flatMap(({ ids }) => ids).filter((id) => !known.has(id));
  return [...own, ...others.flatMap((id) => sharedMember(snapshot, id) ?? [])];
}

/** A member of a shared list, of its parent or of its subscription, unless it was deleted since. */
function sharedMember({ collections, gaps }: Snapshot, folded: string): Resource | undefined {
  if (sharedLists(collections).length === 0 || gapsById(gaps).get(folded)?.status === 404) return undefined;
  const list = folded.slice(0, folded.lastIndexOf('/'));
  const found = [list, list.replace(/\/resourcegroups\/[^/]+/, '')].flatMap(
    (id) => listsById(collections).get(id)?.shared ?? [],
  );
  return found[0]?.get(folded);
}

/** The resource with this id; undefined where the snapshot has none. */
export const resourceIn = (snapshot: Snapshot, id: string): Resource | undefined =>
  snapshot.resources[placesIn(snapshot.resources).first.get(fold(id)) ?? -1] ?? sharedMember(snapshot, fold(id));

/**
 * A snapshot with some resources replaced, for the preview's audit. Azure's live answers about the others may then be stale.
 */
export function withResources(
  snapshot: Snapshot,
  replaced: readonly Resource[],
  removed: readonly string[] = [],
): Snapshot {
  const { live, ...rest } = snapshot;
  const isStale = live !== undefined && hasChanged([...replaced.map(({ id }) => id), ...removed]);
  const same = live === undefined || isStale ? rest : snapshot;
  const resources = inPlace(snapshot.resources, replaced, removed) ?? rebuilt(snapshot, replaced, removed);
  const types = new Set([...replaced.map(({ type }) => fold(type)), ...removed.map((id) => fold(typeOf(id)))]);
  origins.set(resources, { from: snapshot.resources, types });
  return { ...same, resources };
}

/** The same list with these in their places; undefined where some are new, or ids are not unique. */
function inPlace(
  resources: readonly Resource[],
  replaced: readonly Resource[],
  removed: readonly string[],
): readonly Resource[] | undefined {
  const at = placesIn(resources);
  if (removed.length > 0 || at.last.size !== resources.length) return undefined;
  const next = [...resources];
  let isSameShape = true;
  for (const resource of replaced) {
    const place = at.last.get(fold(resource.id));
    if (place === undefined) return undefined;
    const now = resources[place];
    isSameShape &&= now?.id === resource.id && sameId(now.type, resource.type);
    next[place] = resource;
  }
  if (isSameShape) places.set(next, at);
  return next;
}

function rebuilt(
  { resources }: Snapshot,
  replaced: readonly Resource[],
  removed: readonly string[],
): readonly Resource[] {
  const gone = new Set(removed.map(fold));
  const byId = new Map(replaced.map((resource) => [fold(resource.id), resource]));
  const kept = resources
    .filter((resource) => !gone.has(fold(resource.id)))
    .map((resource) => byId.get(fold(resource.id)) ?? resource);
  const known = placesIn(resources).first;
  return [...kept, ...replaced.filter((resource) => !known.has(fold(resource.id)))];
}
