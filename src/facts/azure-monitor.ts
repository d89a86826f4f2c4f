// Private endpoints of Azure Monitor (private link scopes): an endpoint changes the names of Azure Monitor for a whole network.

import { attempt } from '../model/readable.ts';
import { fold, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { endpointView, vnetOf } from '../resource-types/network-view.ts';
import { privateEndpointType } from '../resource-types/private-link.ts';
import { monitorGroup } from '../resource-types/private-link-scope.ts';
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
  return index.ofType(privateEndpointType).flatMap((endpoint) => {
    const { subnet, connections } = endpointView(endpoint);
    if (subnet === undefined || !near.some((vnet) => sameId(vnet, vnetOf(subnet)))) return [];
    return connections.flatMap((one) =>
      one.groups.some((group) => fold(group) === monitorGroup) && one.target !== undefined
        ? [{ id: endpoint.id, scope: one.target }]
        : [],
    );
  });
}
