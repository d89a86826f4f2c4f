// What Azure reported as in effect at a subnet, where it was asked: the prefixes behind names, and routes that no resource
// shows. An answer is untrusted, so a value of the wrong type is ignored.

import type { Json } from '../model/json.ts';
import type { LiveNic } from '../model/live.ts';
import { fold, sameId } from '../model/resource-id.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import { looksLiteral } from '../net/addresses.ts';
import { subnetView, vnetOf } from '../resource-types/network-view.ts';
import { listAt, textAt, textsAt } from '../resource-types/read.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey } from './memoize.ts';

/** The interface that was asked about in a subnet. */
const liveAt = (subnetId: string, index: SnapshotIndex): LiveNic | undefined =>
  index.snapshot.live?.cards.find(({ subnet }) => sameId(subnet, subnetId));

/** A subnet with what decides its traffic: its group, its route table, its network. */
export function placesOf(subnetId: string, index: SnapshotIndex): readonly string[] {
  const seen = index.peek(subnetId);
  const view = seen.state === 'read' ? subnetView(seen.resource) : undefined;
  return [subnetId, view?.nsg, view?.routeTable, vnetOf(subnetId)].filter((id) => id !== undefined);
}

/** The same snapshot without Azure's live answers: what the model says alone. */
export const modelled = memoizePerSnapshot((index): SnapshotIndex => {
  const { live: _, ...rest } = index.snapshot;
  return indexSnapshot(rest);
});

export interface LiveNames {
  readonly virtualNetwork: readonly string[] | undefined;
  readonly internet: readonly string[] | undefined;
  /** By name, in lower case. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
}

/** The name of a side that consists of one name, and Azure's expansion of it. */
function expansion(
  rule: Json,
  side: 'source' | 'destination',
  capital: string,
): readonly [string, string[]] | undefined {
  const single = textAt(rule, `/${side}AddressPrefix`);
  const written = new Set([...(single === undefined ? [] : [single]), ...textsAt(rule, `/${side}AddressPrefixes`)]);
  const [name, ...others] = written;
  const prefixes = textsAt(rule, `/expanded${capital}AddressPrefix`);
  if (name === undefined || others.length > 0 || name === '*' || looksLiteral(name) || prefixes.length === 0)
    return undefined;
  return [fold(name), prefixes];
}

/** What names resolve to at an interface: Azure's own expansions in its effective rules. */
export function namesOf({ groups }: LiveNic): LiveNames {
  const rules = listAt(groups ?? undefined, '/value').flatMap((group) => listAt(group, '/effectiveSecurityRules'));
  const found = new Map(
    rules.flatMap((rule) => [
      ...[expansion(rule, 'source', 'Source'), expansion(rule, 'destination', 'Destination')].filter(
        (one) => one !== undefined,
      ),
    ]),
  );
  return {
    virtualNetwork: found.get('virtualnetwork'),
    internet: found.get('internet'),
    tags: Object.fromEntries([...found].filter(([name]) => name !== 'virtualnetwork' && name !== 'internet')),
  };
}

/** The same at a subnet; undefined where nothing was asked, or no group is associated to show it. */
export const namesAt = memoizePerSnapshotAndKey((subnetId: string, index: SnapshotIndex): LiveNames | undefined => {
  const nic = liveAt(subnetId, index);
  return nic && namesOf(nic);
});

/** Active routes that a gateway taught a subnet; undefined where effective routes were not read. */
export const learntAt = memoizePerSnapshotAndKey(
  (subnetId: string, index: SnapshotIndex): readonly Json[] | undefined => {
    const routes = liveAt(subnetId, index)?.routes;
    if (routes === undefined || routes === null) return undefined;
    return listAt(routes, '/value').filter((route) => fold(textAt(route, '/source') ?? '') === 'virtualnetworkgateway');
  },
);
