// The routes that the model compares with Azure's effective routes: those of the subnet, and those of its service endpoints
// where the addresses of the services are known.

import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { type Route, readRoutes } from '../net/index.ts';
import { findSubnet, subnetView } from '../resource-types/network-view.ts';
import { memoizePerSnapshotAndKey } from './memoize.ts';
import { routesAt } from './routes.ts';
import { serviceTagsOf } from './service-tags.ts';

export interface HeldRoutes {
  readonly routes: readonly Route[];
  /** Is every tag known that a route or a service endpoint needs? */
  readonly isWhole: boolean;
}

/** The tag with a service's addresses, by the service's name in lower case. */
const tags: Readonly<Record<string, string>> = {
  'microsoft.storage': 'Storage',
  'microsoft.storage.global': 'Storage',
  'microsoft.keyvault': 'AzureKeyVault',
  'microsoft.containerregistry': 'AzureContainerRegistry',
};

/** Throws UnreadableError when the network or the route table could not be read. */
export const heldRoutes = memoizePerSnapshotAndKey((subnetId: string, index: SnapshotIndex): HeldRoutes => {
  const subnet = findSubnet(index, subnetId);
  const known = serviceTagsOf(index);
  const endpoints = subnet ? subnetView(subnet).serviceEndpoints : [];
  const lists = endpoints.flatMap(({ locations, service }) => {
    const tag = Object.hasOwn(tags, fold(service)) ? tags[fold(service)] : undefined;
    if (tag === undefined) return [undefined];
    const everywhere = locations.length === 0 || locations.includes('*');
    const names = everywhere ? [tag] : locations.map((location) => `${tag}.${location.replaceAll(' ', '')}`);
    return names.map((name) => known?.get(name)?.prefixes);
  });
  const prefixes = lists.flatMap((list) => list ?? []);
  const own = routesAt(subnetId, index);
  const served = prefixes.map((addressPrefix) => ({ addressPrefix, nextHopType: 'VirtualNetworkServiceEndpoint' }));
  return {
    routes: [...own.routes, ...readRoutes(served, 'Default').routes],
    isWhole: own.unknownTags.length === 0 && lists.every((list) => list !== undefined),
  };
});
