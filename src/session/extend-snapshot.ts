// Reads a few more resources into an existing snapshot: a question may depend on what no rule reads.
import type { ArmClient } from '../azure/arm-client.ts';
import type { ListRequest, Snapshot } from '../model/snapshot.ts';
import { resourceIn } from '../model/snapshot-index.ts';
import { peeringsOf, securityRulesOf, subnetsOf } from '../resource-types/index.ts';
import { type Collector, collectorOf, inTreeOrder } from './collector.ts';

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
  return withCollected(snapshot, collector, arm.counts.requests - before);
}

/** The snapshot with what was read since, by so many requests. What it holds already stays as it was. */
export function withCollected(snapshot: Snapshot, collector: Collector, requests: number): Snapshot {
  const { resources, collections, gaps } = collector.collected();
  return {
    ...snapshot,
    requests: snapshot.requests + requests,
    resources: inTreeOrder([...snapshot.resources, ...resources.filter(({ id }) => !resourceIn(snapshot, id))]),
    collections: [...snapshot.collections, ...collections],
    gaps: [...snapshot.gaps, ...gaps],
  };
}
