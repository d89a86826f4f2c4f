// What one scan has asked for and got: each thing once, with read failures where nothing was given. It must not know what a
// workspace consists of.
import type { ArmClient, ReadAnswer } from '../azure/arm-client.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, typeOf } from '../model/resource-id.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { Collection, Permission, ReadFailure, SharedList } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import { resourceTypeOf, resourceTypes } from '../resource-types/index.ts';
import { resourceOfRow } from './fleet/pool.ts';

export interface Collected {
  readonly resources: readonly Resource[];
  readonly collections: readonly Collection[];
  readonly permissions: readonly Permission[];
  readonly gaps: readonly ReadFailure[];
  /** Paths of lists that were gone through, and of which only some members are kept. */
  readonly searched?: readonly string[];
}

/** A list that was read whole: its members or, where scans share it, the list itself. */
export type LookedUp =
  | { readonly resources: readonly Resource[]; readonly shared?: undefined }
  | { readonly shared: SharedList };

export interface Collector {
  /** The resource, or undefined with a read failure noted. */
  read(id: string): Promise<Resource | undefined>;
  /** Every member, or undefined with a read failure noted. A list that a query narrows is kept under path and query together. */
  list(
    collection: string,
    type: string,
    query?: Readonly<Record<string, string>>,
  ): Promise<readonly Resource[] | undefined>;
  /** The same for a list that need not be gone through: where scans share it, its members are not copied. */
  lookUp(collection: string, type: string): Promise<LookedUp | undefined>;
  /** The members of a list of which only some belong into the snapshot. */
  search(collection: string, type: string): Promise<readonly Resource[] | undefined>;
  /** The rows of a query of Resource Graph about all subscriptions, of which only some belong into the snapshot. `id` stands for it. */
  query(id: string, type: string, query: string): Promise<readonly Resource[] | undefined>;
  /** Notes what is not asked for, and why. */
  leave(gap: ReadFailure): void;
  /** A list whose items are no resources, kept as one document under the list's path; undefined with a read failure noted. */
  report(path: string): Promise<Resource | undefined>;
  /** The security admin rules in effect in a network, or undefined with a read failure noted. */
  adminRules(network: string): Promise<Resource | undefined>;
  /** The connectivity configurations in effect in a network, or undefined with a read failure noted. */
  connectivity(network: string): Promise<Resource | undefined>;
  permissions(scope: string): Promise<void>;
  /** Microsoft's service tags, or undefined with a read failure noted. */
  serviceTags(place: { readonly subscription: string; readonly location: string }): Promise<JsonObject | undefined>;
  /** Puts a resource in hand that came inside another. */
  keep(resource: Resource): void;
  /** Is the resource in hand? */
  holds(id: string): boolean;
  gapAt(id: string): ReadFailure | undefined;
  /** The resources in hand, in their order. */
  resources(): readonly Resource[];
  collected(): Collected;
}

