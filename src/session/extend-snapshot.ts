// Reads a few more resources into an existing snapshot: a question may depend on what no rule reads, and a plan on whether the names are
// free that it chooses for what it creates.
import type { ArmClient } from '../azure/arm-client.ts';
import { unreadNames } from '../model/made-ids.ts';
import type { Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { fold, typeOf } from '../model/resource-id.ts';
import type { ListRequest, Snapshot } from '../model/snapshot.ts';
import { indexSnapshot, resourceIn } from '../model/snapshot-index.ts';
import { isKeptInPart, peeringsOf, resourceTypeOf, securityRulesOf, subnetsOf } from '../resource-types/index.ts';
import { type Collector, collectorOf, inTreeOrder } from './collector.ts';
import { adminRulesOver } from './scan-networks.ts';

/** The snapshot with these resources and lists, or with the gaps that reading them left. What it holds already stays as it was. */
export async function extendSnapshot(
  snapshot: Snapshot,
  ids: readonly string[],
  arm: ArmClient,
  progress: (done: number, total: number, detail: string) => void,
  signal?: AbortSignal,
  lists: readonly ListRequest[] = [],
): Promise<Snapshot> {
  const before = arm.counts.requests;
  const collector = collectorOf(arm, progress, signal);
  const reading = ids.map((id) => collector.read(id));
  await Promise.all(lists.map(({ collection, type, query }) => collector.list(collection, type, query)));
  const found = await Promise.all(reading);
  for (const resource of found) {
    if (resource)
      [...subnetsOf(resource), ...peeringsOf(resource), ...securityRulesOf(resource)].forEach(collector.keep);
  }
  await adminRulesOver(collector);
  return withCollected(snapshot, collector, arm.counts.requests - before);
}

/** The snapshot with what was read since, by so many requests. What it holds already stays as it was. */
export function withCollected(snapshot: Snapshot, collector: Collector, requests: number): Snapshot {
  const { resources, collections, gaps } = collector.collected();
  const isNews = ({ id }: Resource): boolean => {
    const held = resourceIn(snapshot, id);
    return held === undefined || isKeptInPart(held);
  };
  const news = new Map(resources.filter(isNews).map((one) => [fold(one.id), one]));
  const held = snapshot.resources.filter(({ id }) => !news.has(fold(id)));
  return {
    ...snapshot,
    requests: snapshot.requests + requests,
    resources: inTreeOrder([...held, ...news.values()]),
    collections: [...snapshot.collections, ...collections],
    gaps: [...snapshot.gaps, ...gaps],
  };
}

/** The plans that would be shown of this snapshot. */
export type PlansOf = (snapshot: Snapshot) => readonly Plan[] | Promise<readonly Plan[]>;

/** So often another name is chosen and read. */
const rounds = 6;

/**
 * The snapshot with the names read that these plans choose: a 404 says that one is free. One that is taken is then in the snapshot, and the
 * fixes choose another; one that cannot be read is an effect that needs the operator. The same snapshot where every name is free: what was
 * planned of it holds. `read`: adds these resources and lists to it.
 */
export async function withNames(
  given: Snapshot,
  plansOf: PlansOf,
  read: (snapshot: Snapshot, ids: readonly string[], lists: readonly ListRequest[]) => Promise<Snapshot>,
): Promise<Snapshot> {
  let snapshot = given;
  for (let round = 0; ; round += 1) {
    const changes = (await plansOf(snapshot)).flatMap(({ steps }) => steps.map(({ change }) => change));
    const names = unreadNames(changes, indexSnapshot(snapshot));
    if (names.length === 0) return snapshot;
    if (round === rounds) {
      const gaps = names.map((id) => ({ id, reason: 'It was not read.', action: '' }));
      return { ...snapshot, gaps: [...snapshot.gaps, ...gaps] };
    }
    const seen = await read(snapshot, names, []);
    const index = indexSnapshot(seen);
    if (names.every((id) => index.peek(id).state === 'missing')) return snapshot;
    const taken = names.filter((id) => index.peek(id).state === 'read');
    const lists = taken.flatMap((id) =>
      (resourceTypeOf(typeOf(id)).childLists ?? []).map((name): ListRequest => {
        return { collection: `${id}/${name}`, type: `${typeOf(id)}/${name}`, query: {} };
      }),
    );
    const isNew = ({ collection }: ListRequest) => !index.hasList(fold(collection));
    snapshot = lists.some(isNew) ? await read(seen, [], lists.filter(isNew)) : seen;
  }
}
