// Private endpoints of Azure Monitor (private link scopes): an endpoint changes the names of Azure Monitor for a whole network.

import { attempt } from '../model/readable.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { monitorGroup } from '../resource-types/private-link-scope.ts';
import { endpointsWithin } from './endpoints-in-hand.ts';
import { peersOf } from './path/connection.ts';

export interface MonitorEndpoint {
  readonly id: string;
  /** Id of the private link scope that it leads to. */
  readonly scope: string;
}

/** Those in these networks, and in their peers. */
export function monitorEndpoints(vnets: readonly string[], index: SnapshotIndex): MonitorEndpoint[] {
  const peers = vnets.flatMap((vnet) =>
    attempt<readonly string[], readonly string[]>(
      () => peersOf(vnet, index),
      () => [],
    ),
  );
  const near = [...vnets, ...peers];
  return endpointsWithin(near, index).flatMap(({ endpoint, serviceConnections }) =>
    serviceConnections.flatMap((one) =>
      one.groups.includes(monitorGroup) ? [{ id: endpoint.id, scope: one.target }] : [],
    ),
  );
}