/** `progress` hears after each answer how many of the questions so far are answered. */
export function collectorOf(
  arm: ArmClient,
  progress: (done: number, total: number, detail: string) => void,
  signal?: AbortSignal,
): Collector {
  const resources = new Map<string, Resource>();
  const gaps = new Map<string, ReadFailure>();
  const collections = new Map<string, Collection>();
  const permissions = new Map<string, Permission>();
  const searched = new Map<string, string>();
  const asked = new Map<string, Promise<unknown>>();
  let done = 0;
  const stop = signal ? { signal } : {};

  const once = <T>(key: string, detail: string, ask: () => Promise<T>): Promise<T> => {
    const known = asked.get(key);
    if (known) return known as Promise<T>;
    const answer = ask().finally(() => {
      done += 1;
      progress(done, asked.size, detail);
    });
    asked.set(key, answer);
    return answer;
  };
  /** The resources so far, in their order; undefined when one was added since. */
  let sorted: readonly Resource[] | undefined;
  const keep = (resource: Resource): void => {
    const [key, kept] = [fold(resource.id), withoutSecretsOf(resource)];
    if (resources.get(key) === kept) return;
    resources.set(key, kept);
    sorted = undefined;
  };
  const inOrder = (): readonly Resource[] => {
    sorted ??= inTreeOrder(resources.values());
    return sorted;
  };
  const note = (gap: ReadFailure): void => {
    gaps.set(fold(gap.id), gap);
  };
  /** An answer about one thing: kept with what it leaves open, or noted as a read failure. */
  const taken = (answer: ReadAnswer): Resource | undefined => {
    if (!answer.ok) {
      note(answer.gap);
      return undefined;
    }
    answer.gaps?.forEach(note);
    keep(answer.resource);
    return answer.resource;
  };
  /** A list that was read whole. */
  const kept = (id: string, members: readonly Resource[]): readonly Resource[] => {
    members.forEach(keep);
    collections.set(fold(id), { id, members: members.map((one) => one.id) });
    return members;
  };
  const listed = (collection: string, type: string, query?: Readonly<Record<string, string>>) => {
    const { type: spelt } = resourceTypeOf(type);
    return arm.list(collection, { type: spelt, ...(query ? { query } : {}), ...stop });
  };

  return {
    keep,
    holds: (id) => resources.has(fold(id)),
    gapAt: (id) => gaps.get(fold(id)),
    resources: inOrder,
    read: (id) =>
      once(`read ${fold(id)}`, clean(nameOf(id), 80), async () => {
        return taken(await arm.read(id, stop));
      }),
    list: (collection, type, query) => {
      const id = queried(collection, query);
      return once(`list ${fold(id)}`, resourceTypeOf(type).plural, async () => {
        const answer = await listed(collection, type, query);
        if (!answer.ok) {
          note({ ...answer.gap, id });
          return undefined;
        }
        return kept(id, answer.resources);
      });
    },
    lookUp: (collection, type) =>
      once(`look up ${fold(collection)}`, resourceTypeOf(type).plural, async () => {
        const answer = await listed(collection, type);
        if (!answer.ok) {
          note(answer.gap);
          return undefined;
        }
        const { shared } = answer;
        if (shared === undefined) return { resources: kept(collection, answer.resources) };
        collections.set(fold(collection), { id: collection, members: shared.ids, shared });
        return { shared };
      }),
    search: (collection, type) =>
      once(`search ${fold(collection)}`, resourceTypeOf(type).plural, async () => {
        const answer = await listed(collection, type);
        if (answer.ok) {
          searched.set(fold(collection), collection);
          return answer.resources;
        }
        note(answer.gap);
        return undefined;
      }),
    query: (id, type, query) =>
      once(`query ${fold(id)}`, resourceTypeOf(type).plural, async () => {
        const found: Resource[] = [];
        const onRows = (rows: readonly JsonObject[]) => {
          for (const row of rows) found.push(...[resourceOfRow(row) ?? []].flat());
        };
        const answer = await arm.graph({ query, onRows, ...stop });
        if (answer.ok) {
          searched.set(fold(id), id);
          return found;
        }
        note({ ...answer.gap, id });
        return undefined;
      }),
    leave: note,
    report: (path) =>
      once(`report ${fold(path)}`, resourceTypeOf(typeOf(path)).plural, async () => {
        return taken(await arm.report(path, signal));
      }),
    adminRules: (network) =>
      once(`admin rules ${fold(network)}`, 'security admin rules', async () => {
        return taken(await arm.adminRules(network, signal));
      }),
    connectivity: (network) =>
      once(`connectivity ${fold(network)}`, 'connectivity configurations', async () => {
        return taken(await arm.connectivity(network, signal));
      }),
    permissions: (scope) =>
      once(`permissions ${fold(scope)}`, 'permissions', async () => {
        const answer = await arm.permissions(scope, signal);
        if ('reason' in answer) note(answer);
        else permissions.set(fold(scope), answer);
      }),
    serviceTags: (place) =>
      once('service tags', 'service tags', async () => {
        const answer = await arm.serviceTags(place, signal);
        if (answer.ok) return answer.document;
        note(answer.gap);
        return undefined;
      }),
    collected: () => ({
      resources: inOrder(),
      collections: [...collections.values()].toSorted((a, b) => compare(a.id, b.id)),
      permissions: [...permissions.values()].toSorted((a, b) => compare(a.scope, b.scope)),
      // A resource that a list showed after a read of it failed is in hand.
      gaps: [...gaps.values()].filter(({ id }) => !resources.has(fold(id))).toSorted((a, b) => compare(a.id, b.id)),
      ...(searched.size === 0 ? {} : { searched: [...searched.values()].toSorted(compare) }),
    }),
  };
}

/** What is shown, saved and planned with holds no secrets. A write reads the resource again, and sends it whole. */
function withoutSecretsOf(resource: Resource): Resource {
  const body = withoutSecrets(resource.body);
  return body === resource.body ? resource : { ...resource, body };
}

/** `/subscriptions/…/roleAssignments?$filter=principalId eq '…'`: not the whole list, so not under its name. */
function queried(collection: string, query: Readonly<Record<string, string>> = {}): string {
  const words = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? collection : `${collection}?${words.join('&')}`;
}

const compare = (a: string, b: string): number => (fold(a) < fold(b) ? -1 : fold(a) > fold(b) ? 1 : 0);
const ranks = new Map(resourceTypes.map(({ type }, at) => [fold(type), at]));
/** Answers come in any order; a snapshot of the same world is always the same. */
export function inTreeOrder(resources: Iterable<Resource>): Resource[] {
  const keyed = Array.from(resources, (resource) => {
    return { resource, rank: ranks.get(fold(resource.type)) ?? resourceTypes.length, id: fold(resource.id) };
  });
  keyed.sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return keyed.map(({ resource }) => resource);
}
