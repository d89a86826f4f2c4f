// Reads a few more resources into an existing snapshot: a question may depend on what no rule reads.
import type { ArmClient } from '../azure/arm-client.ts';
import { fold } from '../model/resource-id.ts';
import type { ListRequest, Snapshot } from '../model/snapshot.ts';
import { peeringsOf, securityRulesOf, subnetsOf } from '../resource-types/index.ts';
import { collectorOf, inTreeOrder } from './collector.ts';

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
  const { resources, collections, gaps } = collector.collected();
  const known = new Set(snapshot.resources.map(({ id }) => fold(id)));
  return {
    ...snapshot,
    requests: snapshot.requests + arm.counts.requests - before,
    resources: inTreeOrder([...snapshot.resources, ...resources.filter(({ id }) => !known.has(fold(id)))]),
    collections: [...snapshot.collections, ...collections],
    gaps: [...snapshot.gaps, ...gaps],
  };
}
